-- SPDX-License-Identifier: MIT
--
-- The "act" claim (RFC 8693 4.1) of a token that a client gets for another one:
-- who acts, with whoever acted before inside; null when nobody is to be seen.
-- The actor is the user of the actor token, else the client, which then has to
-- appear if it may not impersonate.

create or replace function oauth2.exchange_actor(
    p_client oauth2.oauth2_clients,
    p_actor oauth2.oauth2_access_tokens,
    p_before jsonb
)
returns jsonb
language sql
immutable
as $$
    select case
        when p_actor.user_id is not null
            then pg_catalog.jsonb_build_object('sub', p_actor.user_id) || n.nested
        when p_actor.id is not null or p_client.metadata ->> 'exchange' <> 'impersonation'
            then pg_catalog.jsonb_build_object('sub', p_client.client_id,
                                               'client_id', p_client.client_id) || n.nested
        else p_before
    end
    from (
        select case when p_before is null then '{}'
            else pg_catalog.jsonb_build_object('act', p_before) end as nested
    ) as n
$$;
