/* SPDX-License-Identifier: MIT */

/* Any text as what a user tells: what is written of it is acceptable. */

#include "fuzz.h"

#include "../../src/core/json_scan.h"
#include "../../src/core/profile.h"
#include "../../src/core/profile_check.h"


void
fuzz_one(oauth2_pool_t *pool, oauth2_str_t text)
{
    oauth2_str_t                 written;
    oauth2_json_t                j;
    oauth2_complaint_t          *complaints;
    oauth2_json_members_t        list;
    const oauth2_json_member_t  *member;

    complaints = NULL;
    oauth2_json_init(&j, pool, 1024 * 1024);
    oauth2_json_open(&j, NULL);

    if (oauth2_profile_read(pool, text, &j, &complaints) != OAUTH2_OK) {
        return;
    }

    oauth2_json_close(&j);
    fuzz_require(oauth2_json_done(&j, &written) == OAUTH2_OK);
    fuzz_require(oauth2_json_scan_rc(pool, written, &list) == OAUTH2_OK);
    fuzz_require(oauth2_json_member(&list, "email") == NULL);

    member = oauth2_json_member(&list, "website");
    fuzz_require(member == NULL || member->type == OAUTH2_JSON_NULL
                 || oauth2_profile_check_url(member->value) == NULL);
}
