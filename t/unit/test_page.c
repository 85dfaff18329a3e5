/* SPDX-License-Identifier: MIT */

/* Every page, of hostile values and of none. */

#include "../../src/api/page.c"
#include "unit.h"

#define HOSTILE  "\"><script>'{{csrf}}"
#define TAMED    "&quot;&gt;&lt;script&gt;&#39;{{csrf}}"


/* What each page has to offer whoever fills it in. */
static const struct {
    oauth2_page_e   page;
    const char     *needs[5];
} expected[] = {
    { OAUTH2_PAGE_LOGIN,
      { "id=\"email\" name=\"email\"", "id=\"password\" name=\"password\"",
        "id=\"login\" name=\"login\"", "id=\"resend\" name=\"resend\"",
        "action=\"/base/oauth/login\"" } },
    { OAUTH2_PAGE_CONSENT,
      { "id=\"allow\" name=\"allow\"", "id=\"deny\" name=\"deny\"",
        "action=\"/base/oauth/there\"", "name=\"h\" value=\"" TAMED "\"",
        "href=\"/base/oauth/there\"" } },
    { OAUTH2_PAGE_LOGOUT,
      { "id=\"logout\" name=\"logout\"", "id=\"stay\" name=\"stay\"",
        "action=\"/base/oauth/there\"", "name=\"h\" value=\"" TAMED "\"",
        "name=\"csrf\" value=\"" TAMED "\"" } },
    { OAUTH2_PAGE_DEVICE,
      { "id=\"user_code\" name=\"user_code\"", "value=\"" TAMED "\"",
        "id=\"continue\" name=\"continue\"",
        "action=\"/base/oauth/there\"", "name=\"h\" value=\"" TAMED "\"" } },
    { OAUTH2_PAGE_DONE,
      { "<h1>" TAMED "</h1>", "<title>" TAMED " ", "id=\"notice\"",
        "href=\"" TAMED "\"", "id=\"error\"" } },
    { OAUTH2_PAGE_SIGNED_OUT,
      { "id=\"notice\"", "id=\"continue\" href=\"" TAMED "\"",
        "content=\"2; url=" TAMED "\"", "src=\"" TAMED "\"",
        "title=\"" TAMED "\" hidden sandbox=\"" } },
    { OAUTH2_PAGE_POST,
      { "method=\"post\" action=\"" TAMED "\"", "id=\"continue\"",
        "<strong>" TAMED "</strong>", "name=\"h\" value=\"" TAMED "\"",
        "\n<script>document.forms[0].submit();</script>\n" } },
    { OAUTH2_PAGE_ERROR,
      { "<code id=\"code\">" TAMED "</code>",
        "<code id=\"request\">" TAMED "</code>", "id=\"error\"",
        "role=\"alert\"", "href=\"https://pages.example/\"" } }
};

static const char *const  names[] = {
    "transaction", "csrf", "email", "keep", "unverified",
    "client_name", "host", "user_code", "heading", "url", "advice", "code",
    "request", "error", "notice", "lead", "refresh"
};

#define NAMES  (sizeof(names) / sizeof(names[0]))


static void
settings_init(oauth2_settings_t *settings)
{
    memset(settings, 0, sizeof(oauth2_settings_t));
    settings->issuer = oauth2_str("https://login.example/base");
    settings->frontend_url = oauth2_str("https://pages.example");
}


