-- SPDX-License-Identifier: MIT
--
-- The user that p names by email or id: 200, or 404.

create or replace function oauth2.admin_user_find(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 200, oauth2.user_view(u)
    into status, body
    from oauth2.users as u
    where lower(u.email) = lower(p ->> 'email')
        or u.id::text = lower(p ->> 'id');

    if not found then
        status := 404;
        body := jsonb_build_object('code', 'not_found');
    end if;
end
$$;
