/* SPDX-License-Identifier: MIT */

/*
 * The kinds of mail.  Their texts are files in templates/, which
 * tools/embed turns into a header.
 */

#include "../core/str.h"
#include "parts.h"

#include "mail_templates.h"


static void template_value(oauth2_buf_t *b, oauth2_str_t name, bool html,
    const oauth2_mail_values_t *values);


static const oauth2_mail_kind_t  template_kinds[] = {
    { "verification", "Confirm your e-mail address", "verification",
      "/verify-email", mail_verification_txt, mail_verification_html },
    { "reset", "Reset your password", "reset",
      "/reset-password", mail_reset_txt, mail_reset_html },
    { "welcome", "Welcome", NULL,
      NULL, mail_welcome_txt, mail_welcome_html },
    { "password_changed", "Your password was changed", NULL,
      NULL, mail_password_changed_txt, mail_password_changed_html },
    { "account_exists", "You have an account already", NULL,
      NULL, mail_account_exists_txt, mail_account_exists_html }
};

#define TEMPLATE_KINDS  (sizeof(template_kinds) / sizeof(template_kinds[0]))


const oauth2_mail_kind_t *
oauth2_mail_kind_find(oauth2_str_t name)
{
    size_t  i;

    for (i = 0; i < TEMPLATE_KINDS; i++) {
        if (oauth2_str_same(oauth2_str_of(template_kinds[i].name), name)) {
            return &template_kinds[i];
        }
    }

    return NULL;
}


/* What was put in is not read again: a value cannot bring a placeholder. */
void
oauth2_mail_template_write(oauth2_buf_t *b, const char *text, bool html,
    const oauth2_mail_values_t *values)
{
    const char    *open, *close;
    oauth2_str_t   s;

    for ( ;; ) {
        open = strstr(text, "{{");
        close = open == NULL ? NULL : strstr(open, "}}");

        if (close == NULL) {
            oauth2_buf_write_c(b, text);
            return;
        }

        s.data = (u_char *) text;
        s.len = (size_t) (open - text);
        oauth2_buf_write(b, s);

        s.data = (u_char *) open + 2;
        s.len = (size_t) (close - open) - 2;
        template_value(b, s, html, values);

        text = close + 2;
    }
}


static void
template_value(oauth2_buf_t *b, oauth2_str_t name, bool html,
    const oauth2_mail_values_t *values)
{
    oauth2_str_t  value;

    value = oauth2_str_null;

    if (oauth2_str_same(name, oauth2_str("first_name"))) {
        value = values->first_name;

    } else if (oauth2_str_same(name, oauth2_str("link"))) {
        value = values->link;

    } else if (oauth2_str_same(name, oauth2_str("frontend_url"))) {
        value = values->frontend_url;
    }

    if (html) {
        oauth2_buf_write_html(b, value);
        return;
    }

    oauth2_buf_write(b, value);
}
