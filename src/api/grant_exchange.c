/* SPDX-License-Identifier: MIT */

/*
 * grant_type=urn:ietf:params:oauth:grant-type:token-exchange (RFC 8693): a
 * confidential client changes a user's token for an access token of its
 * own, as far as the operator lets it.  The database decides and links the
 * two, so that the one ends with the other.
 */

#include "api.h"

#define EXCHANGE_TYPE     "urn:ietf:params:oauth:token-type:"
#define EXCHANGE_ACCESS   oauth2_str(EXCHANGE_TYPE "access_token")
#define EXCHANGE_JWT      oauth2_str(EXCHANGE_TYPE "jwt")
#define EXCHANGE_REFRESH  oauth2_str(EXCHANGE_TYPE "refresh_token")

typedef struct {
    oauth2_str_t  subject_id;
    oauth2_str_t  subject_digest;
    oauth2_str_t  actor_id;
    oauth2_str_t  may_act;           /* JSON object */
} exchange_tokens_t;

typedef struct {
    const char            *status;
    const oauth2_error_t  *error;
    const char            *field;
    const char            *detail;
} exchange_refusal_t;

static oauth2_next_e exchange_check(oauth2_flow_t *f);
static oauth2_next_e exchange_token(oauth2_flow_t *f);
static oauth2_next_e exchange_reply(oauth2_flow_t *f);
static const oauth2_error_t *exchange_check_types(oauth2_flow_t *f,
    const oauth2_exchange_t *exchange);
static const oauth2_error_t *exchange_read(oauth2_flow_t *f,
    const oauth2_exchange_t *exchange, exchange_tokens_t *tokens);
static const oauth2_error_t *exchange_read_access(oauth2_flow_t *f,
    oauth2_str_t token, const char *field, oauth2_str_t *id);
static oauth2_rc_e exchange_read_may_act(oauth2_flow_t *f,
    oauth2_str_t token, oauth2_str_t *may_act);
static const oauth2_error_t *exchange_refuse(oauth2_flow_t *f,
    const char *field, const char *detail);
static oauth2_next_e exchange_explain(oauth2_flow_t *f);

const oauth2_step_t  oauth2_grant_exchange_steps[] = {
    { "checking request", exchange_check, &oauth2_err_invalid_request },
    { "exchanging token", exchange_token, &oauth2_err_server_error },
    { "replying", exchange_reply, NULL },
    { NULL, NULL, NULL }
};

/* RFC 8693 2.2.2: a token that is not acceptable is an invalid request. */

static const exchange_refusal_t  exchange_refusals[] = {
    { "not_allowed", &oauth2_err_unauthorized_client, NULL, NULL },
    { "subject", &oauth2_err_invalid_request, "subject_token",
      "This has ended, or is no token that this client may exchange." },
    { "bound", &oauth2_err_invalid_request, "subject_token",
      "This is bound to a key, and the request does not prove it." },
    { "actor", &oauth2_err_invalid_request, "actor_token",
      "This has ended, is not the client's, or may not act here." },
    { "invalid_scope", &oauth2_err_invalid_scope, NULL, NULL },
    { "invalid_target", &oauth2_err_invalid_target, NULL, NULL },
    { NULL, NULL, NULL, NULL }
};


