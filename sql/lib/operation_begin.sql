-- SPDX-License-Identifier: MIT
--
-- Claims an operation: status is null when it is the caller's to do, else
-- the stored answer.  While another transaction works on the same id the
-- insert waits for its end, so two callers never both do it.

create or replace function oauth2.operation_begin(
    p_operation_id uuid,
    p_kind text,
    p_method text,
    p_fingerprint text,
    out status text,
    out method text,
    out result jsonb
)
language plpgsql
as $$
#variable_conflict use_column
declare
    v_operation  oauth2.operations;
begin
    insert into oauth2.operations (id, kind, fingerprint, method)
    values (p_operation_id, p_kind, p_fingerprint, p_method)
    on conflict (id) do nothing;

    if found then
        return;
    end if;

    select *
    into strict v_operation
    from oauth2.operations
    where id = p_operation_id;

    method := v_operation.method;

    if v_operation.kind <> p_kind or v_operation.fingerprint <> p_fingerprint then
        status := 'key_reused';
        result := '{}';
        return;
    end if;

    status := v_operation.outcome;
    result := v_operation.result;
end
$$;
