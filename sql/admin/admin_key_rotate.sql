-- SPDX-License-Identifier: MIT
--
-- Asks for a key of the algorithm "alg", or of each that signs; some nginx
-- makes it within seconds.  "at_once": it is to sign without having been
-- published for a while; one that is published already then signs from now
-- on.  202 with the algorithms; 409 too_many_keys, 409 no_keys, 422.

create or replace function oauth2.admin_key_rotate(
    p jsonb,
    out status integer,
    out body jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
declare
    v_alg    text;
    v_algs   text[];
    v_next   oauth2.signing_keys;
    v_once   boolean;
begin
    v_once := coalesce((p ->> 'at_once')::boolean, false);

    if p ? 'alg' and not p ->> 'alg' = any ('{RS256,PS256,ES256,EdDSA}') then
        status := 422;
        body := '{"code": "invalid_fields", "errors": [{"pointer": "/alg",
                  "detail": "This is none of RS256, PS256, ES256, EdDSA."}]}';
        return;
    end if;

    v_algs := case when p ? 'alg' then array[p ->> 'alg'] else array(
        select distinct k.alg
        from oauth2.signing_keys as k
        where oauth2.signing_key_state(k) = 'signing'
        order by k.alg
    ) end;

    if (
        select count(*)
        from oauth2.signing_keys as k
        where oauth2.signing_key_state(k) in ('published', 'signing', 'retired')
    ) + cardinality(v_algs) > 32 then
        status := 409;
        body := '{"code": "too_many_keys"}';
        return;
    end if;

    if cardinality(v_algs) = 0 then
        status := 409;
        body := '{"code": "no_keys"}';
        return;
    end if;

    foreach v_alg in array v_algs loop
        insert into oauth2.signing_rotations as r (alg)
        values (v_alg)
        on conflict (alg) do update
        set alg = excluded.alg;

        select *
        into v_next
        from oauth2.signing_keys as k
        where k.alg = v_alg
            and oauth2.signing_key_state(k) = 'published';

        if not found then
            update oauth2.signing_rotations as r
            set wanted_at = coalesce(r.wanted_at, now()),
                wanted_at_once = r.wanted_at_once or v_once
            where r.alg = v_alg;

        elsif v_once then
            perform oauth2.signing_key_activate(v_next);
        end if;
    end loop;

    status := 202;
    body := jsonb_build_object('algs', to_jsonb(v_algs));
end
$$;