static oauth2_next_e
exchange_check(oauth2_flow_t *f)
{
    oauth2_grant_t        *grant;
    const oauth2_error_t  *error;

    grant = oauth2_state(f);

    if (oauth2_client(f)->is_public) {
        return oauth2_fail(f, &oauth2_err_unauthorized_client);
    }

    error = exchange_check_types(f, &grant->exchange);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (grant->scope.data != NULL && !oauth2_check_scope(grant->scope)) {
        return oauth2_fail(f, &oauth2_err_invalid_scope);
    }

    error = oauth2_audience_check(f, oauth2_client(f)->metadata,
                                  grant->exchange.audience,
                                  &grant->resource);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (oauth2_resource_parameters(f, grant->resource,
                                   &grant->issue.parameters)
        != OAUTH2_OK
        || oauth2_issue_init(f, &grant->issue, false) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return OAUTH2_NEXT;
}


static oauth2_next_e
exchange_token(oauth2_flow_t *f)
{
    oauth2_grant_t        *grant;
    oauth2_issue_t        *issue;
    exchange_tokens_t      tokens;
    const oauth2_error_t  *error;

    grant = oauth2_state(f);
    issue = &grant->issue;

    memset(&tokens, 0, sizeof(tokens));

    error = exchange_read(f, &grant->exchange, &tokens);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    return oauth2_call(f, OAUTH2_STMT_token_exchange, issue->client_id,
                       tokens.subject_id, tokens.subject_digest,
                       tokens.actor_id, tokens.may_act, issue->token_id,
                       grant->scope,
                       oauth2_str_int(f,
                                      oauth2_settings(f)->access_lifetime),
                       issue->parameters);
}


static oauth2_next_e
exchange_reply(oauth2_flow_t *f)
{
    oauth2_issue_t  *issue;

    issue = &((oauth2_grant_t *) oauth2_state(f))->issue;

    if (!oauth2_row_is(f, "exchanged")) {
        return exchange_explain(f);
    }

    oauth2_issue_row(f, issue);
    issue->expires_at = oauth2_row_int(f, "expires_at");
    issue->issued_type = EXCHANGE_ACCESS;

    oauth2_log_exchange(f, issue);

    return oauth2_issue_reply(f, issue);
}


static const oauth2_error_t *
exchange_check_types(oauth2_flow_t *f, const oauth2_exchange_t *exchange)
{
    oauth2_str_t  type;

    if (exchange->subject_token.data == NULL) {
        return exchange_refuse(f, "subject_token", "This is missing.");
    }

    type = exchange->subject_token_type;

    if (!oauth2_str_same(type, EXCHANGE_ACCESS)
        && !oauth2_str_same(type, EXCHANGE_JWT)
        && !oauth2_str_same(type, EXCHANGE_REFRESH))
    {
        return exchange_refuse(f, "subject_token_type",
                               "An access token, as such or as a JWT, or a "
                               "refresh token is needed.");
    }

    type = exchange->actor_token_type;

    if ((type.data == NULL) != (exchange->actor_token.data == NULL)) {
        return exchange_refuse(f, "actor_token_type",
                               "It is there if actor_token is.");
    }

    if (type.data != NULL && !oauth2_str_same(type, EXCHANGE_ACCESS)
        && !oauth2_str_same(type, EXCHANGE_JWT))
    {
        return exchange_refuse(f, "actor_token_type",
                               "An access token, as such or as a JWT, is "
                               "needed.");
    }

    type = exchange->requested_token_type;

    if (type.data != NULL && !oauth2_str_same(type, EXCHANGE_ACCESS)) {
        return exchange_refuse(f, "requested_token_type",
                               "Only access tokens are issued for tokens.");
    }

    return NULL;
}


static const oauth2_error_t *
exchange_read(oauth2_flow_t *f, const oauth2_exchange_t *exchange,
    exchange_tokens_t *tokens)
{
    const oauth2_error_t  *error;

    if (exchange->actor_token.data != NULL) {
        error = exchange_read_access(f, exchange->actor_token,
                                     "actor_token", &tokens->actor_id);

        if (error != NULL) {
            return error;
        }
    }

    if (oauth2_str_same(exchange->subject_token_type, EXCHANGE_REFRESH)) {
        return oauth2_sha256_hex(oauth2_pool(f), exchange->subject_token,
                                 &tokens->subject_digest)
               == OAUTH2_OK ? NULL : &oauth2_err_server_error;
    }

    error = exchange_read_access(f, exchange->subject_token,
                                 "subject_token", &tokens->subject_id);

    if (error != NULL) {
        return error;
    }

    switch (exchange_read_may_act(f, exchange->subject_token,
                                  &tokens->may_act))
    {
    case OAUTH2_OK:
        return NULL;

    case OAUTH2_NOMEM:
        return &oauth2_err_server_error;

    default:
        return exchange_refuse(f, "subject_token",
                               "Its may_act is not understood.");
    }
}


static const oauth2_error_t *
exchange_read_access(oauth2_flow_t *f, oauth2_str_t token,
    const char *field, oauth2_str_t *id)
{
    oauth2_rc_e   rc;
    oauth2_str_t  digest;

    rc = oauth2_token_read(f, token, id, &digest);

    if (rc == OAUTH2_NOMEM) {
        return &oauth2_err_server_error;
    }

    if (rc != OAUTH2_OK || id->data == NULL) {
        return exchange_refuse(f, field,
                               "This is no access token of ours, or one "
                               "that has expired.");
    }

    return NULL;
}


/* RFC 8693 4.4; the token is ours and was checked. */

static oauth2_rc_e
exchange_read_may_act(oauth2_flow_t *f, oauth2_str_t token,
    oauth2_str_t *may_act)
{
    oauth2_rc_e   rc;
    oauth2_jwt_t  jwt;

    if (memchr(token.data, '.', token.len) == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_jwt_parse(oauth2_pool(f), token, &jwt);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_json_find(oauth2_pool(f), jwt.claims, "may_act", may_act);

    if (rc == OAUTH2_NONE) {
        return OAUTH2_OK;
    }

    if (rc == OAUTH2_OK && !oauth2_str_starts(*may_act, oauth2_str("{"))) {
        return OAUTH2_BAD;
    }

    return rc;
}


static const oauth2_error_t *
exchange_refuse(oauth2_flow_t *f, const char *field, const char *detail)
{
    oauth2_complain(f, field, detail);

    return &oauth2_err_invalid_request;
}


static oauth2_next_e
exchange_explain(oauth2_flow_t *f)
{
    const exchange_refusal_t  *refusal;

    for (refusal = exchange_refusals; refusal->status != NULL; refusal++) {
        if (!oauth2_row_is(f, refusal->status)) {
            continue;
        }

        if (refusal->field != NULL) {
            oauth2_complain(f, refusal->field, refusal->detail);
        }

        return oauth2_fail(f, refusal->error);
    }

    return oauth2_fail(f, &oauth2_err_server_error);
}
