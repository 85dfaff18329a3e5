-- SPDX-License-Identifier: MIT
--
-- The user of an e-mail address or username: found | none.  No username holds
-- an '@', so a login is one or the other.

create or replace function oauth2.login_find(
    p_login text,
    out status text,
    out user_id uuid,
    out hashed_password text,
    out is_active boolean,
    out is_verified boolean
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    if position('@' in p_login) > 0 then
        select 'found', u.id, u.hashed_password, u.is_active, u.is_verified
        into status, user_id, hashed_password, is_active, is_verified
        from oauth2.users as u
        where lower(u.email) = lower(btrim(p_login));

    else
        select 'found', u.id, u.hashed_password, u.is_active, u.is_verified
        into status, user_id, hashed_password, is_active, is_verified
        from oauth2.users as u
        where lower(u.username) = lower(btrim(p_login));
    end if;

    if not found then
        status := 'none';
    end if;
end
$$;
