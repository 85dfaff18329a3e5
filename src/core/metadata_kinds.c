/* SPDX-License-Identifier: MIT */

/*
 * The kinds of members that client metadata has (metadata.def).
 */

#include "str.h"
#include "check.h"
#include "uri.h"
#include "metadata_parts.h"

#define KINDS_TEXT_MAX  255          /* characters of a text */
#define KINDS_URL_MAX   2048         /* bytes of a URI */
#define KINDS_AGE_MAX   INT32_MAX

/* Of a string, or of each in a list: what is wrong with it, or NULL. */
typedef const char *(*kinds_check_pt)(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, oauth2_str_t value);


static const char *kinds_url(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member,
    bool near);
static const char *kinds_string(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member,
    kinds_check_pt check);
static const char *kinds_list(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member,
    kinds_check_pt check, bool some);
static const char *kinds_check_text(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, oauth2_str_t value);
static const char *kinds_check_redirect(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, oauth2_str_t value);
static const char *kinds_check_choice(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, oauth2_str_t value);
static const char *kinds_check_key(oauth2_metadata_read_t *m,
    oauth2_str_t text);


const char *
oauth2_metadata_text(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    return kinds_string(m, row, member, kinds_check_text);
}


const char *
oauth2_metadata_texts(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    return kinds_list(m, row, member, kinds_check_text, false);
}


const char *
oauth2_metadata_url(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    return kinds_url(m, row, member, false);
}


const char *
oauth2_metadata_near(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    return kinds_url(m, row, member, true);
}


const char *
oauth2_metadata_redirects(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    return kinds_list(m, row, member, kinds_check_redirect, false);
}


const char *
oauth2_metadata_flag(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    if (member->type != OAUTH2_JSON_BOOL) {
        return "This must be true or false.";
    }

    oauth2_json_raw(&m->j, row->name, member->value);

    return NULL;
}


const char *
oauth2_metadata_count(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    uint64_t  value;

    if (member->type != OAUTH2_JSON_NUMBER
        || oauth2_str_parse_uint(member->value, KINDS_AGE_MAX, &value)
           != OAUTH2_OK)
    {
        return "This must be a whole number of seconds.";
    }

    oauth2_json_int(&m->j, row->name, (int64_t) value);

    return NULL;
}


/* Only checked: the redirect URIs have a say in it (metadata_rules.c). */

const char *
oauth2_metadata_type(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    (void) m;
    (void) row;

    if (member->type != OAUTH2_JSON_STR
        || (!oauth2_str_same(member->value, oauth2_str("web"))
            && !oauth2_str_same(member->value, oauth2_str("native"))))
    {
        return "This must be web or native.";
    }

    return NULL;
}


const char *
oauth2_metadata_choice(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    return kinds_string(m, row, member, kinds_check_choice);
}


/* Those that may be had: less than what was asked for is no refusal, as the
 * answer tells it (RFC 7591 3.2.1), nothing of it is. */

const char *
oauth2_metadata_choices(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    return kinds_list(m, row, member, kinds_check_choice, true);
}


/* The same, of the words in a string. */

const char *
oauth2_metadata_scope(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    oauth2_buf_t  buf;
    oauth2_str_t  rest, word, scope;

    if (member->type != OAUTH2_JSON_STR
        || !oauth2_check_scope(member->value))
    {
        return "This must be words with single spaces between them.";
    }

    rest = member->value;
    oauth2_buf_init(&buf, m->scan, rest.len + 1);

    while (oauth2_str_word(&rest, ' ', &word)) {
        if (kinds_check_choice(m, row, word) != NULL) {
            continue;
        }

        if (buf.len > 0) {
            oauth2_buf_write_byte(&buf, ' ');
        }

        oauth2_buf_write(&buf, word);
    }

    if (buf.len == 0 && buf.rc == OAUTH2_OK && m->rc == OAUTH2_OK) {
        return "None of these can be had here.";
    }

    if (m->rc == OAUTH2_OK) {
        m->rc = oauth2_buf_done(&buf, &scope);
    }

    if (m->rc == OAUTH2_OK) {
        oauth2_json_str(&m->j, row->name, scope);
    }

    return NULL;
}


/* RFC 7517 5; a private key in it would be everybody's (RFC 7591 2). */

