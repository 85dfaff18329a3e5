-- SPDX-License-Identifier: MIT
--
-- Of a client's metadata what the operator says, and no client: it is neither
-- told nor changed where a client manages its registration.

create or replace function oauth2.client_operator_members()
returns text[]
language sql
immutable
as $$
    select array[
        'access_token_format', 'allowed_origins', 'exchange', 'exchange_clients',
        'exchange_resources', 'fapi2', 'id_token_scope_claims', 'introspect_any',
        'introspect_resources', 'may_act', 'resources'
    ]
$$;
