/* SPDX-License-Identifier: MIT */

/* Any text as JSON: what is read can be written, and is read again. */

#include "fuzz.h"

#include "../../src/core/field.h"
#include "../../src/core/json.h"
#include "../../src/core/str.h"

typedef struct {
    oauth2_str_t  a;
    oauth2_str_t  b;
    int64_t       n;
    bool          t;
} target_t;

static const oauth2_field_t  fields[] = {
    { "a", OAUTH2_FIELD_STR, 50, OAUTH2_REQUIRED, offsetof(target_t, a) },
    { "b", OAUTH2_FIELD_STR, 50, OAUTH2_CONTROLS, offsetof(target_t, b) },
    { "n", OAUTH2_FIELD_INT, 0, 0, offsetof(target_t, n) },
    { "t", OAUTH2_FIELD_BOOL, 0, 0, offsetof(target_t, t) },
    { NULL, 0, 0, 0, 0 }
};


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    target_t             t = { 0 };
    oauth2_str_t         merged, again, value;
    oauth2_read_e        rc;
    oauth2_complaint_t  *complaints;

    complaints = NULL;
    rc = oauth2_json_read(pool, text, fields, &t, &complaints);
    fuzz_require(rc != OAUTH2_READ_NOMEM);
    fuzz_require((rc == OAUTH2_READ_FIELD) == (complaints != NULL));

    if (rc != OAUTH2_READ_OK && rc != OAUTH2_READ_FIELD) {
        fuzz_require(t.a.data == NULL && t.b.data == NULL);
        fuzz_require(oauth2_json_merge(pool, text, text, &merged)
                     == OAUTH2_BAD);
        return;
    }

    if (rc == OAUTH2_READ_OK) {
        fuzz_require(t.a.len > 0 && t.a.len <= 50);
        fuzz_require(oauth2_str_check_utf8(t.a, false));
        fuzz_require(oauth2_json_find(pool, text, "a", &value) == OAUTH2_OK
                     && oauth2_str_same(value, t.a));
    }

    fuzz_require(oauth2_json_merge(pool, text, oauth2_str("{}"), &merged)
                 == OAUTH2_OK);
    fuzz_require(merged.len <= text.len + 2);
    fuzz_require(oauth2_json_merge(pool, merged, merged, &again)
                 == OAUTH2_OK);
    fuzz_require(oauth2_str_same(merged, again));
}
