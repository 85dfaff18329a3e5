-- SPDX-License-Identifier: MIT
--
-- The claims about a user that have a value (OpenID Connect Core 5.1).

create or replace function oauth2.user_claims(p_user oauth2.users)
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_strip_nulls(p_user.claims || pg_catalog.jsonb_build_object(
        'phone_number_verified', case when p_user.claims ? 'phone_number' then false end,
        'name', nullif(concat_ws(' ', nullif(p_user.first_name, ''),
                                 nullif(p_user.last_name, '')), ''),
        'given_name', nullif(p_user.first_name, ''),
        'family_name', nullif(p_user.last_name, ''),
        'preferred_username', p_user.username,
        'email', p_user.email,
        'email_verified', p_user.is_verified,
        'updated_at', oauth2.epoch(coalesce(p_user.updated_at, p_user.created_at))
    ))
$$;
