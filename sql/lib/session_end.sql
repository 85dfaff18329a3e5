-- SPDX-License-Identifier: MIT
--
-- Closes a session with its tokens and its unused codes, and queues what the
-- applications are told that took part in it.  What an application may do
-- without the user there (offline_access) goes on, and belongs to no session
-- from then on (Back-Channel Logout 1.0 2.7).

create or replace function oauth2.session_end(p_session_id uuid)
returns void
language plpgsql
as $$
begin
    update oauth2.sessions
    set closed_at = now()
    where id = p_session_id
        and closed_at is null;

    if found then
        perform oauth2.logout_notices_add(p_session_id,
                                          oauth2.session_clients(p_session_id));
    end if;

    update oauth2.oauth2_access_tokens
    set session_id = null
    where session_id = p_session_id
        and oauth2.scope_covers(refresh_scope, 'offline_access');

    update oauth2.oauth2_access_tokens
    set revoked_at = now()
    where session_id = p_session_id
        and revoked_at is null;

    update oauth2.oauth2_authorization_codes
    set used_at = now()
    where session_id = p_session_id
        and used_at is null;
end
$$;
