-- SPDX-License-Identifier: MIT
--
-- Makes a client: 201 with the client, 409 client_exists, or 422 with what is
-- wrong.
--
--     select * from oauth2.admin_client_create(
--         '{"client_id": "shop", "redirect_uris": ["https://shop.example.com/cb"]}');
--
-- client_secret is the digest of a secret; a client that authenticates by one
-- must have it.  sealed_secret is the same secret sealed (src/core/secret.h),
-- where it is needed itself.  metadata holds what else RFC 7591 names.

create or replace function oauth2.admin_client_create(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_client    oauth2.oauth2_clients;
    v_errors    jsonb;
    v_id        text := coalesce(p ->> 'client_id', gen_random_uuid()::text);
    v_method    text := coalesce(p ->> 'token_endpoint_auth_method', 'client_secret_basic');
    v_grants    jsonb := coalesce(p -> 'grant_types',
                                  '["authorization_code", "refresh_token"]');
    v_metadata  jsonb;
    v_secret    text;
    v_sealed    text;
begin
    v_errors := oauth2.client_problems(p);
    v_metadata := jsonb_strip_nulls(coalesce(p -> 'metadata', '{}'));

    if v_errors is null and v_method like 'client\_secret\_%' then
        v_secret := p ->> 'client_secret';

        if v_secret is null then
            v_errors := '[{"pointer": "/client_secret", "detail": "This client needs one."}]';
        end if;
    end if;

    if v_errors is null and oauth2.client_seals(v_method, v_metadata) then
        v_sealed := p ->> 'sealed_secret';

        if v_sealed is null then
            v_errors := oauth2.client_unsealed();
        end if;
    end if;

    if v_errors is null then
        v_errors := oauth2.client_keys(v_method, v_metadata);
    end if;

    if v_errors is null and v_grants ? 'authorization_code'
        and jsonb_array_length(coalesce(p -> 'redirect_uris', '[]')) = 0
    then
        v_errors := '[{"pointer": "/redirect_uris", "detail": "The code grant needs one."}]';
    end if;

    if v_errors is not null then
        status := 422;
        body := jsonb_build_object('code', 'invalid_fields', 'errors', v_errors);
        return;
    end if;

    insert into oauth2.oauth2_clients (
        client_id, client_secret, sealed_secret, client_name, redirect_uris, grant_types,
        response_types, scope, token_endpoint_auth_method, is_first_party, is_active, metadata
    )
    values (
        v_id, v_secret, v_sealed, coalesce(p ->> 'client_name', v_id),
        coalesce(p -> 'redirect_uris', '[]'), v_grants,
        coalesce(p -> 'response_types',
                 case when v_grants ? 'authorization_code' then '["code"]' else '[]' end::jsonb),
        coalesce(p ->> 'scope', 'openid profile email offline_access'), v_method,
        coalesce((p ->> 'is_first_party')::boolean, false),
        coalesce((p ->> 'is_active')::boolean, true), v_metadata
    )
    on conflict (client_id) do nothing
    returning * into v_client;

    if not found then
        status := 409;
        body := jsonb_build_object('code', 'client_exists');
        return;
    end if;

    status := 201;
    body := oauth2.client_view(v_client);
end
$$;
