/* SPDX-License-Identifier: MIT */

/* Pages out of templates: text, attributes, sections. */

#include "../../src/core/html.c"
#include "unit.h"

#define HOSTILE  "<script>\"'&{{b}}</script>"
#define TAMED    "&lt;script&gt;&quot;&#39;&amp;{{b}}&lt;/script&gt;"


static const oauth2_html_value_t  values[] = {
    { "a", oauth2_str(HOSTILE), false },
    { "b", oauth2_str("<b>"), true },
    { "no", oauth2_str_null, false },
    { "empty", oauth2_str(""), false },
    { "bad", oauth2_str("x\xff\"y"), false },
    { "long", oauth2_str("l"), false },
    { NULL, oauth2_str_null, false }
};


static void
is(oauth2_pool_t *pool, const char *text, const char *expected)
{
    oauth2_str_t  s;
    oauth2_buf_t  b;

    oauth2_buf_init(&b, pool, 1000);
    oauth2_html_write(&b, text, values);
    unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &s));
    assert_string_equal((const char *) s.data, expected);
}


static void
writes(oauth2_pool_t *pool)
{
    is(pool, "", "");
    is(pool, "no values, {one} {{ only", "no values, {one} {{ only");
    is(pool, "<p title=\"{{a}}\">{{a}}</p>",
       "<p title=\"" TAMED "\">" TAMED "</p>");
    is(pool, "{{b}}{{no}}{{empty}}", "<b>");
    is(pool, "{{bad}}", "\xef\xbf\xbd");
}


static void
sections(oauth2_pool_t *pool)
{
    is(pool, "1{{#b}}2{{/b}}3{{#no}}4{{b}}{{/no}}5", "1235");
    is(pool, "1{{^b}}2{{/b}}3{{^no}}4{{/no}}5{{^empty}}6{{/empty}}",
       "13456");
    is(pool, "{{#no}}1{{#b}}2{{/b}}3{{/no}}4{{#b}}5{{#no}}6{{/no}}7{{/b}}",
       "457");
    is(pool, "{{#no}}{{/nothing}}{{/n}}{{/no}}1", "1");
}


/* A template that is wrong is no page, whatever was written. */
static void
wrong(oauth2_pool_t *pool)
{
    size_t        i;
    oauth2_str_t  s;
    oauth2_buf_t  b;

    static const char *const  texts[] = {
        "{{}}", "{{c}}", "{{#c}}{{/c}}", "{{/c}}", "{{#no}}", "{{ b }}",
        "{{#no}}{{/b}}", "{{#long}}{{/lon}}", "{{#no}}{{/no", "{{#}}"
    };

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        oauth2_buf_init(&b, pool, 1000);
        oauth2_html_write(&b, texts[i], values);
        unit_rc(OAUTH2_BAD, oauth2_buf_done(&b, &s));
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(writes), unit_row(sections), unit_row(wrong)
};


int
main(void)
{
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
