/* SPDX-License-Identifier: MIT */

/*
 * What users and clients may write.
 */

#include "str.h"
#include "check.h"
#include "digest.h"
#include "base64url.h"

#define CHECK_LOCAL_MAX     64      /* RFC 5321 4.5.3.1.1 */
#define CHECK_LABEL_MAX     63      /* RFC 1035 2.3.4 */
#define CHECK_USERNAME_MIN  3
#define CHECK_VERIFIER_MIN  43
#define CHECK_VERIFIER_MAX  128
#define CHECK_REQUEST_MAX   64


static bool check_local(oauth2_str_t local);
static bool check_domain(oauth2_str_t domain);
static bool check_label(oauth2_str_t label);
static bool check_alnum(u_char c);

static const char  check_email_form[] =
    "This is not an e-mail address such as name@example.com.";


const char *
oauth2_check_email(oauth2_str_t email)
{
    u_char        *at;
    oauth2_str_t   local, domain;

    if (email.len == 0) {
        return check_email_form;
    }

    if (email.len > OAUTH2_EMAIL_MAX) {
        return "An e-mail address has at most 254 bytes.";
    }

    at = memchr(email.data, '@', email.len);

    if (at == NULL) {
        return check_email_form;
    }

    local.data = email.data;
    local.len = (size_t) (at - email.data);
    domain.data = at + 1;
    domain.len = email.len - local.len - 1;

    if (!check_local(local) || !check_domain(domain)) {
        return check_email_form;
    }

    return NULL;
}


oauth2_rc_e
oauth2_check_email_write(oauth2_pool_t *pool, oauth2_str_t email,
    oauth2_str_t *normal)
{
    size_t        i;
    oauth2_str_t  copy;

    if (oauth2_pool_copy(pool, oauth2_str_trim(email), &copy) != OAUTH2_OK) {
        return OAUTH2_NOMEM;
    }

    for (i = 0; i < copy.len; i++) {
        if (copy.data[i] >= 'A' && copy.data[i] <= 'Z') {
            copy.data[i] |= 0x20;
        }
    }

    *normal = copy;

    return OAUTH2_OK;
}


const char *
oauth2_check_username(oauth2_str_t username)
{
    u_char  c;
    size_t  i;

    if (username.len < CHECK_USERNAME_MIN || username.len > OAUTH2_NAME_MAX)
    {
        return "A username has 3 to 50 characters.";
    }

    if (!check_alnum(username.data[0])) {
        return "A username begins with a letter or a digit.";
    }

    for (i = 1; i < username.len; i++) {
        c = username.data[i];

        if (!check_alnum(c) && c != '.' && c != '_' && c != '-') {
            return "A username has letters, digits, '.', '_' and '-' only.";
        }
    }

    return NULL;
}


const char *
oauth2_check_name(oauth2_str_t name)
{
    if (!oauth2_str_check_utf8(name, false)) {
        return "A name has no control characters.";
    }

    if (oauth2_str_chars(name) > OAUTH2_NAME_MAX) {
        return "A name has at most 50 characters.";
    }

    if (name.len > 0
        && (memchr(name.data, '<', name.len) != NULL
            || memchr(name.data, '>', name.len) != NULL))
    {
        return "A name has no '<' and no '>'.";
    }

    return NULL;
}


const char *
oauth2_check_password(oauth2_str_t password, size_t min)
{
    if (!oauth2_str_check_utf8(password, true)) {
        return "The password is not UTF-8, or holds a NUL.";
    }

    if (oauth2_str_chars(password) < min || password.len == 0) {
        return "The password is too short.";
    }

    if (password.len > OAUTH2_PASSWORD_MAX) {
        return "The password is longer than 72 bytes.";
    }

    return NULL;
}


bool
oauth2_check_verifier(oauth2_str_t verifier)
{
    u_char  c;
    size_t  i;

    if (verifier.len < CHECK_VERIFIER_MIN
        || verifier.len > CHECK_VERIFIER_MAX)
    {
        return false;
    }

    for (i = 0; i < verifier.len; i++) {
        c = verifier.data[i];

        if (!check_alnum(c) && c != '-' && c != '.' && c != '_' && c != '~')
        {
            return false;
        }
    }

    return true;
}


