-- SPDX-License-Identifier: MIT
--
-- Deletes families of tokens that ended before a time, with their codes and
-- the requests for these: how many.  A family stays whole until the last of
-- its tokens has expired, so that a second use of a code, or of a refresh token
-- that was rotated, is known for as long as there is anything to end; and as
-- long as the session is open, whose end its client is told (session_clients).

create or replace function oauth2.purge_families(
    p_before timestamptz,
    p_limit integer
)
returns integer
language plpgsql
as $$
declare
    v_codes     uuid[];
    v_families  uuid[];
begin
    v_families := array(
        select t.id
        from oauth2.oauth2_access_tokens as t
        where t.id = t.family_id
            and greatest(t.expires_at, t.refresh_token_expires_at) <= p_before
            and not exists (
                select
                from oauth2.oauth2_access_tokens as m
                where m.family_id = t.id
                    and greatest(m.expires_at, m.refresh_token_expires_at) > p_before
            )
            and (t.client_id = 'account' or not exists (
                select
                from oauth2.sessions as s
                where s.id = t.session_id
                    and s.closed_at is null
                    and s.expires_at > now()
            ))
        order by greatest(t.expires_at, t.refresh_token_expires_at)
        limit p_limit
        for update skip locked
    );

    v_codes := array(
        select t.code_id
        from oauth2.oauth2_access_tokens as t
        where t.id = any (v_families)
            and t.code_id is not null
    );

    delete from oauth2.oauth2_access_tokens
    where id = any (v_families);

    delete from oauth2.authorization_requests as r
    using oauth2.oauth2_authorization_codes as c
    where r.id = c.request_id
        and c.id = any (v_codes);

    return cardinality(v_families);
end
$$;
