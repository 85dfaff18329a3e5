/* SPDX-License-Identifier: MIT */

/*
 * Signing out of applications by the browser (OpenID Connect Front-Channel
 * Logout 1.0 3): a page with a frame for each of them, which then goes on.
 * The frames may do what a page of theirs needs to forget its user, and
 * cannot lead the page itself elsewhere.
 */

#include "api.h"

#define FRONT_FRAMES_MAX  32
#define FRONT_BYTES_MAX   32768

typedef struct {
    oauth2_buf_t  frames;
    oauth2_buf_t  origins;      /* for the policy, before each a blank */
    size_t        n;
} front_t;

static oauth2_rc_e front_collect(oauth2_flow_t *f, front_t *front,
    oauth2_str_t apps, oauth2_str_t session_id);
static oauth2_rc_e front_add(oauth2_flow_t *f, front_t *front,
    oauth2_str_t app, oauth2_str_t session_id);
static oauth2_rc_e front_uri(oauth2_flow_t *f, oauth2_str_t client_id,
    oauth2_str_t session_id, oauth2_str_t *uri);
static bool front_is_sound(oauth2_str_t uri);
static void front_origin(front_t *front, oauth2_str_t origin);


bool
oauth2_frontchannel_needed(oauth2_str_t apps)
{
    oauth2_str_t  app;

    return oauth2_json_next(&apps, &app);
}


oauth2_next_e
oauth2_frontchannel_reply(oauth2_flow_t *f, oauth2_str_t apps,
    oauth2_str_t session_id, oauth2_str_t uri)
{
    front_t              front;
    oauth2_str_t         frames, origins;
    oauth2_html_value_t  values[6];

    if (front_collect(f, &front, apps, session_id) != OAUTH2_OK
        || oauth2_buf_done(&front.frames, &frames) != OAUTH2_OK
        || oauth2_buf_done(&front.origins, &origins) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    memset(values, 0, sizeof(values));
    values[0].name = "notice";
    values[0].value = oauth2_str("You are signed out here, and of the "
                                 "applications that you used.");
    values[1].name = "frames";
    values[1].value = frames;
    values[1].markup = true;
    values[2].name = "url";
    values[2].value = uri;
    values[3].name = "refresh";
    values[3].value = uri;

    return oauth2_page_reply_frames(f, OAUTH2_PAGE_SIGNED_OUT, values,
                                    origins);
}


/* Too many are cut off: the session has ended, and the page must come. */

static oauth2_rc_e
front_collect(oauth2_flow_t *f, front_t *front, oauth2_str_t apps,
    oauth2_str_t session_id)
{
    oauth2_rc_e   rc;
    oauth2_str_t  app;

    front->n = 0;
    oauth2_buf_init(&front->frames, oauth2_pool(f), FRONT_BYTES_MAX + 8192);
    oauth2_buf_init(&front->origins, oauth2_pool(f), FRONT_BYTES_MAX);

    while (oauth2_json_next(&apps, &app)) {
        if (front->n == FRONT_FRAMES_MAX
            || front->frames.len > FRONT_BYTES_MAX)
        {
            oauth2_log_warn(f, "too many applications to sign out of");
            return OAUTH2_OK;
        }

        rc = front_add(f, front, app, session_id);

        if (rc != OAUTH2_OK) {
            return rc;
        }
    }

    return OAUTH2_OK;
}


static oauth2_rc_e
front_add(oauth2_flow_t *f, front_t *front, oauth2_str_t app,
    oauth2_str_t session_id)
{
    oauth2_rc_e          rc;
    oauth2_str_t         client_id, uri;
    oauth2_html_value_t  values[3];

    rc = oauth2_json_find(oauth2_pool(f), app, "client_id", &client_id);

    if (rc == OAUTH2_OK) {
        rc = oauth2_json_find(oauth2_pool(f), app, "uri", &uri);
    }

    if (rc != OAUTH2_OK) {
        return rc;
    }

    if (!front_is_sound(uri)) {
        oauth2_log_warn(f, "a frontchannel_logout_uri cannot be opened");
        return OAUTH2_OK;
    }

    front_origin(front, oauth2_uri_origin(uri));
    rc = front_uri(f, client_id, session_id, &uri);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    memset(values, 0, sizeof(values));
    values[0].name = "uri";
    values[0].value = uri;
    values[1].name = "client_id";
    values[1].value = client_id;

    oauth2_page_frame(&front->frames, values);
    front->n++;

    return OAUTH2_OK;
}


/* Both parameters to each client, wanted or not: they tell a logout of this
 * session from one that somebody else's link asks for (2). */

static oauth2_rc_e
front_uri(oauth2_flow_t *f, oauth2_str_t client_id, oauth2_str_t session_id,
    oauth2_str_t *uri)
{
    oauth2_rc_e   rc;
    oauth2_buf_t  buf;
    oauth2_str_t  sid;

    rc = oauth2_sid(f, client_id, session_id, &sid);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_buf_init(&buf, oauth2_pool(f), 8192);
    oauth2_buf_write(&buf, *uri);
    oauth2_uri_write_param(&buf, "iss", oauth2_settings(f)->issuer);
    oauth2_uri_write_param(&buf, "sid", sid);

    return oauth2_buf_done(&buf, uri);
}


/* Its origin becomes a part of the policy, and must not end it. */

static bool
front_is_sound(oauth2_str_t uri)
{
    u_char        c;
    size_t        i;
    oauth2_str_t  origin;

    origin = oauth2_uri_origin(uri);

    if (origin.data == NULL || !oauth2_uri_is_resource(uri)) {
        return false;
    }

    for (i = 0; i < origin.len; i++) {
        c = origin.data[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')
            && !(c >= '0' && c <= '9') && memchr(":/.-[]", c, 6) == NULL)
        {
            return false;
        }
    }

    return true;
}


static void
front_origin(front_t *front, oauth2_str_t origin)
{
    oauth2_str_t  rest, word;

    rest.data = front->origins.data;
    rest.len = front->origins.len;

    while (oauth2_str_word(&rest, ' ', &word)) {
        if (oauth2_str_same(word, origin)) {
            return;
        }
    }

    oauth2_buf_write_byte(&front->origins, ' ');
    oauth2_buf_write(&front->origins, origin);
}
