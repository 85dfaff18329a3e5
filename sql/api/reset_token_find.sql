-- SPDX-License-Identifier: MIT
--
-- Is there a live reset token of this digest: valid | invalid.

create or replace function oauth2.reset_token_find(
    p_token_digest text,
    out status text
)
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    perform from oauth2.users
    where password_reset_token = p_token_digest
        and password_reset_expires > now()
        and is_active;

    status := case when found then 'valid' else 'invalid' end;
end
$$;
