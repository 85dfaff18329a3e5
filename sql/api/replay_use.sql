-- SPDX-License-Identifier: MIT
--
-- Marks what may come once as used for a lifetime, in seconds: first |
-- again.

create or replace function oauth2.replay_use(
    p_digest text,
    p_lifetime integer,
    out status text
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
begin
    insert into oauth2.replays as r (digest, expires_at)
    values (p_digest, now() + make_interval(secs => p_lifetime))
    on conflict (digest) do update
        set expires_at = excluded.expires_at
        where r.expires_at <= now();

    status := case when found then 'first' else 'again' end;
end
$$;
