/* SPDX-License-Identifier: MIT */

/*
 * yajl, made strict.  Left alone it takes comments for none of our
 * callers but keeps duplicate members, turns lone surrogates into '?',
 * hands out NUL bytes, checks UTF-8 loosely, takes vertical tabs for white
 * space, may overlook an unfinished token behind the value, and does not
 * look at what malloc() answers.
 *
 * So the text is looked through before it is parsed, names are compared
 * when their object ends, and yajl's memory is one piece, large enough for
 * anything it may ask for.  That piece is wiped with its pool: it may hold
 * a password that was written with an escape.
 */

#include "str.h"
#include "json.h"
#include "json_scan.h"
#include "field_put.h"

#include <assert.h>
#include <stdalign.h>
#include <yajl/yajl_parse.h>

#define SCAN_MEMBERS_FIRST  16

/*
 * yajl keeps two buffers, one for a string with escapes and one for an
 * unfinished token; each begins with 2048 bytes and doubles while it is
 * not larger than the text.  The rest of its objects is below 2 KB.
 */
#define SCAN_YAJL(len)  ((len) * 4 + 8192)

#define SCAN_ALIGN(n)                                                        \
    (((n) + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1))

typedef struct {
    oauth2_pool_t          *pool;
    oauth2_str_t            text;
    oauth2_json_members_t  *list;
    oauth2_names_t          names;     /* of the objects that are open */
    size_t                  first[OAUTH2_JSON_DEPTH];
    unsigned                depth;
    yajl_handle             yajl;
    oauth2_str_t            name;      /* of the member being read */
    size_t                  start;     /* of a nested value */
    size_t                  end;       /* of the whole object */
    oauth2_read_e           rc;
} scan_t;

typedef struct {
    u_char  *last;                     /* the newest piece */
    u_char  *p;
    u_char  *end;
} scan_memory_t;


static oauth2_read_e scan_run(scan_t *s);

static void *scan_malloc(void *ctx, size_t size);
static void *scan_realloc(void *ctx, void *p, size_t size);
static void scan_free(void *ctx, void *p);

static int scan_null(void *ctx);
static int scan_boolean(void *ctx, int value);
static int scan_number(void *ctx, const char *p, size_t len);
static int scan_string(void *ctx, const unsigned char *p, size_t len);
static int scan_start_map(void *ctx);
static int scan_map_key(void *ctx, const unsigned char *p, size_t len);
static int scan_end_map(void *ctx);
static int scan_start_array(void *ctx);
static int scan_end_array(void *ctx);

static int scan_open(scan_t *s);
static int scan_close(scan_t *s);
static int scan_value(scan_t *s, oauth2_json_e type, oauth2_str_t value);
static int scan_fail(scan_t *s, oauth2_read_e rc);

static const yajl_callbacks  scan_callbacks = {
    scan_null, scan_boolean, NULL, NULL, scan_number, scan_string,
    scan_start_map, scan_map_key, scan_end_map, scan_start_array,
    scan_end_array
};


oauth2_read_e
oauth2_json_scan(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_json_members_t *list)
{
    scan_t             s;
    oauth2_read_e      rc;
    scan_memory_t      memory;
    yajl_alloc_funcs   funcs;

    rc = oauth2_json_check_text(text);

    if (rc != OAUTH2_READ_OK) {
        return rc;
    }

    memset(list, 0, sizeof(oauth2_json_members_t));
    memset(&s, 0, sizeof(scan_t));
    s.pool = pool;
    s.text = text;
    s.list = list;
    s.names.pool = pool;

    memory.p = oauth2_pool_alloc(pool, SCAN_YAJL(text.len));

    if (memory.p == NULL) {
        return OAUTH2_READ_NOMEM;
    }

    memory.last = memory.p;
    memory.end = memory.p + SCAN_YAJL(text.len);

    funcs.malloc = scan_malloc;
    funcs.realloc = scan_realloc;
    funcs.free = scan_free;
    funcs.ctx = &memory;

    s.yajl = yajl_alloc(&scan_callbacks, &funcs, &s);
    rc = scan_run(&s);
    yajl_free(s.yajl);

    return rc;
}


oauth2_rc_e
oauth2_json_scan_rc(oauth2_pool_t *pool, oauth2_str_t text,
    oauth2_json_members_t *list)
{
    oauth2_read_e  rc;

    rc = oauth2_json_scan(pool, text, list);

    if (rc == OAUTH2_READ_NOMEM) {
        return OAUTH2_NOMEM;
    }

    return (rc == OAUTH2_READ_OK) ? OAUTH2_OK : OAUTH2_BAD;
}


const oauth2_json_member_t *
oauth2_json_member(const oauth2_json_members_t *list, const char *name)
{
    size_t        i;
    oauth2_str_t  s;

    s = oauth2_str_of(name);

    for (i = 0; i < list->count; i++) {
        if (oauth2_str_same(list->members[i].name, s)) {
            return &list->members[i];
        }
    }

    return NULL;
}


static oauth2_read_e
scan_run(scan_t *s)
{
    size_t       i;
    yajl_status  status;

    status = yajl_parse(s->yajl, s->text.data, s->text.len);

    if (status == yajl_status_ok) {
        status = yajl_complete_parse(s->yajl);
    }

    if (s->rc != OAUTH2_READ_OK) {
        return s->rc;
    }

    if (status != yajl_status_ok || s->end == 0) {
        return OAUTH2_READ_SYNTAX;
    }

    for (i = s->end; i < s->text.len; i++) {
        if (s->text.data[i] > ' ') {
            return OAUTH2_READ_SYNTAX;
        }
    }

    return OAUTH2_READ_OK;
}


