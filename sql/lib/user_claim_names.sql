-- SPDX-License-Identifier: MIT
--
-- The claims about a user that can be set, and that users.claims has.

create or replace function oauth2.user_claim_names()
returns text[]
language sql
immutable
as $$
    select array[
        'middle_name', 'nickname', 'profile', 'picture', 'website', 'gender', 'birthdate',
        'zoneinfo', 'locale', 'phone_number', 'address'
    ]
$$;
