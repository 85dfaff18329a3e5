-- SPDX-License-Identifier: MIT
--
-- An attempt of the owner of a lease failed: retry | parked | none.  The next
-- one comes after 30 seconds, doubled each time up to an hour, and a random
-- fifth earlier, so that mails do not move in step.  A second call finds the
-- lease given up and changes nothing.

create or replace function oauth2.outbox_failed(
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
    v_mail     oauth2.outbox;
    v_seconds  double precision;
begin
    status := 'none';

    select *
    into v_mail
    from oauth2.outbox
    where id = p_id
        and lease_owner = p_owner
        and sent_at is null
    for no key update;

    if not found then
        return;
    end if;

    if v_mail.leased_until is not null then
        v_seconds := least(30 * 2 ^ (v_mail.attempts - 1), 3600) * (1 - random() / 5);

        update oauth2.outbox
        set leased_until = null,
            next_attempt_at = now() + make_interval(secs => v_seconds),
            parked_at = case when p_is_permanent or attempts >= oauth2.outbox_attempts()
                             then now() end,
            last_error = oauth2.outbox_reason(p_reason)
        where id = p_id
        returning * into v_mail;
    end if;

    status := case when v_mail.parked_at is null then 'retry' else 'parked' end;
end
$$;
