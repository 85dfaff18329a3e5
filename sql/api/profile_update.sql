-- SPDX-License-Identifier: MIT
--
-- Changes username, first_name, last_name or claims (user_claim_names): updated |
-- username_taken | none.
-- A member that is null clears its column, one that is absent leaves it.

create or replace function oauth2.profile_update(
    p_user_id uuid,
    p_changes jsonb,
    out status text,
    out profile jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_user  oauth2.users;
begin
        update oauth2.users
        set username = case when p_changes ? 'username'
                            then p_changes ->> 'username' else username end,
            first_name = case when p_changes ? 'first_name'
                              then p_changes ->> 'first_name' else first_name end,
            last_name = case when p_changes ? 'last_name'
                             then p_changes ->> 'last_name' else last_name end,
            claims = oauth2.user_claims_join(claims, p_changes),
            updated_at = now()
        where id = p_user_id
            and is_active
        returning * into v_user;

        if not found then
            status := 'none';
            return;
        end if;

        status := 'updated';
        profile := oauth2.user_profile(v_user);

    exception
        when unique_violation then
            status := 'username_taken';
            profile := null;
end
$$;
