-- SPDX-License-Identifier: MIT
--
-- Adds a key, unless somebody was quicker: added | not_due.  It signs after
-- p_publish seconds, or at once when nothing signs with its algorithm or that
-- was asked for.  The one before it then retires, and verifies for p_keep
-- seconds more.  Keys that nobody has needed for a quarter of a year go.

create or replace function oauth2.signing_key_add(
    p_alg text,
    p_kid text,
    p_sealed text,
    p_sealed_by text,
    p_rotation integer,
    p_publish integer,
    p_keep integer,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
declare
    v_rotation     oauth2.signing_rotations;
    v_active_from  timestamptz;
begin
    insert into oauth2.signing_rotations (alg)
    values (p_alg)
    on conflict (alg) do nothing;

    select *
    into v_rotation
    from oauth2.signing_rotations as r
    where r.alg = p_alg
    for update;

    perform from oauth2.signing_keys as k
    where k.kid = p_kid;

    if found then
        status := 'added';
        return;
    end if;

    if not oauth2.signing_key_due(p_alg, p_rotation, p_publish) then
        status := 'not_due';
        return;
    end if;

    perform from oauth2.signing_keys as k
    where k.alg = p_alg
        and oauth2.signing_key_state(k) = 'signing';

    v_active_from := case
        when v_rotation.wanted_at_once or not found then now()
        else now() + make_interval(secs => p_publish)
    end;

    update oauth2.signing_keys as k
    set active_from = least(k.active_from, v_active_from),
        retired_at = v_active_from,
        verify_until = v_active_from + make_interval(secs => p_keep)
    where k.alg = p_alg
        and k.revoked_at is null
        and k.retired_at is null;

    insert into oauth2.signing_keys (kid, alg, sealed, sealed_by, active_from)
    values (p_kid, p_alg, decode(p_sealed, 'hex'), p_sealed_by, v_active_from);

    update oauth2.signing_rotations
    set claimed_by = null,
        claimed_until = null,
        wanted_at = null,
        wanted_at_once = false
    where alg = p_alg;

    delete from oauth2.signing_keys as k
    where greatest(k.verify_until, k.revoked_at) < now() - interval '90 days';

    status := 'added';
end
$$;
