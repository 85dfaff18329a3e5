/* SPDX-License-Identifier: MIT */

/*
 * A row of the outbox becomes a message: multipart/alternative with a text
 * and an HTML part, both quoted-printable.
 *
 * Every value of a header is checked or encoded, so none can begin another
 * header.  The boundary holds "=_", which quoted-printable cannot (RFC 2045
 * 6.7), so no text can end its part.
 */

#include "../core/check.h"
#include "../core/json.h"
#include "../core/str.h"
#include "parts.h"

#define MESSAGE_BOUNDARY  "=_oauth2_mail"
#define MESSAGE_LINK_MAX  2048
#define MESSAGE_PART_MAX  16384


static oauth2_rc_e message_name(oauth2_pool_t *pool,
    const oauth2_mail_row_t *row, oauth2_str_t *name);
static bool message_is_bait(oauth2_str_t name);
static bool message_is_letter(u_char c);
static oauth2_rc_e message_link(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, const oauth2_mail_kind_t *kind,
    oauth2_str_t frontend_url, const oauth2_mail_row_t *row,
    oauth2_str_t *link);
static void message_write_headers(oauth2_buf_t *b,
    const oauth2_mail_kind_t *kind, const oauth2_mail_row_t *row,
    oauth2_str_t name, int64_t now);
static oauth2_rc_e message_write_part(oauth2_buf_t *b, oauth2_pool_t *pool,
    const char *text, bool html, const oauth2_mail_values_t *values);


oauth2_rc_e
oauth2_mail_write(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    const char *from, oauth2_str_t frontend_url,
    const oauth2_mail_row_t *row, int64_t now, oauth2_str_t *message,
    oauth2_str_t *link)
{
    oauth2_rc_e                rc;
    oauth2_str_t               name, address, to, text;
    oauth2_buf_t               b;
    oauth2_mail_values_t       values;
    const oauth2_mail_kind_t  *kind;

    kind = oauth2_mail_kind_find(row->kind);

    if (kind == NULL || oauth2_check_email(row->recipient) != NULL
        || !oauth2_mail_id_check(row->message_id)
        || !oauth2_str_check_utf8(frontend_url, false)
        || oauth2_mail_address_parse(oauth2_str_of(from), &name, &address)
           != OAUTH2_OK)
    {
        return OAUTH2_BAD;
    }

    rc = message_name(pool, row, &to);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    values.first_name = to.len == 0 ? oauth2_str("there") : to;
    values.frontend_url = frontend_url;

    rc = message_link(pool, key, kind, frontend_url, row, &values.link);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&b, pool, OAUTH2_MAIL_MAX);
    oauth2_buf_write_c(&b, "From: ");
    oauth2_mail_address_write(&b, name, address);
    oauth2_buf_write_c(&b, "\r\n");
    message_write_headers(&b, kind, row, to, now);

    rc = message_write_part(&b, pool, kind->text, false, &values);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = message_write_part(&b, pool, kind->html, true, &values);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_write_c(&b, "--" MESSAGE_BOUNDARY "--\r\n");

    rc = oauth2_buf_done(&b, &text);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    *message = text;
    *link = values.link;

    return OAUTH2_OK;
}


/*
 * Strangers choose the name under which we write to an address, which need
 * not be theirs: what looks like an address of the web is left out.
 */
static oauth2_rc_e
message_name(oauth2_pool_t *pool, const oauth2_mail_row_t *row,
    oauth2_str_t *name)
{
    oauth2_rc_e   rc;
    oauth2_str_t  found;

    *name = oauth2_str_null;

    if (row->data.len == 0) {
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(pool, row->data, "first_name", &found);

    if (rc != OAUTH2_OK) {
        return rc == OAUTH2_NONE ? OAUTH2_OK : rc;
    }

    if (!oauth2_str_check_utf8(found, false)) {
        return OAUTH2_BAD;
    }

    found = oauth2_str_trim(found);

    if (oauth2_str_chars(found) > OAUTH2_NAME_MAX) {
        return OAUTH2_BAD;
    }

    if (!message_is_bait(found)) {
        *name = found;
    }

    return OAUTH2_OK;
}


/* "J.R." is a name, "example.com" and "a://b" are not. */
static bool
message_is_bait(oauth2_str_t name)
{
    size_t  i;

    for (i = 0; i < name.len; i++) {
        if (name.data[i] == '/' || name.data[i] == ':'
            || name.data[i] == '@' || name.data[i] == '\\')
        {
            return true;
        }

        if (name.data[i] == '.' && i + 2 < name.len
            && message_is_letter(name.data[i + 1])
            && message_is_letter(name.data[i + 2]))
        {
            return true;
        }
    }

    return false;
}


static bool
message_is_letter(u_char c)
{
    return c >= 128 || (c >= '0' && c <= '9')
           || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}


static oauth2_rc_e
message_link(oauth2_pool_t *pool, const oauth2_token_key_t *key,
    const oauth2_mail_kind_t *kind, oauth2_str_t frontend_url,
    const oauth2_mail_row_t *row, oauth2_str_t *link)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  b;
    oauth2_str_t  token;

    *link = oauth2_str_null;

    if (kind->token == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_token_derive(pool, key, oauth2_str_of(kind->token),
                             row->operation_id, &token);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&b, pool, MESSAGE_LINK_MAX);
    oauth2_buf_write(&b, frontend_url);
    oauth2_buf_write_c(&b, kind->path);
    oauth2_buf_write_c(&b, "?token=");
    oauth2_buf_write(&b, token);

    return oauth2_buf_done(&b, link);
}


/* Subjects are ours, and ASCII. */
static void
message_write_headers(oauth2_buf_t *b, const oauth2_mail_kind_t *kind,
    const oauth2_mail_row_t *row, oauth2_str_t name, int64_t now)
{
    oauth2_buf_write_c(b, "To: ");
    oauth2_mail_address_write(b, name, row->recipient);
    oauth2_buf_write_c(b, "\r\nSubject: ");
    oauth2_buf_write_c(b, kind->subject);
    oauth2_buf_write_c(b, "\r\nDate: ");
    oauth2_mail_date_write(b, now);
    oauth2_buf_write_c(b, "\r\nMessage-ID: <");
    oauth2_buf_write(b, row->message_id);
    oauth2_buf_write_c(b, ">\r\nAuto-Submitted: auto-generated\r\n"
                       "MIME-Version: 1.0\r\n"
                       "Content-Type: multipart/alternative;\r\n"
                       " boundary=\"" MESSAGE_BOUNDARY "\"\r\n\r\n");
}


static oauth2_rc_e
message_write_part(oauth2_buf_t *b, oauth2_pool_t *pool, const char *text,
    bool html, const oauth2_mail_values_t *values)
{
    oauth2_rc_e   rc;
    oauth2_str_t  body;
    oauth2_buf_t  part;

    oauth2_buf_init(&part, pool, MESSAGE_PART_MAX);
    oauth2_mail_template_write(&part, text, html, values);

    rc = oauth2_buf_done(&part, &body);
    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_write_c(b, "--" MESSAGE_BOUNDARY "\r\nContent-Type: ");
    oauth2_buf_write_c(b, html ? "text/html" : "text/plain");
    oauth2_buf_write_c(b, "; charset=utf-8\r\n"
                       "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    oauth2_mail_quoted_write(b, body);
    oauth2_buf_write_c(b, "\r\n");

    return OAUTH2_OK;
}
