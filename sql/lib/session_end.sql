-- SPDX-License-Identifier: MIT
--
-- Closes a session with its tokens and its unused codes.

create or replace function oauth2.session_end(p_session_id uuid)
returns void
language plpgsql
as $$
begin
    update oauth2.sessions
    set closed_at = now()
    where id = p_session_id
        and closed_at is null;

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
