-- SPDX-License-Identifier: MIT
--
-- A pushed request of a client, once (RFC 9126 7.3): taken | none.

create or replace function oauth2.request_take(
    p_request_digest text,
    p_client_id text,
    out status text,
    out parameters jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    update oauth2.pushed_requests as r
    set used_at = now()
    where r.request_digest = p_request_digest
        and r.client_id = p_client_id
        and r.used_at is null
        and r.expires_at > now()
    returning 'taken', r.parameters
    into status, parameters;

    if not found then
        status := 'none';
    end if;
end
$$;
