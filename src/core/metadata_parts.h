/* SPDX-License-Identifier: MIT */

/*
 * What metadata.c, metadata_kinds.c (a member by itself), metadata_rules.c
 * and metadata_signing.c (what members must be together) share.  Not for use
 * outside src/core.
 */

#ifndef OAUTH2_METADATA_PARTS_H
#define OAUTH2_METADATA_PARTS_H

#include "json.h"
#include "json_scan.h"
#include "metadata.h"

/* The document under way; scan is a pool that ends with the reading. */
typedef struct {
    oauth2_pool_t          *pool;
    oauth2_pool_t          *scan;
    oauth2_json_members_t   given;
    oauth2_json_members_t   offered;     /* by the discovery document */
    oauth2_json_t           j;
    oauth2_metadata_t      *metadata;
    oauth2_rc_e             rc;
} oauth2_metadata_read_t;

typedef struct oauth2_metadata_row_s  oauth2_metadata_row_t;

/* Writes a member and answers NULL; or a sentence that refuses it. */
typedef const char *(*oauth2_metadata_pt)(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member);

struct oauth2_metadata_row_s {
    const char          *name;
    oauth2_metadata_pt   put;
    const char          *needs;
    bool                 refused;
};

#define OAUTH2_METADATA_KIND(kind)                                           \
    const char *oauth2_metadata_##kind(oauth2_metadata_read_t *m,            \
        const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)

OAUTH2_METADATA_KIND(text);
OAUTH2_METADATA_KIND(texts);
OAUTH2_METADATA_KIND(url);
OAUTH2_METADATA_KIND(near);
OAUTH2_METADATA_KIND(redirects);
OAUTH2_METADATA_KIND(flag);
OAUTH2_METADATA_KIND(count);
OAUTH2_METADATA_KIND(type);
OAUTH2_METADATA_KIND(choice);
OAUTH2_METADATA_KIND(choices);
OAUTH2_METADATA_KIND(scope);
OAUTH2_METADATA_KIND(keys);

/* The first refusal counts: answers OAUTH2_BAD. */
oauth2_rc_e oauth2_metadata_refuse(oauth2_metadata_read_t *m,
    const char *member, const char *detail);

/* A member that was given, and is not null; or NULL. */
const oauth2_json_member_t *oauth2_metadata_given(
    const oauth2_metadata_read_t *m, const char *name);

/* Takes the next string, decoded, of an array: OAUTH2_NONE at its end,
 * OAUTH2_BAD for anything but a string. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_metadata_next(oauth2_metadata_read_t *m,
    oauth2_str_t *rest, oauth2_str_t *value);

/* Is this string in a list of the request, or of the discovery document? */
bool oauth2_metadata_lists(oauth2_metadata_read_t *m,
    const oauth2_json_members_t *from, const char *name, const char *value);

/* Checks what members must be together; writes the defaults. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_metadata_rules(
    oauth2_metadata_read_t *m);

/* The rules about algorithms (metadata_signing.c), by the method that the
 * client authenticates with; says whether its secret must be sealed. */
oauth2_rc_e oauth2_metadata_signing(oauth2_metadata_read_t *m,
    oauth2_str_t method);

#endif
