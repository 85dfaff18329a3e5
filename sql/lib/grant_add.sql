-- SPDX-License-Identifier: MIT
--
-- Remembers a consent: the client keeps what it had and gets the rest.

create or replace function oauth2.grant_add(
    p_user_id uuid,
    p_client_id text,
    p_scope text
)
returns void
language plpgsql
as $$
begin
    insert into oauth2.grants as g (user_id, client_id, scope)
    values (p_user_id, p_client_id, p_scope)
    on conflict (user_id, client_id) do update
    set scope = (
            select string_agg(distinct s.token, ' ')
            from string_to_table(g.scope || ' ' || excluded.scope, ' ') as s (token)
            where s.token <> ''
        ),
        updated_at = now()
    where not oauth2.scope_covers(g.scope, excluded.scope);
end
$$;
