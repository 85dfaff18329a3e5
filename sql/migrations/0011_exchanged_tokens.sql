-- SPDX-License-Identifier: MIT
--
-- The access token that another one was exchanged for (RFC 8693): it ends with
-- it.  It is of its family, too, though of another client.

alter table oauth2.oauth2_access_tokens
    add column subject_id uuid references oauth2.oauth2_access_tokens on delete cascade;

create index oauth2_access_tokens_subject on oauth2.oauth2_access_tokens (subject_id)
    where subject_id is not null;
