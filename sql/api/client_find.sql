-- SPDX-License-Identifier: MIT
--
-- An active client by its client_id: found | none.

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('oauth2.client_find(text)')
            and 'sealed_secret' = any (p.proargnames)
    ) then
        drop function if exists oauth2.client_find(text);
    end if;
end
$$;

create or replace function oauth2.client_find(
    p_client_id text,
    out status text,
    out client_id text,
    out client_secret text,
    out client_name text,
    out redirect_uris jsonb,
    out grant_types jsonb,
    out response_types jsonb,
    out scope text,
    out is_first_party boolean,
    out token_endpoint_auth_method text,
    out metadata jsonb,
    out sealed_secret text
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 'found', c.client_id, c.client_secret, c.client_name, c.redirect_uris,
        c.grant_types, c.response_types, c.scope, c.is_first_party,
        c.token_endpoint_auth_method, oauth2.client_told(c), c.sealed_secret
    into status, client_id, client_secret, client_name, redirect_uris, grant_types,
        response_types, scope, is_first_party, token_endpoint_auth_method, metadata,
        sealed_secret
    from oauth2.oauth2_clients as c
    where c.client_id = p_client_id
        and c.is_active;

    if not found then
        status := 'none';
    end if;
end
$$;
