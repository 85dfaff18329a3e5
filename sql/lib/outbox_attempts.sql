-- SPDX-License-Identifier: MIT
--
-- After so many attempts a mail is parked.

create or replace function oauth2.outbox_attempts()
returns integer
language sql
immutable
as $$
    select 12
$$;
