-- SPDX-License-Identifier: MIT
--
-- A user as the operator sees them.

create or replace function oauth2.user_view(p_user oauth2.users)
returns jsonb
language sql
stable
as $$
    select oauth2.user_profile(p_user) || pg_catalog.jsonb_build_object(
        'is_superuser', p_user.is_superuser,
        'is_active', p_user.is_active,
        'last_login', pg_catalog.to_char(p_user.last_login at time zone 'UTC',
                                         'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    )
$$;
