-- SPDX-License-Identifier: MIT
--
-- Replaces what a client is registered with (RFC 7592 2.2), by metadata that
-- was checked: replaced | wrong_secret (a secret was told that is not the
-- client's) | none (as client_registration_find).
--
-- p_given_secret is the digest of the secret that was told, or null.
-- p_new_secret becomes the client's if the new metadata wants a secret and
-- there is none, or one that is sealed, p_new_sealed, and there is none of
-- these; created_secret says whether it has.

drop function if exists oauth2.client_registration_replace(text, text, text, text, jsonb);

create or replace function oauth2.client_registration_replace(
    p_client_id text,
    p_registration_token text,
    p_given_secret text,
    p_new_secret text,
    p_new_sealed text,
    p_metadata jsonb,
    out status text,
    out created_at bigint,
    out has_secret boolean,
    out created_secret boolean,
    out metadata jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_client  oauth2.oauth2_clients;
    v_secret  text;
    v_sealed  text;
begin
    select *
    into v_client
    from oauth2.oauth2_clients as c
    where c.client_id = p_client_id
        and c.registration_token = p_registration_token
        and c.is_active
    for no key update;

    if not found then
        status := 'none';
        return;
    end if;

    if p_given_secret <> coalesce(v_client.client_secret, '') then
        status := 'wrong_secret';
        return;
    end if;

    created_secret := p_new_secret is not null
        and (v_client.client_secret is null
            or (p_new_sealed is not null and v_client.sealed_secret is null));

    if created_secret then
        v_secret := p_new_secret;
        v_sealed := p_new_sealed;
    elsif p_new_secret is not null then
        v_secret := v_client.client_secret;
        v_sealed := case when p_new_sealed is not null then v_client.sealed_secret end;
    end if;

    update oauth2.oauth2_clients
    set client_secret = v_secret,
        sealed_secret = v_sealed,
        client_name = coalesce(p_metadata ->> 'client_name', p_client_id),
        redirect_uris = p_metadata -> 'redirect_uris',
        grant_types = p_metadata -> 'grant_types',
        response_types = p_metadata -> 'response_types',
        scope = p_metadata ->> 'scope',
        token_endpoint_auth_method = p_metadata ->> 'token_endpoint_auth_method',
        metadata = (
            oauth2.client_metadata_rest(p_metadata) - oauth2.client_operator_members()
        ) || (
            select coalesce(jsonb_object_agg(m.key, m.value), '{}')
            from jsonb_each(v_client.metadata) as m
            where m.key = any (oauth2.client_operator_members())
        ),
        updated_at = now()
    where id = v_client.id
    returning * into v_client;

    status := 'replaced';
    created_at := oauth2.epoch(v_client.created_at);
    has_secret := v_secret is not null;
    metadata := oauth2.client_metadata(v_client) - oauth2.client_operator_members();
end
$$;
