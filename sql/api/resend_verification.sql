-- SPDX-License-Identifier: MIT
--
-- Gives a user who is not verified a new token in place of the earlier one,
-- and queues its mail: accepted | key_reused.  The answer is the same for an
-- address that nobody has or that is verified.

create or replace function oauth2.resend_verification(
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
    from oauth2.operation_begin(p_operation_id, 'resend_verification', p_method,
                                p_input ->> 'fingerprint') as o;

    if status is not null then
        return;
    end if;

    method := p_method;
    status := 'accepted';
    result := '{}';

    update oauth2.users
    set email_verification_token = p_input ->> 'token_digest',
        email_verification_expires = to_timestamp((p_input ->> 'token_expires_at')::bigint)
    where lower(email) = lower(btrim(p_input ->> 'email'))
        and is_active
        and not is_verified
    returning * into v_user;

    if found then
        perform oauth2.outbox_add(p_operation_id, p_method, 'verification', v_user.email,
                                  v_user.first_name);
    end if;

    perform oauth2.operation_end(p_operation_id, status, result);
end
$$;
