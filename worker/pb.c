/* SPDX-License-Identifier: MIT */

/*
 * Protobuf messages in pools.
 */

#include "pb.h"


static void *pb_alloc(void *data, size_t size);
static void pb_free(void *data, void *p);


void *
oauth2_pb_create(oauth2_pool_t *pool, const ProtobufCMessageDescriptor *type)
{
    void  *message;

    message = oauth2_pool_alloc(pool, type->sizeof_message);
    if (message == NULL) {
        return NULL;
    }

    protobuf_c_message_init(type, message);

    return message;
}


void *
oauth2_pb_parse(oauth2_pool_t *pool, const ProtobufCMessageDescriptor *type,
    oauth2_str_t bytes)
{
    ProtobufCAllocator  allocator;

    allocator.alloc = pb_alloc;
    allocator.free = pb_free;
    allocator.allocator_data = pool;

    if (bytes.len > OAUTH2_PB_MAX) {
        return NULL;
    }

    return protobuf_c_message_unpack(type, &allocator, bytes.len,
                                     bytes.data);
}


oauth2_rc_e
oauth2_pb_write(oauth2_pool_t *pool, const ProtobufCMessage *message,
    size_t before, oauth2_str_t *bytes)
{
    u_char  *p;
    size_t   size;

    size = protobuf_c_message_get_packed_size(message);
    if (size > OAUTH2_PB_MAX) {
        return OAUTH2_BAD;
    }

    p = oauth2_pool_alloc(pool, before + size + 1);
    if (p == NULL) {
        return OAUTH2_NOMEM;
    }

    size = protobuf_c_message_pack(message, p + before);

    bytes->data = p;
    bytes->len = before + size;

    return OAUTH2_OK;
}


oauth2_str_t
oauth2_pb_str(ProtobufCBinaryData bytes)
{
    return (oauth2_str_t) { bytes.len, bytes.data };
}


ProtobufCBinaryData
oauth2_pb_bytes(oauth2_str_t s)
{
    return (ProtobufCBinaryData) { s.len, s.data };
}


oauth2_pb_duration_t *
oauth2_pb_duration(oauth2_pool_t *pool, int64_t ms)
{
    oauth2_pb_duration_t  *d;

    d = oauth2_pb_new(pool, duration);
    if (d == NULL) {
        return NULL;
    }

    d->seconds = ms / 1000;
    d->nanos = (int32_t) (ms % 1000) * 1000000;

    return d;
}


oauth2_pb_type_t *
oauth2_pb_type(oauth2_pool_t *pool, const char *name)
{
    oauth2_pb_type_t  *type;

    type = oauth2_pb_new(pool, type_name);
    if (type == NULL) {
        return NULL;
    }

    type->name = (char *) name;

    return type;
}


static void *
pb_alloc(void *data, size_t size)
{
    return oauth2_pool_alloc(data, size);
}


static void
pb_free(void *data, void *p)
{
    (void) data;
    (void) p;
}
