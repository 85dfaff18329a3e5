-- SPDX-License-Identifier: MIT
--
-- The keys that sign and verify at this moment, by the clock of the database,
-- and the first algorithm for which a key must be made.  Changed, with a row a
-- key (a row without one when there is none), or same, with one row, when
-- p_version is what the last answer said.

create or replace function oauth2.signing_keys_find(
    p_algs text,
    p_rotation integer,
    p_publish integer,
    p_keep integer,
    p_version text
)
returns table (
    status text,
    version text,
    due text,
    kid text,
    alg text,
    state text,
    sealed text,
    sealed_by text
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_version  text;
    v_due      text;
begin
    select md5(coalesce(string_agg(k.kid || ' ' || k.state, ' ' order by k.number), ''))
    into v_version
    from oauth2.signing_keys_live(p_algs, p_rotation, p_keep) as k;

    select a.alg
    into v_due
    from unnest(string_to_array(p_algs, ' ')) with ordinality as a (alg, n)
    where oauth2.signing_key_due(a.alg, p_rotation, p_publish)
    order by a.n
    limit 1;

    if v_version = p_version then
        status := 'same';
        version := v_version;
        due := v_due;
        return next;
        return;
    end if;

    return query
    select 'changed', v_version, v_due, k.kid, k.alg, k.state, encode(k.sealed, 'hex'),
        k.sealed_by
    from (values (1)) as one
    left join oauth2.signing_keys_live(p_algs, p_rotation, p_keep) as k on true
    order by k.number
    limit 32;
end
$$;
