-- SPDX-License-Identifier: MIT
--
-- Queues what these applications are told about the end of a session, those of
-- them that want to hear of it.  The caller has the session's row.

create or replace function oauth2.logout_notices_add(
    p_session_id uuid,
    p_client_ids text[]
)
returns void
language plpgsql
as $$
begin
    insert into oauth2.logout_notices (client_id, user_id, session_id)
    select c.client_id, s.user_id, s.id
    from oauth2.oauth2_clients as c
    cross join oauth2.sessions as s
    where c.client_id = any (p_client_ids)
        and c.is_active
        and c.metadata ? 'backchannel_logout_uri'
        and s.id = p_session_id;
end
$$;
