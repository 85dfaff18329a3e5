/* SPDX-License-Identifier: MIT */

/*
 * What an application knows a session by (OpenID Connect Back-Channel Logout
 * 1.0 2.1): the same for as long as the session, another one at each client,
 * so that two of them cannot tell that they serve the same person.  It grants
 * nothing: the session's own id, which it is made of, is not in the cookie
 * and leaves the server nowhere.
 */

#include "api.h"

#define SID_BYTES  16


oauth2_rc_e
oauth2_sid(oauth2_flow_t *f, oauth2_str_t client_id, oauth2_str_t session_id,
    oauth2_str_t *sid)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  text;

    *sid = oauth2_str_null;

    if (session_id.data == NULL) {
        return OAUTH2_OK;
    }

    oauth2_buf_init(&buf, oauth2_pool(f), 1024);
    oauth2_buf_write_c(&buf, "sid");
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, client_id);
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, session_id);

    rc = oauth2_buf_done(&buf, &text);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_sha256(text, digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    text.data = digest;
    text.len = SID_BYTES;

    oauth2_buf_init(&buf, oauth2_pool(f), 2 * SID_BYTES);
    oauth2_buf_write_base64url(&buf, text);

    return oauth2_buf_done(&buf, sid);
}
