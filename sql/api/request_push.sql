-- SPDX-License-Identifier: MIT
--
-- Keeps a pushed request for a while: pushed | none (no such client).

create or replace function oauth2.request_push(
    p_request_digest text,
    p_client_id text,
    p_parameters jsonb,
    p_lifetime integer,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    status := 'none';

    insert into oauth2.pushed_requests (request_digest, client_id, parameters, expires_at)
    select p_request_digest, c.client_id, p_parameters,
        now() + make_interval(secs => p_lifetime)
    from oauth2.oauth2_clients as c
    where c.client_id = p_client_id
        and c.is_active
    on conflict (request_digest) do nothing;

    perform from oauth2.pushed_requests
    where request_digest = p_request_digest
        and client_id = p_client_id
        and parameters = p_parameters;

    if found then
        status := 'pushed';
    end if;
end
$$;
