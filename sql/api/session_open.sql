-- SPDX-License-Identifier: MIT
--
-- Opens a session, with its first tokens unless p_token_id is null: opened |
-- none.  The password hash
-- that was verified must still be the user's; the update of the user's row
-- waits for a change of password under way.  A second call with the same
-- session digest and token id answers as the first.

create or replace function oauth2.session_open(
    p_user_id uuid,
    p_hashed_password text,
    p_session_digest text,
    p_token_id uuid,
    p_refresh_digest text,
    p_scope text,
    p_session_lifetime integer,
    p_access_lifetime integer,
    p_refresh_lifetime integer,
    p_user_agent text,
    p_address text,
    out status text,
    out session_id uuid,
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

    update oauth2.users
    set last_login = now()
    where id = p_user_id
        and hashed_password = p_hashed_password
        and is_active
    returning * into v_user;

    if not found then
        return;
    end if;

    insert into oauth2.sessions (session_digest, user_id, expires_at, user_agent, address)
    values (
        p_session_digest, p_user_id, now() + make_interval(secs => p_session_lifetime),
        p_user_agent, p_address
    )
    on conflict (session_digest) do nothing
    returning * into v_session;

    if not found then
        select s.*
        into v_session
        from oauth2.sessions as s
        left join oauth2.oauth2_access_tokens as t
            on t.session_id = s.id and t.id = p_token_id
        where s.session_digest = p_session_digest
            and s.user_id = p_user_id
            and s.closed_at is null
            and t.id is not distinct from p_token_id;

        if not found then
            return;
        end if;

    elsif p_token_id is not null then
        insert into oauth2.oauth2_access_tokens (
            id, refresh_token, family_id, client_id, user_id, session_id, scope,
            refresh_scope, auth_time, expires_at, refresh_token_expires_at
        )
        values (
            p_token_id, p_refresh_digest, p_token_id, 'account', p_user_id, v_session.id,
            p_scope, p_scope, v_session.authenticated_at,
            least(now() + make_interval(secs => p_access_lifetime), v_session.expires_at),
            least(now() + make_interval(secs => p_refresh_lifetime), v_session.expires_at)
        );
    end if;

    status := 'opened';
    session_id := v_session.id;
    auth_time := oauth2.epoch(v_session.authenticated_at);
    profile := oauth2.user_profile(v_user);
end
$$;
