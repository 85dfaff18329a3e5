/* SPDX-License-Identifier: MIT */

/*
 * Client authentication by the certificate of the TLS connection (RFC 8705
 * 2): one that an authority vouches for, with the name that was registered;
 * or one that the client made, among its keys.
 */

#include "api.h"

static oauth2_next_e tls_find_keys(oauth2_flow_t *f);
static oauth2_next_e tls_check(oauth2_flow_t *f);
static oauth2_rc_e tls_check_name(oauth2_flow_t *f,
    const oauth2_certificate_t *certificate);
static oauth2_rc_e tls_check_key(oauth2_flow_t *f,
    const oauth2_certificate_t *certificate);

/* In the order of oauth2_certificate_name_e. */
static const char *const  tls_names[] = {
    "tls_client_auth_subject_dn", "tls_client_auth_san_dns",
    "tls_client_auth_san_uri", "tls_client_auth_san_ip",
    "tls_client_auth_san_email", NULL
};

const oauth2_step_t  oauth2_certificate_steps[] = {
    { "finding keys", tls_find_keys, &oauth2_err_server_error },
    { "checking certificate", tls_check, NULL },
    { NULL, NULL, NULL }
};


bool
oauth2_client_has_certificate(oauth2_flow_t *f)
{
    return oauth2_client_method_is(f, "tls_client_auth")
           || oauth2_client_method_is(f, "self_signed_tls_client_auth");
}


/* Those at jwks_uri, when a certificate is to be looked for among them. */

static oauth2_next_e
tls_find_keys(oauth2_flow_t *f)
{
    oauth2_rc_e            rc;
    oauth2_str_t           uri;
    oauth2_certificate_t  *certificate;

    if (!oauth2_client_method_is(f, "self_signed_tls_client_auth")) {
        return OAUTH2_NEXT;
    }

    rc = oauth2_pop_certificate(f, &certificate);

    if (rc == OAUTH2_OK) {
        rc = oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"),
                              "jwks_uri", &uri);
    }

    if (rc == OAUTH2_NOMEM) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return (rc == OAUTH2_OK) ? oauth2_fetch(f, uri) : OAUTH2_NEXT;
}


static oauth2_next_e
tls_check(oauth2_flow_t *f)
{
    oauth2_rc_e            rc;
    oauth2_client_t       *client;
    oauth2_certificate_t  *certificate;

    client = oauth2_client(f);
    oauth2_row_back(f, client->row);

    /* RFC 6749 2.3: not two ways at once */

    if (client->secret.data != NULL
        || oauth2_header(f, "authorization").data != NULL)
    {
        return oauth2_client_refuse(f);
    }

    rc = oauth2_pop_certificate(f, &certificate);

    if (rc == OAUTH2_OK) {
        rc = oauth2_client_method_is(f, "tls_client_auth")
             ? tls_check_name(f, certificate)
             : tls_check_key(f, certificate);
    }

    if (rc == OAUTH2_NOMEM) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return (rc == OAUTH2_OK) ? OAUTH2_NEXT : oauth2_client_refuse(f);
}


/* RFC 8705 2.1.2: it is registered by exactly one of them. */

static oauth2_rc_e
tls_check_name(oauth2_flow_t *f, const oauth2_certificate_t *certificate)
{
    size_t        i, kind, count;
    oauth2_rc_e   rc;
    oauth2_str_t  value, name;

    if (!oauth2_pop(f)->verified) {
        oauth2_log_info(f, "client certificate not verified");
        return OAUTH2_NONE;
    }

    kind = 0;
    count = 0;
    name = oauth2_str_null;

    for (i = 0; tls_names[i] != NULL; i++) {
        rc = oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"),
                              tls_names[i], &value);

        if (rc == OAUTH2_NOMEM) {
            return rc;
        }

        if (rc == OAUTH2_OK) {
            kind = i;
            name = value;
            count++;
        }
    }

    return (count == 1)
           ? oauth2_certificate_check(certificate,
                                      (oauth2_certificate_name_e) kind,
                                      name)
           : OAUTH2_NONE;
}


static oauth2_rc_e
tls_check_key(oauth2_flow_t *f, const oauth2_certificate_t *certificate)
{
    oauth2_rc_e   rc;
    oauth2_str_t  jwks;

    rc = oauth2_json_find(oauth2_pool(f), oauth2_row(f, "metadata"), "jwks",
                          &jwks);

    if (rc == OAUTH2_NOMEM) {
        return rc;
    }

    if (rc != OAUTH2_OK) {
        jwks = oauth2_fetched(f);
    }

    return (jwks.data != NULL)
           ? oauth2_certificate_is_among(oauth2_pool(f), certificate, jwks)
           : OAUTH2_NONE;
}
