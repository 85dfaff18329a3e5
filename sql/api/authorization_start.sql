-- SPDX-License-Identifier: MIT
--
-- Begins an authorization transaction with validated parameters: started |
-- none (no such client).  They cannot be changed afterwards: another call with
-- the same digest is answered as the first, or is none if it says otherwise.

create or replace function oauth2.authorization_start(
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
declare
    v_more  jsonb := p_parameters - '{redirect_uri,scope,state,nonce,code_challenge}'::text[];
begin
    status := 'none';

    perform from oauth2.oauth2_clients
    where client_id = p_client_id
        and is_active;

    if not found then
        return;
    end if;

    insert into oauth2.authorization_requests (
        request_digest, client_id, redirect_uri, scope, state, nonce, code_challenge,
        parameters, expires_at
    )
    values (
        p_request_digest, p_client_id, p_parameters ->> 'redirect_uri',
        coalesce(p_parameters ->> 'scope', ''), p_parameters ->> 'state',
        p_parameters ->> 'nonce', p_parameters ->> 'code_challenge', v_more,
        now() + make_interval(secs => p_lifetime)
    )
    on conflict (request_digest) do nothing;

    perform from oauth2.authorization_requests
    where request_digest = p_request_digest
        and client_id = p_client_id
        and redirect_uri = p_parameters ->> 'redirect_uri'
        and scope = coalesce(p_parameters ->> 'scope', '')
        and state is not distinct from p_parameters ->> 'state'
        and nonce is not distinct from p_parameters ->> 'nonce'
        and code_challenge is not distinct from p_parameters ->> 'code_challenge'
        and parameters = v_more;

    if found then
        status := 'started';
    end if;
end
$$;
