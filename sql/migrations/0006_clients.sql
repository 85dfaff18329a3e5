-- SPDX-License-Identifier: MIT
--
-- What a client that registered itself manages its registration with
-- (RFC 7592); null for those that the operator made.

alter table oauth2.oauth2_clients
    add column registration_token oauth2.digest unique;
