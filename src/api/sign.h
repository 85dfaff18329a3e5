/* SPDX-License-Identifier: MIT */

/*
 * Our own keys: signing what we say, and reading it back.  A part of api.h,
 * which includes it.
 *
 * Keys come and go while the server runs.  A flow has the set that was
 * there when it began, or a newer one after oauth2_keys_wait(); never one
 * that is being changed.
 */

#ifndef OAUTH2_SIGN_H
#define OAUTH2_SIGN_H

/* The keys of this flow; an empty set while there are none. */
const oauth2_keys_t *oauth2_keys(oauth2_flow_t *f);

/*
 * Can anything be signed?  What consumes something (a code, a password's
 * time) asks first, and fails with oauth2_err_no_keys.
 */
bool oauth2_can_sign(oauth2_flow_t *f);

/*
 * Signs claims (a JSON object) by the key of an algorithm, named as in the
 * metadata of a client; absent: by the default key.  HS256 is by the secret
 * of the client that has authenticated (OpenID Connect Core 10.1).
 * OAUTH2_BAD: no key of ours signs with it.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_sign(oauth2_flow_t *f, oauth2_str_t alg,
    const char *typ, oauth2_str_t claims, oauth2_str_t *token);

/*
 * What oauth2_sign() needs for the ID tokens of a client: the algorithm it
 * is registered with (OpenID Connect Registration 2), absent: the default.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_sign_id_alg(oauth2_flow_t *f,
    oauth2_str_t metadata, oauth2_str_t *alg);

/* The key that it would be; NULL: none. */
const oauth2_key_t *oauth2_sign_key(oauth2_flow_t *f, oauth2_str_t alg);

/*
 * Checks a token of ours as oauth2_jwt_verify() does, of this issuer; now
 * is 0 for one that may have expired.  OAUTH2_BAD: it is none.
 * OAUTH2_NONE: its key is not here, and may be in the database; a step
 * then returns oauth2_keys_wait(f), or takes it for OAUTH2_BAD.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_verify(oauth2_flow_t *f, const char *typ,
    oauth2_str_t token, int64_t now, oauth2_str_t *claims);

/* Waits for the newest keys; the step that returns this then runs again. */
oauth2_next_e oauth2_keys_wait(oauth2_flow_t *f);

/* Waits for a look at the database, for what others learn our keys from;
 * goes on with those there are when the database is away. */
oauth2_next_e oauth2_keys_renew(oauth2_flow_t *f);

/*
 * For oauth2_verify(): a token names a key that is not here.  May a newer
 * set have it?  Has one loaded, once a flow, and not more often than once
 * a second.
 */
bool oauth2_keys_miss(oauth2_flow_t *f);

/*
 * An ID token that comes back as id_token_hint; it may have expired.  One
 * with an HMAC by the secret of a client is checked by the row of
 * client_find; client says which client that would be, before anything is
 * known to be true.  OAUTH2_NONE: it is none with an HMAC.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_hint_client(oauth2_flow_t *f,
    oauth2_str_t hint, oauth2_str_t *client_id);
OAUTH2_MUST_USE oauth2_rc_e oauth2_hint_verify(oauth2_flow_t *f,
    oauth2_str_t hint, oauth2_str_t *claims);

#endif
