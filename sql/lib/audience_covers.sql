-- SPDX-License-Identifier: MIT
--
-- Were the resources that a token is asked for among those of its
-- authorization (RFC 8707 2.2)?  Of one that names none, we are the only one.

create or replace function oauth2.audience_covers(p_granted jsonb, p_asked jsonb)
returns boolean
language sql
immutable
as $$
    select pg_catalog.string_to_array(coalesce(p_asked ->> 'audience', ''), ' ')
        <@ pg_catalog.string_to_array(coalesce(p_granted ->> 'resource', 'self'), ' ')
$$;
