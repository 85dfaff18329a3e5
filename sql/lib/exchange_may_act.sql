-- SPDX-License-Identifier: MIT
--
-- Does the subject's side agree (RFC 8693 4.4)?  What its token says in "may_act"
-- must be true of the actor, and the client that it belongs to may name, in its
-- metadata, the only client that may act.  A party that is described by anything
-- else than we would is nobody.

create or replace function oauth2.exchange_may_act(
    p_client oauth2.oauth2_clients,
    p_actor oauth2.oauth2_access_tokens,
    p_subject oauth2.oauth2_access_tokens,
    p_may_act jsonb
)
returns boolean
language sql
stable
as $$
    select (
            p_may_act is null
            or pg_catalog.jsonb_build_object(
                'sub', coalesce(p_actor.user_id::text, p_client.client_id),
                'client_id', p_client.client_id
            ) @> p_may_act and p_may_act ? 'sub'
        )
        and coalesce((
            select c.metadata ->> 'may_act'
            from oauth2.oauth2_clients as c
            where c.client_id = p_subject.client_id
        ), p_client.client_id) = p_client.client_id
$$;