static oauth2_rc_e
markup_init(oauth2_pool_t *pool, oauth2_html_value_t *values)
{
    oauth2_rc_e          rc;
    oauth2_buf_t         buf;
    oauth2_html_value_t  hidden[3];

    memset(hidden, 0, sizeof(hidden));
    hidden[0].name = "h";
    hidden[0].value = oauth2_str(HOSTILE);
    hidden[1].name = "absent";

    memset(values, 0, 6 * sizeof(oauth2_html_value_t));
    values[0].name = "action";
    values[0].value = oauth2_str("/oauth/there");
    values[1].name = "switch_url";
    values[1].value = oauth2_str("/oauth/there");
    values[2].name = "hidden";
    values[2].markup = true;
    values[3].name = "scopes";
    values[3].markup = true;
    values[4].name = "frames";
    values[4].markup = true;

    rc = oauth2_page_hidden(pool, hidden, &values[2].value);

    if (rc == OAUTH2_OK) {
        rc = oauth2_page_scopes(pool, oauth2_str("openid " HOSTILE),
                                oauth2_str_null, &values[3].value);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    hidden[0].name = "uri";
    hidden[1].name = "client_id";
    hidden[1].value = oauth2_str(HOSTILE);

    oauth2_buf_init(&buf, pool, 1024);
    oauth2_page_frame(&buf, hidden);

    return oauth2_buf_done(&buf, &values[4].value);
}


static void
hostile(oauth2_pool_t *pool)
{
    size_t               i, n;
    oauth2_str_t         text;
    oauth2_settings_t    settings;
    oauth2_html_value_t  values[NAMES + 6];

    settings_init(&settings);
    unit_rc(OAUTH2_OK, markup_init(pool, values));

    for (i = 0; i < NAMES; i++) {
        values[5 + i].name = names[i];
        values[5 + i].value = oauth2_str(HOSTILE);
        values[5 + i].markup = false;
    }

    values[5 + NAMES].name = NULL;

    for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        unit_rc(OAUTH2_OK, oauth2_page_write(pool, &settings,
                                             expected[i].page, values,
                                             &text));
        assert_null(strstr((char *) text.data, "<script>'"));
        assert_true(expected[i].page == OAUTH2_PAGE_POST
                    || strstr((char *) text.data, "<script") == NULL);
        assert_non_null(strstr((char *) text.data,
                               "href=\"/base/oauth/style.css?"));

        for (n = 0; n < 5; n++) {
            if (strstr((char *) text.data, expected[i].needs[n]) == NULL) {
                print_error("page %zu has no %s\n", i, expected[i].needs[n]);
                fail();
            }
        }
    }
}


/* Without what may be left out, nothing of it is there. */
static void
sparse(oauth2_pool_t *pool)
{
    oauth2_str_t         text;
    oauth2_settings_t    settings;
    oauth2_html_value_t  values[4];

    settings_init(&settings);
    settings.issuer = oauth2_str("https://login.example");

    memset(values, 0, sizeof(values));
    values[0].name = "action";
    values[0].value = oauth2_str("/oauth/logout");
    values[1].name = "csrf";
    values[1].value = oauth2_str("secret");

    unit_rc(OAUTH2_OK, oauth2_page_write(pool, &settings,
                                         OAUTH2_PAGE_LOGOUT, values, &text));
    assert_non_null(strstr((char *) text.data, "action=\"/oauth/logout\""));
    assert_null(strstr((char *) text.data, "asks to sign you out"));
    assert_null(strstr((char *) text.data, "class=\"notice"));
    assert_null(strstr((char *) text.data, "class=\"lead"));

    /* what a page cannot be without */

    unit_rc(OAUTH2_BAD, oauth2_page_write(pool, &settings,
                                          OAUTH2_PAGE_LOGIN, values, &text));
}


static void
scopes(oauth2_pool_t *pool)
{
    oauth2_str_t  text;

    unit_rc(OAUTH2_OK, oauth2_page_scopes(pool, oauth2_str(""),
                                          oauth2_str_null, &text));
    unit_str(text, "");

    unit_rc(OAUTH2_OK, oauth2_page_scopes(pool, oauth2_str("email a<b"),
                                          oauth2_str("name"),
                                          &text));
    unit_str(text,
             "<li>See your email address and whether it is verified "
             "<code>email</code></li>\n"
             "<li>Use the permission <code>a&lt;b</code></li>\n"
             "<li>See your name <code>name</code></li>\n");
}


static void
policies(oauth2_pool_t *pool)
{
    unsigned  page;

    (void) pool;

    for (page = 0; page <= OAUTH2_PAGE_ERROR; page++) {
        assert_non_null(strstr(oauth2_page_policy(page),
                               "default-src 'none'"));
        assert_null(strstr(oauth2_page_policy(page), "unsafe"));
        assert_true(page == OAUTH2_PAGE_POST
                    || strstr(oauth2_page_policy(page), "script-src")
                       == NULL);
    }

    assert_int_equal(oauth2_page_style().len, strlen(page_style_css));
}


static const struct CMUnitTest  tests[] = {
    unit_row(hostile), unit_row(sparse), unit_row(scopes),
    unit_row(policies)
};


int
main(void)
{
    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
