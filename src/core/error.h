/* SPDX-License-Identifier: MIT */

/*
 * The errors of error.def as constants: oauth2_err_<name>.  The route's
 * face decides how one is told.
 */

#ifndef OAUTH2_ERROR_H
#define OAUTH2_ERROR_H

#include "base.h"

typedef struct {
    const char  *name;
    unsigned     status;
    const char  *code;
    const char  *oauth_code;
    const char  *detail;
} oauth2_error_t;

#define OAUTH2_ERROR(name, status, code, oauth_code, detail)                 \
    extern const oauth2_error_t  oauth2_err_##name;
#include "error.def"
#undef OAUTH2_ERROR

#endif
