-- SPDX-License-Identifier: MIT
--
-- An access token by its id, with its user: active | none.  It is as alive as
-- its client, its user and its session are, and the token that it was exchanged
-- for.

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('oauth2.token_find(uuid)')
            and 'client_metadata' = any (p.proargnames)
    ) then
        drop function if exists oauth2.token_find(uuid);
    end if;
end
$$;

create or replace function oauth2.token_find(
    p_token_id uuid,
    out status text,
    out client_id text,
    out scope text,
    out user_id uuid,
    out session_id uuid,
    out email text,
    out username text,
    out first_name text,
    out last_name text,
    out is_verified boolean,
    out is_superuser boolean,
    out auth_time bigint,
    out updated_at bigint,
    out profile jsonb,
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
    select 'active', t.client_id, t.scope, u.id, s.id, u.email, u.username, u.first_name,
        u.last_name, u.is_verified, u.is_superuser, oauth2.epoch(t.auth_time),
        oauth2.epoch(coalesce(u.updated_at, u.created_at)),
        case when u.id is not null then oauth2.user_profile(u) end, t.parameters,
        oauth2.client_told(c) - 'jwks'
    into status, client_id, scope, user_id, session_id, email, username, first_name,
        last_name, is_verified, is_superuser, auth_time, updated_at, profile, parameters,
        client_metadata
    from oauth2.oauth2_access_tokens as t
    join oauth2.oauth2_clients as c on c.client_id = t.client_id
    left join oauth2.users as u on u.id = t.user_id
    left join oauth2.sessions as s on s.id = t.session_id
    where t.id = p_token_id
        and t.revoked_at is null
        and t.expires_at > now()
        and c.is_active
        and (t.user_id is null or u.is_active)
        and s.closed_at is null
        and (t.subject_id is null or oauth2.subject_is_live(t.subject_id));

    if not found then
        status := 'none';
    end if;
end
$$;
