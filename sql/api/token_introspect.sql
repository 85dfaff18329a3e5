-- SPDX-License-Identifier: MIT
--
-- What a token is worth (RFC 7662), by token id or refresh digest, to the
-- client that asks: active | none.  It sees its own tokens; a resource server
-- sees the access tokens for a resource in its "introspect_resources", or, with
-- "introspect_any", the tokens of every client.
-- An access token is as alive as for token_find; a refresh token that has a
-- successor is not.

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('oauth2.token_introspect(text, uuid, text)')
            and 'client_metadata' = any (p.proargnames)
    ) then
        drop function if exists oauth2.token_introspect(text, uuid, text);
    end if;
end
$$;

create or replace function oauth2.token_introspect(
    p_client_id text,
    p_token_id uuid,
    p_refresh_digest text,
    out status text,
    out token_use text,
    out client_id text,
    out scope text,
    out user_id uuid,
    out username text,
    out auth_time bigint,
    out issued_at bigint,
    out expires_at bigint,
    out parameters jsonb,
    out client_metadata jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_any        boolean;
    v_resources  text[];
begin
    status := 'none';

    select coalesce(c.metadata ->> 'introspect_any', 'false') = 'true',
        array(
            select r.value
            from jsonb_array_elements_text(
                case when jsonb_typeof(c.metadata -> 'introspect_resources') = 'array'
                    then c.metadata -> 'introspect_resources' end
            ) as r (value)
        )
    into v_any, v_resources
    from oauth2.oauth2_clients as c
    where c.client_id = p_client_id
        and c.is_active;

    select 'active',
        case when t.id = p_token_id then 'access_token' else 'refresh_token' end,
        t.client_id,
        case when t.id = p_token_id then t.scope else t.refresh_scope end,
        u.id, coalesce(u.username, u.email), oauth2.epoch(t.auth_time),
        oauth2.epoch(t.created_at),
        oauth2.epoch(case when t.id = p_token_id
                          then t.expires_at
                          else t.refresh_token_expires_at end),
        t.parameters, oauth2.client_told(c) - 'jwks'
    into status, token_use, client_id, scope, user_id, username, auth_time, issued_at,
        expires_at, parameters, client_metadata
    from oauth2.oauth2_access_tokens as t
    join oauth2.oauth2_clients as c on c.client_id = t.client_id
    left join oauth2.users as u on u.id = t.user_id
    left join oauth2.sessions as s on s.id = t.session_id
    where (
            (t.id = p_token_id and t.expires_at > now())
            or (t.refresh_token = p_refresh_digest
                and t.refresh_token_expires_at > now()
                and t.rotated_at is null)
        )
        and t.revoked_at is null
        and (
            t.client_id = p_client_id
            or v_any
            or (t.id = p_token_id and v_resources && string_to_array(
                coalesce(t.parameters ->> 'audience', t.parameters ->> 'resource'), ' '))
        )
        and c.is_active
        and (t.user_id is null or u.is_active)
        and s.closed_at is null
        and (t.subject_id is null or oauth2.subject_is_live(t.subject_id));

    if not found then
        status := 'none';
    end if;
end
$$;
