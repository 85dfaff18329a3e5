-- SPDX-License-Identifier: MIT
--
-- A new pair of tokens for a session cookie: issued | none.  It begins a
-- family of its own: tabs that share the cookie do not share a refresh token.
-- A second call with the same token id is the first one again.

create or replace function oauth2.session_refresh(
    p_session_digest text,
    p_token_id uuid,
    p_refresh_digest text,
    p_scope text,
    p_access_lifetime integer,
    p_refresh_lifetime integer,
    out status text,
    out user_id uuid,
    out session_id uuid,
    out scope text,
    out auth_time bigint,
    out profile jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_session  oauth2.sessions;
    v_user     oauth2.users;
begin
    status := 'none';

    select *
    into v_session
    from oauth2.sessions
    where session_digest = p_session_digest;

    if not found then
        return;
    end if;

    perform oauth2.family_lock(v_session.user_id, v_session.id, null);

    select u.*
    into v_user
    from oauth2.sessions as s
    join oauth2.users as u on u.id = s.user_id
    where s.id = v_session.id
        and s.closed_at is null
        and s.expires_at > now()
        and u.is_active;

    if not found then
        return;
    end if;

    insert into oauth2.oauth2_access_tokens (
        id, refresh_token, family_id, client_id, user_id, session_id, scope,
        refresh_scope, auth_time, expires_at, refresh_token_expires_at
    )
    values (
        p_token_id, p_refresh_digest, p_token_id, 'account', v_user.id, v_session.id,
        p_scope, p_scope, v_session.authenticated_at,
        least(now() + make_interval(secs => p_access_lifetime), v_session.expires_at),
        least(now() + make_interval(secs => p_refresh_lifetime), v_session.expires_at)
    )
    on conflict (id) do nothing;

    perform from oauth2.oauth2_access_tokens
    where id = p_token_id
        and session_id = v_session.id
        and refresh_token = p_refresh_digest
        and revoked_at is null;

    if not found then
        return;
    end if;

    status := 'issued';
    user_id := v_user.id;
    session_id := v_session.id;
    scope := p_scope;
    auth_time := oauth2.epoch(v_session.authenticated_at);
    profile := oauth2.user_profile(v_user);
end
$$;
