/* SPDX-License-Identifier: MIT */

/*
 * Logout tokens (OpenID Connect Back-Channel Logout 1.0 2.4).  They are made
 * when they are sent, hence live for minutes only, and each attempt has an
 * id of its own: a client that keeps the ids against replays takes a second
 * one of a notice whose answer was lost.
 */

#include "api.h"

#define LOGOUT_TYP       "logout+jwt"
#define LOGOUT_EVENT     "http://schemas.openid.net/event/backchannel-logout"
#define LOGOUT_LIFETIME  120      /* seconds, as 2.4 prefers */

static oauth2_rc_e logout_token_id(oauth2_flow_t *f, oauth2_str_t *id);
static oauth2_rc_e logout_token_claims(oauth2_flow_t *f,
    oauth2_str_t *claims);


oauth2_rc_e
oauth2_logout_token(oauth2_flow_t *f, oauth2_str_t *token)
{
    oauth2_rc_e   rc;
    oauth2_str_t  alg, claims;

    rc = oauth2_sign_id_alg(f, oauth2_row(f, "metadata"), &alg);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = logout_token_claims(f, &claims);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_sign(f, alg, LOGOUT_TYP, claims, token);
}


/* Never a nonce: it would make an ID token of it (2.4). */

static oauth2_rc_e
logout_token_claims(oauth2_flow_t *f, oauth2_str_t *claims)
{
    int64_t        now;
    oauth2_rc_e    rc;
    oauth2_str_t   id, sub, sid, client_id;
    oauth2_json_t  j;

    now = oauth2_now(f);
    client_id = oauth2_row(f, "client_id");
    rc = logout_token_id(f, &id);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_subject(f, oauth2_row(f, "metadata"),
                        oauth2_row(f, "user_id"), &sub);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_sid(f, client_id, oauth2_row(f, "session_id"), &sid);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, oauth2_pool(f), OAUTH2_CLAIMS_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "iss", oauth2_settings(f)->issuer);
    oauth2_json_str(&j, "sub", sub);
    oauth2_json_str(&j, "aud", client_id);
    oauth2_json_int(&j, "iat", now);
    oauth2_json_int(&j, "exp", now + LOGOUT_LIFETIME);
    oauth2_json_str(&j, "jti", id);
    oauth2_json_str(&j, "sid", sid);
    oauth2_json_open(&j, "events");
    oauth2_json_open(&j, LOGOUT_EVENT);
    oauth2_json_close(&j);
    oauth2_json_close(&j);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, claims);
}


static oauth2_rc_e
logout_token_id(oauth2_flow_t *f, oauth2_str_t *id)
{
    oauth2_buf_t  buf;

    oauth2_buf_init(&buf, oauth2_pool(f), 128);
    oauth2_buf_write(&buf, oauth2_row(f, "id"));
    oauth2_buf_write_byte(&buf, '.');
    oauth2_buf_write(&buf, oauth2_row(f, "attempts"));

    return oauth2_buf_done(&buf, id);
}
