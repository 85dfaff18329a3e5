-- SPDX-License-Identifier: MIT
--
-- A client's metadata as the programs need them: whose subjects are pairwise
-- has a sector_identifier (OpenID Connect Core 8.1), which is the host of its
-- sector_identifier_uri, or the one host of its redirect URIs; a client that
-- has neither is a sector of its own.

create or replace function oauth2.client_told(p_client oauth2.oauth2_clients)
returns jsonb
language sql
immutable
as $$
    select case
        when p_client.metadata ->> 'subject_type' = 'pairwise'
        then p_client.metadata || pg_catalog.jsonb_build_object(
            'sector_identifier', coalesce(
                oauth2.client_host(p_client.metadata ->> 'sector_identifier_uri'),
                (
                    select min(oauth2.client_host(u.uri))
                    from pg_catalog.jsonb_array_elements_text(p_client.redirect_uris)
                        as u (uri)
                    having count(distinct oauth2.client_host(u.uri)) = 1
                ),
                p_client.client_id
            )
        )
        else p_client.metadata
    end
$$;
