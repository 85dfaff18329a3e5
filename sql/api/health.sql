-- SPDX-License-Identifier: MIT
--
-- The database answers, and at which version of the schema.

create or replace function oauth2.health(
    out status text,
    out version integer
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 'ok', max(m.version)
    into status, version
    from oauth2.schema_migrations as m;
end
$$;
