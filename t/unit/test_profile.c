/* SPDX-License-Identifier: MIT */

/* What users tell of themselves, read and checked; the rest of what is
 * acceptable is in t/http/test_standard_claims.py. */

#include "../../src/core/profile.c"
#include "unit.h"


static oauth2_rc_e
read_profile(oauth2_pool_t *pool, const char *text, oauth2_str_t *written,
    oauth2_complaint_t **complaints)
{
    oauth2_rc_e    rc;
    oauth2_json_t  j;

    *complaints = NULL;
    oauth2_json_init(&j, pool, 4096);
    oauth2_json_open(&j, NULL);
    rc = oauth2_profile_read(pool, oauth2_str_of(text), &j, complaints);
    oauth2_json_close(&j);

    if (rc == OAUTH2_OK || j.buf.rc == OAUTH2_NOMEM) {
        rc = oauth2_json_done(&j, written);
    }

    return rc;
}


static void
written(oauth2_pool_t *pool)
{
    oauth2_str_t         text;
    oauth2_complaint_t  *complaints;

    unit_rc(OAUTH2_OK, read_profile(pool,
        "{\"locale\": \" en \", \"nickname\": null, \"gender\": \" \","
        " \"name\": \"Eve\", \"email\": \"x\", \"else\": [1],"
        " \"address\": {\"region\": \" x\", \"country\": \"\"}}", &text,
        &complaints));
    unit_str(text, "{\"nickname\":null,\"gender\":null,\"locale\":\"en\","
                   "\"address\":{\"region\":\"x\"}}");
    assert_null(complaints);

    unit_rc(OAUTH2_OK, read_profile(pool, "{\"address\": {}}", &text,
                                    &complaints));
    unit_str(text, "{\"address\":null}");
    unit_rc(OAUTH2_BAD, read_profile(pool, "[]", &text, &complaints));
}


static void
complained(oauth2_pool_t *pool)
{
    oauth2_str_t         text;
    oauth2_complaint_t  *c;

    unit_rc(OAUTH2_OK, read_profile(pool,
        "{\"locale\": 7, \"zoneinfo\": \"Europe/\","
        " \"address\": {\"region\": \"<\", \"country\": \"UK\"}}", &text,
        &c));
    unit_str(text, "{\"address\":{\"country\":\"UK\"}}");
    assert_non_null(c);
    assert_string_equal(c->field, "/zoneinfo");
    c = c->next;
    assert_string_equal(c->field, "/locale");
    c = c->next;
    assert_string_equal(c->field, "/address/region");
    assert_null(c->next);
}


static const struct CMUnitTest  tests[] = {
    unit_row(written), unit_row(complained)
};


int
main(void)
{
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
