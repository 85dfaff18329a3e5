/* SPDX-License-Identifier: MIT */

/*
 * A point of a test build: see src/core/fault.h.
 *
 * A test makes the file OAUTH2_FAULT_DIR/<name>.  The first process that
 * comes by takes it (as <name>.hit) and stands still until there is a file
 * <name>.go, or until the test must have forgotten about it.
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../src/core/fault.h"

#define FAULT_LOOK  2        /* ms */
#define FAULT_MAX   30000    /* ms */


static void fault_wait(const char *go);


void
oauth2_fault(const char *name)
{
    char         path[256], hit[256], go[256];
    const char  *folder;

    folder = getenv("OAUTH2_FAULT_DIR");
    if (folder == NULL) {
        return;
    }

    (void) snprintf(path, sizeof(path), "%s/%s", folder, name);
    (void) snprintf(hit, sizeof(hit), "%s/%s.hit", folder, name);
    (void) snprintf(go, sizeof(go), "%s/%s.go", folder, name);

    if (rename(path, hit) == 0) {
        fault_wait(go);
    }
}


static void
fault_wait(const char *go)
{
    int              i;
    struct timespec  pause;

    pause.tv_sec = 0;
    pause.tv_nsec = FAULT_LOOK * 1000000L;

    for (i = 0; i < FAULT_MAX / FAULT_LOOK && access(go, F_OK) != 0; i++) {
        (void) nanosleep(&pause, NULL);
    }
}
