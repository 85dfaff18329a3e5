/* SPDX-License-Identifier: MIT */

/*
 * The streams of a connection: requests, and nghttp2's callbacks.
 */

#include <stdlib.h>

#include <nghttp2/nghttp2.h>

#include "h2_conn.h"


static nghttp2_nv stream_header(const char *name, const char *value);
static ssize_t stream_read_body(nghttp2_session *session, int32_t id,
    uint8_t *buf, size_t size, uint32_t *flags, nghttp2_data_source *source,
    void *data);
static int stream_on_header(nghttp2_session *session,
    const nghttp2_frame *frame, const uint8_t *name, size_t name_len,
    const uint8_t *value, size_t value_len, uint8_t flags, void *data);
static int stream_on_data(nghttp2_session *session, uint8_t flags,
    int32_t id, const uint8_t *bytes, size_t len, void *data);
static int stream_on_frame_sent(nghttp2_session *session,
    const nghttp2_frame *frame, void *data);
static int stream_on_frame(nghttp2_session *session,
    const nghttp2_frame *frame, void *data);
static int stream_on_close(nghttp2_session *session, int32_t id,
    uint32_t error, void *data);


oauth2_h2_stream_t *
oauth2_h2_conn_start(oauth2_h2_conn_t *conn, const char *path,
    const char *timeout, oauth2_str_t body,
    const oauth2_h2_handler_t *handler, void *data)
{
    size_t                 n;
    nghttp2_nv             headers[10];
    const char            *key;
    oauth2_h2_stream_t    *stream;
    nghttp2_data_provider  provider;

    if (!conn->connected || conn->going) {
        return NULL;
    }

    stream = calloc(1, sizeof(oauth2_h2_stream_t));
    if (stream == NULL) {
        return NULL;
    }

    stream->conn = conn;
    stream->handler = handler;
    stream->data = data;
    stream->body = body;

    headers[0] = stream_header(":method", "POST");
    headers[1] = stream_header(":scheme", conn->conf->temporal_tls
                                          ? "https" : "http");
    headers[2] = stream_header(":path", path);
    headers[3] = stream_header(":authority", conn->conf->temporal_address);
    headers[4] = stream_header("content-type", "application/grpc");
    headers[5] = stream_header("te", "trailers");
    headers[6] = stream_header("user-agent", "oauth2-worker/"
                               OAUTH2_VERSION);
    headers[7] = stream_header("grpc-timeout", timeout);
    n = 8;

    /* as Temporal Cloud wants them */
    key = oauth2_api_key_header(conn->key);

    if (key != NULL) {
        headers[n] = stream_header("authorization", key);
        headers[n].flags = NGHTTP2_NV_FLAG_NO_INDEX;
        headers[n + 1] = stream_header("temporal-namespace",
                                       conn->conf->namespace);
        n += 2;
    }

    provider.source.ptr = stream;
    provider.read_callback = stream_read_body;

    stream->id = nghttp2_submit_request(conn->session, NULL, headers, n,
                                        &provider, stream);
    if (stream->id < 0) {
        free(stream);
        return NULL;
    }

    stream->next = conn->streams;
    conn->streams = stream;

    /* ended() must not be called from here: a failing write is told by
     * the deferred event of the bufferevent */
    if (!conn->busy) {
        oauth2_h2_conn_flush(conn);
    }

    return stream;
}


void
oauth2_h2_cancel(oauth2_h2_stream_t *stream)
{
    oauth2_h2_conn_t  *conn;

    conn = stream->conn;
    stream->handler = NULL;
    stream->body = oauth2_str_null;

    (void) nghttp2_submit_rst_stream(conn->session, NGHTTP2_FLAG_NONE,
                                     stream->id, NGHTTP2_CANCEL);
    if (!conn->busy) {
        oauth2_h2_conn_flush(conn);
    }
}


void
oauth2_h2_stream_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_header_callback(callbacks,
                                                     stream_on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks,
                                                              stream_on_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks,
                                                       stream_on_frame_sent);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks,
                                                         stream_on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks,
                                                           stream_on_close);
}


