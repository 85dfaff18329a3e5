/* SPDX-License-Identifier: MIT */

/* What discovery says of TLS client certificates (RFC 8705 3.3, 5). */

#include "api.h"

typedef struct {
    const char  *name;
    const char  *path;
} discovery_alias_t;

static const discovery_alias_t  discovery_aliases[] = {
    { "token_endpoint", "/oauth/token" },
    { "device_authorization_endpoint", "/oauth/device_authorization" },
    { "pushed_authorization_request_endpoint", "/oauth/par" },
    { "userinfo_endpoint", "/oauth/userinfo" },
    { "revocation_endpoint", "/oauth/revoke" },
    { "introspection_endpoint", "/oauth/introspect" },
    { NULL, NULL }
};


void
oauth2_discovery_mtls(oauth2_flow_t *f, oauth2_json_t *j)
{
    oauth2_buf_t              buf;
    oauth2_str_t              url;
    const discovery_alias_t  *alias;

    if (oauth2_settings(f)->mtls_url.len == 0) {
        return;
    }

    oauth2_json_bool(j, "tls_client_certificate_bound_access_tokens", true);
    oauth2_json_open(j, "mtls_endpoint_aliases");

    for (alias = discovery_aliases; alias->name != NULL; alias++) {
        oauth2_buf_init(&buf, oauth2_pool(f), 2048);
        oauth2_buf_write(&buf, oauth2_settings(f)->mtls_url);
        oauth2_buf_write_c(&buf, alias->path);

        if (oauth2_buf_done(&buf, &url) == OAUTH2_OK) {
            oauth2_json_str(j, alias->name, url);
        }
    }

    oauth2_json_close(j);
}
