-- SPDX-License-Identifier: MIT
--
-- Takes a user's consent back from a client, and ends its codes and tokens of
-- this user: revoked | none.  The client is told where the user has signed in
-- there from a session that is open.

create or replace function oauth2.grant_revoke(
    p_user_id uuid,
    p_client_id text,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    -- stronger than the share of family_lock: no code is redeemed and no
    -- token exchanged meanwhile
    perform from oauth2.users
    where id = p_user_id
    for no key update;

    delete from oauth2.grants
    where user_id = p_user_id
        and client_id = p_client_id;

    status := case when found then 'revoked' else 'none' end;

    if status = 'none' then
        return;
    end if;

    update oauth2.oauth2_authorization_codes
    set used_at = now()
    where user_id = p_user_id
        and client_id = p_client_id
        and used_at is null;

    perform oauth2.devices_deny(p_user_id, p_client_id);

    perform oauth2.logout_notices_add(s.id, array[p_client_id])
    from oauth2.sessions as s
    where s.user_id = p_user_id
        and s.closed_at is null
        and p_client_id = any (oauth2.session_clients(s.id));

    update oauth2.oauth2_access_tokens
    set revoked_at = now()
    where user_id = p_user_id
        and client_id = p_client_id
        and revoked_at is null;
end
$$;
