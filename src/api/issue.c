/* SPDX-License-Identifier: MIT */

/*
 * Issuing tokens: the answer of the token endpoint (RFC 6749 5.1), with
 * opaque refresh tokens.  Who may have them was decided before, and the
 * database knows their ids.
 */

#include "api.h"

#define ISSUE_REPLY_MAX   32768

static oauth2_rc_e issue_derive(oauth2_flow_t *f, oauth2_str_t purpose,
    oauth2_str_t refresh_token, u_char digest[OAUTH2_SHA256_LEN]);
static oauth2_rc_e issue_encode(oauth2_flow_t *f, u_char *data, size_t len,
    oauth2_str_t *text);
static bool issue_wants_id(const oauth2_issue_t *issue);


oauth2_rc_e
oauth2_issue_init(oauth2_flow_t *f, oauth2_issue_t *issue, bool refresh)
{
    oauth2_rc_e  rc;

    rc = oauth2_operation_id(f, &issue->token_id);

    if (rc != OAUTH2_OK || !refresh) {
        return rc;
    }

    rc = oauth2_random_secret(oauth2_pool(f), &issue->refresh);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_sha256_hex(oauth2_pool(f), issue->refresh,
                             &issue->refresh_digest);
}


oauth2_rc_e
oauth2_issue_succeed(oauth2_flow_t *f, oauth2_issue_t *issue,
    oauth2_str_t refresh_token)
{
    char         id[OAUTH2_UUID_LEN + 1];
    u_char       digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e  rc;

    rc = issue_derive(f, oauth2_str("id"), refresh_token, digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_uuid_write_digest(digest, id);

    rc = oauth2_pool_copy(oauth2_pool(f), oauth2_str_of(id),
                          &issue->token_id);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = issue_derive(f, oauth2_str("token"), refresh_token, digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = issue_encode(f, digest, sizeof(digest), &issue->refresh);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_sha256_hex(oauth2_pool(f), issue->refresh,
                             &issue->refresh_digest);
}


void
oauth2_issue_row(oauth2_flow_t *f, oauth2_issue_t *issue)
{
    issue->subject = oauth2_row(f, "user_id");
    issue->session_id = oauth2_row(f, "session_id");
    issue->scope = oauth2_row(f, "scope");
    issue->parameters = oauth2_row(f, "parameters");
    issue->claims = oauth2_row(f, "claims");
    issue->auth_time = oauth2_row_int(f, "auth_time");
}


int64_t
oauth2_issue_lifetime(oauth2_flow_t *f, const oauth2_issue_t *issue)
{
    return issue->expires_at > 0
           ? issue->expires_at - oauth2_now(f)
           : oauth2_settings(f)->access_lifetime;
}


oauth2_next_e
oauth2_issue_reply(oauth2_flow_t *f, const oauth2_issue_t *issue)
{
    oauth2_rc_e     rc;
    oauth2_str_t    access, id, cnf;
    oauth2_json_t   j;
    oauth2_issue_t  told;

    told = *issue;
    id = oauth2_str_null;

    if (issue->auth_time > 0
        && oauth2_subject(f, oauth2_client(f)->metadata, issue->subject,
                          &told.subject)
           != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    rc = oauth2_issue_access(f, &told, &access);

    if (rc == OAUTH2_OK) {
        rc = oauth2_pop_find(f, issue->parameters, &cnf);
    }

    if (rc == OAUTH2_OK && issue_wants_id(issue)) {
        rc = oauth2_issue_id(f, &told, access, &id);
    }

    if (rc != OAUTH2_OK) {
        return oauth2_fail(f, rc == OAUTH2_BAD ? &oauth2_err_no_keys
                                               : &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), ISSUE_REPLY_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "access_token", access);
    oauth2_json_optional(&j, "refresh_token", issue->refresh);
    oauth2_json_c(&j, "token_type", oauth2_pop_type(f, cnf));
    oauth2_json_optional(&j, "issued_token_type", issue->issued_type);
    oauth2_json_int(&j, "expires_in", oauth2_issue_lifetime(f, issue));

    if (issue->scope.len > 0) {
        oauth2_json_str(&j, "scope", issue->scope);
    }

    oauth2_json_optional(&j, "id_token", id);

    if (issue->profile.data != NULL) {
        oauth2_json_raw(&j, "user", issue->profile);
    }

    oauth2_json_close(&j);

    /* beside Cache-Control, which says all of it (RFC 6749 5.1) */

    oauth2_reply_header(f, "Pragma", oauth2_str("no-cache"));

    return oauth2_reply(f, 200, &j);
}


/* What nobody can foretell without the server's key, one a purpose. */

static oauth2_rc_e
issue_derive(oauth2_flow_t *f, oauth2_str_t purpose,
    oauth2_str_t refresh_token, u_char digest[OAUTH2_SHA256_LEN])
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  text;

    oauth2_buf_init(&buf, oauth2_pool(f), 1024);
    oauth2_buf_write(&buf, purpose);
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, refresh_token);

    rc = oauth2_buf_done(&buf, &text);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_hmac_sha256(oauth2_settings(f)->token_key->refresh, text,
                              digest);
}


static oauth2_rc_e
issue_encode(oauth2_flow_t *f, u_char *data, size_t len, oauth2_str_t *text)
{
    oauth2_buf_t  buf;
    oauth2_str_t  bytes;

    bytes.data = data;
    bytes.len = len;

    oauth2_buf_init(&buf, oauth2_pool(f), len * 2);
    oauth2_buf_write_base64url(&buf, bytes);

    return oauth2_buf_done(&buf, text);
}


static bool
issue_wants_id(const oauth2_issue_t *issue)
{
    return issue->auth_time > 0
           && issue->issued_type.data == NULL
           && !oauth2_str_same(issue->client_id, OAUTH2_CLIENT_SELF)
           && oauth2_str_has_word(issue->scope, oauth2_str("openid"));
}
