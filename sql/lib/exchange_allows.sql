-- SPDX-License-Identifier: MIT
--
-- May a client exchange this token, by what the operator wrote into its
-- metadata (RFC 8693)?  One of its own; one of a client in "exchange_clients";
-- one for a resource in "exchange_resources".

create or replace function oauth2.exchange_allows(
    p_client oauth2.oauth2_clients,
    p_subject oauth2.oauth2_access_tokens
)
returns boolean
language sql
immutable
as $$
    select p_subject.client_id = p_client.client_id
        or coalesce(p_client.metadata -> 'exchange_clients' ? p_subject.client_id, false)
        or coalesce(
            p_client.metadata -> 'exchange_resources' ?| pg_catalog.string_to_array(
                coalesce(p_subject.parameters ->> 'audience',
                         p_subject.parameters ->> 'resource'), ' '),
            false)
$$;
