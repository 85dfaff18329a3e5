-- SPDX-License-Identifier: MIT
--
-- The applications that took part in a session: those that were given an ID
-- token, alive or not.  What removes old tokens must leave those of an open
-- session.

create or replace function oauth2.session_clients(p_session_id uuid)
returns text[]
language sql
stable
as $$
    select array(
        select distinct t.client_id::text
        from oauth2.oauth2_access_tokens as t
        where t.session_id = p_session_id
            and t.id = t.family_id
            and t.client_id <> 'account'
            and oauth2.scope_covers(t.scope, 'openid')
    )
$$;
