-- SPDX-License-Identifier: MIT
--
-- Ends a transaction without a code: denied | none.  Denying it twice is one
-- denial.

create or replace function oauth2.authorization_deny(
    p_request_digest text,
    out status text,
    out redirect_uri text,
    out state text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    update oauth2.authorization_requests as r
    set denied_at = coalesce(r.denied_at, now())
    where r.request_digest = p_request_digest
        and r.issued_at is null
        and r.expires_at > now()
    returning 'denied', r.redirect_uri, r.state
    into status, redirect_uri, state;

    if not found then
        status := 'none';
    end if;
end
$$;
