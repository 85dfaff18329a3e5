/* SPDX-License-Identifier: MIT */

/* Any text as a form. */

#include "fuzz.h"

#include "../../src/core/buf.h"
#include "../../src/core/field.h"
#include "../../src/core/str.h"

typedef struct {
    oauth2_str_t  a;
    oauth2_str_t  b;
    int64_t       n;
    bool          t;
} target_t;

static const oauth2_field_t  fields[] = {
    { "a", OAUTH2_FIELD_STR, 50, OAUTH2_REQUIRED, offsetof(target_t, a) },
    { "b", OAUTH2_FIELD_STR, 50, OAUTH2_MULTIPLE | OAUTH2_CONTROLS,
      offsetof(target_t, b) },
    { "n", OAUTH2_FIELD_INT, 0, 0, offsetof(target_t, n) },
    { "t", OAUTH2_FIELD_BOOL, 0, 0, offsetof(target_t, t) },
    { NULL, 0, 0, 0, 0 }
};


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    target_t             t = { 0 }, u = { 0 };
    oauth2_buf_t         b;
    oauth2_str_t         written;
    oauth2_read_e        rc;
    oauth2_complaint_t  *complaints;

    complaints = NULL;
    rc = oauth2_form_read(pool, text, fields, &t, &complaints);
    fuzz_require(rc != OAUTH2_READ_NOMEM);
    fuzz_require((rc == OAUTH2_READ_FIELD) == (complaints != NULL));

    if (rc != OAUTH2_READ_OK) {
        return;
    }

    fuzz_require(t.a.len > 0 && t.a.len <= 50 && t.b.len <= 50);
    fuzz_require(oauth2_str_check_utf8(t.a, false));
    fuzz_require(oauth2_str_check_utf8(t.b, true));

    /* what was read, written, is read as the same */
    oauth2_buf_init(&b, pool, 1000);
    oauth2_buf_write_c(&b, "a=");
    oauth2_buf_write_uri(&b, t.a);
    oauth2_buf_write_c(&b, "&b=");
    oauth2_buf_write_uri(&b, t.b);
    fuzz_require(oauth2_buf_done(&b, &written) == OAUTH2_OK);
    fuzz_require(oauth2_form_read(pool, written, fields, &u, &complaints)
                 == OAUTH2_READ_OK);
    fuzz_require(oauth2_str_same(t.a, u.a) && oauth2_str_same(t.b, u.b));
}
