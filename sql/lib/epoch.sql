-- SPDX-License-Identifier: MIT
--
-- Seconds since the epoch, as NumericDate has them.

create or replace function oauth2.epoch(p_at timestamptz)
returns bigint
language sql
immutable
as $$
    select floor(extract(epoch from p_at))::bigint
$$;
