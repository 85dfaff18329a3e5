/* SPDX-License-Identifier: MIT */

/*
 * The request parameter "claims" (OpenID Connect Core 5.5), from the
 * authorization request to where it is looked up again.
 */

#include "api.h"

static const oauth2_error_t *claims_check_user(oauth2_flow_t *f,
    oauth2_authorize_t *auth);


const oauth2_error_t *
oauth2_user_claims_check(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    oauth2_rc_e  rc;

    if (auth->claims.data == NULL
        || !oauth2_str_has_word(auth->scope, oauth2_str("openid")))
    {
        return NULL;
    }

    rc = oauth2_user_claims_parse(oauth2_pool(f), auth->claims,
                                  &auth->requested);

    if (rc != OAUTH2_OK) {
        return rc == OAUTH2_BAD ? &oauth2_err_claims
                                : &oauth2_err_server_error;
    }

    /* Core 5.5.1.1: a failed authentication, and nobody is asked for it */

    if (auth->requested.unmet) {
        return &oauth2_err_unmet;
    }

    if (auth->requested.sub.data == NULL) {
        return NULL;
    }

    return claims_check_user(f, auth);
}


/* A subject that is nobody's is a user who cannot be signed in; another one
 * than that of id_token_hint is two users at once. */

static const oauth2_error_t *
claims_check_user(oauth2_flow_t *f, oauth2_authorize_t *auth)
{
    oauth2_rc_e   rc;
    oauth2_str_t  user_id;

    rc = oauth2_subject_find(f, oauth2_row(f, "metadata"),
                             auth->requested.sub, &user_id);

    if (rc != OAUTH2_OK) {
        return rc == OAUTH2_BAD ? &oauth2_err_login_required
                                : &oauth2_err_server_error;
    }

    if (auth->ticket.user_id.data != NULL
        && !oauth2_str_same_nocase(auth->ticket.user_id, user_id))
    {
        return &oauth2_err_login_required;
    }

    auth->ticket.user_id = user_id;

    return NULL;
}


oauth2_rc_e
oauth2_user_claims_keep(oauth2_flow_t *f, oauth2_json_t *j,
    const oauth2_authorize_t *auth)
{
    oauth2_rc_e   rc;
    oauth2_str_t  beyond;

    if (auth->requested.userinfo.len == 0 && auth->requested.id_token.len == 0)
    {
        return OAUTH2_OK;
    }

    rc = oauth2_user_claims_beyond(oauth2_pool(f), &auth->requested,
                                   auth->scope, &beyond);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_open(j, "claims");
    oauth2_json_optional(j, "userinfo", auth->requested.userinfo);
    oauth2_json_optional(j, "id_token", auth->requested.id_token);
    oauth2_json_str(j, "beyond", beyond);
    oauth2_json_close(j);

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_user_claims_kept(oauth2_flow_t *f, oauth2_str_t parameters,
    const char *list, oauth2_str_t *names)
{
    oauth2_rc_e   rc;
    oauth2_str_t  claims;

    *names = oauth2_str_null;

    if (parameters.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(oauth2_pool(f), parameters, "claims", &claims);

    if (rc == OAUTH2_OK) {
        rc = oauth2_json_find(oauth2_pool(f), claims, list, names);
    }

    return rc == OAUTH2_NONE ? OAUTH2_OK : rc;
}
