-- SPDX-License-Identifier: MIT
--
-- Verifies the address that a mailed token was sent to: verified |
-- already_verified | invalid_token | key_reused.  The token stays with the
-- user until it expires, so that a second click is no error.

create or replace function oauth2.verify_user_email(
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
    from oauth2.operation_begin(p_operation_id, 'verify_user_email', p_method,
                                p_input ->> 'fingerprint') as o;

    if status is not null then
        return;
    end if;

    method := p_method;
    result := '{}';

    select *
    into v_user
    from oauth2.users
    where email_verification_token = p_input ->> 'token_digest'
        and email_verification_expires > now()
        and is_active
    for no key update;

    if not found then
        status := 'invalid_token';

    elsif v_user.is_verified then
        status := 'already_verified';

    else
        status := 'verified';

        update oauth2.users
        set is_verified = true,
            updated_at = now()
        where id = v_user.id;

        perform oauth2.outbox_add(p_operation_id, p_method, 'welcome', v_user.email,
                                  v_user.first_name);
    end if;

    if status <> 'invalid_token' then
        result := jsonb_build_object('user_id', v_user.id, 'email', v_user.email);
    end if;

    perform oauth2.operation_end(p_operation_id, status, result);
end
$$;
