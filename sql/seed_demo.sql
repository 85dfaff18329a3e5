-- SPDX-License-Identifier: MIT
--
-- The demo client, made or brought up to date.  For psql:
--
--     psql -v client_id=… -v secret_digest=… -v redirect_uris='["…"]' -v name=… -f seed_demo.sql
--
-- secret_digest is the SHA-256 of the secret as hexadecimal digits;
-- redirect_uris is a JSON array.

insert into oauth2.oauth2_clients as c (
    client_id, client_secret, client_name, redirect_uris, grant_types, response_types,
    scope, token_endpoint_auth_method
)
values (
    :'client_id', :'secret_digest', :'name', :'redirect_uris',
    '["authorization_code", "refresh_token", "client_credentials"]', '["code"]',
    'openid profile email offline_access read write', 'client_secret_basic'
)
on conflict (client_id) do update
set client_secret = excluded.client_secret,
    client_name = excluded.client_name,
    redirect_uris = excluded.redirect_uris,
    grant_types = excluded.grant_types,
    response_types = excluded.response_types,
    scope = excluded.scope,
    token_endpoint_auth_method = excluded.token_endpoint_auth_method,
    updated_at = now()
where c.client_id <> 'account';
