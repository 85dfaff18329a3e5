-- SPDX-License-Identifier: MIT
--
-- The device that waits with a user code, which may be written in any way:
-- found | none.

create or replace function oauth2.device_find(
    p_user_code text,
    out status text,
    out user_code text,
    out client_name text,
    out scope text
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 'found', left(d.user_code, 4) || '-' || right(d.user_code, 4), c.client_name,
        d.scope
    into status, user_code, client_name, scope
    from oauth2.device_codes as d
    join oauth2.oauth2_clients as c on c.client_id = d.client_id
    where d.user_code = regexp_replace(upper(p_user_code), '[^A-Z]', '', 'g')
        and d.expires_at > now()
        and d.allowed_at is null
        and d.denied_at is null
        and c.is_active;

    if not found then
        status := 'none';
    end if;
end
$$;
