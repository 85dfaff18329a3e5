-- SPDX-License-Identifier: MIT
--
-- A client does not answer: what else it is to be told waits as well, or is
-- given up, being too old.

create or replace function oauth2.logout_notices_delay(
    p_client_id text,
    p_next timestamptz,
    p_reason text
)
returns void
language plpgsql
as $$
begin
    update oauth2.logout_notices as n
    set next_attempt_at = p_next,
        parked_at = case when n.created_at <= now() - oauth2.logout_patience()
                         then now() end,
        last_error = p_reason
    where n.id = any (array(
        select w.id
        from oauth2.logout_notices as w
        where w.client_id = p_client_id
            and w.next_attempt_at < p_next
            and w.sent_at is null
            and w.parked_at is null
            and (w.leased_until is null or w.leased_until <= now())
        for no key update skip locked
    ));
end
$$;
