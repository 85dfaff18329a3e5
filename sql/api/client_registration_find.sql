-- SPDX-License-Identifier: MIT
--
-- What a client is registered with, for the one who has its registration
-- access token (RFC 7592 2.1): found | none (another's token, or there is no
-- such client, or it is disabled).

create or replace function oauth2.client_registration_find(
    p_client_id text,
    p_registration_token text,
    out status text,
    out created_at bigint,
    out has_secret boolean,
    out metadata jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_client  oauth2.oauth2_clients;
begin
    select *
    into v_client
    from oauth2.oauth2_clients as c
    where c.client_id = p_client_id
        and c.registration_token = p_registration_token
        and c.is_active;

    if not found then
        status := 'none';
        return;
    end if;

    status := 'found';
    created_at := oauth2.epoch(v_client.created_at);
    has_secret := v_client.client_secret is not null;
    metadata := oauth2.client_metadata(v_client) - oauth2.client_operator_members();
end
$$;