void
oauth2_h2_stream_end(oauth2_h2_stream_t *stream, oauth2_h2_end_e how)
{
    void                       *data;
    oauth2_h2_stream_t        **p;
    const oauth2_h2_handler_t  *handler;

    for (p = &stream->conn->streams; *p != NULL; p = &(*p)->next) {
        if (*p == stream) {
            *p = stream->next;
            break;
        }
    }

    handler = stream->handler;
    data = stream->data;
    free(stream);

    if (handler != NULL) {
        handler->ended(data, how);
    }
}


static nghttp2_nv
stream_header(const char *name, const char *value)
{
    nghttp2_nv  nv;

    nv.name = (uint8_t *) name;
    nv.namelen = strlen(name);
    nv.value = (uint8_t *) value;
    nv.valuelen = strlen(value);
    nv.flags = NGHTTP2_NV_FLAG_NONE;

    return nv;
}


static ssize_t
stream_read_body(nghttp2_session *session, int32_t id, uint8_t *buf,
    size_t size, uint32_t *flags, nghttp2_data_source *source, void *data)
{
    size_t               n;
    oauth2_h2_stream_t  *stream;

    (void) session;
    (void) id;
    (void) data;

    stream = source->ptr;
    n = stream->body.len - stream->read;

    if (stream->body.data == NULL) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    if (n > size) {
        n = size;
    }

    memcpy(buf, stream->body.data + stream->read, n);
    stream->read += n;

    if (stream->read == stream->body.len) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    }

    return (ssize_t) n;
}


static int
stream_on_header(nghttp2_session *session, const nghttp2_frame *frame,
    const uint8_t *name, size_t name_len, const uint8_t *value,
    size_t value_len, uint8_t flags, void *data)
{
    oauth2_str_t         n, v;
    oauth2_h2_stream_t  *stream;

    (void) flags;
    (void) data;

    n = (oauth2_str_t) { name_len, (u_char *) name };
    v = (oauth2_str_t) { value_len, (u_char *) value };

    stream = nghttp2_session_get_stream_user_data(session,
                                                  frame->hd.stream_id);
    if (stream != NULL && stream->handler != NULL) {
        stream->handler->header(stream->data, n, v);
    }

    return 0;
}


static int
stream_on_data(nghttp2_session *session, uint8_t flags, int32_t id,
    const uint8_t *bytes, size_t len, void *data)
{
    oauth2_str_t         s;
    oauth2_h2_stream_t  *stream;

    (void) flags;
    (void) data;

    s = (oauth2_str_t) { len, (u_char *) bytes };
    stream = nghttp2_session_get_stream_user_data(session, id);

    if (stream != NULL && stream->handler != NULL) {
        stream->handler->body(stream->data, s);
    }

    return 0;
}


static int
stream_on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame,
    void *data)
{
    oauth2_h2_stream_t  *stream;

    (void) data;

    if (frame->hd.type != NGHTTP2_HEADERS) {
        return 0;
    }

    stream = nghttp2_session_get_stream_user_data(session,
                                                  frame->hd.stream_id);
    if (stream != NULL) {
        stream->sent = true;
    }

    return 0;
}


static int
stream_on_frame(nghttp2_session *session, const nghttp2_frame *frame,
    void *data)
{
    oauth2_h2_conn_t  *conn;

    (void) session;

    conn = data;

    if (frame->hd.type == NGHTTP2_SETTINGS && !conn->connected) {
        oauth2_h2_conn_ready(conn);
    }

    if (frame->hd.type == NGHTTP2_PING
        && (frame->hd.flags & NGHTTP2_FLAG_ACK))
    {
        conn->pinged = false;
    }

    if (frame->hd.type == NGHTTP2_GOAWAY && !conn->going) {
        conn->going = true;
        conn->host->going(conn, conn->data);
    }

    return 0;
}


static int
stream_on_close(nghttp2_session *session, int32_t id, uint32_t error,
    void *data)
{
    oauth2_h2_stream_t  *stream;

    (void) data;

    stream = nghttp2_session_get_stream_user_data(session, id);
    if (stream == NULL) {
        return 0;
    }

    if (error == NGHTTP2_NO_ERROR) {
        oauth2_h2_stream_end(stream, OAUTH2_H2_ENDED);

    } else if (error == NGHTTP2_REFUSED_STREAM || !stream->sent) {
        oauth2_h2_stream_end(stream, OAUTH2_H2_UNSENT);

    } else {
        oauth2_h2_stream_end(stream, OAUTH2_H2_LOST);
    }

    return 0;
}
