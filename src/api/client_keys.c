/* SPDX-License-Identifier: MIT */

/*
 * Has a client signed what it sent?  By the keys in its metadata, by those
 * that its jwks_uri has, or by its secret where that is kept sealed.  When
 * a document has no key that fits, the client may just have changed it.
 */

#include "api.h"

static oauth2_next_e client_keys_find(oauth2_flow_t *f);
static oauth2_next_e client_keys_check(oauth2_flow_t *f);
static oauth2_next_e client_keys_check_again(oauth2_flow_t *f);
static oauth2_rc_e client_keys_try(oauth2_flow_t *f, oauth2_str_t jwks);
static oauth2_rc_e client_keys_secret(oauth2_flow_t *f);

const oauth2_step_t  oauth2_signature_steps[] = {
    { "finding keys", client_keys_find, &oauth2_err_server_error },
    { "checking signature", client_keys_check, &oauth2_err_server_error },
    { "checking signature again", client_keys_check_again, NULL },
    { NULL, NULL, NULL }
};


static oauth2_next_e
client_keys_find(oauth2_flow_t *f)
{
    oauth2_rc_e       rc;
    oauth2_str_t      metadata, jwks;
    oauth2_client_t  *client;

    client = oauth2_client(f);
    client->jwks_uri = oauth2_str_null;
    metadata = oauth2_row(f, "metadata");

    if (client->jwt.alg == OAUTH2_HS256) {
        rc = client_keys_secret(f);

    } else {
        rc = oauth2_json_find(oauth2_pool(f), metadata, "jwks", &jwks);

        if (rc == OAUTH2_OK) {
            rc = client_keys_try(f, jwks);

        } else if (rc == OAUTH2_NONE
                   && oauth2_json_find(oauth2_pool(f), metadata, "jwks_uri",
                                       &client->jwks_uri)
                      == OAUTH2_OK)
        {
            return oauth2_fetch(f, client->jwks_uri);
        }
    }

    client->signature = rc;

    return (rc == OAUTH2_NOMEM) ? oauth2_fail(f, &oauth2_err_server_error)
                                : OAUTH2_NEXT;
}


static oauth2_next_e
client_keys_check(oauth2_flow_t *f)
{
    oauth2_str_t      uri;
    oauth2_client_t  *client;

    client = oauth2_client(f);
    uri = client->jwks_uri;

    if (uri.data == NULL) {
        return OAUTH2_NEXT;
    }

    client->signature = client_keys_try(f, oauth2_fetched(f));

    if (client->signature == OAUTH2_NONE && oauth2_fetched(f).data != NULL) {
        return oauth2_fetch_fresh(f, uri);
    }

    client->jwks_uri = oauth2_str_null;

    return (client->signature == OAUTH2_NOMEM)
           ? oauth2_fail(f, &oauth2_err_server_error) : OAUTH2_NEXT;
}


static oauth2_next_e
client_keys_check_again(oauth2_flow_t *f)
{
    oauth2_client_t  *client;

    client = oauth2_client(f);

    if (client->jwks_uri.data != NULL) {
        client->signature = client_keys_try(f, oauth2_fetched(f));
    }

    return (client->signature == OAUTH2_NOMEM)
           ? oauth2_fail(f, &oauth2_err_server_error) : OAUTH2_NEXT;
}


/* What is no set of keys has none. */

static oauth2_rc_e
client_keys_try(oauth2_flow_t *f, oauth2_str_t jwks)
{
    const oauth2_jwt_t  *jwt;

    jwt = &oauth2_client(f)->jwt;

    return (jwks.data == NULL)
           ? OAUTH2_NONE
           : oauth2_jwks_check(oauth2_pool(f), jwks, jwt->alg, jwt);
}


/* The key is the secret's UTF-8 (OpenID Connect Core 10.1). */

static oauth2_rc_e
client_keys_secret(oauth2_flow_t *f)
{
    oauth2_rc_e    rc;
    oauth2_key_t  *key;

    rc = oauth2_client_secret_key(f, &key);

    return (rc == OAUTH2_OK) ? oauth2_jwt_check(key, &oauth2_client(f)->jwt)
                             : rc;
}


oauth2_rc_e
oauth2_client_secret_key(oauth2_flow_t *f, oauth2_key_t **key)
{
    oauth2_rc_e   rc;
    oauth2_str_t  sealed, secret;

    sealed = oauth2_row(f, "sealed_secret");

    if (sealed.data == NULL) {
        return OAUTH2_NONE;
    }

    rc = oauth2_secret_open(oauth2_pool(f), oauth2_settings(f)->token_key,
                            oauth2_row(f, "client_id"), sealed, &secret);

    if (rc == OAUTH2_BAD) {
        oauth2_log_warn(f, "the secret of a client cannot be opened");
        return OAUTH2_NONE;
    }

    return (rc == OAUTH2_OK)
           ? oauth2_key_init_secret(oauth2_pool(f), secret, key) : rc;
}


oauth2_rc_e
oauth2_client_alg(oauth2_flow_t *f, const char *member, oauth2_alg_e alg)
{
    oauth2_rc_e   rc;
    oauth2_str_t  name, metadata;

    metadata = oauth2_row(f, "metadata");
    rc = oauth2_json_find(oauth2_pool(f), metadata, member, &name);

    if (rc != OAUTH2_OK) {
        if (rc == OAUTH2_NONE) {
            return (alg == OAUTH2_RS256 && oauth2_client_is_fapi2(f, metadata))
                   ? OAUTH2_NONE : OAUTH2_OK;
        }

        return rc;
    }

    return oauth2_str_same(name, oauth2_str_of(oauth2_alg_name(alg)))
           ? OAUTH2_OK : OAUTH2_NONE;
}


bool
oauth2_client_flag(oauth2_flow_t *f, oauth2_str_t metadata, const char *name)
{
    oauth2_str_t  value;

    return oauth2_json_find(oauth2_pool(f), metadata, name, &value)
           == OAUTH2_OK
           && oauth2_str_same(value, oauth2_str("true"));
}


bool
oauth2_client_is_fapi2(oauth2_flow_t *f, oauth2_str_t metadata)
{
    return oauth2_client_flag(f, metadata, "fapi2");
}
