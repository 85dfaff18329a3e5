-- SPDX-License-Identifier: MIT
--
-- Clients that authenticate by a key or a certificate: without a secret, and
-- not public.

alter table oauth2.oauth2_clients
    drop constraint if exists oauth2_clients_token_endpoint_auth_method_check,
    drop constraint if exists oauth2_clients_check,
    add constraint oauth2_clients_method check (token_endpoint_auth_method in (
        'none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt',
        'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'
    )),
    add constraint oauth2_clients_secret check (
        (client_secret is not null) = (token_endpoint_auth_method in (
            'client_secret_basic', 'client_secret_post', 'client_secret_jwt'
        ))
    );
