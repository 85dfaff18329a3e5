-- SPDX-License-Identifier: MIT
--
-- What is wrong with a client that the operator describes, as a list of
-- {pointer, detail}; null when nothing is.  Members that are not there are
-- not looked at.

create or replace function oauth2.client_problems(p jsonb)
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_agg(
        pg_catalog.jsonb_build_object('pointer', e.pointer, 'detail', e.detail)
        order by e.pointer
    )
    from (
        select '/' || m.key as pointer, 'This is not known.' as detail
        from pg_catalog.jsonb_object_keys(p) as m (key)
        where m.key not in (
            'client_id', 'client_secret', 'sealed_secret', 'client_name', 'redirect_uris',
            'grant_types', 'response_types', 'scope', 'token_endpoint_auth_method',
            'is_first_party', 'is_active', 'metadata'
        )
        union all
        select '/' || m.key, 'This must be a string.'
        from pg_catalog.jsonb_each(p) as m
        where m.key in ('client_id', 'client_name', 'scope', 'token_endpoint_auth_method')
            and (pg_catalog.jsonb_typeof(m.value) <> 'string'
                or m.value #>> '{}' !~ '^[^[:cntrl:]]{1,255}$')
            and not (m.key = 'scope' and m.value = '""')
        union all
        select '/client_id', 'An id has no blanks and no colon.'
        where p ->> 'client_id' ~ '[[:space:]:]'
        union all
        select '/client_secret', 'This must be a SHA-256 digest.'
        where p ->> 'client_secret' !~ '^[0-9a-f]{64}$'
        union all
        select '/token_endpoint_auth_method', 'This is not known.'
        where p ->> 'token_endpoint_auth_method' not in (
            'none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt',
            'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'
        )
        union all
        select '/sealed_secret', 'This must be a secret that is sealed.'
        where p ->> 'sealed_secret' !~ '^[0-9a-f]{8}\.[A-Za-z0-9_-]{40,}$'
        union all
        select '/' || m.key, 'This must be true or false.'
        from pg_catalog.jsonb_each(p) as m
        where m.key in ('is_first_party', 'is_active')
            and pg_catalog.jsonb_typeof(m.value) <> 'boolean'
        union all
        select '/' || m.key, 'This must be an array of strings.'
        from pg_catalog.jsonb_each(p) as m
        where m.key in ('redirect_uris', 'grant_types', 'response_types')
            and (pg_catalog.jsonb_typeof(m.value) <> 'array'
                or m.value @? '$[*] ? (@.type() != "string")')
        union all
        select '/metadata', 'This must be an object of other members.'
        where p ? 'metadata'
            and (pg_catalog.jsonb_typeof(p -> 'metadata') <> 'object'
                or oauth2.client_metadata_rest(p -> 'metadata') <> p -> 'metadata')
        union all
        select '/metadata/jwks', 'This must be a set of public keys (RFC 7517 5).'
        where p #> '{metadata,jwks}' <> 'null'
            and (coalesce(pg_catalog.jsonb_typeof(p #> '{metadata,jwks,keys}'), '') <> 'array'
                or p #> '{metadata,jwks,keys}' = '[]'
                or p @? '$.metadata.jwks.keys[*] ? (@.type() != "object"
                    || !exists (@.kty) || exists (@.d) || exists (@.k))')
        union all
        select '/metadata/jwks_uri', 'This must be an https URI.'
        where p #> '{metadata,jwks_uri}' <> 'null'
            and p #>> '{metadata,jwks_uri}' !~ '^https://[^/?#@[:space:]]+([/?][^#[:space:]]*)?$'
        union all
        select '/metadata/exchange', 'This must be delegation or impersonation.'
        where p #> '{metadata,exchange}' not in ('"delegation"', '"impersonation"', 'null')
        union all
        select '/metadata/may_act', 'This must be the id of a client.'
        where pg_catalog.jsonb_typeof(p #> '{metadata,may_act}') not in ('string', 'null')
        union all
        select '/metadata/' || m.key, 'This must be an array of strings.'
        from pg_catalog.jsonb_each(
            case when pg_catalog.jsonb_typeof(p -> 'metadata') = 'object'
                then p -> 'metadata' else '{}' end
        ) as m
        where m.key in ('allowed_origins', 'exchange_clients', 'exchange_resources')
            and pg_catalog.jsonb_typeof(m.value) <> 'null'
            and (pg_catalog.jsonb_typeof(m.value) <> 'array'
                or m.value @? '$[*] ? (@.type() != "string")')
        union all
        select '/metadata/access_token_format', 'This is jwt or opaque.'
        where coalesce(p #> '{metadata,access_token_format}', 'null')
            not in ('null', '"jwt"', '"opaque"')
        union all
        select '/metadata/' || m.key, 'This must be an absolute URI without a fragment.'
        from pg_catalog.jsonb_each(
            case when pg_catalog.jsonb_typeof(p -> 'metadata') = 'object'
                then p -> 'metadata' else '{}' end
        ) as m
        where m.key in ('backchannel_logout_uri', 'frontchannel_logout_uri')
            and m.value <> 'null'
            and m.value #>> '{}' !~ '^https?://[^/?#@[:space:]]+([/?][^#[:space:]]*)?$'
        union all
        select '/redirect_uris/' || u.n - 1,
            'A redirect URI is https, http for a loopback host, or has a scheme with a dot;'
            || ' no wildcard, no fragment.'
        from pg_catalog.jsonb_array_elements_text(
            case when pg_catalog.jsonb_typeof(p -> 'redirect_uris') = 'array'
                then p -> 'redirect_uris' else '[]' end
        ) with ordinality as u (uri, n)
        where u.uri ~ '[[:space:][:cntrl:]#*\\]'
            or u.uri !~ ('^(https://[^/?@]+([/?].*)?$'
                || '|http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?([/?].*)?$'
                || '|[a-z][a-z0-9+-]*\.[a-z0-9+.-]+:.+$)')
    ) as e
$$;
