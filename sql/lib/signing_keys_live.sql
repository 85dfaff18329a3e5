-- SPDX-License-Identifier: MIT
--
-- The keys that verify, in the order in which a server with these algorithms
-- prefers them.  One of another algorithm does not sign here, and is forgotten
-- when whoever signed with it must have replaced it.

create or replace function oauth2.signing_keys_live(
    p_algs text,
    p_rotation integer,
    p_keep integer
)
returns table (
    kid text,
    alg text,
    state text,
    sealed bytea,
    sealed_by text,
    number bigint
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select k.kid, k.alg, case when a.n is null then 'retired' else s.state end, k.sealed,
        k.sealed_by, row_number() over (
            order by array_position('{signing,published,retired}', s.state), a.n,
                k.created_at desc, k.kid
        )
    from oauth2.signing_keys as k
    cross join lateral oauth2.signing_key_state(k) as s (state)
    left join unnest(string_to_array(p_algs, ' ')) with ordinality as a (alg, n)
        on a.alg = k.alg
    where s.state in ('signing', 'published', 'retired')
        and (a.n is not null
             or k.retired_at is not null
             or k.active_from + make_interval(secs => p_rotation)
                + make_interval(secs => p_keep) > now());
end
$$;
