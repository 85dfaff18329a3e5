-- SPDX-License-Identifier: MIT
--
-- A signing key as its owner may see it: without the key.

create or replace function oauth2.signing_key_view(
    k oauth2.signing_keys
)
returns jsonb
language plpgsql
stable
security definer
set search_path = oauth2, pg_temp
as $$
begin
    return jsonb_build_object(
        'kid', k.kid,
        'alg', k.alg,
        'state', oauth2.signing_key_state(k),
        'sealed_by', k.sealed_by,
        'created_at', k.created_at,
        'active_from', k.active_from,
        'retired_at', k.retired_at,
        'verify_until', k.verify_until,
        'revoked_at', k.revoked_at
    );
end
$$;
