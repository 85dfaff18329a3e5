-- SPDX-License-Identifier: MIT
--
-- The client of our own pages and of /auth/login.  It has no grant and no
-- redirect URI, so it can do nothing at the authorization and token
-- endpoints.

insert into oauth2.oauth2_clients (
    client_id, client_secret, client_name, redirect_uris, grant_types,
    response_types, scope, token_endpoint_auth_method, is_first_party
)
values (
    'account', null, 'Account', '[]', '[]', '[]', 'openid profile email read write', 'none', true
);
