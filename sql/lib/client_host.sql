-- SPDX-License-Identifier: MIT
--
-- The host of one of a client's URIs; of an app's own scheme the whole URI.

create or replace function oauth2.client_host(p_uri text)
returns text
language sql
immutable
as $$
    select coalesce(
        lower(substring(p_uri from '^https?://(\[[^\]]*\]|[^/?#:]+)')),
        p_uri
    )
$$;
