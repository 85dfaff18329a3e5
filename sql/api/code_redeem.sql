-- SPDX-License-Identifier: MIT
--
-- Redeems a code once: redeemed | invalid | reused | invalid_target (a resource
-- that was not in the request).  Whatever is wrong with
-- the request burns the code.  A code that has given tokens before revokes
-- them, however late it comes; a second call with the same token id is the
-- first one again.  Challenge and redirect URI must be those of the request,
-- absent where they were absent.  The tokens carry the parameters of the
-- authorization request, and over them those given here; claims are told when
-- an ID token needs them.

drop function if exists oauth2.code_redeem(
    text, text, text, text, uuid, text, integer, integer
);

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure(
                'oauth2.code_redeem(text, text, text, text, uuid, text, integer, integer, jsonb)')
            and 'claims' = any (p.proargnames)
    ) then
        drop function if exists oauth2.code_redeem(
            text, text, text, text, uuid, text, integer, integer, jsonb
        );
    end if;
end
$$;

create or replace function oauth2.code_redeem(
    p_code_digest text,
    p_client_id text,
    p_redirect_uri text,
    p_code_challenge text,
    p_token_id uuid,
    p_refresh_digest text,
    p_access_lifetime integer,
    p_refresh_lifetime integer,
    p_parameters jsonb,
    out status text,
    out user_id uuid,
    out session_id uuid,
    out scope text,
    out nonce text,
    out auth_time bigint,
    out email text,
    out is_verified boolean,
    out username text,
    out first_name text,
    out last_name text,
    out updated_at bigint,
    out parameters jsonb,
    out claims jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_code       oauth2.oauth2_authorization_codes;
    v_family_id  uuid;
    v_user       oauth2.users;
begin
    status := 'invalid';

    select *
    into v_code
    from oauth2.oauth2_authorization_codes
    where code = p_code_digest;

    if not found then
        return;
    end if;

    perform oauth2.family_lock(v_code.user_id, v_code.session_id, null);

    -- as it is now that it is ours
    select *
    into v_code
    from oauth2.oauth2_authorization_codes
    where id = v_code.id
    for no key update;

    select id
    into v_family_id
    from oauth2.oauth2_access_tokens
    where code_id = v_code.id;

    if v_family_id <> p_token_id then
        perform oauth2.family_lock(null, null, v_family_id);
        perform oauth2.family_revoke(v_family_id);
        status := 'reused';
        return;
    end if;

    if v_family_id is null then
        update oauth2.oauth2_authorization_codes
        set used_at = coalesce(used_at, now())
        where id = v_code.id;

        if v_code.used_at is not null
            or v_code.expires_at <= now()
            or v_code.client_id is distinct from p_client_id
            or v_code.redirect_uri is distinct from p_redirect_uri
            or v_code.code_challenge is distinct from p_code_challenge
        then
            return;
        end if;
    end if;

    select u.*
    into v_user
    from oauth2.users as u
    join oauth2.sessions as s on s.user_id = u.id
    where s.id = v_code.session_id
        and s.closed_at is null
        and u.is_active;

    if not found then
        return;
    end if;

    select r.parameters || coalesce(p_parameters, '{}')
    into parameters
    from oauth2.authorization_requests as r
    where r.id = v_code.request_id;

    -- RFC 9449 10: the request was bound to a key
    if parameters ->> 'dpop_jkt' <> coalesce(parameters #>> '{cnf,jkt}', '') then
        return;
    end if;

    if not oauth2.audience_covers(parameters, p_parameters) then
        status := 'invalid_target';
        return;
    end if;

    insert into oauth2.oauth2_access_tokens (
        id, refresh_token, family_id, client_id, user_id, session_id, code_id, scope,
        refresh_scope, auth_time, expires_at, refresh_token_expires_at, parameters
    )
    values (
        p_token_id, p_refresh_digest, p_token_id, v_code.client_id, v_code.user_id,
        v_code.session_id, v_code.id, v_code.scope,
        case when p_refresh_digest is not null then v_code.scope end, v_code.auth_time,
        now() + make_interval(secs => p_access_lifetime),
        case when p_refresh_digest is not null
             then now() + make_interval(secs => p_refresh_lifetime) end,
        parameters
    )
    on conflict (id) do nothing;

    status := 'redeemed';
    user_id := v_user.id;
    session_id := v_code.session_id;
    scope := v_code.scope;
    nonce := v_code.nonce;
    auth_time := oauth2.epoch(v_code.auth_time);
    email := v_user.email;
    is_verified := v_user.is_verified;
    username := v_user.username;
    first_name := v_user.first_name;
    last_name := v_user.last_name;
    updated_at := oauth2.epoch(coalesce(v_user.updated_at, v_user.created_at));

    if oauth2.client_wants_claims(p_client_id, parameters) then
        claims := oauth2.user_claims(v_user);
    end if;
end
$$;
