-- SPDX-License-Identifier: MIT
--
-- Does an ID token need the claims about its user: the request named some, or
-- the operator wants those of the scopes in the ID tokens of this client.

create or replace function oauth2.client_wants_claims(p_client_id text, p_parameters jsonb)
returns boolean
language sql
stable
as $$
    select p_parameters ? 'claims' or exists (
        select
        from oauth2.oauth2_clients as c
        where c.client_id = p_client_id
            and c.metadata @> '{"id_token_scope_claims": true}'
    )
$$;
