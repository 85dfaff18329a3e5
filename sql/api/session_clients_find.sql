-- SPDX-License-Identifier: MIT
--
-- What a browser must open to sign its user out of the applications that took
-- part in a session (OpenID Connect Front-Channel Logout 1.0): found; items are
-- {client_id, uri}.  A URI has the scheme, host and port of a redirect URI (2).

create or replace function oauth2.session_clients_find(
    p_session_id uuid,
    out status text,
    out items jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    status := 'found';

    select coalesce(jsonb_agg(
        jsonb_build_object(
            'client_id', c.client_id,
            'uri', c.metadata ->> 'frontchannel_logout_uri'
        )
        order by c.client_id
    ), '[]')
    into items
    from oauth2.oauth2_clients as c
    where c.client_id = any (oauth2.session_clients(p_session_id))
        and c.is_active
        and exists (
            select
            from jsonb_array_elements_text(c.redirect_uris) as u (uri)
            where substring(u.uri from '^https?://[^/?#]+')
                = substring(c.metadata ->> 'frontchannel_logout_uri'
                            from '^https?://[^/?#]+')
        );
end
$$;