const char *
oauth2_metadata_keys(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member)
{
    size_t         n;
    const char    *detail;
    oauth2_rc_e    rc;
    oauth2_str_t   keys, key;

    rc = (member->type == OAUTH2_JSON_NESTED)
         ? oauth2_json_find(m->scan, member->value, "keys", &keys)
         : OAUTH2_BAD;

    if (rc == OAUTH2_NOMEM) {
        m->rc = rc;
        return NULL;
    }

    if (rc != OAUTH2_OK) {
        return "This must be an object with the member keys.";
    }

    for (n = 0; oauth2_json_next(&keys, &key); n++) {
        detail = kinds_check_key(m, key);

        if (detail != NULL || m->rc != OAUTH2_OK) {
            return detail;
        }
    }

    if (n == 0) {
        return "There must be a key in it.";
    }

    oauth2_json_raw(&m->j, row->name, member->value);

    return NULL;
}


static const char *
kinds_url(oauth2_metadata_read_t *m, const oauth2_metadata_row_t *row,
    const oauth2_json_member_t *member, bool near)
{
    oauth2_str_t  url;

    url = member->value;

    if (member->type != OAUTH2_JSON_STR || url.len > KINDS_URL_MAX
        || oauth2_uri_check_redirect(url) != NULL
        || (!oauth2_str_starts(url, oauth2_str("https://"))
            && !(near && oauth2_uri_loopback(url))))
    {
        return "This must be an https URI.";
    }

    oauth2_json_str(&m->j, row->name, url);

    return NULL;
}


static const char *
kinds_string(oauth2_metadata_read_t *m, const oauth2_metadata_row_t *row,
    const oauth2_json_member_t *member, kinds_check_pt check)
{
    const char  *detail;

    if (member->type != OAUTH2_JSON_STR) {
        return "This must be a string.";
    }

    detail = check(m, row, member->value);

    if (detail == NULL) {
        oauth2_json_str(&m->j, row->name, member->value);
    }

    return detail;
}


/* With some, what does not pass the check is left out, unless it is all. */

static const char *
kinds_list(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, const oauth2_json_member_t *member,
    kinds_check_pt check, bool some)
{
    size_t         taken;
    const char    *detail, *last;
    oauth2_rc_e    rc;
    oauth2_str_t   rest, value;

    if (member->type != OAUTH2_JSON_NESTED || member->value.data[0] != '[')
    {
        return "This must be an array of strings.";
    }

    last = NULL;
    taken = 0;
    rest = member->value;
    oauth2_json_open_array(&m->j, row->name);

    for ( ;; ) {
        rc = oauth2_metadata_next(m, &rest, &value);

        if (rc != OAUTH2_OK) {
            break;
        }

        detail = check(m, row, value);

        if (detail == NULL) {
            oauth2_json_str(&m->j, NULL, value);
            taken++;

        } else if (some) {
            last = detail;

        } else {
            return detail;
        }
    }

    oauth2_json_close_array(&m->j);

    if (rc != OAUTH2_NONE) {
        return "This must be an array of strings.";
    }

    return (taken == 0) ? last : NULL;
}


static const char *
kinds_check_text(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, oauth2_str_t value)
{
    (void) m;
    (void) row;

    return (value.len > 0 && oauth2_str_check_utf8(value, false)
            && oauth2_str_chars(value) <= KINDS_TEXT_MAX)
           ? NULL : "Texts have 1 to 255 characters, none of control.";
}


static const char *
kinds_check_redirect(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, oauth2_str_t value)
{
    (void) m;
    (void) row;

    return (value.len <= KINDS_URL_MAX)
           ? oauth2_uri_check_redirect(value)
           : "A redirect URI has at most 2048 bytes.";
}


static const char *
kinds_check_choice(oauth2_metadata_read_t *m,
    const oauth2_metadata_row_t *row, oauth2_str_t value)
{
    oauth2_rc_e   rc;
    oauth2_str_t  text;

    rc = oauth2_pool_copy(m->scan, value, &text);

    if (rc != OAUTH2_OK) {
        m->rc = rc;
        return NULL;
    }

    return oauth2_metadata_lists(m, &m->offered, row->needs,
                                 (const char *) text.data)
           ? NULL : "This is not supported here.";
}


static const char *
kinds_check_key(oauth2_metadata_read_t *m, oauth2_str_t text)
{
    oauth2_rc_e                  rc;
    oauth2_json_members_t        key;
    const oauth2_json_member_t  *type;

    memset(&key, 0, sizeof(key));
    rc = oauth2_json_scan_rc(m->scan, text, &key);

    if (rc == OAUTH2_NOMEM) {
        m->rc = rc;
        return NULL;
    }

    type = (rc == OAUTH2_OK) ? oauth2_json_member(&key, "kty") : NULL;

    if (type == NULL || type->type != OAUTH2_JSON_STR) {
        return "A key is an object with the member kty.";
    }

    return (oauth2_json_member(&key, "d") != NULL
            || oauth2_json_member(&key, "k") != NULL)
           ? "Only public keys may be told." : NULL;
}
