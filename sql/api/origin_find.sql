-- SPDX-License-Identifier: MIT
--
-- Has any client that is used in browsers, a public one, a page of this origin:
-- known | none.

create or replace function oauth2.origin_find(
    p_origin text,
    out status text
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    status := case when exists (
        select
        from oauth2.oauth2_clients as c
        where c.token_endpoint_auth_method = 'none'
            and c.is_active
            and oauth2.client_has_origin(c, p_origin)
    ) then 'known' else 'none' end;
end
$$;
