-- SPDX-License-Identifier: MIT
--
-- Removes a client with its tokens, codes and consents (RFC 7592 2.3), for
-- the one who has its registration access token: removed | none.

create or replace function oauth2.client_registration_remove(
    p_client_id text,
    p_registration_token text,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    perform from oauth2.oauth2_clients as c
    where c.client_id = p_client_id
        and c.registration_token = p_registration_token
        and c.is_active
    for no key update;

    if not found then
        status := 'none';
        return;
    end if;

    perform oauth2.client_end(p_client_id);
    status := 'removed';
end
$$;
