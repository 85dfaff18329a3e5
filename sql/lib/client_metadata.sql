-- SPDX-License-Identifier: MIT
--
-- What a client is registered with, by the names of RFC 7591.

create or replace function oauth2.client_metadata(p_client oauth2.oauth2_clients)
returns jsonb
language sql
immutable
as $$
    select p_client.metadata || pg_catalog.jsonb_build_object(
        'client_name', p_client.client_name,
        'redirect_uris', p_client.redirect_uris,
        'grant_types', p_client.grant_types,
        'response_types', p_client.response_types,
        'scope', p_client.scope,
        'token_endpoint_auth_method', p_client.token_endpoint_auth_method
    )
$$;
