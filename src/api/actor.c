/* SPDX-License-Identifier: MIT */

/*
 * Who acts for the user of a token (RFC 8693 4.1), and who may (4.4).
 */

#include "api.h"


static oauth2_rc_e actor_write(oauth2_flow_t *f, oauth2_json_t *j,
    oauth2_str_t metadata, oauth2_str_t act);


/* An actor has an actor inside, if somebody acted before: the outermost
 * ones are opened here and closed at the end. */

oauth2_rc_e
oauth2_actor_write(oauth2_flow_t *f, oauth2_json_t *j,
    oauth2_str_t metadata, oauth2_str_t parameters)
{
    unsigned      depth;
    oauth2_rc_e   rc;
    oauth2_str_t  act;

    if (parameters.data == NULL) {
        return OAUTH2_OK;
    }

    depth = 0;
    act = parameters;
    rc = oauth2_json_find(oauth2_pool(f), act, "act", &act);

    while (rc == OAUTH2_OK) {
        oauth2_json_open(j, "act");
        depth++;

        rc = actor_write(f, j, metadata, act);

        if (rc == OAUTH2_OK) {
            rc = oauth2_json_find(oauth2_pool(f), act, "act", &act);
        }
    }

    while (depth-- > 0) {
        oauth2_json_close(j);
    }

    return rc == OAUTH2_NONE ? OAUTH2_OK : rc;
}


oauth2_rc_e
oauth2_actor_write_may(oauth2_flow_t *f, oauth2_json_t *j)
{
    oauth2_rc_e   rc;
    oauth2_str_t  metadata, may_act;

    metadata = oauth2_client(f)->metadata;

    if (metadata.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(oauth2_pool(f), metadata, "may_act", &may_act);

    if (rc == OAUTH2_OK) {
        oauth2_json_open(j, "may_act");
        oauth2_json_str(j, "sub", may_act);
        oauth2_json_str(j, "client_id", may_act);
        oauth2_json_close(j);
    }

    return rc == OAUTH2_NONE ? OAUTH2_OK : rc;
}


/* A client is called the same everywhere, a user as the token's client
 * knows users. */

static oauth2_rc_e
actor_write(oauth2_flow_t *f, oauth2_json_t *j, oauth2_str_t metadata,
    oauth2_str_t act)
{
    oauth2_rc_e   rc;
    oauth2_str_t  sub, client_id;

    rc = oauth2_json_find(oauth2_pool(f), act, "sub", &sub);

    if (rc != OAUTH2_OK) {
        return rc == OAUTH2_NONE ? OAUTH2_BAD : rc;
    }

    rc = oauth2_json_find(oauth2_pool(f), act, "client_id", &client_id);

    if (rc == OAUTH2_NONE) {
        client_id = oauth2_str_null;
        rc = oauth2_subject(f, metadata, sub, &sub);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_str(j, "sub", sub);
    oauth2_json_optional(j, "client_id", client_id);

    return OAUTH2_OK;
}
