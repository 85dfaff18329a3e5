-- SPDX-License-Identifier: MIT
--
-- A device begins to wait: started | taken (by another one: try a new user
-- code) | none (no such client).

create or replace function oauth2.device_start(
    p_device_digest text,
    p_user_code text,
    p_client_id text,
    p_scope text,
    p_lifetime integer,
    p_interval integer,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    status := 'none';

    perform from oauth2.oauth2_clients
    where client_id = p_client_id
        and is_active;

    if not found then
        return;
    end if;

    insert into oauth2.device_codes (
        device_digest, user_code, client_id, scope, poll_interval, expires_at
    )
    values (
        p_device_digest, p_user_code, p_client_id, p_scope, p_interval,
        now() + make_interval(secs => p_lifetime)
    )
    on conflict do nothing;

    perform from oauth2.device_codes
    where device_digest = p_device_digest
        and user_code = p_user_code;

    status := case when found then 'started' else 'taken' end;
end
$$;
