/* SPDX-License-Identifier: MIT */

/*
 * operations.def as tables.
 */

#include "operation.h"
#include "../core/encode.h"
#include "../core/json.h"
#include "../core/str.h"

/* Tests build a worker with another table. */
#ifndef OAUTH2_OPERATIONS
#define OAUTH2_OPERATIONS  "operations.def"
#endif

#define OPERATION_LIFETIME_MAX  (366 * 24 * 3600)

/*
 * One array of rows an operation: OAUTH2_OPERATION ends the array before
 * it and begins its own.  The first one is empty.
 */
#define OAUTH2_OPERATION(id, name, workflow, direct)                         \
        { NULL, OAUTH2_ACTIVITY_SQL, false, 0, 0, 0 }                        \
    };                                                                       \
    static const oauth2_activity_t  operation_##id##_activities[] = {
#define OAUTH2_ACTIVITY(op, name, kind, decides, timeout, attempts, since)   \
        { name, OAUTH2_ACTIVITY_##kind, decides, timeout, attempts, since },

static const oauth2_activity_t  operation_no_activities[] OAUTH2_UNUSED = {
#include OAUTH2_OPERATIONS
        { NULL, OAUTH2_ACTIVITY_SQL, false, 0, 0, 0 }
    };

#undef OAUTH2_OPERATION
#undef OAUTH2_ACTIVITY
#define OAUTH2_ACTIVITY(op, name, kind, decides, timeout, attempts, since)

#define OAUTH2_OPERATION(id, name, workflow, direct)                         \
    const oauth2_operation_t  oauth2_operation_##id = {                      \
        name, workflow, direct, operation_##id##_activities                  \
    };
#include OAUTH2_OPERATIONS
#undef OAUTH2_OPERATION

#define OAUTH2_OPERATION(id, name, workflow, direct)                         \
    &oauth2_operation_##id,

const oauth2_operation_t *const  oauth2_operations[] = {
#include OAUTH2_OPERATIONS
    NULL
};

#undef OAUTH2_OPERATION
#undef OAUTH2_ACTIVITY


const oauth2_operation_t *
oauth2_operation_find(oauth2_str_t name)
{
    size_t  i;

    for (i = 0; oauth2_operations[i] != NULL; i++) {
        if (oauth2_str_same(name, oauth2_str_of(oauth2_operations[i]->name)))
        {
            return oauth2_operations[i];
        }
    }

    return NULL;
}


const oauth2_operation_t *
oauth2_operation_find_workflow(oauth2_str_t type)
{
    size_t  i;

    for (i = 0; oauth2_operations[i] != NULL; i++) {
        if (oauth2_str_same(type,
                            oauth2_str_of(oauth2_operations[i]->workflow)))
        {
            return oauth2_operations[i];
        }
    }

    return NULL;
}


unsigned
oauth2_operation_shape(const oauth2_operation_t *operation)
{
    unsigned                  shape;
    const oauth2_activity_t  *activity;

    shape = 1;

    for (activity = operation->activities; activity->name != NULL;
         activity++)
    {
        if (activity->since > shape) {
            shape = activity->since;
        }
    }

    return shape;
}


oauth2_rc_e
oauth2_operation_token(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    oauth2_activity_e kind, oauth2_str_t operation_id, oauth2_str_t input,
    int64_t now, oauth2_str_t *result)
{
    uint64_t       lifetime;
    oauth2_rc_e    rc;
    oauth2_str_t   name, value, token, digest;
    oauth2_json_t  j;

    if (kind == OAUTH2_ACTIVITY_TOKEN_VERIFICATION) {
        name = oauth2_str("verification");

    } else if (kind == OAUTH2_ACTIVITY_TOKEN_RESET) {
        name = oauth2_str("reset");

    } else {
        return OAUTH2_BAD;
    }

    rc = oauth2_json_find(pool, input, "token_lifetime", &value);

    if (rc == OAUTH2_NOMEM) {
        return rc;
    }

    if (rc != OAUTH2_OK
        || oauth2_str_parse_uint(value, OPERATION_LIFETIME_MAX, &lifetime)
           != OAUTH2_OK)
    {
        return OAUTH2_BAD;
    }

    rc = oauth2_token_derive(pool, key, name, operation_id, &token);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_sha256_hex(pool, token, &digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, pool, 256);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "token_digest", digest);
    oauth2_json_int(&j, "token_expires_at", now + (int64_t) lifetime);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, result);
}
