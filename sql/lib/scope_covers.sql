-- SPDX-License-Identifier: MIT
--
-- Is each token of the one scope in the other?

create or replace function oauth2.scope_covers(p_whole text, p_part text)
returns boolean
language sql
immutable
as $$
    select pg_catalog.string_to_array(p_part, ' ') <@ pg_catalog.string_to_array(p_whole, ' ')
$$;
