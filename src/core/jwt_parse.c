/* SPDX-License-Identifier: MIT */

/*
 * Taking tokens apart, ours and those of others, before anything of them
 * is trusted.
 */

#include "str.h"
#include "encode.h"
#include "jwt_key.h"
#include "json_scan.h"


static oauth2_rc_e parse_split(oauth2_pool_t *pool, oauth2_str_t token,
    oauth2_jwt_t *jwt);
static oauth2_rc_e parse_header(oauth2_pool_t *pool, oauth2_jwt_t *jwt,
    const char **why);
static oauth2_rc_e parse_alg(const oauth2_json_members_t *list,
    oauth2_alg_e *alg);
static bool parse_has_any(const oauth2_json_members_t *list,
    const char *const *names);
static oauth2_rc_e parse_text(const oauth2_json_members_t *list,
    const char *name, oauth2_json_e type, oauth2_str_t *text);

/*
 * What changes how a token is read (RFC 7515 4.1.11, RFC 7516 4.1, RFC
 * 7797).  Whatever else a header has is ignored, as RFC 7515 4 wants it.
 */
static const char *const  parse_refused[] = {
    "crit", "b64", "zip", "enc", "epk", "p2s", "p2c", NULL
};

/*
 * Other ways to bring a key (RFC 7515 4.1), and to name one.  The latter are
 * what who keeps keys with certificates writes into every header.
 */
static const char *const  parse_brings[] = { "jku", "jwk", "x5u", NULL };
static const char *const  parse_names[] = { "x5c", "x5t", "x5t#S256", NULL };


oauth2_rc_e
oauth2_jwt_parse(oauth2_pool_t *pool, oauth2_str_t token, oauth2_jwt_t *jwt)
{
    const char  *why;

    return oauth2_jwt_read(pool, token, jwt, &why);
}


oauth2_rc_e
oauth2_jwt_check(const oauth2_key_t *key, const oauth2_jwt_t *jwt)
{
    if (key->alg != jwt->alg) {
        return OAUTH2_BAD;
    }

    return oauth2_jwt_signature_check(key, jwt->input, jwt->signature);
}


oauth2_rc_e
oauth2_jwt_read(oauth2_pool_t *pool, oauth2_str_t token, oauth2_jwt_t *jwt,
    const char **why)
{
    oauth2_rc_e            rc;
    oauth2_jwt_t           parsed;
    oauth2_json_members_t  list;

    memset(&parsed, 0, sizeof(parsed));
    *why = "form";
    rc = parse_split(pool, token, &parsed);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    rc = parse_header(pool, &parsed, why);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "claims";
    rc = oauth2_json_scan_rc(pool, parsed.claims, &list);

    if (rc == OAUTH2_OK) {
        *jwt = parsed;
    }

    return rc;
}


/* Three parts, none of them empty, nothing but canonical base64url. */
static oauth2_rc_e
parse_split(oauth2_pool_t *pool, oauth2_str_t token, oauth2_jwt_t *jwt)
{
    size_t         n;
    u_char        *p, *last, *start;
    oauth2_rc_e    rc;
    oauth2_str_t   text[3];

    if (token.len == 0 || token.len > OAUTH2_JWT_MAX) {
        return OAUTH2_BAD;
    }

    n = 0;
    start = token.data;
    last = token.data + token.len;

    for (p = token.data; p <= last; p++) {
        if (p < last && *p != '.') {
            continue;
        }

        if (n == 3 || p == start) {
            return OAUTH2_BAD;
        }

        text[n].data = start;
        text[n].len = (size_t) (p - start);
        start = p + 1;
        n++;
    }

    if (n != 3) {
        return OAUTH2_BAD;
    }

    jwt->input.data = token.data;
    jwt->input.len = text[0].len + 1 + text[1].len;
    rc = oauth2_encode_parse_base64url(pool, text[0], &jwt->header);

    if (rc == OAUTH2_OK) {
        rc = oauth2_encode_parse_base64url(pool, text[1], &jwt->claims);
    }

    if (rc == OAUTH2_OK) {
        rc = oauth2_encode_parse_base64url(pool, text[2], &jwt->signature);
    }

    return rc;
}


static oauth2_rc_e
parse_header(oauth2_pool_t *pool, oauth2_jwt_t *jwt, const char **why)
{
    oauth2_rc_e            rc;
    oauth2_json_members_t  list;

    *why = "header";
    rc = oauth2_json_scan_rc(pool, jwt->header, &list);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (parse_has_any(&list, parse_refused)) {
        return OAUTH2_BAD;
    }

    jwt->brings_key = parse_has_any(&list, parse_brings);
    jwt->names_key = jwt->brings_key || parse_has_any(&list, parse_names);
    rc = parse_text(&list, "jwk", OAUTH2_JSON_NESTED, &jwt->jwk);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    *why = "algorithm";

    if (parse_alg(&list, &jwt->alg) != OAUTH2_OK) {
        return OAUTH2_BAD;
    }

    *why = "key";

    if (parse_text(&list, "kid", OAUTH2_JSON_STR, &jwt->kid) != OAUTH2_OK) {
        return OAUTH2_BAD;
    }

    *why = "type";

    return parse_text(&list, "typ", OAUTH2_JSON_STR, &jwt->typ);
}


static oauth2_rc_e
parse_alg(const oauth2_json_members_t *list, oauth2_alg_e *alg)
{
    oauth2_str_t  name;

    name = oauth2_str_null;

    if (parse_text(list, "alg", OAUTH2_JSON_STR, &name) != OAUTH2_OK
        || name.data == NULL)
    {
        return OAUTH2_BAD;
    }

    return oauth2_alg_parse(name, alg);
}


static bool
parse_has_any(const oauth2_json_members_t *list, const char *const *names)
{
    size_t  i;

    for (i = 0; names[i] != NULL; i++) {
        if (oauth2_json_member(list, names[i]) != NULL) {
            return true;
        }
    }

    return false;
}


/* Absent is fine and leaves the text alone; another type is not. */
static oauth2_rc_e
parse_text(const oauth2_json_members_t *list, const char *name,
    oauth2_json_e type, oauth2_str_t *text)
{
    const oauth2_json_member_t  *member;

    member = oauth2_json_member(list, name);

    if (member == NULL) {
        return OAUTH2_OK;
    }

    if (member->type != type) {
        return OAUTH2_BAD;
    }

    *text = member->value;

    return OAUTH2_OK;
}
