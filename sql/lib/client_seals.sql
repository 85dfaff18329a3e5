-- SPDX-License-Identifier: MIT
--
-- Is the secret of a client itself needed, for an HMAC?

create or replace function oauth2.client_seals(p_method text, p_metadata jsonb)
returns boolean
language sql
immutable
as $$
    select p_method = 'client_secret_jwt' or exists (
        select
        from pg_catalog.jsonb_each_text(p_metadata) as m
        where m.key in (
                'id_token_signed_response_alg', 'userinfo_signed_response_alg',
                'introspection_signed_response_alg', 'authorization_signed_response_alg',
                'request_object_signing_alg'
            )
            and m.value = 'HS256'
            and p_method like 'client\_secret\_%'
    )
$$;
