-- SPDX-License-Identifier: MIT
--
-- Does an access token that others were exchanged for live, and the one that it
-- was exchanged for itself, and so on (RFC 8693)?  Users and sessions are the
-- same for all of them and not looked at.

create or replace function oauth2.subject_is_live(p_subject_id uuid)
returns boolean
language sql
stable
as $$
    with recursive chain as (
        select t.subject_id, t.client_id, t.expires_at, t.revoked_at
        from oauth2.oauth2_access_tokens as t
        where t.id = p_subject_id
        union all
        select t.subject_id, t.client_id, t.expires_at, t.revoked_at
        from chain as n
        join oauth2.oauth2_access_tokens as t on t.id = n.subject_id
    )
    select pg_catalog.bool_and(
        n.revoked_at is null
        and n.expires_at > pg_catalog.now()
        and c.is_active
    )
    from chain as n
    join oauth2.oauth2_clients as c on c.client_id = n.client_id
$$;
