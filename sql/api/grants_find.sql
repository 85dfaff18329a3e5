-- SPDX-License-Identifier: MIT
--
-- What a user has consented to, as the API tells it: found.  A client was used
-- last when it got its last token that is still known, or null.

create or replace function oauth2.grants_find(
    p_user_id uuid,
    out status text,
    out items jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    status := 'found';

    select coalesce(jsonb_agg(
        jsonb_build_object(
            'client_id', g.client_id,
            'client_name', c.client_name,
            'scope', g.scope,
            'claims', g.claims,
            'granted_at', to_char(coalesce(g.updated_at, g.created_at) at time zone 'UTC',
                                  'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'last_used_at', (
                select to_char(max(t.created_at) at time zone 'UTC',
                               'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                from oauth2.oauth2_access_tokens as t
                where t.user_id = g.user_id
                    and t.client_id = g.client_id
            )
        )
        order by g.created_at, g.id
    ), '[]')
    into items
    from oauth2.grants as g
    join oauth2.oauth2_clients as c on c.client_id = g.client_id
    where g.user_id = p_user_id;
end
$$;
