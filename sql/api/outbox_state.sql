-- SPDX-License-Identifier: MIT
--
-- Counts for health and metrics: mail that is due, that waits for its time or
-- for the end of a lease, and that is parked.

create or replace function oauth2.outbox_state(
    out status text,
    out due bigint,
    out waiting bigint,
    out parked bigint
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 'ok',
        count(*) filter (where m.next_attempt_at <= now()
                         and (m.leased_until is null or m.leased_until <= now())),
        count(*) filter (where m.next_attempt_at > now() or m.leased_until > now())
    into status, due, waiting
    from oauth2.outbox as m
    where m.sent_at is null
        and m.parked_at is null;

    select count(*)
    into parked
    from oauth2.outbox as m
    where m.parked_at is not null;
end
$$;
