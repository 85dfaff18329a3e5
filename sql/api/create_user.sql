-- SPDX-License-Identifier: MIT
--
-- Registers a user: created | user_exists | username_taken | key_reused.
-- An address that is taken is told only when p_input's "reveal" is true; else
-- the answer is that of success, and the owner of the address gets a mail.
-- Two operations with one address meet at the unique index: one makes the
-- user, the other finds it.

create or replace function oauth2.create_user(
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
    v_email              text := lower(btrim(p_input ->> 'email'));
    v_user_id            uuid;
    v_owner_name         text;
    v_is_owned           boolean := false;
    v_is_username_taken  boolean := false;
begin
    select o.status, o.method, o.result
    into status, method, result
    from oauth2.operation_begin(p_operation_id, 'create_user', p_method,
                                p_input ->> 'fingerprint') as o;

    if status is not null then
        return;
    end if;

    method := p_method;
    result := '{}';

    -- a conflict whose cause is gone when we look for it: once more
    for v_round in 1 .. 3 loop
        insert into oauth2.users (
            email, username, first_name, last_name, hashed_password,
            email_verification_token, email_verification_expires
        )
        values (
            v_email, p_input ->> 'username', p_input ->> 'first_name',
            p_input ->> 'last_name', p_input ->> 'password_hash',
            p_input ->> 'token_digest',
            to_timestamp((p_input ->> 'token_expires_at')::bigint)
        )
        on conflict do nothing
        returning id into v_user_id;

        exit when v_user_id is not null;

        select first_name
        into v_owner_name
        from oauth2.users
        where lower(email) = v_email;

        v_is_owned := found;

        perform from oauth2.users
        where lower(username) = lower(p_input ->> 'username');

        v_is_username_taken := found;

        exit when v_is_owned or v_is_username_taken;
    end loop;

    if v_user_id is not null then
        status := 'created';
        perform oauth2.outbox_add(p_operation_id, p_method, 'verification', v_email,
                                  p_input ->> 'first_name');

    elsif v_is_username_taken then
        status := 'username_taken';

    elsif not v_is_owned then
        raise exception 'operation % can neither make nor find its user', p_operation_id;

    elsif (p_input ->> 'reveal')::boolean then
        status := 'user_exists';

    else
        status := 'created';
        v_user_id := gen_random_uuid();
        perform oauth2.outbox_add(p_operation_id, p_method, 'account_exists', v_email,
                                  v_owner_name);
    end if;

    if status = 'created' then
        result := jsonb_build_object(
            'user_id', v_user_id,
            'email', v_email,
            'is_verified', false,
            'verification_email_sent', true
        );
    end if;

    perform oauth2.operation_end(p_operation_id, status, result);
end
$$;
