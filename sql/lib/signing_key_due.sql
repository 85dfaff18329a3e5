-- SPDX-License-Identifier: MIT
--
-- Must a key be made?  When there is none without a successor, when one was
-- asked for, or when the newest will have signed for p_rotation seconds by the
-- time a new one has been public for p_publish seconds.

create or replace function oauth2.signing_key_due(
    p_alg text,
    p_rotation integer,
    p_publish integer
)
returns boolean
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
begin
    perform from oauth2.signing_rotations as r
    where r.alg = p_alg
        and r.wanted_at is not null;

    if found then
        return true;
    end if;

    perform from oauth2.signing_keys as k
    where k.alg = p_alg
        and k.revoked_at is null
        and k.retired_at is null
        and k.active_from + make_interval(secs => p_rotation)
            > now() + make_interval(secs => p_publish);

    return not found;
end
$$;
