-- SPDX-License-Identifier: MIT
--
-- The clients: 200 with a list of items, which is never empty, since our own
-- pages are one.  p is an empty object.

create or replace function oauth2.admin_client_list(
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

    select jsonb_build_object('items', coalesce(jsonb_agg(oauth2.client_view(c)
                                                          order by c.client_id), '[]'),
                              'next', null)
    into body
    from oauth2.oauth2_clients as c;
end
$$;
