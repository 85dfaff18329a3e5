-- SPDX-License-Identifier: MIT
--
-- The client that p names by its client_id: 200, or 404.

create or replace function oauth2.admin_client_find(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 200, oauth2.client_view(c)
    into status, body
    from oauth2.oauth2_clients as c
    where c.client_id = p ->> 'client_id';

    if not found then
        status := 404;
        body := jsonb_build_object('code', 'not_found');
    end if;
end
$$;
