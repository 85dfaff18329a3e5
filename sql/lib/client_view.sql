-- SPDX-License-Identifier: MIT
--
-- A client as the operator sees it; never a secret's digest.

create or replace function oauth2.client_view(p_client oauth2.oauth2_clients)
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_build_object('client_id', p_client.client_id)
        || oauth2.client_metadata(p_client)
        || pg_catalog.jsonb_build_object(
            'is_first_party', p_client.is_first_party,
            'is_active', p_client.is_active,
            'is_registered', p_client.registration_token is not null,
            'created_at', pg_catalog.to_char(p_client.created_at at time zone 'UTC',
                                             'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        )
$$;
