-- SPDX-License-Identifier: MIT
--
-- The role of the programs, people and their sessions, operations that
-- happen once, and mail to be sent.

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'oauth2_app') then
        create role oauth2_app login;
    end if;
exception
    -- roles belong to the cluster: another database's migration was first
    when duplicate_object or unique_violation then
        null;
end
$$;

grant usage on schema oauth2 to oauth2_app;

-- SHA-256 as hexadecimal digits: the only form in which a secret is kept
create domain oauth2.digest as text
    check (value ~ '^[0-9a-f]{64}$');

create table oauth2.users (
    id                          uuid primary key default gen_random_uuid(),
    email                       varchar(255) not null,
    username                    varchar(50),
    hashed_password             varchar(255) not null,
    first_name                  varchar(50),
    last_name                   varchar(50),
    is_active                   boolean not null default true,
    is_verified                 boolean not null default false,
    is_superuser                boolean not null default false,
    email_verification_token    oauth2.digest,
    email_verification_expires  timestamptz,
    password_reset_token        oauth2.digest,
    password_reset_expires      timestamptz,
    created_at                  timestamptz not null default now(),
    updated_at                  timestamptz,
    last_login                  timestamptz,
    check ((email_verification_token is null) = (email_verification_expires is null)),
    check ((password_reset_token is null) = (password_reset_expires is null)),
    -- log-in takes either: what looks like an address is one
    check (email like '%_@_%'),
    check (username not like '%@%')
);

create unique index users_email on oauth2.users (lower(email));
create unique index users_username on oauth2.users (lower(username))
    where username is not null;
create unique index users_email_verification_token
    on oauth2.users (email_verification_token)
    where email_verification_token is not null;
create unique index users_password_reset_token
    on oauth2.users (password_reset_token)
    where password_reset_token is not null;

create table oauth2.sessions (
    id                uuid primary key default gen_random_uuid(),
    session_digest    oauth2.digest not null unique,
    user_id           uuid not null references oauth2.users on delete cascade,
    authenticated_at  timestamptz not null default now(),
    created_at        timestamptz not null default now(),
    expires_at        timestamptz not null,
    closed_at         timestamptz,
    user_agent        text,
    address           text
);

create index sessions_user on oauth2.sessions (user_id);

-- what was asked for under an id, and what it came to: written together
-- with the effect, hence the effect happens once
create table oauth2.operations (
    id           uuid primary key,
    kind         text not null,
    fingerprint  text not null,
    method       text not null,
    outcome      text,
    result       jsonb not null default '{}',
    created_at   timestamptz not null default now()
);

create index operations_created_at on oauth2.operations (created_at);

create table oauth2.outbox (
    id               uuid primary key default gen_random_uuid(),
    operation_id     uuid not null references oauth2.operations on delete cascade,
    kind             text not null check (kind in ('verification', 'reset', 'welcome',
                                                   'password_changed', 'account_exists')),
    recipient        text not null,
    data             jsonb not null default '{}',
    message_id       text not null unique,
    attempts         integer not null default 0,
    next_attempt_at  timestamptz not null default now(),
    leased_until     timestamptz,
    lease_owner      text,
    sent_at          timestamptz,
    parked_at        timestamptz,
    last_error       text,
    created_at       timestamptz not null default now(),
    unique (operation_id, kind),
    check (sent_at is null or parked_at is null)
);

create index outbox_due on oauth2.outbox (next_attempt_at)
    where sent_at is null and parked_at is null;
create index outbox_parked on oauth2.outbox (parked_at)
    where parked_at is not null;
