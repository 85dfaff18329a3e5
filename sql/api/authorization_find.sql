-- SPDX-License-Identifier: MIT
--
-- A transaction under way: found | none.  is_granted: the user has consented
-- to this client, scope and claims before, or the client is first-party.

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('oauth2.authorization_find(text, uuid)')
            and 'client_metadata' = any (p.proargnames)
    ) then
        drop function if exists oauth2.authorization_find(text, uuid);
    end if;
end
$$;

create or replace function oauth2.authorization_find(
    p_request_digest text,
    p_user_id uuid,
    out status text,
    out client_id text,
    out client_name text,
    out redirect_uri text,
    out scope text,
    out state text,
    out is_granted boolean,
    out parameters jsonb,
    out client_metadata jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 'found', c.client_id, c.client_name, r.redirect_uri, r.scope, r.state,
        c.is_first_party or exists (
            select
            from oauth2.grants as g
            where g.user_id = p_user_id
                and g.client_id = r.client_id
                and oauth2.scope_covers(g.scope, r.scope)
                and oauth2.scope_covers(
                    g.claims, coalesce(r.parameters #>> '{claims,beyond}', ''))
        ),
        r.parameters, c.metadata
    into status, client_id, client_name, redirect_uri, scope, state, is_granted, parameters,
        client_metadata
    from oauth2.authorization_requests as r
    join oauth2.oauth2_clients as c on c.client_id = r.client_id
    where r.request_digest = p_request_digest
        and r.issued_at is null
        and r.denied_at is null
        and r.expires_at > now()
        and c.is_active;

    if not found then
        status := 'none';
    end if;
end
$$;
