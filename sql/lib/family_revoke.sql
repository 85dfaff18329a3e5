-- SPDX-License-Identifier: MIT
--
-- Revokes the tokens of a family, which the caller has locked.

create or replace function oauth2.family_revoke(p_family_id uuid)
returns void
language plpgsql
as $$
begin
    update oauth2.oauth2_access_tokens
    set revoked_at = now()
    where family_id = p_family_id
        and revoked_at is null;
end
$$;
