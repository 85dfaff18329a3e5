-- SPDX-License-Identifier: MIT
--
-- Marks a mail as sent by the owner of its lease: sent | none.  A lease that
-- has run out counts for as long as nobody else has taken it.

create or replace function oauth2.outbox_sent(
    p_id uuid,
    p_owner text,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    update oauth2.outbox
    set sent_at = coalesce(sent_at, now()),
        leased_until = null,
        last_error = null
    where id = p_id
        and lease_owner = p_owner
        and parked_at is null
        and (leased_until is not null or sent_at is not null);

    status := case when found then 'sent' else 'none' end;
end
$$;
