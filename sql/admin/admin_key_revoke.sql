-- SPDX-License-Identifier: MIT
--
-- Ends a key by its "kid", or with "all" every key: what it has signed is
-- worth nothing from now on, and what was sealed of it is forgotten.  One that
-- was published to follow it signs at once; otherwise a new one is due.  200
-- with the keys, 404, 422.

create or replace function oauth2.admin_key_revoke(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
declare
    v_all   boolean;
    v_key   oauth2.signing_keys;
    v_next  oauth2.signing_keys;
begin
    v_all := coalesce((p ->> 'all')::boolean, false);

    if not v_all and p ->> 'kid' is null then
        status := 422;
        body := '{"code": "invalid_fields", "errors": [{"pointer": "/kid",
                  "detail": "This is missing."}]}';
        return;
    end if;

    perform from oauth2.signing_rotations
    order by alg
    for update;

    body := '{"items": []}';

    for v_key in
        select *
        from oauth2.signing_keys as k
        where k.kid = p ->> 'kid'
            or v_all and k.revoked_at is null
        order by k.created_at
    loop
        if v_key.revoked_at is null and v_key.active_from > now() then
            update oauth2.signing_keys as k
            set retired_at = null,
                verify_until = null
            where k.alg = v_key.alg
                and k.retired_at = v_key.active_from;
        end if;

        update oauth2.signing_keys as k
        set revoked_at = now(),
            sealed = ''
        where k.kid = v_key.kid
            and k.revoked_at is null;

        select *
        into v_next
        from oauth2.signing_keys as k
        where k.alg = v_key.alg
            and k.revoked_at is null
            and k.active_from = v_key.retired_at
            and k.active_from > now();

        if found and not v_all then
            perform oauth2.signing_key_activate(v_next);
        end if;

        select *
        into v_key
        from oauth2.signing_keys as k
        where k.kid = v_key.kid;

        body := jsonb_set(body, '{items}', body -> 'items' || oauth2.signing_key_view(v_key));
    end loop;

    status := case when v_all or body -> 'items' <> '[]' then 200 else 404 end;

    if status = 404 then
        body := '{"code": "not_found"}';
    end if;
end
$$;
