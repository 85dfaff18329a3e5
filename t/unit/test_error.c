/* SPDX-License-Identifier: MIT */

/* error.def: what a caller may be told. */

#include "../../src/core/error.c"
#include "unit.h"

static const oauth2_error_t *const  all[] = {
#define OAUTH2_ERROR(name, status, code, oauth_code, detail)                 \
    &oauth2_err_##name,
#include "../../src/core/error.def"
#undef OAUTH2_ERROR
};


/*
 * Codes are names, details sentences, of what RFC 6749 5.2 allows in an
 * error_description.
 */
static void
rows(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    char          c;
    size_t        i, j;
    oauth2_str_t  s;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_in_range(all[i]->status, 400, 503);

        for (j = 0; all[i]->code[j] != '\0'; j++) {
            c = all[i]->code[j];
            assert_true((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                        || c == '_');
        }

        assert_true(j > 0);
        assert_true(strlen(all[i]->oauth_code) > 0);

        s = oauth2_str_of(all[i]->detail);
        assert_true(oauth2_str_check_utf8(s, false));
        assert_int_equal(s.data[s.len - 1], '.');

        for (j = 0; j < s.len; j++) {
            assert_in_range(s.data[j], ' ', '~');
            assert_true(s.data[j] != '"' && s.data[j] != '\\');
        }
    }
}


static void
statuses(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    assert_int_equal(oauth2_err_invalid_json.status, 400);
    assert_int_equal(oauth2_err_wrong_login.status, 401);
    assert_int_equal(oauth2_err_not_verified.status, 403);
    assert_int_equal(oauth2_err_user_exists.status, 409);
    assert_int_equal(oauth2_err_too_large.status, 413);
    assert_int_equal(oauth2_err_media_type.status, 415);
    assert_int_equal(oauth2_err_invalid_fields.status, 422);
    assert_int_equal(oauth2_err_unavailable.status, 503);
    assert_string_equal(oauth2_err_invalid_grant.oauth_code, "invalid_grant");
}


static const struct CMUnitTest  tests[] = {
    unit_row(rows), unit_row(statuses)
};


int
main(void)
{
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
