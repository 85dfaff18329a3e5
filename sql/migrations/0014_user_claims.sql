-- SPDX-License-Identifier: MIT
--
-- What a user tells of themselves beyond the names, by the claims of OpenID
-- Connect Core 5.1; and which claims they let a client have that asked for
-- them by name (5.5), separated by blanks.

alter table oauth2.users
    add column claims jsonb not null default '{}'
        check (jsonb_typeof(claims) = 'object');

alter table oauth2.grants
    add column claims text not null default '';
