-- SPDX-License-Identifier: MIT
--
-- The public user object of the API, with the claims that have a value.

create or replace function oauth2.user_profile(p_user oauth2.users)
returns jsonb
language sql
stable
as $$
    select p_user.claims || pg_catalog.jsonb_build_object(
        'id', p_user.id,
        'email', p_user.email,
        'username', p_user.username,
        'first_name', p_user.first_name,
        'last_name', p_user.last_name,
        'is_verified', p_user.is_verified,
        'created_at', pg_catalog.to_char(p_user.created_at at time zone 'UTC',
                                         'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    )
$$;
