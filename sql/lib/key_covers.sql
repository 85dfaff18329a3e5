-- SPDX-License-Identifier: MIT
--
-- May what was bound as the parameters p_old say be had with p_new?  A public
-- client shows the same key again (RFC 9449 5, RFC 8705 7.1); a confidential
-- one may have another, but one of the same kind, so that nothing bound is
-- exchanged for something that is not.  The first key binds.

create or replace function oauth2.key_covers(
    p_client_id text,
    p_old jsonb,
    p_new jsonb
)
returns boolean
language plpgsql
stable
as $$
declare
    v_old  jsonb := p_old -> 'cnf';
    v_new  jsonb := coalesce(p_new -> 'cnf', '{}');
begin
    if v_old is null then
        return true;
    end if;

    perform from oauth2.oauth2_clients
    where client_id = p_client_id
        and token_endpoint_auth_method = 'none';

    if found then
        return v_new @> v_old;
    end if;

    return v_new ?& array(select jsonb_object_keys(v_old));
end
$$;
