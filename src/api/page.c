/* SPDX-License-Identifier: MIT */

/*
 * The pages of the server itself, for every browser: no script (but one),
 * one style.  Their texts are files in html/plain, which tools/embed turns
 * into a header; the style is that of the React pages.
 */

#include "api.h"

#include "page_templates.h"

#define PAGE_MAX     65536
#define PAGE_VALUES  48

/* No script at all.  Where the answer to a form leads the browser to the
 * application, form-action would have to name all that comes behind. */
#define PAGE_POLICY                                                          \
    "default-src 'none'; style-src 'self'; img-src 'self'; "                 \
    "base-uri 'none'; frame-ancestors 'none'"

/* The one script of post.html, by its SHA-256. */
#define PAGE_SCRIPT                                                          \
    "; script-src 'sha256-8lDeP0UDwCO6/RhblgeH/ctdBzjVpJxrXizsnIk3cEQ='"

typedef struct {
    const char  *title;          /* a template, too */
    const char  *text;
    const char  *policy;
} page_t;

/* The values of a page: its own before those that every page has. */
typedef struct {
    size_t               n;
    oauth2_html_value_t  list[PAGE_VALUES + 1];
} page_values_t;

static oauth2_rc_e page_values_init(page_values_t *values,
    const oauth2_settings_t *settings, const oauth2_html_value_t *own);
static void page_values_add(page_values_t *values, const char *name,
    oauth2_str_t value, bool markup);
static oauth2_rc_e page_part(oauth2_pool_t *pool, const char *text,
    const char *name, page_values_t *values);
static oauth2_rc_e page_items(oauth2_pool_t *pool, oauth2_buf_t *b,
    oauth2_str_t names, const char *sentences);
static oauth2_rc_e page_item(oauth2_pool_t *pool, oauth2_buf_t *b,
    oauth2_str_t word, const char *sentences);

static const page_t  pages[] = {
    { "Sign in", page_login_html, PAGE_POLICY },
    { "Allow {{client_name}}?", page_consent_html, PAGE_POLICY },
    { "Sign out?", page_logout_html, PAGE_POLICY },
    { "Connect a device", page_device_html, PAGE_POLICY },
    { "{{heading}}", page_done_html, PAGE_POLICY "; form-action 'none'" },
    { "Signed out", page_signed_out_html,
      PAGE_POLICY "; form-action 'none'" },
    { "Back to the application", page_post_html, PAGE_POLICY PAGE_SCRIPT },
    { "Sign-in cannot go on", page_error_html,
      PAGE_POLICY "; form-action 'none'" }
};

/* What a template may mention and a caller may leave out. */
static const char *const  page_optional[] = {
    "error", "notice", "lead", "hidden", "email", "client_name", "host",
    "user_code", "switch_url", "unverified", "url", "transaction", "next",
    "refresh", "logo_uri", "policy_uri", "tos_uri", NULL
};


oauth2_rc_e
oauth2_page_write(oauth2_pool_t *pool, const oauth2_settings_t *settings,
    oauth2_page_e page, const oauth2_html_value_t *values,
    oauth2_str_t *content)
{
    oauth2_rc_e    rc;
    oauth2_buf_t   buf;
    page_values_t  all;

    rc = page_values_init(&all, settings, values);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = page_part(pool, page_notice_html, "notices", &all);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = page_part(pool, pages[page].text, "content", &all);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = page_part(pool, pages[page].title, "title", &all);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&buf, pool, PAGE_MAX);
    oauth2_html_write(&buf, page_frame_html, all.list);

    return oauth2_buf_done(&buf, content);
}


oauth2_rc_e
oauth2_page_hidden(oauth2_pool_t *pool, const oauth2_html_value_t *values,
    oauth2_str_t *markup)
{
    oauth2_buf_t         buf;
    oauth2_html_value_t  field[3];

    memset(field, 0, sizeof(field));
    field[0].name = "name";
    field[1].name = "value";

    oauth2_buf_init(&buf, pool, PAGE_MAX);

    for ( /* void */ ; values->name != NULL; values++) {
        if (values->value.data != NULL) {
            field[0].value = oauth2_str_of(values->name);
            field[1].value = values->value;
            oauth2_html_write(&buf, page_hidden_html, field);
        }
    }

    return oauth2_buf_done(&buf, markup);
}


