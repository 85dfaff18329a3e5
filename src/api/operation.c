/* SPDX-License-Identifier: MIT */

/*
 * An account operation: through the worker and Temporal, or directly when
 * that is not to be had, with the same operation id, so that it happens
 * once whichever way it goes (design, section 4).
 */

#include "api.h"

#define OPERATION_INPUT_MAX  8192
#define OPERATION_PATH_MAX   128
#define OPERATION_KEY_MAX    255

static oauth2_next_e operation_ask(oauth2_flow_t *f);
static oauth2_next_e operation_answer(oauth2_flow_t *f);
static oauth2_next_e operation_direct(oauth2_flow_t *f);
static oauth2_next_e operation_end(oauth2_flow_t *f);
static const oauth2_error_t *operation_id(oauth2_flow_t *f,
    const oauth2_operation_t *operation, oauth2_str_t *id);
static bool operation_key_check(oauth2_str_t key);
static oauth2_rc_e operation_input(oauth2_flow_t *f, oauth2_str_t input,
    oauth2_str_t fingerprint, oauth2_str_t *whole);
static oauth2_rc_e operation_took(oauth2_flow_t *f,
    oauth2_operation_state_t *state);
static oauth2_rc_e operation_token(oauth2_flow_t *f,
    oauth2_operation_state_t *state);
static oauth2_str_t operation_member(oauth2_flow_t *f, const char *name);

const oauth2_step_t  oauth2_operation_steps[] = {
    { "handing over to the worker", operation_ask, NULL },
    { "reading the worker's answer", operation_answer, NULL },
    { "running directly", operation_direct, &oauth2_err_unavailable },
    { "ending the operation", operation_end, NULL },
    { NULL, NULL, NULL }
};


