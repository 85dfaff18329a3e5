-- SPDX-License-Identifier: MIT
--
-- Changes members of a client: 200 with the client, 404, 409 client_reserved
-- (the client of our own pages stays as it is), or 422 with what is wrong.
--
-- Members of metadata are merged with those that are there; null takes one
-- away.  client_secret, a digest, becomes the client's when it has none and
-- its token_endpoint_auth_method wants one, or when the secret must be sealed
-- from now on, by sealed_secret; created_secret says whether it did.

create or replace function oauth2.admin_client_update(
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
    v_old       oauth2.oauth2_clients;
    v_new       oauth2.oauth2_clients;
    v_errors    jsonb;
    v_metadata  jsonb;
    v_method    text;
    v_secret    text;
    v_sealed    text;
    v_seals     boolean;
    v_made      boolean;
begin
    v_errors := oauth2.client_problems(p);

    if v_errors is not null then
        status := 422;
        body := jsonb_build_object('code', 'invalid_fields', 'errors', v_errors);
        return;
    end if;

    select *
    into v_old
    from oauth2.oauth2_clients
    where client_id = p ->> 'client_id'
    for no key update;

    if not found or v_old.client_id = 'account' then
        status := case when found then 409 else 404 end;
        body := jsonb_build_object(
            'code', case when found then 'client_reserved' else 'not_found' end);
        return;
    end if;

    v_method := coalesce(p ->> 'token_endpoint_auth_method', v_old.token_endpoint_auth_method);

    v_metadata := jsonb_strip_nulls(v_old.metadata || coalesce(p -> 'metadata', '{}'));
    v_seals := oauth2.client_seals(v_method, v_metadata);

    if v_method like 'client\_secret\_%' then
        v_made := v_old.client_secret is null or (v_seals and v_old.sealed_secret is null);
        v_secret := case when v_made then p ->> 'client_secret' else v_old.client_secret end;
        v_sealed := case when v_made then p ->> 'sealed_secret' else v_old.sealed_secret end;
        v_errors := case
            when v_secret is null then
                '[{"pointer": "/client_secret", "detail": "This client needs one."}]'
            when v_seals and v_sealed is null then oauth2.client_unsealed()
        end;
    end if;

    v_errors := coalesce(v_errors, oauth2.client_keys(v_method, v_metadata));

    if v_errors is not null then
        status := 422;
        body := jsonb_build_object('code', 'invalid_fields', 'errors', v_errors);
        return;
    end if;

    update oauth2.oauth2_clients
    set client_secret = v_secret,
        sealed_secret = case when v_seals then v_sealed end,
        client_name = coalesce(p ->> 'client_name', client_name),
        redirect_uris = coalesce(p -> 'redirect_uris', redirect_uris),
        grant_types = coalesce(p -> 'grant_types', grant_types),
        response_types = coalesce(p -> 'response_types', response_types),
        scope = coalesce(p ->> 'scope', scope),
        token_endpoint_auth_method = v_method,
        is_first_party = coalesce((p ->> 'is_first_party')::boolean, is_first_party),
        is_active = coalesce((p ->> 'is_active')::boolean, is_active),
        metadata = v_metadata,
        updated_at = now()
    where id = v_old.id
    returning * into v_new;

    status := 200;
    body := oauth2.client_view(v_new) || jsonb_build_object(
        'created_secret', coalesce(v_made, false));
end
$$;
