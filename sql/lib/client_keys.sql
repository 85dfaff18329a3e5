-- SPDX-License-Identifier: MIT
--
-- What is wrong with the keys of a client that authenticates by this method,
-- as a list of {pointer, detail}; null when nothing is.

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
    end
$$;
