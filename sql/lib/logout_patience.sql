-- SPDX-License-Identifier: MIT
--
-- For so long an application that does not answer is told of a logout.

create or replace function oauth2.logout_patience()
returns interval
language sql
immutable
as $$
    select interval '6 hours'
$$;
