/* SPDX-License-Identifier: MIT */

/*
 * The checks of profile.c, as those of check.h: NULL when the value, which
 * is not empty, is fine, else a sentence.  Nothing here allocates.
 */

#ifndef OAUTH2_PROFILE_CHECK_H
#define OAUTH2_PROFILE_CHECK_H

#include "base.h"

/* http or https, with a host and without a password. */
const char *oauth2_profile_check_url(oauth2_str_t value);

/* OpenID Connect Core 5.1. */
const char *oauth2_profile_check_birthdate(oauth2_str_t value);
const char *oauth2_profile_check_zone(oauth2_str_t value);
const char *oauth2_profile_check_locale(oauth2_str_t value);
const char *oauth2_profile_check_phone(oauth2_str_t value);

/* Of an address (5.1.1), what may have several lines and what has one. */
const char *oauth2_profile_check_address(oauth2_str_t value);
const char *oauth2_profile_check_line(oauth2_str_t value);

#endif
