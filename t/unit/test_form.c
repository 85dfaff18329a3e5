/* SPDX-License-Identifier: MIT */

/* Forms and query strings into a struct. */

#include "../../src/core/form.c"
#include "unit.h"

typedef struct {
    oauth2_str_t  code;
    oauth2_str_t  resource;
    int64_t       age;
    bool          on;
} target_t;

static const oauth2_field_t  fields[] = {
    { "code", OAUTH2_FIELD_STR, 8, OAUTH2_REQUIRED,
      offsetof(target_t, code) },
    { "resource", OAUTH2_FIELD_STR, 20, OAUTH2_MULTIPLE,
      offsetof(target_t, resource) },
    { "age", OAUTH2_FIELD_INT, 0, 0, offsetof(target_t, age) },
    { "on", OAUTH2_FIELD_BOOL, 0, 0, offsetof(target_t, on) },
    { NULL, 0, 0, 0, 0 }
};


static void
fine(oauth2_pool_t *pool)
{
    target_t             t = { 0 };
    oauth2_complaint_t  *c;

    c = NULL;
    unit_read(OAUTH2_READ_OK, oauth2_form_read(pool,
        oauth2_str("&x=1&c%6Fde=a+b%3D=&&resource=1&resource=&resource=2"
                   "&age=-5&on=true&y"), fields, &t, &c));
    unit_str(t.code, "a b==");
    unit_read(OAUTH2_READ_OK, oauth2_form_read(pool,
        oauth2_str("code=a b"), fields, &t, &c));
    unit_str(t.code, "a b");
    unit_str(t.resource, "1 2");
    assert_int_equal(t.age, -5);
    assert_true(t.on);
    assert_null(c);
}


static void
absent(oauth2_pool_t *pool)
{
    target_t             t = { 0 };
    oauth2_complaint_t  *c;

    c = NULL;
    t.age = 7;
    unit_read(OAUTH2_READ_OK, oauth2_form_read(pool,
        oauth2_str("code=a&age=&on=&resource"), fields, &t, &c));
    assert_null(t.resource.data);
    assert_int_equal(t.age, 7);

    unit_read(OAUTH2_READ_FIELD, oauth2_form_read(pool, oauth2_str_null,
                                                  fields, &t, &c));
    assert_string_equal(c->field, "/code");
    assert_string_equal(c->detail, "This is required.");
}


static void
complaints(oauth2_pool_t *pool)
{
    target_t             t = { 0 };
    oauth2_complaint_t  *c;

    c = NULL;
    unit_read(OAUTH2_READ_FIELD, oauth2_form_read(pool,
        oauth2_str("on=1&age=x&resource=%0a&code=123456789"), fields, &t,
        &c));
    assert_string_equal(c->field, "/code");
    assert_string_equal(c->detail, "This is too long.");
    c = c->next;
    assert_string_equal(c->field, "/resource");
    assert_string_equal(c->detail, "Control characters are not allowed.");
    c = c->next;
    assert_string_equal(c->field, "/age");
    assert_string_equal(c->detail, "This must be a whole number.");
    c = c->next;
    assert_string_equal(c->field, "/on");
    assert_string_equal(c->detail, "This must be true or false.");
    assert_null(c->next);
}


static void
bad(oauth2_pool_t *pool)
{
    size_t               i;
    target_t             t = { 0 };
    oauth2_complaint_t  *c;

    static const struct {
        const char     *text;
        oauth2_read_e   rc;
    } rows[] = {
        { "code=a&code=b", OAUTH2_READ_REPEATED },
        { "code=a&code=", OAUTH2_READ_REPEATED },
        { "code=a&c%6fde=a", OAUTH2_READ_REPEATED },
        { "code=a&x=1&x=1", OAUTH2_READ_REPEATED },
        { "code=a&=1&=2", OAUTH2_READ_REPEATED },
        { "code=a&x=%", OAUTH2_READ_SYNTAX },
        { "code=a&%zz=1", OAUTH2_READ_SYNTAX },
        { "code=a\n", OAUTH2_READ_SYNTAX },
        { "code=%00", OAUTH2_READ_UTF8 },
        { "code=a&%00=1", OAUTH2_READ_UTF8 },
        { "code=%ff", OAUTH2_READ_UTF8 },
        { "code=\xff", OAUTH2_READ_UTF8 },
        { "code=a&x=%c3", OAUTH2_READ_UTF8 }
    };

    c = NULL;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unit_read(rows[i].rc,
                  oauth2_form_read(pool, oauth2_str_of(rows[i].text), fields,
                                   &t, &c));
    }

    assert_null(t.code.data);
    assert_null(c);
}


static const struct CMUnitTest  tests[] = {
    unit_row(fine), unit_row(absent), unit_row(complaints), unit_row(bad)
};


int
main(void)
{
    return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
