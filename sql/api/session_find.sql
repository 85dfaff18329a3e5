-- SPDX-License-Identifier: MIT
--
-- The session of a digest, with its user: active | none.

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('oauth2.session_find(text)')
            and 'is_superuser' = any (p.proargnames)
    ) then
        drop function if exists oauth2.session_find(text);
    end if;
end
$$;

create or replace function oauth2.session_find(
    p_session_digest text,
    out status text,
    out session_id uuid,
    out user_id uuid,
    out email text,
    out username text,
    out first_name text,
    out last_name text,
    out is_verified boolean,
    out is_superuser boolean,
    out auth_time bigint,
    out profile jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 'active', s.id, u.id, u.email, u.username, u.first_name, u.last_name,
        u.is_verified, u.is_superuser, oauth2.epoch(s.authenticated_at), oauth2.user_profile(u)
    into status, session_id, user_id, email, username, first_name, last_name,
        is_verified, is_superuser, auth_time, profile
    from oauth2.sessions as s
    join oauth2.users as u on u.id = s.user_id
    where s.session_digest = p_session_digest
        and s.closed_at is null
        and s.expires_at > now()
        and u.is_active;

    if not found then
        status := 'none';
    end if;
end
$$;
