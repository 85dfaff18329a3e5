-- SPDX-License-Identifier: MIT
--
-- Deletes authorization requests that expired before a time and came to
-- nothing: no code was issued, or nobody has used it.  How many.  Codes that
-- were used go with their family, or with the session.

create or replace function oauth2.purge_requests(
    p_before timestamptz,
    p_limit integer
)
returns integer
language plpgsql
as $$
declare
    v_codes     integer;
    v_requests  integer;
begin
    delete from oauth2.authorization_requests
    where id in (
        select c.request_id
        from oauth2.oauth2_authorization_codes as c
        where c.used_at is null
            and c.expires_at <= p_before
        order by c.expires_at
        limit p_limit
        for update skip locked
    );

    get diagnostics v_codes = row_count;

    delete from oauth2.authorization_requests
    where id in (
        select r.id
        from oauth2.authorization_requests as r
        where r.issued_at is null
            and r.expires_at <= p_before
        order by r.expires_at
        limit p_limit
        for update skip locked
    );

    get diagnostics v_requests = row_count;

    return greatest(v_codes, v_requests);
end
$$;
