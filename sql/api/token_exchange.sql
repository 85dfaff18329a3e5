-- SPDX-License-Identifier: MIT
--
-- Exchanges a token of a user for an access token of another client (RFC 8693):
-- exchanged | not_allowed (the operator does not let this client do that) |
-- subject (it has ended, or is nothing for this client) | actor (the same) |
-- bound (the subject token is bound to a key that the client has not shown) |
-- invalid_scope | invalid_target.
--
-- The subject is an access token, by id, or a refresh token of the client's own,
-- by digest; the actor, an access token of the client's own, or null.
-- p_may_act is what the subject token says about that, or null.  p_parameters
-- are those of the new token: audience, cnf.
--
-- The new token lives no longer than its subject, is of its family and its
-- session, and ends with it.  A second call with the same token id is the first
-- one again.

create or replace function oauth2.token_exchange(
    p_client_id text,
    p_subject_id uuid,
    p_subject_digest text,
    p_actor_id uuid,
    p_may_act jsonb,
    p_token_id uuid,
    p_scope text,
    p_access_lifetime integer,
    p_parameters jsonb,
    out status text,
    out user_id uuid,
    out session_id uuid,
    out scope text,
    out auth_time bigint,
    out expires_at bigint,
    out parameters jsonb
)
language plpgsql
security definer
set search_path = oauth2, pg_temp
as $$
#variable_conflict use_column
declare
    v_actor    oauth2.oauth2_access_tokens;
    v_client   oauth2.oauth2_clients;
    v_subject  oauth2.oauth2_access_tokens;
    v_act      jsonb;
    v_granted  text;
    v_end      timestamptz;
begin
    select *
    into v_client
    from oauth2.oauth2_clients
    where client_id = p_client_id
        and is_active;

    if coalesce(v_client.metadata ->> 'exchange', '') not in ('delegation', 'impersonation') then
        status := 'not_allowed';
        return;
    end if;

    status := 'subject';

    select *
    into v_subject
    from oauth2.oauth2_access_tokens
    where id = p_subject_id
        or (refresh_token = p_subject_digest and client_id = p_client_id);

    if not found then
        return;
    end if;

    perform oauth2.family_lock(v_subject.user_id, v_subject.session_id, v_subject.family_id);

    -- as it is now that the family is ours
    select t.*
    into v_subject
    from oauth2.oauth2_access_tokens as t
    join oauth2.users as u on u.id = t.user_id
    left join oauth2.sessions as s on s.id = t.session_id
    where t.id = v_subject.id
        and t.revoked_at is null
        and u.is_active
        and s.closed_at is null
        and case when p_subject_id is null
            then t.rotated_at is null
            else oauth2.subject_is_live(t.id) end;

    v_end := case when p_subject_id is null
        then v_subject.refresh_token_expires_at
        else v_subject.expires_at end;

    if v_end is null or v_end < now() + interval '1 second'
        or not oauth2.exchange_allows(v_client, v_subject)
    then
        return;
    end if;

    if v_subject.parameters -> 'cnf' <> coalesce(p_parameters -> 'cnf', '{}') then
        status := 'bound';
        return;
    end if;

    if p_actor_id is not null then
        select t.*
        into v_actor
        from oauth2.oauth2_access_tokens as t
        left join oauth2.users as u on u.id = t.user_id
        left join oauth2.sessions as s on s.id = t.session_id
        where t.id = p_actor_id
            and t.client_id = p_client_id
            and t.subject_id is null
            and t.revoked_at is null
            and t.expires_at > now()
            and (t.user_id is null or u.is_active)
            and s.closed_at is null
            and coalesce(t.parameters -> 'cnf' = p_parameters -> 'cnf',
                         not t.parameters ? 'cnf');
    end if;

    status := 'actor';

    if (p_actor_id is not null and v_actor.id is null)
        or not oauth2.exchange_may_act(v_client, v_actor, v_subject, p_may_act)
    then
        return;
    end if;

    v_act := oauth2.exchange_actor(v_client, v_actor, v_subject.parameters -> 'act');

    -- who acts for whom for whom ... must end somewhere
    if v_act @? '$.act.act.act.act' then
        return;
    end if;

    -- in the order of the subject's
    select coalesce(string_agg(w.word, ' ' order by w.n), '')
    into v_granted
    from string_to_table(
        case when p_subject_id is null then v_subject.refresh_scope else v_subject.scope end,
        ' ') with ordinality as w (word, n)
    where w.word = any (string_to_array(v_client.scope, ' '))
        and w.word <> 'offline_access';

    if not oauth2.scope_covers(v_granted, coalesce(p_scope, '')) then
        status := 'invalid_scope';
        return;
    end if;

    if not oauth2.exchange_reaches(v_client, v_subject, p_parameters) then
        status := 'invalid_target';
        return;
    end if;

    insert into oauth2.oauth2_access_tokens (
        id, family_id, subject_id, client_id, user_id, session_id, scope, auth_time,
        expires_at, parameters
    )
    values (
        p_token_id, v_subject.family_id, p_subject_id, p_client_id, v_subject.user_id,
        v_subject.session_id, coalesce(p_scope, v_granted), v_subject.auth_time,
        least(now() + make_interval(secs => p_access_lifetime), v_end),
        jsonb_strip_nulls(jsonb_build_object(
            'audience', coalesce(v_subject.parameters -> 'audience',
                                 v_subject.parameters -> 'resource'))
            || coalesce(p_parameters, '{}')
            || jsonb_build_object('act', v_act))
    )
    on conflict (id) do nothing;

    select 'exchanged', t.user_id, t.session_id, t.scope, oauth2.epoch(t.auth_time),
        oauth2.epoch(t.expires_at), t.parameters
    into status, user_id, session_id, scope, auth_time, expires_at, parameters
    from oauth2.oauth2_access_tokens as t
    where t.id = p_token_id
        and t.client_id = p_client_id;
end
$$;
