-- SPDX-License-Identifier: MIT
--
-- An access token of a client's own (client_credentials): issued | none (no
-- such client).  A second call with the same token id is the first one again.

drop function if exists oauth2.token_issue(uuid, text, text, integer);

create or replace function oauth2.token_issue(
    p_token_id uuid,
    p_client_id text,
    p_scope text,
    p_access_lifetime integer,
    p_parameters jsonb,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    status := 'none';

    insert into oauth2.oauth2_access_tokens (
        id, family_id, client_id, scope, expires_at, parameters
    )
    select p_token_id, p_token_id, c.client_id, coalesce(p_scope, ''),
        now() + make_interval(secs => p_access_lifetime), coalesce(p_parameters, '{}')
    from oauth2.oauth2_clients as c
    where c.client_id = p_client_id
        and c.is_active
    on conflict (id) do nothing;

    perform from oauth2.oauth2_access_tokens
    where id = p_token_id
        and client_id = p_client_id
        and user_id is null;

    if found then
        status := 'issued';
    end if;
end
$$;
