-- SPDX-License-Identifier: MIT
--
-- The keys that sign tokens, sealed under a key file of the nginx servers:
-- whoever has the database alone can neither sign with them nor add one that
-- is believed.  And, for each algorithm, who is making a key just now, and
-- whether one was asked for.

create table oauth2.signing_keys (
    kid           text primary key,
    alg           text not null check (alg in ('RS256', 'PS256', 'ES256', 'EdDSA')),
    sealed        bytea not null,
    sealed_by     text not null,
    created_at    timestamptz not null default now(),
    active_from   timestamptz not null,
    retired_at    timestamptz,
    verify_until  timestamptz,
    revoked_at    timestamptz,
    check ((retired_at is null) = (verify_until is null)),
    check (verify_until >= retired_at)
);

create index signing_keys_alg on oauth2.signing_keys (alg);

create table oauth2.signing_rotations (
    alg             text primary key,
    claimed_by      text,
    claimed_until   timestamptz,
    wanted_at       timestamptz,
    wanted_at_once  boolean not null default false
);