static void *
scan_malloc(void *ctx, size_t size)
{
    scan_memory_t  *m;

    m = ctx;
    size = SCAN_ALIGN(size + sizeof(max_align_t));

    assert(size <= (size_t) (m->end - m->p));

    /* the size in front is for scan_realloc() */
    memcpy(m->p, &size, sizeof(size_t));
    m->last = m->p;
    m->p += size;

    return m->last + sizeof(max_align_t);
}


/* The newest piece grows in place; yajl never makes one smaller. */
static void *
scan_realloc(void *ctx, void *p, size_t size)
{
    void           *piece;
    size_t          old;
    scan_memory_t  *m;

    m = ctx;

    if (p == NULL) {
        return scan_malloc(ctx, size);
    }

    memcpy(&old, (u_char *) p - sizeof(max_align_t), sizeof(size_t));

    if ((u_char *) p - sizeof(max_align_t) == m->last) {
        m->p = m->last;
        return scan_malloc(ctx, size);
    }

    piece = scan_malloc(ctx, size);
    memcpy(piece, p, old - sizeof(max_align_t));

    return piece;
}


static void
scan_free(void *ctx OAUTH2_UNUSED, void *p OAUTH2_UNUSED)
{
    /* the pool frees it */
}


static int
scan_null(void *ctx)
{
    return scan_value(ctx, OAUTH2_JSON_NULL, oauth2_str_null);
}


static int
scan_boolean(void *ctx, int value)
{
    return scan_value(ctx, OAUTH2_JSON_BOOL,
                      value ? oauth2_str("true") : oauth2_str("false"));
}


static int
scan_number(void *ctx, const char *p, size_t len)
{
    return scan_value(ctx, OAUTH2_JSON_NUMBER,
                      (oauth2_str_t) { len, (u_char *) p });
}


static int
scan_string(void *ctx, const unsigned char *p, size_t len)
{
    return scan_value(ctx, OAUTH2_JSON_STR,
                      (oauth2_str_t) { len, (u_char *) p });
}


static int
scan_start_map(void *ctx)
{
    scan_t  *s;

    s = ctx;

    if (!scan_open(s)) {
        return 0;
    }

    s->first[s->depth - 1] = s->names.count;

    return 1;
}


static int
scan_map_key(void *ctx, const unsigned char *p, size_t len)
{
    scan_t        *s;
    oauth2_str_t   name;

    s = ctx;

    /* the bytes may be yajl's, and gone with the next token */
    if (oauth2_pool_copy(s->pool, (oauth2_str_t) { len, (u_char *) p }, &name)
        != OAUTH2_OK
        || oauth2_names_add(&s->names, name) != OAUTH2_OK)
    {
        return scan_fail(s, OAUTH2_READ_NOMEM);
    }

    if (s->depth == 1) {
        s->name = name;
    }

    return 1;
}


static int
scan_end_map(void *ctx)
{
    scan_t  *s;

    s = ctx;

    if (oauth2_names_repeated(&s->names, s->first[s->depth - 1])) {
        return scan_fail(s, OAUTH2_READ_REPEATED);
    }

    return scan_close(s);
}


static int
scan_start_array(void *ctx)
{
    scan_t  *s;

    s = ctx;

    /* the whole text has to be an object */
    if (s->depth == 0) {
        return scan_fail(s, OAUTH2_READ_SYNTAX);
    }

    return scan_open(s);
}


static int
scan_end_array(void *ctx)
{
    return scan_close(ctx);
}


static int
scan_open(scan_t *s)
{
    if (s->depth == OAUTH2_JSON_DEPTH) {
        return scan_fail(s, OAUTH2_READ_SYNTAX);
    }

    if (s->depth == 1) {
        s->start = yajl_get_bytes_consumed(s->yajl) - 1;
    }

    s->depth++;

    return 1;
}


static int
scan_close(scan_t *s)
{
    size_t        end;
    oauth2_str_t  value;

    s->depth--;
    end = yajl_get_bytes_consumed(s->yajl);

    if (s->depth == 0) {
        s->end = end;
        return 1;
    }

    if (s->depth > 1) {
        return 1;
    }

    value.data = s->text.data + s->start;
    value.len = end - s->start;

    return scan_value(s, OAUTH2_JSON_NESTED, value);
}


/* Members of nested values are of no interest. */
static int
scan_value(scan_t *s, oauth2_json_e type, oauth2_str_t value)
{
    size_t                  size;
    oauth2_json_member_t   *members, *member;
    oauth2_json_members_t  *list;

    if (s->depth == 0) {
        return scan_fail(s, OAUTH2_READ_SYNTAX);
    }

    if (s->depth > 1) {
        return 1;
    }

    list = s->list;

    if (list->count == list->size) {
        size = (list->size == 0) ? SCAN_MEMBERS_FIRST : list->size * 2;
        members = oauth2_pool_alloc(s->pool,
                                    size * sizeof(oauth2_json_member_t));

        if (members == NULL) {
            return scan_fail(s, OAUTH2_READ_NOMEM);
        }

        if (list->count > 0) {
            memcpy(members, list->members,
                   list->count * sizeof(oauth2_json_member_t));
        }

        list->members = members;
        list->size = size;
    }

    member = &list->members[list->count];
    member->name = s->name;
    member->type = type;

    if (oauth2_pool_copy(s->pool, value, &member->value) != OAUTH2_OK) {
        return scan_fail(s, OAUTH2_READ_NOMEM);
    }

    list->count++;

    return 1;
}


static int
scan_fail(scan_t *s, oauth2_read_e rc)
{
    s->rc = rc;

    return 0;
}
