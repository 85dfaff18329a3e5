-- SPDX-License-Identifier: MIT
--
-- Changes what an administrator decides about a user, and answers as an HTTP
-- request would be: 200 with the user, 404, or 422 with what is wrong.
--
--     select * from oauth2.admin_user_set(
--         '{"email": "ada@example.com", "is_superuser": true}');
--
-- The user is named by email or by id.  is_superuser, is_active and is_verified
-- may be set, and claims (user_claim_names; null takes one away); disabling
-- somebody ends their sessions.  A member it does not know is refused.

create or replace function oauth2.admin_user_set(
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
    if jsonb_typeof(p) is distinct from 'object' then
        p := '{}';
    end if;

    select jsonb_agg(jsonb_build_object('pointer', e.pointer, 'detail', e.detail)
                     order by e.pointer)
    into v_errors
    from (
        select '/' || m.key as pointer, 'This is not known.' as detail
        from jsonb_object_keys(p) as m (key)
        where m.key not in ('email', 'id', 'is_superuser', 'is_active', 'is_verified', 'claims')
        union all
        select '/' || m.key, 'This must be true or false.'
        from jsonb_each(p) as m
        where m.key in ('is_superuser', 'is_active', 'is_verified')
            and jsonb_typeof(m.value) <> 'boolean'
        union all
        select c.pointer, c.detail
        from oauth2.user_claims_problems(p -> 'claims') as c
        union all
        select '/email', 'Name the user by email or by id.'
        where (jsonb_typeof(p -> 'email') is not distinct from 'string')
            = (jsonb_typeof(p -> 'id') is not distinct from 'string')
    ) as e;

    if v_errors is not null then
        status := 422;
        body := jsonb_build_object('code', 'invalid_fields', 'errors', v_errors);
        return;
    end if;

    update oauth2.users
    set is_superuser = coalesce((p ->> 'is_superuser')::boolean, is_superuser),
        is_active = coalesce((p ->> 'is_active')::boolean, is_active),
        is_verified = coalesce((p ->> 'is_verified')::boolean, is_verified),
        claims = oauth2.user_claims_join(claims, coalesce(p -> 'claims', '{}')),
        updated_at = now()
    where lower(email) = lower(p ->> 'email')
        or id::text = lower(p ->> 'id')
    returning * into v_user;

    if not found then
        status := 404;
        body := jsonb_build_object('code', 'not_found');
        return;
    end if;

    if not v_user.is_active then
        perform oauth2.user_end_sessions(v_user.id);
    end if;

    status := 200;
    body := oauth2.user_view(v_user);
end
$$;
