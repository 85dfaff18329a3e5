/* SPDX-License-Identifier: MIT */

/*
 * Mail without a server: one file a message.  It appears whole or not at
 * all, and only its owner can read it, since it holds a link.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "parts.h"


static bool folder_write_all(int fd, oauth2_str_t message);
static oauth2_mail_rc_e folder_failed(const char *what, int error,
    char reason[OAUTH2_REASON_MAX]);


oauth2_mail_rc_e
oauth2_mail_folder_write(const char *folder, oauth2_str_t message_id,
    oauth2_str_t message, char reason[OAUTH2_REASON_MAX])
{
    int   fd, error, n;
    bool  written;
    char  draft[PATH_MAX], path[PATH_MAX];

    n = snprintf(draft, sizeof(draft), "%s/.mail-XXXXXX", folder);
    if (n < 0 || (size_t) n >= sizeof(draft)) {
        return folder_failed("make a file in", ENAMETOOLONG, reason);
    }

    n = snprintf(path, sizeof(path), "%s/%.*s.eml", folder,
                 (int) message_id.len, (char *) message_id.data);
    if (n < 0 || (size_t) n >= sizeof(path)) {
        return folder_failed("make a file in", ENAMETOOLONG, reason);
    }

    fd = mkostemp(draft, O_CLOEXEC);
    if (fd == -1) {
        return folder_failed("make a file in", errno, reason);
    }

    written = folder_write_all(fd, message);
    error = errno;

    if (close(fd) != 0 && written) {
        written = false;
        error = errno;
    }

    if (written && rename(draft, path) == 0) {
        return OAUTH2_MAIL_SENT;
    }

    error = written ? errno : error;
    (void) unlink(draft);

    return folder_failed("write into", error, reason);
}


static bool
folder_write_all(int fd, oauth2_str_t message)
{
    ssize_t  n;

    while (message.len != 0) {
        n = write(fd, message.data, message.len);

        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }

            return false;
        }

        message.data += n;
        message.len -= (size_t) n;
    }

    return fsync(fd) == 0;
}


static oauth2_mail_rc_e
folder_failed(const char *what, int error, char reason[OAUTH2_REASON_MAX])
{
    const char  *text;

    text = strerrordesc_np(error);

    (void) snprintf(reason, OAUTH2_REASON_MAX,
                    "cannot %s the mail folder: %s", what,
                    text == NULL ? "unknown error" : text);

    return OAUTH2_MAIL_RETRY;
}
