-- SPDX-License-Identifier: MIT
--
-- Authorization requests that clients push before they send the browser
-- (RFC 9126).

create table oauth2.pushed_requests (
    id              uuid primary key default gen_random_uuid(),
    request_digest  oauth2.digest not null unique,
    client_id       varchar(255) not null
                    references oauth2.oauth2_clients (client_id) on delete cascade,
    parameters      jsonb not null check (jsonb_typeof(parameters) = 'object'),
    created_at      timestamptz not null default now(),
    expires_at      timestamptz not null,
    used_at         timestamptz
);

create index pushed_requests_client on oauth2.pushed_requests (client_id);
create index pushed_requests_expires_at on oauth2.pushed_requests (expires_at);
