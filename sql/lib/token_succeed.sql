-- SPDX-License-Identifier: MIT
--
-- Makes the successor of a refresh token, whose family the caller has
-- locked.  It lives no longer than the first of its family would have, and is
-- for what the family is for, unless the caller says for whom.  Without a digest
-- it is but a further access token of the family.

drop function if exists oauth2.token_succeed(
    oauth2.oauth2_access_tokens, uuid, text, text, integer, integer
);

create or replace function oauth2.token_succeed(
    p_old oauth2.oauth2_access_tokens,
    p_token_id uuid,
    p_refresh_digest text,
    p_scope text,
    p_access_lifetime integer,
    p_refresh_lifetime integer,
    p_parameters jsonb
)
returns oauth2.oauth2_access_tokens
language plpgsql
as $$
declare
    v_end  timestamptz := 'infinity';
    v_new  oauth2.oauth2_access_tokens;
begin
    -- our own pages' tokens end with the session
    if p_old.client_id = 'account' then
        select s.expires_at
        into v_end
        from oauth2.sessions as s
        where s.id = p_old.session_id;
    end if;

    insert into oauth2.oauth2_access_tokens (
        id, refresh_token, family_id, previous_id, client_id, user_id, session_id, scope,
        refresh_scope, auth_time, expires_at, refresh_token_expires_at, parameters
    )
    values (
        p_token_id, p_refresh_digest, p_old.family_id,
        case when p_refresh_digest is not null then p_old.id end, p_old.client_id,
        p_old.user_id, p_old.session_id, coalesce(p_scope, p_old.refresh_scope),
        case when p_refresh_digest is not null then p_old.refresh_scope end,
        p_old.auth_time, least(now() + make_interval(secs => p_access_lifetime), v_end),
        case
            when p_refresh_digest is not null
            then least(now() + make_interval(secs => p_refresh_lifetime),
                       p_old.refresh_token_expires_at)
        end,
        (p_old.parameters - 'audience') || coalesce(p_parameters, '{}')
    )
    returning * into v_new;

    update oauth2.oauth2_access_tokens
    set rotated_at = now()
    where id = p_old.id
        and p_refresh_digest is not null;

    return v_new;
end
$$;
