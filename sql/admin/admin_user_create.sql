-- SPDX-License-Identifier: MIT
--
-- Makes a user who can sign in at once: 201 with the user, 409 user_exists or
-- username_taken, or 422 with what is wrong.
--
-- hashed_password is a bcrypt hash.  is_verified is true unless it says false:
-- whoever may call this vouches for the address.

create or replace function oauth2.admin_user_create(
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
    v_errors  jsonb;
    v_user    oauth2.users;
begin
    select jsonb_agg(jsonb_build_object('pointer', e.pointer, 'detail', e.detail)
                     order by e.pointer)
    into v_errors
    from (
        select '/' || m.key as pointer, 'This is not known.' as detail
        from jsonb_object_keys(p) as m (key)
        where m.key not in ('email', 'hashed_password', 'username', 'first_name', 'last_name',
                            'is_verified', 'is_superuser', 'claims')
        union all
        select '/' || m.key, 'This must be true or false.'
        from jsonb_each(p) as m
        where m.key in ('is_verified', 'is_superuser')
            and jsonb_typeof(m.value) <> 'boolean'
        union all
        select '/email', 'This is no e-mail address.'
        where coalesce(p ->> 'email', '') !~ '^[^[:space:][:cntrl:]<>@]+@[^[:space:][:cntrl:]<>@]+$'
            or length(p ->> 'email') > 254
        union all
        select c.pointer, c.detail
        from oauth2.user_claims_problems(p -> 'claims') as c
        union all
        select '/hashed_password', 'This is no bcrypt hash.'
        where coalesce(p ->> 'hashed_password', '') !~ '^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$'
        union all
        select '/username', 'A username has 3 to 50 of letters, digits, ''.'', ''_'' and ''-''.'
        where p ->> 'username' !~ '^[A-Za-z0-9][A-Za-z0-9._-]{2,49}$'
        union all
        select '/' || m.key, 'A name has 1 to 50 characters, and no < or >.'
        from jsonb_each_text(p) as m
        where m.key in ('first_name', 'last_name')
            and m.value !~ '^[^[:cntrl:]<>]{1,50}$'
    ) as e;

    if v_errors is not null then
        status := 422;
        body := jsonb_build_object('code', 'invalid_fields', 'errors', v_errors);
        return;
    end if;

    insert into oauth2.users (
        email, username, hashed_password, first_name, last_name, is_verified, is_superuser, claims
    )
    values (
        lower(p ->> 'email'), p ->> 'username', p ->> 'hashed_password', p ->> 'first_name',
        p ->> 'last_name', coalesce((p ->> 'is_verified')::boolean, true),
        coalesce((p ->> 'is_superuser')::boolean, false),
        oauth2.user_claims_join('{}', coalesce(p -> 'claims', '{}'))
    )
    on conflict do nothing
    returning * into v_user;

    if found then
        status := 201;
        body := oauth2.user_view(v_user);
        return;
    end if;

    perform from oauth2.users
    where lower(email) = lower(p ->> 'email');

    status := 409;
    body := jsonb_build_object(
        'code', case when found then 'user_exists' else 'username_taken' end);
end
$$;
