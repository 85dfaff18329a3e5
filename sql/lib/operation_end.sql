-- SPDX-License-Identifier: MIT
--
-- Stores what a claimed operation came to.

create or replace function oauth2.operation_end(
    p_operation_id uuid,
    p_outcome text,
    p_result jsonb
)
returns void
language plpgsql
as $$
begin
    update oauth2.operations
    set outcome = p_outcome,
        result = p_result
    where id = p_operation_id;
end
$$;
