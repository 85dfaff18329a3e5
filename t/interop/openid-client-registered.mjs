// SPDX-License-Identifier: MIT
//
// openid-client as applications that register themselves: one that signs
// everything with its own key and binds its tokens to another, and a device.

import * as client from "openid-client";
import { end, issuer, redirectUri, scope, visit } from "./conversation.mjs";

const options = {
    algorithm: "oidc",
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
};
const ecdsa = { name: "ECDSA", namedCurve: "P-256" };
const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

async function ownKey() {
    const pair = await crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const jwk = { kty, crv, x, y, kid: "own", alg: "ES256", use: "sig" };
    return [{ key: pair.privateKey, kid: "own" }, { keys: [jwk] }];
}

async function request() {
    const verifier = client.randomPKCECodeVerifier();
    const checks = {
        pkceCodeVerifier: verifier,
        expectedNonce: client.randomNonce(),
        expectedState: client.randomState(),
        idTokenExpected: true,
    };
    return [checks, {
        redirect_uri: redirectUri,
        scope,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        nonce: checks.expectedNonce,
        state: checks.expectedState,
    }];
}

// everything signed, pushed, and bound

const [key, jwks] = await ownKey();
const config = await client.dynamicClientRegistration(new URL(issuer), {
    client_name: "Signs everything",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "private_key_jwt",
    jwks,
    dpop_bound_access_tokens: true,
    require_pushed_authorization_requests: true,
    require_signed_request_object: true,
    request_object_signing_alg: "ES256",
    userinfo_signed_response_alg: "ES256",
    introspection_signed_response_alg: "ES256",
}, client.PrivateKeyJwt(key), options);
const server = config.serverMetadata();
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
const [checks, parameters] = await request();
const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, key);
const url = await client.buildAuthorizationUrlWithPAR(
    config, { request: signed.searchParams.get("request") }, { DPoP });
const tokens = await client.authorizationCodeGrant(
    config, await visit(url), checks, undefined, { DPoP });
const claims = tokens.claims();
const user = await client.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP });
const again = await client.fetchProtectedResource(
    config, tokens.access_token, new URL(server.userinfo_endpoint), "GET", null, null, { DPoP });
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
const active = await client.tokenIntrospection(config, renewed.access_token);
await client.tokenRevocation(config, renewed.refresh_token);
const gone = await client.tokenIntrospection(config, renewed.access_token);

// a device, and the request object without pushing

const device = await client.dynamicClientRegistration(new URL(issuer), {
    client_name: "A device",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token", DEVICE],
    token_endpoint_auth_method: "client_secret_jwt",
    token_endpoint_auth_signing_alg: "HS256",
}, client.ClientSecretJwt(), options);
const begun = await client.initiateDeviceAuthorization(device, { scope: "openid email" });
await visit(begun.verification_uri_complete);
const given = await client.pollDeviceAuthorizationGrant(device, { ...begun, interval: 0 });

end({
    claims,
    user,
    type: tokens.token_type,
    told: [active, gone],
    answered: [again.status, again.headers.get("content-type")],
    device: [given.claims(), await client.fetchUserInfo(
        device, given.access_token, given.claims().sub)],
});
