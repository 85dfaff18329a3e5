-- SPDX-License-Identifier: MIT
--
-- Makes the lease of a mail that is being sent last longer: held | none.  A
-- lease that has run out stays so, whether or not somebody else has taken it.

create or replace function oauth2.outbox_renew(
    p_id uuid,
    p_owner text,
    p_lease integer,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    update oauth2.outbox
    set leased_until = greatest(leased_until, now() + make_interval(secs => p_lease))
    where id = p_id
        and lease_owner = p_owner
        and sent_at is null
        and parked_at is null
        and leased_until > now();

    status := case when found then 'held' else 'none' end;
end
$$;
