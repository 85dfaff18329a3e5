-- SPDX-License-Identifier: MIT
--
-- What is wrong with the claims that the operator gives a user, a row each.

create or replace function oauth2.user_claims_problems(p_claims jsonb)
returns table (pointer text, detail text)
language sql
immutable
as $$
    select '/claims', 'This must be an object.'
    where pg_catalog.jsonb_typeof(p_claims) <> 'object'
    union all
    select '/claims/' || m.key, case
        when m.key <> all (oauth2.user_claim_names()) then 'This is not known.'
        when m.key = 'address' then 'This must be an object of the claims of an address.'
        else 'This must be a text of at most 512 bytes in the form of the claim.'
    end
    from pg_catalog.jsonb_each(
        case pg_catalog.jsonb_typeof(p_claims) when 'object' then p_claims else '{}' end
    ) as m
    where m.key <> all (oauth2.user_claim_names())
        or (m.value <> 'null' and not case m.key
            when 'address' then
                pg_catalog.jsonb_typeof(m.value) = 'object'
                and not m.value @? '$.* ? (@.type() != "string")'
                and pg_catalog.octet_length(m.value::text) <= 2048
                and m.value - '{formatted,street_address,locality,region,postal_code,country}'
                    ::text[] = '{}'
            else
                pg_catalog.jsonb_typeof(m.value) = 'string'
                and pg_catalog.octet_length(m.value #>> '{}') between 1 and 512
                and m.value #>> '{}' !~ '[[:cntrl:]<>]'
                and m.value #>> '{}' ~ case m.key
                    when 'profile' then '^https?://[^@[:space:]"]+$'
                    when 'picture' then '^https?://[^@[:space:]"]+$'
                    when 'website' then '^https?://[^@[:space:]"]+$'
                    when 'birthdate' then '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$'
                    when 'zoneinfo' then '^[A-Za-z][A-Za-z0-9_+/-]*$'
                    when 'locale' then '^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8})*$'
                    when 'phone_number' then '^\+[0-9 .()-]{5,31}(;ext=[0-9]+)?$'
                    else '.'
                end
        end)
$$;
