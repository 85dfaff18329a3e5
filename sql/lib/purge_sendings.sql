-- SPDX-License-Identifier: MIT
--
-- Deletes mails and logout notices that were sent before a time, and those that
-- were given up, with the operations, before another one: how many of that of
-- which there were most.  An operation stays while a mail of it waits.

create or replace function oauth2.purge_sendings(
    p_before timestamptz,
    p_long_before timestamptz,
    p_limit integer
)
returns integer
language plpgsql
as $$
declare
    v_n     integer;
    v_most  integer;
begin
    delete from oauth2.outbox
    where id in (
        select m.id
        from oauth2.outbox as m
        where m.sent_at <= p_before
        order by m.sent_at
        limit p_limit
        for update skip locked
    );

    get diagnostics v_most = row_count;

    delete from oauth2.logout_notices
    where id in (
        (select n.id
         from oauth2.logout_notices as n
         where n.sent_at <= p_before
         order by n.sent_at
         limit p_limit)
        union all
        (select n.id
         from oauth2.logout_notices as n
         where n.parked_at <= p_long_before
         order by n.parked_at
         limit p_limit)
    );

    get diagnostics v_n = row_count;
    v_most := greatest(v_most, v_n);

    delete from oauth2.operations
    where id in (
        select o.id
        from oauth2.operations as o
        where o.created_at <= p_long_before
            and not exists (
                select
                from oauth2.outbox as m
                where m.operation_id = o.id
                    and (m.sent_at > p_before
                         or m.parked_at > p_long_before
                         or (m.sent_at is null and m.parked_at is null))
            )
        order by o.created_at
        limit p_limit
        for update skip locked
    );

    get diagnostics v_n = row_count;

    return greatest(v_most, v_n);
end
$$;
