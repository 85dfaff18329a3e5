-- SPDX-License-Identifier: MIT
--
-- A published key signs from now on, and the one before it retires.

create or replace function oauth2.signing_key_activate(
    k oauth2.signing_keys
)
returns void
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
begin
    update oauth2.signing_keys as o
    set retired_at = now(),
        verify_until = now() + (o.verify_until - o.retired_at)
    where o.alg = k.alg
        and o.retired_at = k.active_from;

    update oauth2.signing_keys as o
    set active_from = now()
    where o.kid = k.kid;
end
$$;
