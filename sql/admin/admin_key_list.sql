-- SPDX-License-Identifier: MIT
--
-- The signing keys, those that have ended lately among them: 200 with a list
-- of items.  p is an empty object.

create or replace function oauth2.admin_key_list(
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
    status := 200;

    select jsonb_build_object(
        'items', coalesce(jsonb_agg(oauth2.signing_key_view(k)
                                    order by k.alg, k.created_at desc), '[]'),
        'next', null
    )
    into body
    from oauth2.signing_keys as k;
end
$$;
