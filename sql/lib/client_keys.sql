-- SPDX-License-Identifier: MIT
--
-- What is wrong with the keys of a client that authenticates by this method, or
-- with what tells its certificate (RFC 8705 2.1.2), as a list of {pointer, detail};
-- null when nothing is.

create or replace function oauth2.client_keys(p_method text, p_metadata jsonb)
returns jsonb
language sql
immutable
as $$
    select case
        when p_metadata ? 'jwks' and p_metadata ? 'jwks_uri' then
            '[{"pointer": "/metadata/jwks", "detail": "It is this or jwks_uri."}]'::jsonb
        when p_method in ('private_key_jwt', 'self_signed_tls_client_auth')
            and not p_metadata ?| array['jwks', 'jwks_uri']
        then
            '[{"pointer": "/metadata/jwks", "detail": "This client needs it, or jwks_uri."}]'
        when p_method = 'tls_client_auth' and (
            select pg_catalog.count(*) <> 1
                or pg_catalog.bool_or(pg_catalog.jsonb_typeof(m.value) <> 'string'
                    or m.value = '""')
            from pg_catalog.jsonb_each(p_metadata) as m
            where m.key in (
                'tls_client_auth_subject_dn', 'tls_client_auth_san_dns',
                'tls_client_auth_san_uri', 'tls_client_auth_san_ip', 'tls_client_auth_san_email'
            )
        )
        then
            '[{"pointer": "/metadata/tls_client_auth_subject_dn",
               "detail": "This client needs it, or one other tls_client_auth_* member."}]'
    end
$$;
