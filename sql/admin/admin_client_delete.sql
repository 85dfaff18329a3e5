-- SPDX-License-Identifier: MIT
--
-- Removes a client with its tokens, codes and consents: 200 with what it was,
-- 404, or 409 client_reserved (the client of our own pages).

create or replace function oauth2.admin_client_delete(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_client  oauth2.oauth2_clients;
begin
    if p ->> 'client_id' = 'account' then
        status := 409;
        body := jsonb_build_object('code', 'client_reserved');
        return;
    end if;

    select *
    into v_client
    from oauth2.oauth2_clients
    where client_id = p ->> 'client_id'
    for no key update;

    if not found then
        status := 404;
        body := jsonb_build_object('code', 'not_found');
        return;
    end if;

    perform oauth2.client_end(v_client.client_id);
    status := 200;
    body := oauth2.client_view(v_client);
end
$$;
