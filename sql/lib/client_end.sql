-- SPDX-License-Identifier: MIT
--
-- Removes a client with its tokens, codes and consents.  The order is that of
-- who redeems or refreshes meanwhile, so that no two wait for each other: the
-- row of the client, which a new token holds on to, comes last.

create or replace function oauth2.client_end(p_client_id text)
returns void
language plpgsql
as $$
begin
    update oauth2.oauth2_clients
    set is_active = false
    where client_id = p_client_id;

    delete from oauth2.oauth2_authorization_codes
    where client_id = p_client_id;

    -- of others as well, which have tokens that it exchanged
    perform from oauth2.oauth2_access_tokens
    where id in (
            select t.family_id
            from oauth2.oauth2_access_tokens as t
            where t.client_id = p_client_id
        )
    order by id
    for update;

    delete from oauth2.oauth2_access_tokens
    where client_id = p_client_id;

    delete from oauth2.oauth2_clients
    where client_id = p_client_id;
end
$$;
