-- SPDX-License-Identifier: MIT
--
-- Devices that wait for a user to allow them (RFC 8628).

create table oauth2.device_codes (
    id             uuid primary key default gen_random_uuid(),
    device_digest  oauth2.digest not null unique,
    user_code      text not null unique check (user_code ~ '^[A-Z]{8}$'),
    client_id      varchar(255) not null
                   references oauth2.oauth2_clients (client_id) on delete cascade,
    scope          text not null,
    poll_interval  integer not null,
    created_at     timestamptz not null default now(),
    expires_at     timestamptz not null,
    polled_at      timestamptz,
    user_id        uuid references oauth2.users on delete cascade,
    auth_time      timestamptz,
    allowed_at     timestamptz,
    denied_at      timestamptz,
    used_at        timestamptz,
    token_id       uuid,
    check (allowed_at is null or denied_at is null),
    check (allowed_at is null or (user_id is not null and auth_time is not null))
);

create index device_codes_client on oauth2.device_codes (client_id);
create index device_codes_user on oauth2.device_codes (user_id) where user_id is not null;
create index device_codes_expires_at on oauth2.device_codes (expires_at);
