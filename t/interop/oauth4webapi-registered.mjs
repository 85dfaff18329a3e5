// SPDX-License-Identifier: MIT
//
// oauth4webapi as an application that registers itself and uses what FAPI
// 2.0 asks for, and as the API that its token is for.

import * as oauth from "oauth4webapi";
import { end, issuer, redirectUri, scope, visit } from "./conversation.mjs";

const insecure = { [oauth.allowInsecureRequests]: true };
const url = new URL(issuer);
const as = await oauth.processDiscoveryResponse(
    url, await oauth.discoveryRequest(url, { ...insecure, algorithm: "oauth2" }));

const own = await oauth.generateKeyPair("ES256", { extractable: true });
const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", own.publicKey);
const key = { key: own.privateKey, kid: "own" };
const client = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(as, {
        client_name: "Pushes",
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "private_key_jwt",
        id_token_signed_response_alg: "ES256",
        require_pushed_authorization_requests: true,
        dpop_bound_access_tokens: true,
        jwks: { keys: [{ kty, crv, x, y, kid: "own", alg: "ES256" }] },
    }, insecure));
const auth = oauth.PrivateKeyJwt(key);
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
const bound = { ...insecure, DPoP };
const verifier = oauth.generateRandomCodeVerifier();
const nonce = oauth.generateRandomNonce();
const state = oauth.generateRandomState();
const object = await oauth.issueRequestObject(as, client, {
    redirect_uri: redirectUri,
    response_type: "code",
    scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    nonce,
    state,
}, key);

// asks once more when a nonce is wanted (RFC 9449 8)
let asked = 0;

async function nonces(ask) {
    try {
        return await ask();
    } catch (error) {
        if (!oauth.isDPoPNonceError(error)) {
            throw error;
        }
        asked++;
        return ask();
    }
}

const pushed = await nonces(async () => oauth.processPushedAuthorizationResponse(
    as, client,
    await oauth.pushedAuthorizationRequest(as, client, auth, { request: object }, bound)));
const target = new URL(as.authorization_endpoint);
target.searchParams.set("client_id", client.client_id);
target.searchParams.set("request_uri", pushed.request_uri);
const answer = oauth.validateAuthResponse(as, client, await visit(target), state);
const tokens = await nonces(async () => {
    const response = await oauth.authorizationCodeGrantRequest(
        as, client, auth, answer, redirectUri, verifier, bound);
    const result = await oauth.processAuthorizationCodeResponse(
        as, client, response, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response, insecure);
    return result;
});
const claims = oauth.getValidatedIdTokenClaims(tokens);
const user = await nonces(async () => oauth.processUserInfoResponse(
    as, client, claims.sub, await oauth.userInfoRequest(as, client, tokens.access_token, bound)));

// the API: a request as it would get it (RFC 9068 4, RFC 9449 7.1)
let seen;
await oauth.protectedResourceRequest(
    tokens.access_token, "GET", new URL("http://api.localhost/orders"), undefined, null, {
        ...bound,
        [oauth.customFetch]: async (at, { method, headers }) => {
            seen = await oauth.validateJwtAccessToken(
                as, new Request(at, { method, headers }), as.issuer, insecure);
            return new Response("{}", { status: 200 });
        },
    });

const introspected = await oauth.introspectionRequest(
    as, client, auth, tokens.access_token, { ...insecure, requestJwtResponse: true });
const told = await oauth.processIntrospectionResponse(as, client, introspected);
await oauth.validateApplicationLevelSignature(as, introspected, insecure);
const renewed = await oauth.processRefreshTokenResponse(
    as, client,
    await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, bound));
await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, auth, renewed.access_token, insecure));
const gone = await oauth.processIntrospectionResponse(
    as, client, await oauth.introspectionRequest(as, client, auth, renewed.access_token, insecure));

end({ claims, user, told, gone, seen, asked });
