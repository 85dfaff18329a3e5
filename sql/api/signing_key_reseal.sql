-- SPDX-License-Identifier: MIT
--
-- A key sealed under another key file, in the place of the same one as it was:
-- resealed | none (it is gone, or somebody was quicker).

create or replace function oauth2.signing_key_reseal(
    p_kid text,
    p_from text,
    p_sealed text,
    p_sealed_by text,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
begin
    update oauth2.signing_keys as k
    set sealed = decode(p_sealed, 'hex'),
        sealed_by = p_sealed_by
    where k.kid = p_kid
        and k.sealed_by = p_from
        and k.revoked_at is null;

    status := case when found then 'resealed' else 'none' end;
end
$$;
