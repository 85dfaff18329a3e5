-- SPDX-License-Identifier: MIT
--
-- Leases mails for sending to one owner: those of an operation, or whatever
-- is due; no row when there is nothing.  An operation's own sender does not
-- wait for the time of the next attempt, but respects another's lease.
-- Mail that used up its attempts without an answer, its sender having died
-- each time, is parked instead.

create or replace function oauth2.outbox_claim(
    p_operation_id uuid,
    p_owner text,
    p_lease integer,
    p_limit integer
)
returns table (
    id uuid,
    operation_id uuid,
    kind text,
    recipient text,
    data jsonb,
    message_id text,
    attempts integer
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_ids  uuid[];
begin
    if p_operation_id is not null then
        v_ids := array(
            select d.id
            from oauth2.outbox as d
            where d.operation_id = p_operation_id
                and d.sent_at is null
                and d.parked_at is null
                and (d.leased_until is null or d.leased_until <= now())
            limit p_limit
            for update skip locked
        );

    else
        v_ids := array(
            select d.id
            from oauth2.outbox as d
            where d.next_attempt_at <= now()
                and d.sent_at is null
                and d.parked_at is null
                and (d.leased_until is null or d.leased_until <= now())
            order by d.next_attempt_at
            limit p_limit
            for update skip locked
        );
    end if;

    update oauth2.outbox as m
    set parked_at = now(),
        leased_until = null,
        last_error = 'no answer in ' || m.attempts || ' attempts'
    where m.id = any (v_ids)
        and m.attempts >= oauth2.outbox_attempts();

    return query
    update oauth2.outbox as m
    set leased_until = now() + make_interval(secs => p_lease),
        lease_owner = p_owner,
        attempts = m.attempts + 1
    where m.id = any (v_ids)
        and m.parked_at is null
    returning m.id, m.operation_id, m.kind, m.recipient, m.data, m.message_id, m.attempts;
end
$$;
