-- SPDX-License-Identifier: MIT
--
-- Revokes a client's token (RFC 7009) by refresh digest or token id: revoked |
-- none (not there, or another client's).  A refresh token takes its family
-- along; an access token ends alone, by expiring now.

create or replace function oauth2.token_revoke(
    p_client_id text,
    p_refresh_digest text,
    p_token_id uuid,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_token  oauth2.oauth2_access_tokens;
begin
    status := 'none';

    select *
    into v_token
    from oauth2.oauth2_access_tokens
    where refresh_token = p_refresh_digest
        and client_id = p_client_id
        and refresh_token_expires_at > now()
        and revoked_at is null;

    if found then
        perform oauth2.family_lock(v_token.user_id, v_token.session_id, v_token.family_id);
        perform oauth2.family_revoke(v_token.family_id);
        status := 'revoked';
    end if;

    update oauth2.oauth2_access_tokens
    set expires_at = now()
    where id = p_token_id
        and client_id = p_client_id
        and expires_at > now()
        and revoked_at is null;

    if found then
        status := 'revoked';
    end if;
end
$$;
