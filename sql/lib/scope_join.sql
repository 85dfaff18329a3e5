-- SPDX-License-Identifier: MIT
--
-- The tokens of both, each once.

create or replace function oauth2.scope_join(p_one text, p_other text)
returns text
language sql
immutable
as $$
    select coalesce(pg_catalog.string_agg(distinct s.token, ' '), '')
    from pg_catalog.string_to_table(p_one || ' ' || p_other, ' ') as s (token)
    where s.token <> ''
$$;
