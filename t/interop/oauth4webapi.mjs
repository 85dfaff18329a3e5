// SPDX-License-Identifier: MIT
//
// oauth4webapi as the application, and jose as the API that it calls: both
// from discovery alone.

import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { clientId, clientSecret, end, issuer, redirectUri, scope, visit } from "./conversation.mjs";

const insecure = { [oauth.allowInsecureRequests]: true };
const url = new URL(issuer);
const as = await oauth.processDiscoveryResponse(
    url, await oauth.discoveryRequest(url, { ...insecure, algorithm: "oidc" }));
const client = { client_id: clientId };
const auth = oauth.ClientSecretPost(clientSecret);

const verifier = oauth.generateRandomCodeVerifier();
const nonce = oauth.generateRandomNonce();
const state = oauth.generateRandomState();
const target = new URL(as.authorization_endpoint);

for (const [name, value] of Object.entries({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    nonce,
    state,
})) {
    target.searchParams.set(name, value);
}

const parameters = oauth.validateAuthResponse(as, client, await visit(target), state);
const tokens = await oauth.processAuthorizationCodeResponse(
    as, client,
    await oauth.authorizationCodeGrantRequest(
        as, client, auth, parameters, redirectUri, verifier, insecure),
    { expectedNonce: nonce, requireIdToken: true });
const claims = oauth.getValidatedIdTokenClaims(tokens);
const user = await oauth.processUserInfoResponse(
    as, client, claims.sub, await oauth.userInfoRequest(as, client, tokens.access_token, insecure));

// RFC 9068 4, as a resource server does it
const keys = createRemoteJWKSet(new URL(as.jwks_uri));
const { payload } = await jwtVerify(tokens.access_token, keys, {
    issuer: as.issuer, audience: as.issuer, typ: "at+jwt", requiredClaims: ["jti", "client_id"],
});
await jwtVerify(tokens.id_token, keys, { issuer: as.issuer, audience: clientId });

const renewed = await oauth.processRefreshTokenResponse(
    as, client,
    await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, insecure));
await jwtVerify(renewed.access_token, keys, { issuer: as.issuer, typ: "at+jwt" });
await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, auth, renewed.refresh_token, insecure));

let refused;

try {
    await oauth.processRefreshTokenResponse(
        as, client,
        await oauth.refreshTokenGrantRequest(as, client, auth, renewed.refresh_token, insecure));
} catch (error) {
    refused = error.error;
}

end({ claims, user, refused, access: payload });
