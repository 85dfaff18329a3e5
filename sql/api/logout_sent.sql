-- SPDX-License-Identifier: MIT
--
-- Marks a notice as received, for the owner of its lease: sent | none.  A
-- client that answers again is told the rest at once.

create or replace function oauth2.logout_sent(
    p_id uuid,
    p_owner text,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_client_id  text;
begin
    update oauth2.logout_notices
    set sent_at = coalesce(sent_at, now()),
        leased_until = null,
        last_error = null
    where id = p_id
        and lease_owner = p_owner
        and parked_at is null
        and (leased_until is not null or sent_at is not null)
    returning client_id into v_client_id;

    status := case when found then 'sent' else 'none' end;

    update oauth2.logout_notices
    set next_attempt_at = now()
    where client_id = v_client_id
        and sent_at is null
        and parked_at is null
        and attempts = 0
        and next_attempt_at > now();
end
$$;
