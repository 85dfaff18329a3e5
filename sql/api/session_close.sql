-- SPDX-License-Identifier: MIT
--
-- Signs out: ends the session of a session digest, of a refresh digest, or of
-- a token id, with all its tokens and codes: closed | none.  Each may be null.
-- A token of somebody else's application signs its user out of that alone: it
-- takes only its own family along, and one that was exchanged nothing but itself.

create or replace function oauth2.session_close(
    p_session_digest text,
    p_refresh_digest text,
    p_token_id uuid,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_session  oauth2.sessions;
    v_token    record;
begin
    status := 'none';

    select *
    into v_session
    from oauth2.sessions
    where session_digest = p_session_digest;

    if found then
        perform oauth2.family_lock(v_session.user_id, v_session.id, null);

        perform from oauth2.sessions
        where id = v_session.id
            and closed_at is null
            and expires_at > now();

        if found then
            perform oauth2.session_end(v_session.id);
            status := 'closed';
        end if;
    end if;

    for v_token in
        select t.id, t.family_id, t.subject_id, t.user_id, t.session_id, c.is_first_party
        from oauth2.oauth2_access_tokens as t
        join oauth2.oauth2_clients as c on c.client_id = t.client_id
        where t.revoked_at is null
            and ((t.refresh_token = p_refresh_digest and t.refresh_token_expires_at > now())
                 or (t.id = p_token_id and t.expires_at > now()))
    loop
        perform oauth2.family_lock(v_token.user_id, v_token.session_id, v_token.family_id);

        if v_token.subject_id is not null then
            update oauth2.oauth2_access_tokens
            set expires_at = now()
            where id = v_token.id;

        elsif v_token.is_first_party and v_token.session_id is not null then
            perform oauth2.session_end(v_token.session_id);

        else
            perform oauth2.family_revoke(v_token.family_id);
        end if;

        status := 'closed';
    end loop;
end
$$;
