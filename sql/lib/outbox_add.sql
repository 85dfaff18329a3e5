-- SPDX-License-Identifier: MIT
--
-- Queues a mail of an operation.  A workflow sends its own mail, so the
-- drains leave it alone for half a minute.

create or replace function oauth2.outbox_add(
    p_operation_id uuid,
    p_method text,
    p_kind text,
    p_recipient text,
    p_first_name text
)
returns void
language plpgsql
as $$
declare
    v_id     uuid := gen_random_uuid();
    v_delay  interval := '0 seconds';
begin
    if p_method = 'temporal_workflow' then
        v_delay := '30 seconds';
    end if;

    insert into oauth2.outbox (
        id, operation_id, kind, recipient, data, message_id, next_attempt_at
    )
    values (
        v_id, p_operation_id, p_kind, p_recipient,
        jsonb_strip_nulls(jsonb_build_object('first_name', p_first_name)),
        v_id::text || '@oauth2.local', now() + v_delay
    );
end
$$;
