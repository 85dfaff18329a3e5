-- SPDX-License-Identifier: MIT
--
-- The claims of a user after a change: what is null in it goes, what is not a
-- claim is not looked at.

create or replace function oauth2.user_claims_join(p_claims jsonb, p_changes jsonb)
returns jsonb
language sql
immutable
as $$
    select pg_catalog.jsonb_strip_nulls(p_claims || coalesce((
        select pg_catalog.jsonb_object_agg(m.key, m.value)
        from pg_catalog.jsonb_each(p_changes) as m
        where m.key = any (oauth2.user_claim_names())
    ), '{}'))
$$;
