/* SPDX-License-Identifier: MIT */

/*
 * What the files of src/mail share.  mail.h is the interface.
 *
 *     message.c    headers and parts of a message
 *     template.c   kinds of mail and their texts
 *     mime.c       encodings (RFC 2045, RFC 2047), dates, addresses
 *     smtp.c       sending it; folder.c, writing it into a folder
 */

#ifndef OAUTH2_MAIL_PARTS_H
#define OAUTH2_MAIL_PARTS_H

#include "../core/buf.h"
#include "mail.h"

/* What a template may mention.  All strings are UTF-8. */
typedef struct {
    oauth2_str_t  first_name;
    oauth2_str_t  link;
    oauth2_str_t  frontend_url;
} oauth2_mail_values_t;

/* token: the kind that the link's token is derived for, or NULL: none. */
typedef struct {
    const char  *name;
    const char  *subject;
    const char  *token;
    const char  *path;
    const char  *text;
    const char  *html;
} oauth2_mail_kind_t;


/* NULL: there is no such kind. */
const oauth2_mail_kind_t *oauth2_mail_kind_find(oauth2_str_t name);

/* Puts the values into a template; escapes them when it is HTML. */
void oauth2_mail_template_write(oauth2_buf_t *b, const char *text, bool html,
    const oauth2_mail_values_t *values);


/*
 * Takes "Name <user@host>", "\"Name\" <user@host>" or an address apart; the
 * name is absent when there is none.  OAUTH2_BAD: neither, or something
 * that cannot stand in a header.  The pieces are the caller's bytes.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_mail_address_parse(oauth2_str_t text,
    oauth2_str_t *name, oauth2_str_t *address);

/* May it stand between angle brackets, and name a file?  The id of a
 * message, without the brackets. */
bool oauth2_mail_id_check(oauth2_str_t id);

/* name <address>, the name as quoted string or encoded words. */
void oauth2_mail_address_write(oauth2_buf_t *b, oauth2_str_t name,
    oauth2_str_t address);

/* Quoted-printable (RFC 2045 6.7) with CRLF, lines of at most 76. */
void oauth2_mail_quoted_write(oauth2_buf_t *b, oauth2_str_t text);

/* RFC 5322 3.3, always in UTC. */
void oauth2_mail_date_write(oauth2_buf_t *b, int64_t now);


/* folder/<message id>.eml: atomic, mode 0600. */
oauth2_mail_rc_e oauth2_mail_folder_write(const char *folder,
    oauth2_str_t message_id, oauth2_str_t message,
    char reason[OAUTH2_REASON_MAX]);

#endif
