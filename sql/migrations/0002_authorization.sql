-- SPDX-License-Identifier: MIT
--
-- Clients, authorization transactions, consents, codes and tokens.

create table oauth2.oauth2_clients (
    id                          uuid primary key default gen_random_uuid(),
    client_id                   varchar(255) not null unique,
    client_secret               oauth2.digest,
    client_name                 varchar(255) not null,
    redirect_uris               jsonb not null,
    grant_types                 jsonb not null
                                default '["authorization_code", "refresh_token"]',
    response_types              jsonb not null default '["code"]',
    scope                       text not null default 'read write',
    token_endpoint_auth_method  text not null default 'client_secret_basic',
    is_first_party              boolean not null default false,
    is_active                   boolean not null default true,
    created_at                  timestamptz not null default now(),
    updated_at                  timestamptz,
    check (token_endpoint_auth_method in ('none', 'client_secret_basic',
                                          'client_secret_post')),
    -- a client without a secret is a public one, and says so
    check ((client_secret is null) = (token_endpoint_auth_method = 'none')),
    check (jsonb_typeof(redirect_uris) = 'array'),
    check (jsonb_typeof(grant_types) = 'array'),
    check (jsonb_typeof(response_types) = 'array')
);

create table oauth2.authorization_requests (
    id              uuid primary key default gen_random_uuid(),
    request_digest  oauth2.digest not null unique,
    client_id       varchar(255) not null
                    references oauth2.oauth2_clients (client_id) on delete cascade,
    redirect_uri    text not null,
    scope           text not null,
    state           text,
    nonce           text,
    code_challenge  text,
    created_at      timestamptz not null default now(),
    expires_at      timestamptz not null,
    issued_at       timestamptz,
    denied_at       timestamptz,
    check (issued_at is null or denied_at is null)
);

create index authorization_requests_client on oauth2.authorization_requests (client_id);
create index authorization_requests_expires_at
    on oauth2.authorization_requests (expires_at);

-- what a user has consented to, one row a client
create table oauth2.grants (
    id          uuid primary key default gen_random_uuid(),
    user_id     uuid not null references oauth2.users on delete cascade,
    client_id   varchar(255) not null
                references oauth2.oauth2_clients (client_id) on delete cascade,
    scope       text not null,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz,
    unique (user_id, client_id)
);

create index grants_client on oauth2.grants (client_id);

create table oauth2.oauth2_authorization_codes (
    id              uuid primary key default gen_random_uuid(),
    code            oauth2.digest not null unique,
    request_id      uuid not null unique
                    references oauth2.authorization_requests on delete cascade,
    client_id       varchar(255) not null
                    references oauth2.oauth2_clients (client_id) on delete cascade,
    user_id         uuid not null references oauth2.users on delete cascade,
    session_id      uuid not null references oauth2.sessions on delete cascade,
    redirect_uri    text not null,
    scope           text not null,
    state           text,
    nonce           text,
    code_challenge  text,
    auth_time       timestamptz not null,
    expires_at      timestamptz not null,
    used_at         timestamptz,
    is_used         boolean generated always as (used_at is not null) stored,
    created_at      timestamptz not null default now()
);

create index oauth2_authorization_codes_client
    on oauth2.oauth2_authorization_codes (client_id);
create index oauth2_authorization_codes_user
    on oauth2.oauth2_authorization_codes (user_id);
create index oauth2_authorization_codes_session
    on oauth2.oauth2_authorization_codes (session_id);

-- An access token is a JWT and known by its id (jti).  A family is what
-- grew out of one log-in, code or grant: family_id is the id of its first
-- row, which stays as long as the family and is what changes to it lock.
create table oauth2.oauth2_access_tokens (
    id                        uuid primary key,
    access_token              text generated always as (id::text) stored,
    refresh_token             oauth2.digest unique,
    family_id                 uuid not null
                              references oauth2.oauth2_access_tokens on delete cascade,
    previous_id               uuid references oauth2.oauth2_access_tokens on delete cascade,
    client_id                 varchar(255) not null
                              references oauth2.oauth2_clients (client_id) on delete cascade,
    user_id                   uuid references oauth2.users on delete cascade,
    session_id                uuid references oauth2.sessions on delete cascade,
    code_id                   uuid references oauth2.oauth2_authorization_codes
                              on delete set null,
    scope                     text not null default '',
    refresh_scope             text,
    token_type                varchar(50) not null default 'Bearer',
    auth_time                 timestamptz,
    expires_at                timestamptz not null,
    refresh_token_expires_at  timestamptz,
    rotated_at                timestamptz,
    revoked_at                timestamptz,
    is_revoked                boolean generated always as (revoked_at is not null) stored,
    created_at                timestamptz not null default now(),
    check ((refresh_token is null) = (refresh_token_expires_at is null)),
    check ((refresh_token is null) = (refresh_scope is null)),
    check (session_id is null or user_id is not null)
);

create index oauth2_access_tokens_family on oauth2.oauth2_access_tokens (family_id);
create index oauth2_access_tokens_client on oauth2.oauth2_access_tokens (client_id);
create index oauth2_access_tokens_user on oauth2.oauth2_access_tokens (user_id)
    where user_id is not null;
create index oauth2_access_tokens_session on oauth2.oauth2_access_tokens (session_id)
    where session_id is not null;
-- a refresh token has one successor, and a code one family, at most
create unique index oauth2_access_tokens_previous
    on oauth2.oauth2_access_tokens (previous_id)
    where previous_id is not null;
create unique index oauth2_access_tokens_code
    on oauth2.oauth2_access_tokens (code_id)
    where code_id is not null;
