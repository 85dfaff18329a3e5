-- SPDX-License-Identifier: MIT
--
-- A device asks whether it may (RFC 8628 3.5): redeemed | pending | slow_down
-- | denied | expired | invalid.  Who asks too early waits five seconds longer
-- from then on.  A second call with the same token id is the first one again.
-- The tokens belong to no session: signing out of the browser leaves the
-- device as it is.

-- A function cannot be replaced by one with other columns.
do $$
begin
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure(
                'oauth2.device_redeem(text, text, uuid, text, integer, integer, jsonb)')
            and 'claims' = any (p.proargnames)
    ) then
        drop function if exists oauth2.device_redeem(
            text, text, uuid, text, integer, integer, jsonb
        );
    end if;
end
$$;

create or replace function oauth2.device_redeem(
    p_device_digest text,
    p_client_id text,
    p_token_id uuid,
    p_refresh_digest text,
    p_access_lifetime integer,
    p_refresh_lifetime integer,
    p_parameters jsonb,
    out status text,
    out user_id uuid,
    out session_id uuid,
    out scope text,
    out auth_time bigint,
    out parameters jsonb,
    out claims jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_device   oauth2.device_codes;
    v_user_id  uuid;
    v_user     oauth2.users;
begin
    status := 'invalid';

    select d.*
    into v_device
    from oauth2.device_codes as d
    join oauth2.oauth2_clients as c on c.client_id = d.client_id
    where d.device_digest = p_device_digest
        and d.client_id = p_client_id
        and c.is_active;

    if not found then
        return;
    end if;

    -- user before device, as who changes the password has it
    v_user_id := v_device.user_id;
    perform oauth2.family_lock(v_user_id, null, null);

    -- as it is now that it is ours
    select *
    into v_device
    from oauth2.device_codes
    where id = v_device.id
    for no key update;

    if not found or (v_device.used_at is not null
                     and v_device.token_id is distinct from p_token_id) then
        return;
    end if;

    -- decided in between: the next question is answered
    if v_device.user_id is distinct from v_user_id then
        status := 'pending';
        return;
    end if;

    if v_device.denied_at is not null then
        status := 'denied';
        return;
    end if;

    if v_device.expires_at <= now() then
        status := 'expired';
        return;
    end if;

    if v_device.allowed_at is null then
        status := 'pending';

        if v_device.polled_at > now() - make_interval(secs => v_device.poll_interval) then
            status := 'slow_down';
        end if;

        update oauth2.device_codes as d
        set polled_at = now(),
            poll_interval = d.poll_interval + case status when 'slow_down' then 5 else 0 end
        where d.id = v_device.id;

        return;
    end if;

    select *
    into v_user
    from oauth2.users
    where id = v_device.user_id
        and is_active;

    if not found then
        return;
    end if;

    insert into oauth2.oauth2_access_tokens (
        id, refresh_token, family_id, client_id, user_id, scope, refresh_scope, auth_time,
        expires_at, refresh_token_expires_at, parameters
    )
    values (
        p_token_id, p_refresh_digest, p_token_id, v_device.client_id, v_device.user_id,
        v_device.scope, case when p_refresh_digest is not null then v_device.scope end,
        v_device.auth_time, now() + make_interval(secs => p_access_lifetime),
        case when p_refresh_digest is not null
             then now() + make_interval(secs => p_refresh_lifetime) end,
        coalesce(p_parameters, '{}')
    )
    on conflict (id) do nothing;

    update oauth2.device_codes as d
    set used_at = coalesce(d.used_at, now()),
        token_id = p_token_id
    where d.id = v_device.id;

    status := 'redeemed';
    user_id := v_device.user_id;
    scope := v_device.scope;
    auth_time := oauth2.epoch(v_device.auth_time);
    parameters := coalesce(p_parameters, '{}');

    if oauth2.client_wants_claims(p_client_id, parameters) then
        claims := oauth2.user_claims(v_user);
    end if;
end
$$;
