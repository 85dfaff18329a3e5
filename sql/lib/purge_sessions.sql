-- SPDX-License-Identifier: MIT
--
-- Looks at sessions that expired before a time and after another one, in their
-- order, and deletes those that no token needs any more, with the codes that
-- came to nothing: how many were looked at, and how far.  A session may be
-- outlived by an application's tokens for long, hence the second time: each
-- one is looked at once in a round.

create or replace function oauth2.purge_sessions(
    p_before timestamptz,
    p_after timestamptz,
    p_limit integer,
    out seen integer,
    out last timestamptz
)
language plpgsql
as $$
declare
    v_ids  uuid[];
begin
    select array_agg(l.id), count(*), max(l.expires_at)
    into v_ids, seen, last
    from (
        select s.id, s.expires_at
        from oauth2.sessions as s
        where s.expires_at > coalesce(p_after, '-infinity')
            and s.expires_at <= p_before
        order by s.expires_at
        limit p_limit
    ) as l;

    v_ids := array(
        select s.id
        from oauth2.sessions as s
        where s.id = any (v_ids)
            and not exists (
                select
                from oauth2.oauth2_access_tokens as t
                where t.session_id = s.id
            )
            -- offline access has left the session and keeps its code
            and not exists (
                select
                from oauth2.oauth2_authorization_codes as c
                join oauth2.oauth2_access_tokens as t on t.code_id = c.id
                where c.session_id = s.id
            )
        for update skip locked
    );

    delete from oauth2.authorization_requests as r
    using oauth2.oauth2_authorization_codes as c
    where r.id = c.request_id
        and c.session_id = any (v_ids);

    delete from oauth2.sessions
    where id = any (v_ids);
end
$$;
