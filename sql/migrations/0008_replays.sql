-- SPDX-License-Identifier: MIT
--
-- Ids (jti) that may come once while what carries them lives: the
-- assertions of clients (RFC 7523 3), proofs of possession (RFC 9449 11.1).

create table oauth2.replays (
    digest      oauth2.digest primary key,
    expires_at  timestamptz not null
);

create index replays_expires_at on oauth2.replays (expires_at);
