-- SPDX-License-Identifier: MIT
--
-- Lets one process of all make the key that is due, for so many seconds:
-- claimed | taken | not_due.

create or replace function oauth2.signing_key_claim(
    p_alg text,
    p_owner text,
    p_rotation integer,
    p_publish integer,
    p_lease integer,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
declare
    v_rotation  oauth2.signing_rotations;
begin
    insert into oauth2.signing_rotations (alg)
    values (p_alg)
    on conflict (alg) do nothing;

    select *
    into v_rotation
    from oauth2.signing_rotations as r
    where r.alg = p_alg
    for update;

    if not oauth2.signing_key_due(p_alg, p_rotation, p_publish) then
        status := 'not_due';
        return;
    end if;

    if v_rotation.claimed_until > clock_timestamp() and v_rotation.claimed_by <> p_owner then
        status := 'taken';
        return;
    end if;

    update oauth2.signing_rotations
    set claimed_by = p_owner,
        claimed_until = clock_timestamp() + make_interval(secs => p_lease)
    where alg = p_alg;

    status := 'claimed';
end
$$;
