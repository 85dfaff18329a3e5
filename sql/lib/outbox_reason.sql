-- SPDX-License-Identifier: MIT
--
-- Why a mail failed, as it may be kept: one short line without addresses,
-- and without anything as long as a token.

create or replace function oauth2.outbox_reason(p_reason text)
returns text
language plpgsql
immutable
as $$
declare
    v_reason  text := regexp_replace(coalesce(p_reason, ''), '[[:cntrl:]]+', ' ', 'g');
begin
    v_reason := regexp_replace(v_reason, '[^[:space:]<>]+@[^[:space:]<>]+', '(address)', 'g');
    v_reason := regexp_replace(v_reason, '[A-Za-z0-9_-]{40,}', '(token)', 'g');

    return left(v_reason, 200);
end
$$;
