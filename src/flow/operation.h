/* SPDX-License-Identifier: MIT */

/*
 * operations.def as tables, and the activity that needs no I/O.
 */

#ifndef OAUTH2_OPERATION_H
#define OAUTH2_OPERATION_H

#include "../core/digest.h"

typedef enum {
    OAUTH2_ACTIVITY_TOKEN_VERIFICATION = 0,
    OAUTH2_ACTIVITY_TOKEN_RESET,
    OAUTH2_ACTIVITY_SQL,
    OAUTH2_ACTIVITY_MAIL
} oauth2_activity_e;

typedef struct {
    const char         *name;
    oauth2_activity_e   kind;
    bool                decides;
    unsigned            timeout;       /* seconds, start to close */
    unsigned            attempts;      /* 0: no limit */
    unsigned            since;         /* shape of the workflow */
} oauth2_activity_t;

typedef struct {
    const char               *name;       /* on the worker's socket */
    const char               *workflow;   /* workflow type */
    const char               *direct;     /* "method" of the direct path */
    const oauth2_activity_t  *activities; /* a row with name NULL ends it */
} oauth2_operation_t;

/* "method" when a workflow did it. */
#define OAUTH2_METHOD_WORKFLOW  "temporal_workflow"

/* oauth2_operation_register, _verify_email, ... */
#define OAUTH2_ACTIVITY(op, name, kind, decides, timeout, attempts, since)
#define OAUTH2_OPERATION(id, name, workflow, direct)                         \
    extern const oauth2_operation_t  oauth2_operation_##id;
#include "operations.def"
#undef OAUTH2_OPERATION
#undef OAUTH2_ACTIVITY

/* All of them; NULL ends the list. */
extern const oauth2_operation_t *const  oauth2_operations[];


/* By the name on the socket, or by the workflow type; NULL for none. */
const oauth2_operation_t *oauth2_operation_find(oauth2_str_t name);
const oauth2_operation_t *oauth2_operation_find_workflow(oauth2_str_t type);

/*
 * The shape that the table gives to workflows that begin now: the greatest
 * "since" of its rows.  A workflow of a smaller shape has only the rows that
 * there were then.
 */
unsigned oauth2_operation_shape(const oauth2_operation_t *operation);

/*
 * The TOKEN activities: derives the mail token of the operation and answers
 * {"token_digest": "<64 hex digits>", "token_expires_at": <seconds>}.  The
 * lifetime is the member "token_lifetime" (seconds) of the input.  The
 * token itself is never part of a result.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_operation_token(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, oauth2_activity_e kind,
    oauth2_str_t operation_id, oauth2_str_t input, int64_t now,
    oauth2_str_t *result);

#endif
