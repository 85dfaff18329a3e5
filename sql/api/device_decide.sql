-- SPDX-License-Identifier: MIT
--
-- The user of a live session decides about a device, once: allowed | denied |
-- none.

create or replace function oauth2.device_decide(
    p_user_code text,
    p_session_digest text,
    p_allow boolean,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_session  oauth2.sessions;
begin
    status := 'none';

    -- the password may just be changing, and end the session
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
        and u.is_active;

    if not found then
        return;
    end if;

    update oauth2.device_codes as d
    set user_id = v_session.user_id,
        auth_time = v_session.authenticated_at,
        allowed_at = case when p_allow then now() end,
        denied_at = case when not p_allow then now() end
    where d.user_code = regexp_replace(upper(p_user_code), '[^A-Z]', '', 'g')
        and d.expires_at > now()
        and d.allowed_at is null
        and d.denied_at is null;

    if found then
        status := case when p_allow then 'allowed' else 'denied' end;
    end if;
end
$$;
