-- SPDX-License-Identifier: MIT
--
-- Gives a client another secret, by its digest: 200 with the client, 404, 409
-- client_has_none (it does not authenticate by a secret), or 422.  The old one
-- is worth nothing from now on; tokens stay.

create or replace function oauth2.admin_client_secret(
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
    v_errors  jsonb;
begin
    v_errors := oauth2.client_problems(p);

    if v_errors is null and p ->> 'client_secret' is null then
        v_errors := '[{"pointer": "/client_secret", "detail": "This is missing."}]';
    end if;

    if v_errors is not null then
        status := 422;
        body := jsonb_build_object('code', 'invalid_fields', 'errors', v_errors);
        return;
    end if;

    select *
    into v_client
    from oauth2.oauth2_clients
    where client_id = p ->> 'client_id'
    for no key update;

    if v_client.client_secret is null then
        status := case when found then 409 else 404 end;
        body := jsonb_build_object(
            'code', case when found then 'client_has_none' else 'not_found' end);
        return;
    end if;

    if v_client.sealed_secret is not null and p ->> 'sealed_secret' is null then
        status := 422;
        body := jsonb_build_object('code', 'invalid_fields',
                                   'errors', oauth2.client_unsealed());
        return;
    end if;

    update oauth2.oauth2_clients
    set client_secret = p ->> 'client_secret',
        sealed_secret = case when v_client.sealed_secret is not null
                             then p ->> 'sealed_secret' end,
        updated_at = now()
    where id = v_client.id
    returning * into v_client;

    status := 200;
    body := oauth2.client_view(v_client);
end
$$;
