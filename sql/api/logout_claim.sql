-- SPDX-License-Identifier: MIT
--
-- Leases a notice that is due to one owner; no row when there is none.  Of a
-- client there is one at a time under way, so that one that hangs holds up
-- nobody but itself.  What used up its attempts without an answer, its sender
-- having died each time, is parked instead, and what nobody wants to hear any
-- more.

create or replace function oauth2.logout_claim(
    p_owner text,
    p_lease integer
)
returns table (
    id uuid,
    client_id text,
    user_id uuid,
    session_id uuid,
    attempts integer,
    uri text,
    metadata jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_client  oauth2.oauth2_clients;
    v_notice  oauth2.logout_notices;
begin
    -- two at the same moment would take two of one client
    perform pg_advisory_xact_lock(hashtext('oauth2.logout_claim'));

    loop
        select n.*
        into v_notice
        from oauth2.logout_notices as n
        where n.next_attempt_at <= now()
            and n.sent_at is null
            and n.parked_at is null
            and not exists (
                select
                from oauth2.logout_notices as o
                where o.client_id = n.client_id
                    and o.sent_at is null
                    and o.parked_at is null
                    and o.leased_until > now()
            )
        order by n.next_attempt_at
        limit 1
        for no key update skip locked;

        exit when not found;

        select c.*
        into v_client
        from oauth2.oauth2_clients as c
        where c.client_id = v_notice.client_id
            and c.is_active
            and c.metadata ? 'backchannel_logout_uri';

        if found and v_notice.attempts < oauth2.outbox_attempts() then
            return query
            update oauth2.logout_notices as n
            set leased_until = now() + make_interval(secs => p_lease),
                lease_owner = p_owner,
                attempts = n.attempts + 1
            where n.id = v_notice.id
            returning n.id, n.client_id::text, n.user_id, n.session_id, n.attempts,
                v_client.metadata ->> 'backchannel_logout_uri',
                oauth2.client_told(v_client) - 'jwks';

            exit;
        end if;

        update oauth2.logout_notices as n
        set parked_at = now(),
            leased_until = null,
            last_error = case when v_client.id is null then 'there is nobody to tell'
                              else 'no answer in ' || n.attempts || ' attempts' end
        where n.id = v_notice.id;
    end loop;
end
$$;
