/* SPDX-License-Identifier: MIT */

/*
 * error.def as constants.
 */

#include "error.h"

#define OAUTH2_ERROR(name, status, code, oauth_code, detail)                 \
    const oauth2_error_t  oauth2_err_##name = {                              \
        #name, status, code, oauth_code, detail                              \
    };
#include "error.def"
#undef OAUTH2_ERROR
