-- SPDX-License-Identifier: MIT
--
-- Remembers a consent: the client keeps what it had and gets the rest.  claims
-- are those it asked for by name; null: none.

drop function if exists oauth2.grant_add(uuid, text, text);

create or replace function oauth2.grant_add(
    p_user_id uuid,
    p_client_id text,
    p_scope text,
    p_claims text
)
returns void
language plpgsql
as $$
begin
    insert into oauth2.grants as g (user_id, client_id, scope, claims)
    values (p_user_id, p_client_id, p_scope, coalesce(p_claims, ''))
    on conflict (user_id, client_id) do update
    set scope = oauth2.scope_join(g.scope, excluded.scope),
        claims = oauth2.scope_join(g.claims, excluded.claims),
        updated_at = now()
    where not (oauth2.scope_covers(g.scope, excluded.scope)
               and oauth2.scope_covers(g.claims, excluded.claims));
end
$$;
