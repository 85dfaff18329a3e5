-- SPDX-License-Identifier: MIT
--
-- The secret of a client that signs with it, or for which something is signed
-- with it, sealed under the key of the server (src/core/secret.h).

alter table oauth2.oauth2_clients
    add column sealed_secret text,
    add constraint oauth2_clients_sealed check (
        (sealed_secret is null or client_secret is not null)
        and (sealed_secret is not null or token_endpoint_auth_method <> 'client_secret_jwt')
    );
