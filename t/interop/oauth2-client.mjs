// SPDX-License-Identifier: MIT
//
// @badgateway/oauth2-client as the application, by the metadata of RFC 8414.

import { generateCodeVerifier, OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client";
import { clientId, clientSecret, end, issuer, redirectUri, scope, visit } from "./conversation.mjs";

const client = new OAuth2Client({
    server: issuer,
    discoveryEndpoint: "/.well-known/oauth-authorization-server",
    clientId,
    clientSecret,
});
const codeVerifier = await generateCodeVerifier();
const state = "a state";
const url = await client.authorizationCode.getAuthorizeUri({
    redirectUri, state, codeVerifier, scope: scope.split(" "),
});
const tokens = await client.authorizationCode.getTokenFromCodeRedirect(
    await visit(url), { redirectUri, state, codeVerifier });
const api = new OAuth2Fetch({
    client, getNewToken: () => null, getStoredToken: () => tokens, scheduleRefresh: false,
});
const user = await (await api.fetch(`${issuer}/oauth/userinfo`)).json();
const renewed = await client.refreshToken(tokens);
const before = await client.introspect(renewed);
await client.revoke(renewed, "refresh_token");
const after = await client.introspect(renewed);
const own = await client.clientCredentials({ scope: ["read"] });

end({ user, active: [before.active, after.active], rotated: renewed.refreshToken, own: own.scope });
