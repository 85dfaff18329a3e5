/* SPDX-License-Identifier: MIT */

/*
 * Comparing and searching strings.  Nothing here allocates or waits.
 */

#ifndef OAUTH2_STR_H
#define OAUTH2_STR_H

#include "base.h"

/* Makes a string of a terminated C string; the bytes stay the caller's. */
oauth2_str_t oauth2_str_of(const char *s);

/* Byte for byte; two absent strings are the same. */
bool oauth2_str_same(oauth2_str_t a, oauth2_str_t b);

/* As above, ASCII letters of either case being equal. */
bool oauth2_str_same_nocase(oauth2_str_t a, oauth2_str_t b);

/* In a time that depends on the lengths only. */
bool oauth2_str_same_secret(oauth2_str_t a, oauth2_str_t b);

bool oauth2_str_starts(oauth2_str_t s, oauth2_str_t prefix);

/*
 * Takes the next word of *rest up to the separator byte, skipping empty
 * ones, and moves *rest behind it.  False when there is none left.
 */
bool oauth2_str_word(oauth2_str_t *rest, u_char separator,
    oauth2_str_t *word);

/* Is word one of the space-separated words of list (RFC 6749 3.3)? */
bool oauth2_str_has_word(oauth2_str_t list, oauth2_str_t word);

/* Is every word of a also one of list? */
bool oauth2_str_subset(oauth2_str_t a, oauth2_str_t list);

/* Removes ASCII space and tabs from both ends. */
oauth2_str_t oauth2_str_trim(oauth2_str_t s);

/* As above, and line ends too: files end with one, JSON is full of them. */
oauth2_str_t oauth2_str_trim_lines(oauth2_str_t s);

/*
 * Decimal digits only, no sign, no more than max.  OAUTH2_BAD otherwise,
 * and *value is untouched.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_str_parse_uint(oauth2_str_t s,
    uint64_t max, uint64_t *value);

/*
 * Valid UTF-8 (RFC 3629: no surrogates, nothing overlong) without NUL.
 * With controls false also no C0 and C1 control characters.
 */
bool oauth2_str_check_utf8(oauth2_str_t s, bool controls);

/* The number of characters of valid UTF-8. */
size_t oauth2_str_chars(oauth2_str_t s);

/* Adds sizes of foreign origin: false on overflow, *sum untouched. */
OAUTH2_MUST_USE bool oauth2_size_add(size_t a, size_t b, size_t *sum);

/* Overwrites a secret so that the compiler cannot leave it out. */
void oauth2_wipe(void *p, size_t size);

#endif
