/* SPDX-License-Identifier: MIT */

/* JSON into a struct. */

#include "../../src/core/json_read.c"
#include "unit.h"

typedef struct {
    oauth2_str_t  email;
    oauth2_str_t  note;
    int64_t       age;
    bool          admin;
} target_t;

static const oauth2_field_t  fields[] = {
    { "email", OAUTH2_FIELD_STR, 8, OAUTH2_REQUIRED,
      offsetof(target_t, email) },
    { "note", OAUTH2_FIELD_STR, 20, OAUTH2_CONTROLS,
      offsetof(target_t, note) },
    { "age", OAUTH2_FIELD_INT, 0, 0, offsetof(target_t, age) },
    { "admin", OAUTH2_FIELD_BOOL, 0, 0, offsetof(target_t, admin) },
    { NULL, 0, 0, 0, 0 }
};


static void
fine(oauth2_pool_t *pool)
{
    target_t             t = { 0 };
    oauth2_complaint_t  *complaints;

    complaints = NULL;
    unit_read(OAUTH2_READ_OK, oauth2_json_read(pool,
        oauth2_str("{\"x\": {\"email\": \"y\"}, \"email\": \"a\\u0040b\", "
                   "\"note\": \"1\\n2\", \"age\": -12, \"admin\": true}"),
        fields, &t, &complaints));
    unit_str(t.email, "a@b");
    assert_int_equal(t.email.data[3], '\0');
    unit_str(t.note, "1\n2");
    assert_int_equal(t.age, -12);
    assert_true(t.admin);
    assert_null(complaints);
}


/* Absent and null are the same, and leave the target as it is. */
static void
absent(oauth2_pool_t *pool)
{
    target_t             t = { 0 };
    oauth2_complaint_t  *complaints;

    complaints = NULL;
    t.age = 7;
    unit_read(OAUTH2_READ_OK, oauth2_json_read(pool,
        oauth2_str("{\"email\":\"a\",\"note\":null,\"age\":null,"
                   "\"admin\":null}"), fields, &t, &complaints));
    assert_null(t.note.data);
    assert_int_equal(t.age, 7);

    unit_read(OAUTH2_READ_OK, oauth2_json_read(pool,
        oauth2_str("{\"email\":\"a\",\"note\":\"\"}"), fields, &t,
        &complaints));
    unit_str(t.note, "");
}


static void
complaint(const oauth2_complaint_t *c, const char *field, const char *detail)
{
    assert_non_null(c);
    assert_string_equal(c->field, field);
    assert_string_equal(c->detail, detail);
}


/* All at once, in the order of the table. */
static void
complaints_of_all(oauth2_pool_t *pool)
{
    target_t             t = { 0 };
    oauth2_complaint_t  *c;

    c = NULL;
    unit_read(OAUTH2_READ_FIELD, oauth2_json_read(pool,
        oauth2_str("{\"admin\":\"true\",\"age\":1.5,\"note\":[]}"), fields,
        &t, &c));
    complaint(c, "/email", "This is required.");
    complaint(c->next, "/note", "This must be a string.");
    complaint(c->next->next, "/age", "This must be a whole number.");
    complaint(c->next->next->next, "/admin", "This must be true or false.");
    assert_null(c->next->next->next->next);
}


static void
complaint_of(oauth2_pool_t *pool, const char *text, const char *field,
    const char *detail)
{
    target_t             t = { 0 };
    oauth2_complaint_t  *c;

    c = NULL;
    unit_read(OAUTH2_READ_FIELD, oauth2_json_read(pool, oauth2_str_of(text),
                                                  fields, &t, &c));
    complaint(c, field, detail);
    assert_null(c->next);
}


static void
complaints_of_each(oauth2_pool_t *pool)
{
    size_t  i;

    static const char *const  rows[][3] = {
        { "{\"email\":\"\"}", "/email", "This is required." },
        { "{\"email\":null}", "/email", "This is required." },
        { "{\"email\":1}", "/email", "This must be a string." },
        { "{\"email\":\"123456789\"}", "/email", "This is too long." },
        { "{\"email\":\"\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6\"}",
          "/email", "This is too long." },
        { "{\"email\":\"a\\n\"}", "/email",
          "Control characters are not allowed." },
        { "{\"email\":\"a\\u0085\"}", "/email",
          "Control characters are not allowed." },
        { "{\"email\":\"a\",\"age\":9223372036854775808}", "/age",
          "This must be a whole number." },
        { "{\"email\":\"a\",\"age\":1e3}", "/age",
          "This must be a whole number." },
        { "{\"email\":\"a\",\"age\":\"1\"}", "/age",
          "This must be a whole number." },
        { "{\"email\":\"a\",\"admin\":1}", "/admin",
          "This must be true or false." }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && !unit_reported; i++) {
        complaint_of(pool, rows[i][0], rows[i][1], rows[i][2]);
    }
}


/* A document that is no JSON leaves the target alone. */
static void
untouched(oauth2_pool_t *pool)
{
    target_t             t = { 0 };
    oauth2_complaint_t  *c;

    c = NULL;
    unit_read(OAUTH2_READ_SYNTAX, oauth2_json_read(pool,
        oauth2_str("{\"email\":\"a\"} x"), fields, &t, &c));
    unit_read(OAUTH2_READ_REPEATED, oauth2_json_read(pool,
        oauth2_str("{\"email\":\"a\",\"email\":\"b\"}"), fields, &t, &c));
    unit_read(OAUTH2_READ_UTF8, oauth2_json_read(pool,
        oauth2_str("{\"email\":\"a\\u0000\"}"), fields, &t, &c));
    assert_null(t.email.data);
    assert_null(c);
}


static void
list(oauth2_pool_t *pool)
{
    size_t               i;
    oauth2_str_t         s;
    oauth2_complaint_t  *c;

    static const oauth2_field_t  list_fields[] = {
        { "list", OAUTH2_FIELD_LIST, 12, OAUTH2_CONTROLS, 0 },
        { NULL, 0, 0, 0, 0 }
    };

    static const char *const  others[] = {
        "{\"list\":\"[1]\"}", "{\"list\":{}}", "{\"list\":1}",
        "{\"list\":true}"
    };

    c = NULL;
    unit_read(OAUTH2_READ_OK, oauth2_json_read(pool,
        oauth2_str("{\"list\": [1, \n [\"]\"]]}"), list_fields, &s, &c));
    unit_str(s, "[1, \n [\"]\"]]");

    unit_read(OAUTH2_READ_FIELD, oauth2_json_read(pool,
        oauth2_str("{\"list\":[1234, 56789]}"), list_fields, &s, &c));
    complaint(c, "/list", "This is too long.");

    for (i = 0; i < sizeof(others) / sizeof(char *); i++) {
        c = NULL;
        unit_read(OAUTH2_READ_FIELD, oauth2_json_read(pool,
            oauth2_str_of(others[i]), list_fields, &s, &c));
        complaint(c, "/list", "This must be an array.");
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(fine), unit_row(absent), unit_row(complaints_of_all),
    unit_row(complaints_of_each), unit_row(untouched), unit_row(list)
};


int
main(void)
{
    return cmocka_run_group_tests_name("json_read", tests, NULL, NULL);
}
