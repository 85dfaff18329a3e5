-- SPDX-License-Identifier: MIT
--
-- The claims about a user: found | none.

create or replace function oauth2.claims_find(
    p_user_id uuid,
    out status text,
    out claims jsonb
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    select 'found', oauth2.user_claims(u)
    into status, claims
    from oauth2.users as u
    where u.id = p_user_id
        and u.is_active;

    if not found then
        status := 'none';
    end if;
end
$$;
