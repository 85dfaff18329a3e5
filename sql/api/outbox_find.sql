-- SPDX-License-Identifier: MIT
--
-- Has an operation mail that is still to be sent, by whomever: open | none.

create or replace function oauth2.outbox_find(
    p_operation_id uuid,
    out status text
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    status := case when exists (
        select
        from oauth2.outbox as m
        where m.operation_id = p_operation_id
            and m.sent_at is null
            and m.parked_at is null
    ) then 'open' else 'none' end;
end
$$;
