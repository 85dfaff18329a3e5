-- SPDX-License-Identifier: MIT
--
-- Of the metadata of RFC 7591 what has no column of its own.

create or replace function oauth2.client_metadata_rest(p_metadata jsonb)
returns jsonb
language sql
immutable
as $$
    select p_metadata - array[
        'client_name', 'redirect_uris', 'grant_types', 'response_types', 'scope',
        'token_endpoint_auth_method'
    ]
$$;
