-- SPDX-License-Identifier: MIT
--
-- Ends everything a user, whose row the caller has locked, is signed in
-- with: sessions, all tokens, unused codes and devices.

create or replace function oauth2.user_end_sessions(p_user_id uuid)
returns void
language plpgsql
as $$
declare
    v_session_id  uuid;
begin
    for v_session_id in
        select id
        from oauth2.sessions
        where user_id = p_user_id
            and closed_at is null
        order by id
    loop
        perform oauth2.session_end(v_session_id);
    end loop;

    update oauth2.oauth2_access_tokens
    set revoked_at = now()
    where user_id = p_user_id
        and revoked_at is null;

    update oauth2.oauth2_authorization_codes
    set used_at = now()
    where user_id = p_user_id
        and used_at is null;

    perform oauth2.devices_deny(p_user_id, null);
end
$$;