bool
oauth2_check_challenge(oauth2_str_t verifier, oauth2_str_t challenge)
{
    u_char        digest[OAUTH2_SHA256_LEN];
    u_char        text[OAUTH2_BASE64URL_LEN(OAUTH2_SHA256_LEN)];
    oauth2_str_t  expected;

    if (!oauth2_check_verifier(verifier)
        || oauth2_sha256(verifier, digest) != OAUTH2_OK)
    {
        return false;
    }

    oauth2_base64url_write((oauth2_str_t) { sizeof(digest), digest }, text);
    expected.data = text;
    expected.len = sizeof(text);

    return oauth2_str_same_secret(expected, challenge);
}


bool
oauth2_check_scope(oauth2_str_t scope)
{
    bool    space;
    u_char  c;
    size_t  i;

    space = true;

    for (i = 0; i < scope.len; i++) {
        c = scope.data[i];

        if (c == ' ' && space) {
            return false;
        }

        space = (c == ' ');

        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
            return false;
        }
    }

    return !space;
}


bool
oauth2_check_request_id(oauth2_str_t id)
{
    u_char  c;
    size_t  i;

    if (id.len == 0 || id.len > CHECK_REQUEST_MAX) {
        return false;
    }

    for (i = 0; i < id.len; i++) {
        c = id.data[i];

        if (!check_alnum(c) && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }

    return true;
}


/*
 * "//" is refused in the path and not behind '?': a sign-in comes back to
 * /oauth/authorize, whose query may hold a redirect URI as it is.
 */
bool
oauth2_check_return_path(oauth2_str_t path)
{
    bool    query;
    u_char  c;
    size_t  i;

    if (path.len == 0 || path.data[0] != '/') {
        return false;
    }

    query = false;

    for (i = 0; i < path.len; i++) {
        c = path.data[i];

        if (c <= ' ' || c >= 0x7f || c == '\\') {
            return false;
        }

        if (c == '?' || c == '#') {
            query = true;
        }

        if (!query && c == '/' && i > 0 && path.data[i - 1] == '/') {
            return false;
        }
    }

    return true;
}


/* Dot-string, RFC 5321 4.1.2. */
static bool
check_local(oauth2_str_t local)
{
    u_char  c;
    size_t  i;

    if (local.len == 0 || local.len > CHECK_LOCAL_MAX
        || local.data[0] == '.' || local.data[local.len - 1] == '.')
    {
        return false;
    }

    for (i = 0; i < local.len; i++) {
        c = local.data[i];

        if (c == '.') {
            if (local.data[i - 1] == '.') {
                return false;
            }

        } else if (!check_alnum(c)
                   && (c == '\0' || strchr("!#$%&'*+-/=?^_`{|}~", c) == NULL))
        {
            return false;
        }
    }

    return true;
}


/* Two labels or more; the last one is no number, hence no address. */
static bool
check_domain(oauth2_str_t domain)
{
    bool          letter;
    size_t        i, labels;
    oauth2_str_t  label;

    if (domain.len == 0 || domain.data[0] == '.'
        || domain.data[domain.len - 1] == '.')
    {
        return false;
    }

    labels = 0;
    letter = false;
    label.data = domain.data;

    for (i = 0; i <= domain.len; i++) {
        if (i < domain.len && domain.data[i] != '.') {
            letter = letter || domain.data[i] > '9';
            continue;
        }

        label.len = (size_t) (domain.data + i - label.data);

        if (!check_label(label)) {
            return false;
        }

        labels++;

        if (i < domain.len) {
            label.data = domain.data + i + 1;
            letter = false;
        }
    }

    return labels >= 2 && letter && label.len >= 2;
}


static bool
check_label(oauth2_str_t label)
{
    size_t  i;

    if (label.len == 0 || label.len > CHECK_LABEL_MAX
        || label.data[0] == '-' || label.data[label.len - 1] == '-')
    {
        return false;
    }

    for (i = 0; i < label.len; i++) {
        if (!check_alnum(label.data[i]) && label.data[i] != '-') {
            return false;
        }
    }

    return true;
}


static bool
check_alnum(u_char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9');
}
