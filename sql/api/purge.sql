-- SPDX-License-Identifier: MIT
--
-- Deletes rows that nobody needs any more, some of each table: more | done |
-- busy (somebody else does it).  The retention, in seconds, is how long they
-- stay after their end.  Operations stay thirty days, and for the retention
-- when that is longer: a workflow that was held up finds what it has done.
-- p_after is what the call before answered as last, null at first and after
-- done.

create or replace function oauth2.purge(
    p_retention integer,
    p_limit integer,
    p_after text,
    out status text,
    out last text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_before       timestamptz := now() - make_interval(secs => p_retention);
    v_long_before  timestamptz := least(v_before, now() - interval '30 days');
    v_most         integer;
    v_n            integer;
    v_seen         integer;
begin
    if not pg_try_advisory_xact_lock(hashtext('oauth2.purge')) then
        status := 'busy';
        return;
    end if;

    v_most := greatest(
        oauth2.purge_families(v_before, p_limit),
        oauth2.purge_requests(v_before, p_limit),
        oauth2.purge_sendings(v_before, v_long_before, p_limit)
    );

    select s.seen, s.last
    into v_seen, last
    from oauth2.purge_sessions(v_before, p_after::timestamptz, p_limit) as s;

    delete from oauth2.pushed_requests
    where id in (
        select r.id
        from oauth2.pushed_requests as r
        where r.expires_at <= v_before
        order by r.expires_at
        limit p_limit
        for update skip locked
    );

    get diagnostics v_n = row_count;
    v_most := greatest(v_most, v_n, v_seen);

    delete from oauth2.device_codes
    where id in (
        select d.id
        from oauth2.device_codes as d
        where d.expires_at <= v_before
        order by d.expires_at
        limit p_limit
        for update skip locked
    );

    get diagnostics v_n = row_count;
    v_most := greatest(v_most, v_n);

    -- what has expired may come again, there or not
    delete from oauth2.replays
    where digest in (
        select r.digest
        from oauth2.replays as r
        where r.expires_at <= now()
        order by r.expires_at
        limit p_limit
        for update skip locked
    );

    get diagnostics v_n = row_count;

    status := case when greatest(v_most, v_n) >= p_limit then 'more' else 'done' end;
    last := case when v_seen >= p_limit then last else p_after end;
end
$$;
