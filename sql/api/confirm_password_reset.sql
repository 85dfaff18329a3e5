-- SPDX-License-Identifier: MIT
--
-- Sets a new password by a mailed token, which it uses up, and ends whatever
-- the user was signed in with: changed | invalid_token | key_reused.

create or replace function oauth2.confirm_password_reset(
    p_operation_id uuid,
    p_method text,
    p_input jsonb,
    out status text,
    out method text,
    out result jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_user  oauth2.users;
begin
    select o.status, o.method, o.result
    into status, method, result
    from oauth2.operation_begin(p_operation_id, 'confirm_password_reset', p_method,
                                p_input ->> 'fingerprint') as o;

    if status is not null then
        return;
    end if;

    method := p_method;
    result := '{}';

    update oauth2.users
    set hashed_password = p_input ->> 'password_hash',
        password_reset_token = null,
        password_reset_expires = null,
        updated_at = now()
    where password_reset_token = p_input ->> 'token_digest'
        and password_reset_expires > now()
        and is_active
    returning * into v_user;

    if found then
        status := 'changed';
        result := jsonb_build_object('user_id', v_user.id);
        perform oauth2.user_end_sessions(v_user.id);
        perform oauth2.outbox_add(p_operation_id, p_method, 'password_changed', v_user.email,
                                  v_user.first_name);

    else
        status := 'invalid_token';
    end if;

    perform oauth2.operation_end(p_operation_id, status, result);
end
$$;
