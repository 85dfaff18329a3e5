-- SPDX-License-Identifier: MIT
--
-- Removes a user, named by email or id, with all that is theirs: 200 with who
-- it was, or 404.  The applications that the user is signed in to are told.

create or replace function oauth2.admin_user_delete(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_user  oauth2.users;
begin
    select *
    into v_user
    from oauth2.users
    where lower(email) = lower(p ->> 'email')
        or id::text = lower(p ->> 'id')
    for update;

    if not found then
        status := 404;
        body := jsonb_build_object('code', 'not_found');
        return;
    end if;

    perform oauth2.user_end_sessions(v_user.id);

    delete from oauth2.users
    where id = v_user.id;

    status := 200;
    body := oauth2.user_view(v_user);
end
$$;
