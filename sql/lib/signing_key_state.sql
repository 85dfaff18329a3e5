-- SPDX-License-Identifier: MIT
--
-- What a key is for at this moment: published (it verifies, and will sign) |
-- signing | retired (it verifies) | expired | revoked.

create or replace function oauth2.signing_key_state(
    k oauth2.signing_keys
)
returns text
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
begin
    return case
        when k.revoked_at is not null then 'revoked'
        when k.active_from > now() then 'published'
        when k.retired_at is null or k.retired_at > now() then 'signing'
        when k.verify_until > now() then 'retired'
        else 'expired'
    end;
end
$$;
