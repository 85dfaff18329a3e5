/* SPDX-License-Identifier: MIT */

/*
 * Mail: a row of the outbox becomes a message (RFC 5322, multipart with a
 * text and an HTML part) and goes out by SMTP, or into a folder.
 *
 * oauth2_mail_write() is pure.  oauth2_mail_send() BLOCKS for as long as
 * the timeout says (libcurl waits inside SMTP even through its multi
 * interface): it belongs on a thread.  It keeps no state between calls and
 * may run on several threads at once.
 */

#ifndef OAUTH2_MAIL_H
#define OAUTH2_MAIL_H

#include "../core/digest.h"

#define OAUTH2_MAIL_MAX    65536    /* bytes of a message */
#define OAUTH2_REASON_MAX  256      /* bytes of a reason, with its NUL */

/* Where mail goes.  All strings are terminated; user may be NULL. */
typedef struct {
    const char  *url;           /* smtp://host:587, smtps://…; NULL: none */
    const char  *user;
    const char  *password;
    bool         starttls;      /* required when true */
    const char  *ca_file;       /* NULL: the system's */
    const char  *folder;        /* .eml files land here when url is NULL */
    const char  *from;          /* "Name <user@host>" or an address */
    unsigned     timeout;       /* seconds for a whole message, 30 */
} oauth2_mail_conf_t;

/* Would a password be sent over the network in clear?  url may be NULL. */
bool oauth2_mail_is_clear(const char *url, bool starttls);

/* Asked from the sending thread, more than once: may the mail still be sent?
 * No more once the message has been handed over. */
typedef struct {
    bool         (*held)(const void *data);
    const void    *data;
} oauth2_mail_lease_t;

/* A row of oauth2.outbox, as claimed. */
typedef struct {
    oauth2_str_t  id;
    oauth2_str_t  operation_id;
    oauth2_str_t  kind;         /* verification, reset, welcome,
                                   password_changed, account_exists */
    oauth2_str_t  recipient;
    oauth2_str_t  data;         /* JSON object: first_name? */
    oauth2_str_t  message_id;   /* without the angle brackets */

    const oauth2_mail_lease_t  *lease;    /* NULL: it lasts */
} oauth2_mail_row_t;

typedef enum {
    OAUTH2_MAIL_SENT = 0,
    OAUTH2_MAIL_RETRY,          /* 4xx, no connection, timeout */
    OAUTH2_MAIL_PARK            /* 5xx for the recipient: for good */
} oauth2_mail_rc_e;


/*
 * Writes the message, links under frontend_url (no slash at its end).
 * link is what the reader follows, absent for kinds without one.
 * now in seconds.  OAUTH2_BAD: an unknown kind, or an address or name that
 * cannot stand in a header.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_mail_write(oauth2_pool_t *pool,
    const oauth2_token_key_t *key, const char *from,
    oauth2_str_t frontend_url, const oauth2_mail_row_t *row, int64_t now,
    oauth2_str_t *message, oauth2_str_t *link);

/*
 * Sends it to one recipient, or writes folder/<message id>.eml (atomically,
 * mode 0600) when there is no server.  Fills reason unless it was sent;
 * the reason never holds an address or a token.  Blocks.
 */
oauth2_mail_rc_e oauth2_mail_send(const oauth2_mail_conf_t *conf,
    const oauth2_mail_row_t *row, oauth2_str_t message,
    char reason[OAUTH2_REASON_MAX]);

/* Once per process, before threads start (curl_global_init); and the end. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_mail_init(void);
void oauth2_mail_done(void);

#endif
