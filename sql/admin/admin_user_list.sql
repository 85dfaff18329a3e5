-- SPDX-License-Identifier: MIT
--
-- The users: 200 with a list of items, which may be empty.  p is an empty
-- object.

create or replace function oauth2.admin_user_list(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
begin
    status := 200;

    select jsonb_build_object('items', coalesce(jsonb_agg(oauth2.user_view(u)
                                                          order by lower(u.email)), '[]'),
                              'next', null)
    into body
    from oauth2.users as u;
end
$$;
