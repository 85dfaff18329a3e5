-- SPDX-License-Identifier: MIT
--
-- What applications are told when a session ends that they took part in
-- (OpenID Connect Back-Channel Logout 1.0).  Nothing is referenced: a notice
-- outlives the user, the session and the client that it is about.

create table oauth2.logout_notices (
    id               uuid primary key default gen_random_uuid(),
    client_id        varchar(255) not null,
    user_id          uuid not null,
    session_id       uuid not null,
    attempts         integer not null default 0,
    next_attempt_at  timestamptz not null default now(),
    leased_until     timestamptz,
    lease_owner      text,
    sent_at          timestamptz,
    parked_at        timestamptz,
    last_error       text,
    created_at       timestamptz not null default now(),
    check (sent_at is null or parked_at is null)
);

create index logout_notices_due on oauth2.logout_notices (next_attempt_at)
    where sent_at is null and parked_at is null;
create index logout_notices_client on oauth2.logout_notices (client_id)
    where sent_at is null and parked_at is null;
create index logout_notices_parked on oauth2.logout_notices (parked_at)
    where parked_at is not null;
