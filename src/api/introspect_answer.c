/* SPDX-License-Identifier: MIT */

/*
 * The answer of introspection as a JWT (RFC 9701), for a client that says
 * so in Accept, or that is registered with an algorithm and does not ask
 * for JSON.
 */

#include "api.h"

#define ANSWER_SIGNED  "application/token-introspection+jwt"
#define ANSWER_TYP     "token-introspection+jwt"
#define ANSWER_MAX     32768

static oauth2_rc_e answer_alg(oauth2_flow_t *f, oauth2_str_t *alg);
static bool answer_accepts(oauth2_flow_t *f, const char *type);
static oauth2_rc_e answer_write(oauth2_flow_t *f, oauth2_str_t found,
    oauth2_str_t *claims);


oauth2_next_e
oauth2_introspect_answer(oauth2_flow_t *f, oauth2_json_t *j)
{
    oauth2_str_t  alg, found, claims, token;

    if (answer_alg(f, &alg) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (!answer_accepts(f, ANSWER_SIGNED)
        && (alg.data == NULL || answer_accepts(f, "application/json")))
    {
        return oauth2_reply(f, 200, j);
    }

    if (oauth2_json_done(j, &found) != OAUTH2_OK
        || answer_write(f, found, &claims) != OAUTH2_OK
        || oauth2_sign(f, alg, ANSWER_TYP, claims, &token) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_reply_header(f, "Cache-Control", oauth2_str("no-store"));

    return oauth2_reply_text(f, 200, ANSWER_SIGNED, token);
}


static oauth2_rc_e
answer_alg(oauth2_flow_t *f, oauth2_str_t *alg)
{
    oauth2_rc_e  rc;

    *alg = oauth2_str_null;

    rc = oauth2_json_find(oauth2_pool(f), oauth2_client(f)->metadata,
                          "introspection_signed_response_alg", alg);

    return rc == OAUTH2_NONE ? OAUTH2_OK : rc;
}


/* By name; a range that means every type asks for nothing. */

static bool
answer_accepts(oauth2_flow_t *f, const char *type)
{
    oauth2_str_t  rest, range, name;

    rest = oauth2_header(f, "accept");

    while (oauth2_str_word(&rest, ',', &range)) {
        if (oauth2_str_word(&range, ';', &name)
            && oauth2_str_same_nocase(oauth2_str_trim(name),
                                      oauth2_str_of(type)))
        {
            return true;
        }
    }

    return false;
}


/* RFC 9701 5: no sub and no exp of its own, lest it pass for an access
 * token. */

static oauth2_rc_e
answer_write(oauth2_flow_t *f, oauth2_str_t found, oauth2_str_t *claims)
{
    oauth2_json_t  j;

    oauth2_json_init(&j, oauth2_pool(f), ANSWER_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "iss", oauth2_settings(f)->issuer);
    oauth2_json_str(&j, "aud", oauth2_client(f)->client_id);
    oauth2_json_int(&j, "iat", oauth2_now(f));
    oauth2_json_raw(&j, "token_introspection", found);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, claims);
}
