-- SPDX-License-Identifier: MIT
--
-- Ends a transaction with a code for the user of a session: issued | none.
-- Without a live session the transaction stays, for the user to sign in.  A
-- second call with the same code digest answers as the first.

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure(
                'oauth2.code_issue(text, text, text, boolean, integer)')
            and 'parameters' = any (p.proargnames)
    ) then
        drop function if exists oauth2.code_issue(text, text, text, boolean, integer);
    end if;
end
$$;

create or replace function oauth2.code_issue(
    p_request_digest text,
    p_session_digest text,
    p_code_digest text,
    p_remember boolean,
    p_code_lifetime integer,
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
declare
    v_request  oauth2.authorization_requests;
    v_session  oauth2.sessions;
begin
    status := 'none';

    select r.*
    into v_request
    from oauth2.authorization_requests as r
    join oauth2.oauth2_clients as c on c.client_id = r.client_id
    where r.request_digest = p_request_digest
        and r.denied_at is null
        and r.expires_at > now()
        and c.is_active
    for no key update of r;

    if not found then
        return;
    end if;

    -- user before session, as everywhere: see family_lock
    perform from oauth2.users as u
    join oauth2.sessions as s on s.user_id = u.id
    where s.session_digest = p_session_digest
    for share of u;

    select s.*
    into v_session
    from oauth2.sessions as s
    join oauth2.users as u on u.id = s.user_id
    where s.session_digest = p_session_digest
        and s.closed_at is null
        and s.expires_at > now()
        and u.is_active
    for no key update of s;

    if not found then
        return;
    end if;

    if v_request.issued_at is null then
        insert into oauth2.oauth2_authorization_codes (
            code, request_id, client_id, user_id, session_id, redirect_uri, scope, state,
            nonce, code_challenge, auth_time, expires_at
        )
        values (
            p_code_digest, v_request.id, v_request.client_id, v_session.user_id,
            v_session.id, v_request.redirect_uri, v_request.scope, v_request.state,
            v_request.nonce, v_request.code_challenge, v_session.authenticated_at,
            now() + make_interval(secs => p_code_lifetime)
        );

        update oauth2.authorization_requests
        set issued_at = now()
        where id = v_request.id;

        if p_remember then
            perform oauth2.grant_add(v_session.user_id, v_request.client_id,
                                     v_request.scope,
                                     v_request.parameters #>> '{claims,beyond}');
        end if;

    else
        perform from oauth2.oauth2_authorization_codes
        where code = p_code_digest
            and request_id = v_request.id
            and session_id = v_session.id;

        if not found then
            return;
        end if;
    end if;

    status := 'issued';
    redirect_uri := v_request.redirect_uri;
    state := v_request.state;
    parameters := v_request.parameters;
end
$$;
