-- SPDX-License-Identifier: MIT
--
-- Locks what a change to tokens or codes depends on, always in the order
-- user, session, family, so that no two of them wait for each other.  The
-- user's row is shared: it holds up a change of password, which then finds
-- what was made here and ends it.

create or replace function oauth2.family_lock(
    p_user_id uuid,
    p_session_id uuid,
    p_family_id uuid
)
returns void
language plpgsql
as $$
begin
    perform from oauth2.users
    where id = p_user_id
    for share;

    perform from oauth2.sessions
    where id = p_session_id
    for no key update;

    perform from oauth2.oauth2_access_tokens
    where id = p_family_id
    for no key update;
end
$$;
