-- SPDX-License-Identifier: MIT
--
-- Is this the origin of a page of the client's: that of a redirect URI, or one
-- in "allowed_origins" of its metadata, which the operator writes?  As browsers
-- send it (RFC 6454 6.2).

create or replace function oauth2.client_has_origin(
    p_client oauth2.oauth2_clients,
    p_origin text
)
returns boolean
language sql
immutable
as $$
    select coalesce(p_client.metadata -> 'allowed_origins' ? p_origin, false)
        or exists (
            select
            from pg_catalog.jsonb_array_elements_text(p_client.redirect_uris) as u (uri)
            where pg_catalog.starts_with(u.uri, p_origin)
                and pg_catalog.substr(u.uri, pg_catalog.length(p_origin) + 1, 1)
                    in ('', '/', '?')
        )
$$;
