/* SPDX-License-Identifier: MIT */

/*
 * What tokens are bound to: written when they are issued, compared when
 * they are used (RFC 9449 5 and 7, RFC 8705 3).
 */

#include "api.h"

#define POP_FLAG_DPOP  "dpop_bound_access_tokens"
#define POP_FLAG_TLS   "tls_client_certificate_bound_access_tokens"
#define POP_X5T        "x5t#S256"

static oauth2_rc_e pop_check_certificate(oauth2_flow_t *f,
    oauth2_str_t cnf, bool *ok);
static oauth2_rc_e pop_member(oauth2_flow_t *f, oauth2_str_t cnf,
    const char *name, oauth2_str_t *value);


oauth2_str_t
oauth2_pop_token(oauth2_flow_t *f)
{
    bool          bearer, dpop;
    oauth2_str_t  rest, scheme;

    rest = oauth2_header(f, "authorization");

    if (!oauth2_str_word(&rest, ' ', &scheme)) {
        return oauth2_str_null;
    }

    bearer = oauth2_str_same_nocase(scheme, oauth2_str("Bearer"));
    dpop = oauth2_str_same_nocase(scheme, oauth2_str("DPoP"));

    if (!bearer && !dpop) {
        return oauth2_str_null;
    }

    oauth2_pop(f)->scheme = dpop;

    return oauth2_str_trim(rest);
}


oauth2_rc_e
oauth2_pop_certificate(oauth2_flow_t *f, oauth2_certificate_t **certificate)
{
    oauth2_rc_e    rc;
    oauth2_str_t   pem;
    oauth2_pop_t  *pop;

    pop = oauth2_pop(f);

    if (pop->certificate == NULL) {
        rc = oauth2_peer(f, &pem, &pop->verified);

        if (rc == OAUTH2_OK) {
            rc = oauth2_certificate_parse(oauth2_pool(f), pem,
                                          &pop->certificate);
        }

        if (rc != OAUTH2_OK) {
            return rc;
        }
    }

    *certificate = pop->certificate;

    return OAUTH2_OK;
}


const oauth2_error_t *
oauth2_pop_require(oauth2_flow_t *f)
{
    oauth2_rc_e            rc;
    oauth2_str_t           metadata;
    oauth2_certificate_t  *certificate;

    metadata = oauth2_client(f)->metadata;

    if (oauth2_pop(f)->jkt.data == NULL
        && oauth2_client_flag(f, metadata, POP_FLAG_DPOP))
    {
        return &oauth2_err_dpop_proof;
    }

    if (!oauth2_client_flag(f, metadata, POP_FLAG_TLS)) {
        return NULL;
    }

    rc = oauth2_pop_certificate(f, &certificate);

    if (rc != OAUTH2_OK) {
        return rc == OAUTH2_NOMEM ? &oauth2_err_server_error
                                  : &oauth2_err_certificate;
    }

    oauth2_pop(f)->x5t = oauth2_certificate_thumbprint(certificate);

    return NULL;
}


bool
oauth2_pop_is_bound(oauth2_flow_t *f)
{
    return oauth2_pop(f)->jkt.data != NULL || oauth2_pop(f)->x5t.data != NULL;
}


void
oauth2_pop_write(oauth2_flow_t *f, oauth2_json_t *j)
{
    if (!oauth2_pop_is_bound(f)) {
        return;
    }

    oauth2_json_open(j, "cnf");
    oauth2_json_optional(j, "jkt", oauth2_pop(f)->jkt);
    oauth2_json_optional(j, POP_X5T, oauth2_pop(f)->x5t);
    oauth2_json_close(j);
}


const oauth2_error_t *
oauth2_pop_check(oauth2_flow_t *f, oauth2_str_t parameters)
{
    bool           ok;
    oauth2_str_t   cnf, jkt;
    oauth2_pop_t  *pop;

    pop = oauth2_pop(f);

    if (oauth2_pop_find(f, parameters, &cnf) != OAUTH2_OK
        || pop_member(f, cnf, "jkt", &jkt) != OAUTH2_OK)
    {
        return &oauth2_err_server_error;
    }

    /* a bound token as a bearer's, another one as bound, another key */

    ok = (jkt.data == NULL) ? !pop->scheme
                            : pop->scheme && oauth2_str_same(jkt, pop->jkt);

    if (ok && pop_check_certificate(f, cnf, &ok) != OAUTH2_OK) {
        return &oauth2_err_server_error;
    }

    if (!ok) {
        oauth2_log_warn(f, "token used without its key");
        return &oauth2_err_token_key;
    }

    return NULL;
}


/* RFC 8705 3 */

static oauth2_rc_e
pop_check_certificate(oauth2_flow_t *f, oauth2_str_t cnf, bool *ok)
{
    oauth2_rc_e            rc;
    oauth2_str_t           x5t;
    oauth2_certificate_t  *certificate;

    rc = pop_member(f, cnf, POP_X5T, &x5t);

    if (rc != OAUTH2_OK || x5t.data == NULL) {
        return rc;
    }

    rc = oauth2_pop_certificate(f, &certificate);

    if (rc == OAUTH2_NOMEM) {
        return rc;
    }

    *ok = rc == OAUTH2_OK
          && oauth2_str_same(x5t, oauth2_certificate_thumbprint(certificate));

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_pop_find(oauth2_flow_t *f, oauth2_str_t parameters,
    oauth2_str_t *cnf)
{
    *cnf = oauth2_str_null;

    return pop_member(f, parameters, "cnf", cnf);
}


const char *
oauth2_pop_type(oauth2_flow_t *f, oauth2_str_t cnf)
{
    oauth2_str_t  jkt;

    return pop_member(f, cnf, "jkt", &jkt) == OAUTH2_OK && jkt.data != NULL
           ? "DPoP" : "Bearer";
}


/* Absent is fine. */

static oauth2_rc_e
pop_member(oauth2_flow_t *f, oauth2_str_t object, const char *name,
    oauth2_str_t *value)
{
    oauth2_rc_e  rc;

    *value = oauth2_str_null;

    if (object.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(oauth2_pool(f), object, name, value);

    return rc == OAUTH2_NONE ? OAUTH2_OK : rc;
}
