-- SPDX-License-Identifier: MIT
--
-- An attempt of the owner of a lease failed: retry | parked | none.  The next
-- one comes after 5 seconds, doubled each time up to an hour, and a random
-- fifth earlier; the other notices of a client that does not answer wait with
-- it.  What is permanent is that notice's own affair.  A second call finds the
-- lease given up and changes nothing.

create or replace function oauth2.logout_failed(
    p_id uuid,
    p_owner text,
    p_reason text,
    p_is_permanent boolean,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_attempts  integer;
    v_next      timestamptz;
    v_notice    oauth2.logout_notices;
begin
    status := 'none';

    select *
    into v_notice
    from oauth2.logout_notices
    where id = p_id
        and lease_owner = p_owner
        and sent_at is null
    for no key update;

    if not found then
        return;
    end if;

    if v_notice.leased_until is not null then
        select max(attempts)
        into v_attempts
        from oauth2.logout_notices
        where client_id = v_notice.client_id
            and sent_at is null
            and parked_at is null;

        v_next := now() + make_interval(
            secs => least(5 * 2 ^ (v_attempts - 1), 3600) * (1 - random() / 5));

        update oauth2.logout_notices
        set leased_until = null,
            next_attempt_at = v_next,
            parked_at = case when p_is_permanent
                                  or created_at <= now() - oauth2.logout_patience()
                             then now() end,
            last_error = oauth2.outbox_reason(p_reason)
        where id = p_id
        returning * into v_notice;

        if not p_is_permanent then
            perform oauth2.logout_notices_delay(v_notice.client_id, v_next,
                                                v_notice.last_error);
        end if;
    end if;

    status := case when v_notice.parked_at is null then 'retry' else 'parked' end;
end
$$;
