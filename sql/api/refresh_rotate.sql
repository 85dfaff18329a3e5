-- SPDX-License-Identifier: MIT
--
-- Exchanges a refresh token for its successor: rotated | invalid | reused |
-- invalid_scope | invalid_target.  One that has a successor already was stolen, from us or by
-- us: the family ends, and for our own pages the session with it.  Within the
-- grace (seconds) a second call with the same token id is the first one
-- again, whose answer was lost, unless the successor was used, which only
-- somebody can do who has it.  The successor expires
-- when its predecessor would have, and keeps the scope that was granted; a
-- narrower one is that of the access token.  Without a new digest there is no
-- successor: the refresh token stays good, for a further access token.

drop function if exists oauth2.refresh_rotate(
    text, text, text, uuid, text, integer, integer
);

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure(
                'oauth2.refresh_rotate(text, text, text, uuid, text, integer, integer, '
                || 'integer, jsonb)')
            and 'claims' = any (p.proargnames)
    ) then
        drop function if exists oauth2.refresh_rotate(
            text, text, text, uuid, text, integer, integer, integer, jsonb
        );
    end if;
end
$$;

create or replace function oauth2.refresh_rotate(
    p_refresh_digest text,
    p_client_id text,
    p_scope text,
    p_token_id uuid,
    p_new_refresh_digest text,
    p_access_lifetime integer,
    p_refresh_lifetime integer,
    p_grace integer,
    p_parameters jsonb,
    out status text,
    out user_id uuid,
    out session_id uuid,
    out scope text,
    out auth_time bigint,
    out profile jsonb,
    out parameters jsonb,
    out claims jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_new   oauth2.oauth2_access_tokens;
    v_old   oauth2.oauth2_access_tokens;
    v_user  oauth2.users;
begin
    status := 'invalid';

    select *
    into v_old
    from oauth2.oauth2_access_tokens
    where refresh_token = p_refresh_digest
        and client_id = p_client_id
        and refresh_token_expires_at > now();

    if not found then
        return;
    end if;

    perform oauth2.family_lock(v_old.user_id, v_old.session_id, v_old.family_id);

    -- as it is now that the family is ours; the client or the user may have
    -- been removed meanwhile
    select *
    into v_old
    from oauth2.oauth2_access_tokens
    where id = v_old.id;

    if not found then
        return;
    end if;

    select *
    into v_new
    from oauth2.oauth2_access_tokens
    where previous_id = v_old.id;

    if v_new.id <> p_token_id
        or v_new.rotated_at is not null
        or v_old.rotated_at < now() - make_interval(secs => p_grace)
    then
        perform oauth2.family_revoke(v_old.family_id);

        if p_client_id = 'account' then
            -- also what goes on after a sign-out: it may be the thief's
            update oauth2.oauth2_access_tokens as t
            set revoked_at = now()
            where t.session_id = v_old.session_id
                and t.revoked_at is null;

            perform oauth2.session_end(v_old.session_id);
        end if;

        status := 'reused';
        return;
    end if;

    select u.*
    into v_user
    from oauth2.users as u
    left join oauth2.sessions as s on s.id = v_old.session_id
    where u.id = v_old.user_id
        and u.is_active
        and s.closed_at is null;

    if not found or v_old.revoked_at is not null then
        return;
    end if;

    if not oauth2.key_covers(p_client_id, v_old.parameters, p_parameters) then
        return;
    end if;

    if v_new.id is null then
        if not oauth2.scope_covers(v_old.refresh_scope, coalesce(p_scope, '')) then
            status := 'invalid_scope';
            return;
        end if;

        if not oauth2.audience_covers(v_old.parameters, p_parameters) then
            status := 'invalid_target';
            return;
        end if;

        v_new := oauth2.token_succeed(v_old, p_token_id, p_new_refresh_digest, p_scope,
                                      p_access_lifetime, p_refresh_lifetime,
                                      p_parameters);

    -- the answer that was lost may have been for another key of the client
    elsif p_parameters -> 'cnf' <> v_new.parameters -> 'cnf' then
        update oauth2.oauth2_access_tokens
        set parameters = parameters || jsonb_build_object('cnf', p_parameters -> 'cnf')
        where id = v_new.id
        returning * into v_new;
    end if;

    status := 'rotated';
    user_id := v_user.id;
    session_id := v_old.session_id;
    scope := v_new.scope;
    auth_time := oauth2.epoch(v_old.auth_time);
    profile := oauth2.user_profile(v_user);
    parameters := v_new.parameters;

    if oauth2.client_wants_claims(p_client_id, parameters) then
        claims := oauth2.user_claims(v_user);
    end if;
end
$$;
