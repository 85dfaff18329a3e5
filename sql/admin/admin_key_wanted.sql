-- SPDX-License-Identifier: MIT
--
-- Was the key made that was asked for, of "alg" or of any algorithm?  200, or
-- 202 while it was not; with the algorithms that are still wanted.

create or replace function oauth2.admin_key_wanted(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
begin
    select jsonb_build_object('algs', coalesce(jsonb_agg(r.alg order by r.alg), '[]'))
    into body
    from oauth2.signing_rotations as r
    where r.wanted_at is not null
        and r.alg = coalesce(p ->> 'alg', r.alg);

    status := case when body -> 'algs' = '[]' then 200 else 202 end;
end
$$;
