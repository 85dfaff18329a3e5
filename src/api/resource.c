/* SPDX-License-Identifier: MIT */

/*
 * Resource indicators (RFC 8707): whom an access token is for.
 */

#include "api.h"

#define RESOURCE_SELF  oauth2_str("self")
#define RESOURCE_MAX   4096

static oauth2_rc_e resource_allowed(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_str_t *allowed);
static const oauth2_error_t *resource_add(oauth2_flow_t *f,
    oauth2_buf_t *buf, oauth2_str_t allowed, oauth2_str_t list, bool uri);
static oauth2_rc_e resource_find(oauth2_flow_t *f, oauth2_str_t parameters,
    oauth2_str_t *list);


const oauth2_error_t *
oauth2_resource_check(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_str_t *list)
{
    return oauth2_audience_check(f, metadata, oauth2_str_null, list);
}


const oauth2_error_t *
oauth2_audience_check(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_str_t audience, oauth2_str_t *list)
{
    oauth2_buf_t           buf;
    oauth2_str_t           allowed;
    const oauth2_error_t  *error;

    if (list->data == NULL && audience.data == NULL) {
        return NULL;
    }

    if (resource_allowed(f, metadata, &allowed) != OAUTH2_OK) {
        return &oauth2_err_server_error;
    }

    oauth2_buf_init(&buf, oauth2_pool(f), RESOURCE_MAX);

    error = resource_add(f, &buf, allowed, *list, true);

    if (error == NULL) {
        error = resource_add(f, &buf, allowed, audience, false);
    }

    if (error != NULL) {
        return error;
    }

    return oauth2_buf_done(&buf, list) == OAUTH2_OK
           ? NULL : &oauth2_err_server_error;
}


oauth2_rc_e
oauth2_resource_parameters(oauth2_flow_t *f, oauth2_str_t list,
    oauth2_str_t *parameters)
{
    oauth2_json_t  j;

    if (list.data == NULL && !oauth2_pop_is_bound(f)) {
        *parameters = oauth2_str_null;
        return OAUTH2_OK;
    }

    oauth2_json_init(&j, oauth2_pool(f), RESOURCE_MAX * 2);
    oauth2_json_open(&j, NULL);
    oauth2_json_optional(&j, "audience", list);
    oauth2_pop_write(f, &j);
    oauth2_json_close(&j);

    return oauth2_json_done(&j, parameters);
}


oauth2_rc_e
oauth2_resource_write(oauth2_flow_t *f, oauth2_json_t *j,
    oauth2_str_t parameters)
{
    bool          several;
    oauth2_rc_e   rc;
    oauth2_str_t  rest, word;

    rc = resource_find(f, parameters, &rest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    several = memchr(rest.data, ' ', rest.len) != NULL;

    if (several) {
        oauth2_json_open_array(j, "aud");
    }

    while (oauth2_str_word(&rest, ' ', &word)) {
        if (oauth2_str_same(word, RESOURCE_SELF)) {
            word = oauth2_settings(f)->issuer;
        }

        oauth2_json_str(j, several ? NULL : "aud", word);
    }

    if (several) {
        oauth2_json_close_array(j);
    }

    return OAUTH2_OK;
}


bool
oauth2_resource_is_for(oauth2_flow_t *f, oauth2_str_t parameters,
    oauth2_str_t audience)
{
    oauth2_str_t  list;

    if (audience.data == NULL
        || oauth2_str_same(audience, oauth2_settings(f)->issuer))
    {
        audience = RESOURCE_SELF;
    }

    return resource_find(f, parameters, &list) == OAUTH2_OK
           && oauth2_str_has_word(list, audience);
}


static oauth2_rc_e
resource_allowed(oauth2_flow_t *f, oauth2_str_t metadata,
    oauth2_str_t *allowed)
{
    oauth2_rc_e  rc;

    rc = oauth2_json_find(oauth2_pool(f), metadata, "resources", allowed);

    if (rc == OAUTH2_NONE) {
        *allowed = oauth2_str("[]");
        return OAUTH2_OK;
    }

    return rc;
}


static const oauth2_error_t *
resource_add(oauth2_flow_t *f, oauth2_buf_t *buf, oauth2_str_t allowed,
    oauth2_str_t list, bool uri)
{
    oauth2_str_t  word;

    while (oauth2_str_word(&list, ' ', &word)) {
        if (uri && !oauth2_uri_is_resource(word)) {
            return &oauth2_err_invalid_target;
        }

        if (oauth2_str_same(word, oauth2_settings(f)->issuer)) {
            word = RESOURCE_SELF;

        } else if (!oauth2_list_has(oauth2_pool(f), allowed, word)) {
            return &oauth2_err_invalid_target;
        }

        if (buf->len > 0) {
            oauth2_buf_write_byte(buf, ' ');
        }

        oauth2_buf_write(buf, word);
    }

    return NULL;
}


/* Of this token, or else of its family, or else ourselves. */

static oauth2_rc_e
resource_find(oauth2_flow_t *f, oauth2_str_t parameters, oauth2_str_t *list)
{
    oauth2_rc_e  rc;

    *list = RESOURCE_SELF;

    if (parameters.data == NULL) {
        return OAUTH2_OK;
    }

    rc = oauth2_json_find(oauth2_pool(f), parameters, "audience", list);

    if (rc == OAUTH2_NONE) {
        rc = oauth2_json_find(oauth2_pool(f), parameters, "resource", list);
    }

    return rc == OAUTH2_NONE ? OAUTH2_OK : rc;
}
