-- SPDX-License-Identifier: MIT
--
-- What purge looks for: rows by the time since which nobody needs them.

create index oauth2_access_tokens_ended
    on oauth2.oauth2_access_tokens (greatest(expires_at, refresh_token_expires_at))
    where id = family_id;
create index oauth2_authorization_codes_unused
    on oauth2.oauth2_authorization_codes (expires_at)
    where used_at is null;
create index authorization_requests_unissued
    on oauth2.authorization_requests (expires_at)
    where issued_at is null;
create index sessions_expires_at on oauth2.sessions (expires_at);
create index outbox_sent on oauth2.outbox (sent_at)
    where sent_at is not null;
create index logout_notices_sent on oauth2.logout_notices (sent_at)
    where sent_at is not null;

drop index oauth2.authorization_requests_expires_at;
