-- SPDX-License-Identifier: MIT
--
-- What is told of a client beyond its columns, by the names of RFC 7591,
-- and what an authorization request, and the tokens that came of it, carry
-- beyond theirs (response_mode, claims, resource, cnf, ...).

alter table oauth2.oauth2_clients
    add column metadata jsonb not null default '{}'
        check (jsonb_typeof(metadata) = 'object');

alter table oauth2.authorization_requests
    add column parameters jsonb not null default '{}'
        check (jsonb_typeof(parameters) = 'object');

-- of a family: its first row's are those of all that follow
alter table oauth2.oauth2_access_tokens
    add column parameters jsonb not null default '{}'
        check (jsonb_typeof(parameters) = 'object');
