/* SPDX-License-Identifier: MIT */

/*
 * What differs between the nginx versions that we build against.
 */

#ifndef NGX_HTTP_OAUTH2_COMPAT_H
#define NGX_HTTP_OAUTH2_COMPAT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>


/* Since 1.23 headers of one name are a linked list. */
static ngx_inline void
ngx_http_oauth2_header_init(ngx_table_elt_t *h)
{
#if (nginx_version >= 1023000)
    h->next = NULL;
#else
    (void) h;
#endif
}

#endif
