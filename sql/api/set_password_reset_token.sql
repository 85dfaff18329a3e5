-- SPDX-License-Identifier: MIT
--
-- Gives an active user a token to reset the password with, in place of any
-- earlier one, and queues its mail: accepted | key_reused.  The answer is the
-- same for an address that nobody has.

create or replace function oauth2.set_password_reset_token(
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
    from oauth2.operation_begin(p_operation_id, 'set_password_reset_token', p_method,
                                p_input ->> 'fingerprint') as o;

    if status is not null then
        return;
    end if;

    method := p_method;
    status := 'accepted';
    result := '{}';

    update oauth2.users
    set password_reset_token = p_input ->> 'token_digest',
        password_reset_expires = to_timestamp((p_input ->> 'token_expires_at')::bigint)
    where lower(email) = lower(btrim(p_input ->> 'email'))
        and is_active
    returning * into v_user;

    if found then
        perform oauth2.outbox_add(p_operation_id, p_method, 'reset', v_user.email,
                                  v_user.first_name);
    end if;

    perform oauth2.operation_end(p_operation_id, status, result);
end
$$;
