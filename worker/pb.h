/* SPDX-License-Identifier: MIT */

/*
 * Temporal's messages (temporal.proto) in our types, and the three things
 * done with them.  A message lives in a pool; nobody frees one alone.
 */

#ifndef OAUTH2_PB_H
#define OAUTH2_PB_H

#include "../src/core/pool.h"
#include "temporal.pb-c.h"

#define OAUTH2_PB_MAX  (8 * 1024 * 1024)    /* bytes of a message */

typedef Oauth2__Pb__Payload                  oauth2_pb_payload_t;
typedef Oauth2__Pb__Payloads                 oauth2_pb_payloads_t;
typedef Oauth2__Pb__MetadataEntry            oauth2_pb_metadata_t;
typedef Oauth2__Pb__NamedPayload             oauth2_pb_named_t;
typedef Oauth2__Pb__NamedPayloads            oauth2_pb_detail_t;
typedef Oauth2__Pb__Failure                  oauth2_pb_failure_t;
typedef Oauth2__Pb__Duration                 oauth2_pb_duration_t;
typedef Oauth2__Pb__TypeName                 oauth2_pb_type_t;
typedef Oauth2__Pb__TaskQueue                oauth2_pb_queue_t;
typedef Oauth2__Pb__Event                    oauth2_pb_event_t;
typedef Oauth2__Pb__Command                  oauth2_pb_command_t;
typedef Oauth2__Pb__WorkflowTask             oauth2_pb_wtask_t;
typedef Oauth2__Pb__ActivityTask             oauth2_pb_atask_t;

#define oauth2_pb_new(pool, name)                                            \
    oauth2_pb_create(pool, &oauth2__pb__##name##__descriptor)


/* A message with its default values.  NULL without memory. */
void *oauth2_pb_create(oauth2_pool_t *pool,
    const ProtobufCMessageDescriptor *type);

/*
 * Bytes to message; strings and sub-messages live in the pool too.  NULL:
 * the bytes are no such message, or memory is short.
 */
void *oauth2_pb_parse(oauth2_pool_t *pool,
    const ProtobufCMessageDescriptor *type, oauth2_str_t bytes);

/*
 * Message to bytes, behind so many bytes that are left for the caller.
 * OAUTH2_BAD: larger than OAUTH2_PB_MAX.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_pb_write(oauth2_pool_t *pool,
    const ProtobufCMessage *message, size_t before, oauth2_str_t *bytes);

/* A string of a bytes field, and the other way; no byte is copied. */
oauth2_str_t oauth2_pb_str(ProtobufCBinaryData bytes);
ProtobufCBinaryData oauth2_pb_bytes(oauth2_str_t s);

/* A duration of milliseconds.  NULL without memory. */
oauth2_pb_duration_t *oauth2_pb_duration(oauth2_pool_t *pool, int64_t ms);

/* A type name; the string stays the caller's.  NULL without memory. */
oauth2_pb_type_t *oauth2_pb_type(oauth2_pool_t *pool, const char *name);

#endif
