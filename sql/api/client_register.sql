-- SPDX-License-Identifier: MIT
--
-- Registers a client (RFC 7591) with metadata that was checked: registered |
-- taken (there is one of that id).

drop function if exists oauth2.client_register(text, text, text, jsonb);

create or replace function oauth2.client_register(
    p_client_id text,
    p_client_secret text,
    p_sealed_secret text,
    p_registration_token text,
    p_metadata jsonb,
    out status text,
    out created_at bigint,
    out metadata jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_client  oauth2.oauth2_clients;
begin
    insert into oauth2.oauth2_clients (
        client_id, client_secret, sealed_secret, registration_token, client_name,
        redirect_uris, grant_types, response_types, scope, token_endpoint_auth_method, metadata
    )
    values (
        p_client_id, p_client_secret, p_sealed_secret, p_registration_token,
        coalesce(p_metadata ->> 'client_name', p_client_id),
        p_metadata -> 'redirect_uris', p_metadata -> 'grant_types',
        p_metadata -> 'response_types', p_metadata ->> 'scope',
        p_metadata ->> 'token_endpoint_auth_method',
        oauth2.client_metadata_rest(p_metadata) - oauth2.client_operator_members()
    )
    on conflict (client_id) do nothing
    returning * into v_client;

    if not found then
        status := 'taken';
        return;
    end if;

    status := 'registered';
    created_at := oauth2.epoch(v_client.created_at);
    metadata := oauth2.client_metadata(v_client) - oauth2.client_operator_members();
end
$$;
