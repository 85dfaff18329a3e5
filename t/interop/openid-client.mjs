// SPDX-License-Identifier: MIT
//
// openid-client as the application: everything from discovery alone.

import * as client from "openid-client";
import { clientId, clientSecret, end, issuer, redirectUri, scope, visit } from "./conversation.mjs";

const config = await client.discovery(
    new URL(issuer), clientId, undefined, client.ClientSecretBasic(clientSecret),
    { execute: [client.allowInsecureRequests] });

async function signIn(build) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedNonce = client.randomNonce();
    const expectedState = client.randomState();
    const url = await build(config, {
        redirect_uri: redirectUri,
        scope,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: "S256",
        nonce: expectedNonce,
        state: expectedState,
    });
    return client.authorizationCodeGrant(config, await visit(url), {
        pkceCodeVerifier, expectedNonce, expectedState, idTokenExpected: true, maxAge: 3600,
    });
}

await signIn(client.buildAuthorizationUrlWithPAR);
const tokens = await signIn(client.buildAuthorizationUrl);
const claims = tokens.claims();
const user = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
const before = await client.tokenIntrospection(config, renewed.access_token);
await client.tokenRevocation(config, renewed.refresh_token);
const after = await client.tokenIntrospection(config, renewed.access_token);
let refused;

try {
    await client.refreshTokenGrant(config, renewed.refresh_token);
} catch (error) {
    refused = error.error;
}

const own = await client.clientCredentialsGrant(config, { scope: "read" });

end({
    claims,
    user,
    active: [before.active, after.active],
    refused,
    own: own.scope,
    logout: String(client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token })),
});
