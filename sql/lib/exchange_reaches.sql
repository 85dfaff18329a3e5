-- SPDX-License-Identifier: MIT
--
-- May a token that is exchanged be for us, if that is asked?  The caller has
-- looked at the resources of others.  It may if the subject token is, or the
-- operator wrote "self" into the client's "resources".

create or replace function oauth2.exchange_reaches(
    p_client oauth2.oauth2_clients,
    p_subject oauth2.oauth2_access_tokens,
    p_parameters jsonb
)
returns boolean
language sql
immutable
as $$
    select coalesce(p_parameters ->> 'audience', '') !~ '(^| )self( |$)'
        or coalesce(p_client.metadata -> 'resources' ? 'self', false)
        or coalesce(p_subject.parameters ->> 'audience', p_subject.parameters ->> 'resource',
                    'self') ~ '(^| )self( |$)'
$$;
