-- SPDX-License-Identifier: MIT
--
-- Ends a transaction without a code: denied | none.  Denying it twice is one
-- denial.

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('oauth2.authorization_deny(text)')
            and 'parameters' = any (p.proargnames)
    ) then
        drop function if exists oauth2.authorization_deny(text);
    end if;
end
$$;

create or replace function oauth2.authorization_deny(
    p_request_digest text,
    out status text,
    out redirect_uri text,
    out state text,
    out parameters jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    update oauth2.authorization_requests as r
    set denied_at = coalesce(r.denied_at, now())
    where r.request_digest = p_request_digest
        and r.issued_at is null
        and r.expires_at > now()
    returning 'denied', r.redirect_uri, r.state, r.parameters
    into status, redirect_uri, state, parameters;

    if not found then
        status := 'none';
    end if;
end
$$;