oauth2_rc_e
oauth2_page_scopes(oauth2_pool_t *pool, oauth2_str_t scope,
    oauth2_str_t claims, oauth2_str_t *markup)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;

    oauth2_buf_init(&buf, pool, PAGE_MAX);

    rc = page_items(pool, &buf, scope, page_scopes_json);

    if (rc == OAUTH2_OK) {
        rc = page_items(pool, &buf, claims, page_claims_json);
    }

    return (rc == OAUTH2_OK) ? oauth2_buf_done(&buf, markup) : rc;
}


void
oauth2_page_frame(oauth2_buf_t *b, const oauth2_html_value_t *values)
{
    oauth2_html_write(b, page_app_frame_html, values);
}


oauth2_str_t
oauth2_page_host(oauth2_str_t redirect_uri)
{
    u_char        *p;
    oauth2_str_t   origin;

    origin = oauth2_uri_origin(redirect_uri);

    if (origin.len == 0) {
        return redirect_uri;
    }

    p = memchr(origin.data, '/', origin.len);

    if (p == NULL) {
        return origin;
    }

    origin.len -= (size_t) (p + 2 - origin.data);
    origin.data = p + 2;

    return origin;
}


oauth2_str_t
oauth2_page_style(void)
{
    return oauth2_str(page_style_css);
}


const char *
oauth2_page_policy(oauth2_page_e page)
{
    return pages[page].policy;
}


/* Links of ours begin with the issuer's path, which is most often empty, so
 * that a page stays on the origin that it was asked from. */

static oauth2_rc_e
page_values_init(page_values_t *values, const oauth2_settings_t *settings,
    const oauth2_html_value_t *own)
{
    size_t        i;
    oauth2_str_t  base, origin;

    memset(values, 0, sizeof(page_values_t));

    for ( /* void */ ; own->name != NULL; own++) {
        page_values_add(values, own->name, own->value, own->markup);
    }

    origin = oauth2_uri_origin(settings->issuer);
    base.data = settings->issuer.data + origin.len;
    base.len = settings->issuer.len - origin.len;

    page_values_add(values, "base", base, false);
    page_values_add(values, "frontend_url", settings->frontend_url, false);
    page_values_add(values, "version", oauth2_str(PAGE_STYLE_VERSION),
                    false);

    for (i = 0; page_optional[i] != NULL; i++) {
        page_values_add(values, page_optional[i], oauth2_str_null, false);
    }

    return values->n <= PAGE_VALUES - 3 ? OAUTH2_OK : OAUTH2_BAD;
}


static void
page_values_add(page_values_t *values, const char *name, oauth2_str_t value,
    bool markup)
{
    oauth2_html_value_t  *last;

    if (values->n == PAGE_VALUES) {
        return;
    }

    last = &values->list[values->n++];
    last->name = name;
    last->value = value;
    last->markup = markup;
}


/* A part becomes a value of what is around it. */

static oauth2_rc_e
page_part(oauth2_pool_t *pool, const char *text, const char *name,
    page_values_t *values)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  markup;

    oauth2_buf_init(&buf, pool, PAGE_MAX);
    oauth2_html_write(&buf, text, values->list);
    rc = oauth2_buf_done(&buf, &markup);

    if (rc == OAUTH2_OK) {
        page_values_add(values, name, markup, true);
    }

    return rc;
}


static oauth2_rc_e
page_items(oauth2_pool_t *pool, oauth2_buf_t *b, oauth2_str_t names,
    const char *sentences)
{
    oauth2_rc_e   rc;
    oauth2_str_t  word;

    while (oauth2_str_word(&names, ' ', &word)) {
        rc = page_item(pool, b, word, sentences);

        if (rc != OAUTH2_OK) {
            return rc;
        }
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
page_item(oauth2_pool_t *pool, oauth2_buf_t *b, oauth2_str_t word,
    const char *sentences)
{
    oauth2_rc_e          rc;
    oauth2_str_t         name;
    oauth2_html_value_t  values[3];

    memset(values, 0, sizeof(values));
    values[0].name = "scope";
    values[0].value = word;
    values[1].name = "sentence";

    rc = oauth2_pool_copy(pool, word, &name);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = oauth2_json_find(pool, oauth2_str_of(sentences),
                          (const char *) name.data, &values[1].value);

    if (rc != OAUTH2_OK && rc != OAUTH2_NONE) {
        return rc;
    }

    oauth2_html_write(b, page_scope_html, values);

    return OAUTH2_OK;
}