oauth2_next_e
oauth2_operation_run(oauth2_flow_t *f, const oauth2_operation_t *operation,
    oauth2_str_t input, oauth2_str_t fingerprint)
{
    const oauth2_error_t      *error;
    oauth2_operation_state_t  *state;

    state = oauth2_operation_state(f);
    state->operation = operation;

    error = operation_id(f, operation, &state->id);

    if (error != NULL) {
        return oauth2_fail(f, error);
    }

    if (operation_input(f, input, fingerprint, &state->input) != OAUTH2_OK)
    {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    return oauth2_enter(f, oauth2_operation_steps);
}


oauth2_str_t
oauth2_operation_join_n(oauth2_flow_t *f, const oauth2_str_t *parts,
    size_t n)
{
    size_t        i;
    oauth2_buf_t  buf;
    oauth2_str_t  text;

    oauth2_buf_init(&buf, oauth2_pool(f), OPERATION_INPUT_MAX);

    for (i = 0; i < n; i++) {
        if (parts[i].data != NULL) {
            oauth2_buf_write_byte(&buf, '=');
            oauth2_buf_write(&buf, parts[i]);
        }

        oauth2_buf_write_byte(&buf, '\0');
    }

    if (oauth2_buf_done(&buf, &text) != OAUTH2_OK) {
        return oauth2_str_null;
    }

    return text;
}


oauth2_rc_e
oauth2_operation_id(oauth2_flow_t *f, oauth2_str_t *id)
{
    char          text[OAUTH2_UUID_LEN + 1];
    u_char        random[16];
    oauth2_rc_e   rc;

    rc = oauth2_random(random, sizeof(random));

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_uuid_write(oauth2_now_ms(f), random, text);

    return oauth2_pool_copy(oauth2_pool(f), oauth2_str_of(text), id);
}


/* An operation without a workflow goes directly. */

static oauth2_next_e
operation_ask(oauth2_flow_t *f)
{
    oauth2_buf_t               buf;
    oauth2_str_t               path, body;
    oauth2_json_t              j;
    oauth2_operation_state_t  *state;

    state = oauth2_operation_state(f);

    if (state->operation->workflow == NULL || !oauth2_worker_configured(f))
    {
        return OAUTH2_NEXT;
    }

    oauth2_buf_init(&buf, oauth2_pool(f), OPERATION_PATH_MAX);
    oauth2_buf_write_c(&buf, "/operations/");
    oauth2_buf_write_c(&buf, state->operation->name);

    if (oauth2_buf_done(&buf, &path) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    oauth2_json_init(&j, oauth2_pool(f), OPERATION_INPUT_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "operation_id", state->id);
    oauth2_json_raw(&j, "input", state->input);
    oauth2_json_close(&j);

    if (oauth2_json_done(&j, &body) != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    OAUTH2_FAULT("nginx.before_handover");

    return oauth2_worker_ask(f, (const char *) path.data, body);
}


static oauth2_next_e
operation_answer(oauth2_flow_t *f)
{
    oauth2_outcome_t  *outcome, answer;

    /* 0 as well when nobody was asked. */

    if (oauth2_operation_state(f)->operation->workflow == NULL
        || oauth2_worker_status(f) != 200)
    {
        return OAUTH2_NEXT;
    }

    answer.status = operation_member(f, "status");
    answer.method = operation_member(f, "method");
    answer.result = operation_member(f, "result");

    if (answer.status.data != NULL && answer.method.data != NULL
        && answer.result.data != NULL)
    {
        outcome = oauth2_outcome(f);
        *outcome = answer;

        OAUTH2_FAULT("nginx.after_answer");
    }

    return OAUTH2_NEXT;
}


/* Runs once, and again after each row of SQL. */

static oauth2_next_e
operation_direct(oauth2_flow_t *f)
{
    oauth2_rc_e                rc;
    oauth2_str_t               method;
    oauth2_operation_state_t  *state;

    state = oauth2_operation_state(f);
    rc = OAUTH2_OK;

    if (state->activity != NULL) {
        OAUTH2_FAULT("nginx.after_direct_sql");
        rc = operation_took(f, state);
        state->activity++;

    } else if (oauth2_outcome(f)->status.data != NULL) {
        return OAUTH2_NEXT;

    } else {
        state->activity = state->operation->activities;
    }

    while (rc == OAUTH2_OK && state->activity->name != NULL
           && state->activity->kind != OAUTH2_ACTIVITY_SQL)
    {
        if (state->activity->kind == OAUTH2_ACTIVITY_MAIL) {
            oauth2_mail_kick(f);

        } else {
            rc = operation_token(f, state);
        }

        state->activity++;
    }

    if (rc != OAUTH2_OK) {
        return oauth2_fail(f, &oauth2_err_server_error);
    }

    if (state->activity->name == NULL) {
        return OAUTH2_NEXT;
    }

    method = oauth2_str_of(state->operation->direct);

    oauth2_repeat(f);

    return oauth2_call(f, oauth2_db_stmt_find(state->activity->name),
                       state->id, method, state->input);
}


static oauth2_next_e
operation_end(oauth2_flow_t *f)
{
    OAUTH2_FAULT("nginx.before_reply");

    if (oauth2_str_same(oauth2_outcome(f)->status,
                        oauth2_str("key_reused")))
    {
        return oauth2_fail(f, &oauth2_err_key_reused);
    }

    return OAUTH2_NEXT;
}


/* With a caller's key the id is a keyed digest of it: the same key, the
 * same operation, and nobody finds another's operation by its key. */

static const oauth2_error_t *
operation_id(oauth2_flow_t *f, const oauth2_operation_t *operation,
    oauth2_str_t *id)
{
    char          text[OAUTH2_UUID_LEN + 1];
    u_char        digest[OAUTH2_SHA256_LEN];
    oauth2_buf_t  buf;
    oauth2_str_t  key, whole;

    key = oauth2_header(f, "idempotency-key");

    if (key.data == NULL) {
        return oauth2_operation_id(f, id) == OAUTH2_OK
               ? NULL : &oauth2_err_server_error;
    }

    if (!operation_key_check(key)) {
        return &oauth2_err_invalid_key;
    }

    oauth2_buf_init(&buf, oauth2_pool(f), OPERATION_PATH_MAX
                                          + OPERATION_KEY_MAX);
    oauth2_buf_write_c(&buf, operation->name);
    oauth2_buf_write_byte(&buf, '\0');
    oauth2_buf_write(&buf, key);

    if (oauth2_buf_done(&buf, &whole) != OAUTH2_OK
        || oauth2_hmac_sha256(oauth2_settings(f)->token_key->idempotency,
                              whole, digest)
           != OAUTH2_OK)
    {
        return &oauth2_err_server_error;
    }

    oauth2_uuid_write_digest(digest, text);

    return oauth2_pool_copy(oauth2_pool(f), oauth2_str_of(text), id)
           == OAUTH2_OK ? NULL : &oauth2_err_server_error;
}


static bool
operation_key_check(oauth2_str_t key)
{
    size_t  i;

    if (key.len == 0 || key.len > OPERATION_KEY_MAX) {
        return false;
    }

    for (i = 0; i < key.len; i++) {
        if (key.data[i] < 0x20 || key.data[i] > 0x7e) {
            return false;
        }
    }

    return true;
}


/* The fingerprint may hold a password: its digest is a keyed one. */

static oauth2_rc_e
operation_input(oauth2_flow_t *f, oauth2_str_t input,
    oauth2_str_t fingerprint, oauth2_str_t *whole)
{
    u_char         digest[OAUTH2_SHA256_LEN];
    oauth2_rc_e    rc;
    oauth2_buf_t   buf;
    oauth2_str_t   bytes, hex, object;
    oauth2_json_t  j;

    if (fingerprint.data == NULL) {
        return OAUTH2_NOMEM;
    }

    rc = oauth2_hmac_sha256(oauth2_settings(f)->token_key->idempotency,
                            fingerprint, digest);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    bytes.data = digest;
    bytes.len = sizeof(digest);

    oauth2_buf_init(&buf, oauth2_pool(f), 2 * sizeof(digest));
    oauth2_buf_write_hex(&buf, bytes);

    rc = oauth2_buf_done(&buf, &hex);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    oauth2_json_init(&j, oauth2_pool(f), OPERATION_INPUT_MAX);
    oauth2_json_open(&j, NULL);
    oauth2_json_str(&j, "fingerprint", hex);
    oauth2_json_close(&j);

    rc = oauth2_json_done(&j, &object);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_json_merge(oauth2_pool(f), input, object, whole);
}


/*
 * A row came back.  The function answers what was decided first, with the
 * method of that time: when a workflow was quicker, that is what is told.
 */

static oauth2_rc_e
operation_took(oauth2_flow_t *f, oauth2_operation_state_t *state)
{
    oauth2_str_t       result;
    oauth2_outcome_t  *outcome;

    result = oauth2_row(f, "result");

    if (result.data == NULL) {
        result = oauth2_str("{}");
    }

    if (state->activity->decides) {
        outcome = oauth2_outcome(f);
        outcome->status = oauth2_row(f, "status");
        outcome->method = oauth2_row(f, "method");
        outcome->result = result;
    }

    return oauth2_json_merge(oauth2_pool(f), state->input, result,
                             &state->input);
}


static oauth2_rc_e
operation_token(oauth2_flow_t *f, oauth2_operation_state_t *state)
{
    oauth2_rc_e   rc;
    oauth2_str_t  result;

    rc = oauth2_operation_token(oauth2_pool(f),
                                oauth2_settings(f)->token_key,
                                state->activity->kind, state->id,
                                state->input, oauth2_now(f), &result);

    if (rc != OAUTH2_OK) {
        return rc;
    }

    return oauth2_json_merge(oauth2_pool(f), state->input, result,
                             &state->input);
}


static oauth2_str_t
operation_member(oauth2_flow_t *f, const char *name)
{
    oauth2_str_t  value;

    if (oauth2_json_find(oauth2_pool(f), oauth2_worker_body(f), name,
                         &value)
        != OAUTH2_OK)
    {
        return oauth2_str_null;
    }

    return value;
}
