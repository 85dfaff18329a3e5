-- SPDX-License-Identifier: MIT
--
-- Takes back what a user, whose row the caller has locked, has allowed to
-- devices that have no tokens yet; of one client, or (null) of all.

create or replace function oauth2.devices_deny(p_user_id uuid, p_client_id text)
returns void
language plpgsql
as $$
begin
    update oauth2.device_codes
    set allowed_at = null,
        denied_at = now()
    where user_id = p_user_id
        and client_id = coalesce(p_client_id, client_id)
        and allowed_at is not null
        and used_at is null;
end
$$;
