-- SPDX-License-Identifier: MIT
--
-- What an operation came to: done | none.

create or replace function oauth2.operation_find(
    p_operation_id uuid,
    out status text,
    out method text,
    out outcome text,
    out result jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 'done', o.method, o.outcome, o.result
    into status, method, outcome, result
    from oauth2.operations as o
    where o.id = p_operation_id;

    if not found then
        status := 'none';
    end if;
end
$$;
