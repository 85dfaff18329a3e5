/* SPDX-License-Identifier: MIT */

/* Payloads in the JSON of a codec server: opened, passed on, refused. */

#include "../../src/core/codec.c"
#include "unit.h"

#define KEY_TEXT                                                             \
    "3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c3f1c"
#define OLD_TEXT                                                             \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

/* metadata {"encoding": "json/plain"}, data {} */
#define PLAIN_HEX                                                            \
    "0a160a08656e636f64696e67120a6a736f6e2f706c61696e12027b7d"
#define PLAIN_JSON                                                           \
    "{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},\"data\":\"e30=\"}"

static oauth2_token_key_t  key, old;


/* What keeps the test itself going without memory is not its subject. */
static oauth2_str_t
sealed_by(oauth2_pool_t *pool, const oauth2_token_key_t *by, const char *hex,
    unsigned damage)
{
    unsigned       left;
    oauth2_buf_t   b;
    oauth2_str_t   sealed, text;

    left = oauth2_pool_fail_at(0);

    assert_int_equal(oauth2_seal_write(pool, by->seal, oauth2_str_null,
                                       unit_hex(pool, hex), &sealed),
                     OAUTH2_OK);
    sealed.data[0] ^= (u_char) damage;

    oauth2_buf_init(&b, pool, 4096);
    oauth2_buf_write_c(&b, "{\"metadata\":{\"encryption-key-id\":\"");
    oauth2_buf_write_base64(&b, oauth2_str_of(by->id));
    oauth2_buf_write_c(&b, "\",\"encoding\":\"YmluYXJ5L2VuY3J5cHRlZA==\"},"
                       "\"data\":\"");
    oauth2_buf_write_base64(&b, sealed);
    oauth2_buf_write_c(&b, "\"}");
    assert_int_equal(oauth2_buf_done(&b, &text), OAUTH2_OK);

    (void) oauth2_pool_fail_at(left);

    return text;
}


static oauth2_rc_e
opened(oauth2_pool_t *pool, oauth2_str_t payload, oauth2_str_t *text,
    const oauth2_error_t **why)
{
    unsigned       left;
    oauth2_rc_e    rc;
    oauth2_json_t  j;

    left = oauth2_pool_fail_at(0);
    oauth2_json_init(&j, pool, 4096);
    oauth2_json_open_array(&j, NULL);
    (void) oauth2_pool_fail_at(left);

    rc = oauth2_codec_open(pool, &key, payload, &j, why);
    oauth2_json_close_array(&j);

    return (rc == OAUTH2_OK) ? oauth2_json_done(&j, text) : rc;
}


static void
opens(oauth2_pool_t *pool)
{
    oauth2_str_t           text;
    const oauth2_error_t  *why;

    unit_rc(OAUTH2_OK, opened(pool, sealed_by(pool, &key, PLAIN_HEX, 0),
                              &text, &why));
    unit_str(text, "[" PLAIN_JSON "]");
    unit_rc(OAUTH2_OK, opened(pool, sealed_by(pool, &old, PLAIN_HEX, 0),
                              &text, &why));
    unit_str(text, "[" PLAIN_JSON "]");

    /* no metadata, no data; fields that are not known; the last entry */
    unit_rc(OAUTH2_OK, opened(pool, sealed_by(pool, &key, "", 0), &text,
                              &why));
    unit_str(text, "[{\"metadata\":{},\"data\":\"\"}]");
    unit_rc(OAUTH2_OK,
            opened(pool, sealed_by(pool, &key, "0807" "110000000000000000"
                                   "1a0161" "2500000000" "0a060a0161120162"
                                   "0a060a0161120163" "120100" "1200", 0),
                   &text, &why));
    unit_str(text, "[{\"metadata\":{\"a\":\"Yw==\"},\"data\":\"\"}]");

    /* entries that leave out their name are one, whichever way */
    unit_rc(OAUTH2_OK, opened(pool, sealed_by(pool, &key, "0a020a00" "0a00",
                                              0), &text, &why));
    unit_str(text, "[{\"metadata\":{\"\":\"\"},\"data\":\"\"}]");
}


static void
passes_on(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_str_t           text, wanted;
    oauth2_buf_t           b;
    const oauth2_error_t  *why;

    static const char *const  as_they_are[] = {
        PLAIN_JSON,
        "{}",
        "{ \"data\": 1, \"x\": [ ] }",
        "{\"metadata\":{},\"data\":\"e30=\"}",
        "{\"metadata\":{\"encoding\":\"YmluYXJ5L3psaWI=\"}}",
    };

    for (i = 0; i < sizeof(as_they_are) / sizeof(char *); i++) {
        unit_rc(OAUTH2_OK, opened(pool, oauth2_str_of(as_they_are[i]), &text,
                                  &why));
        oauth2_buf_init(&b, pool, 4096);
        oauth2_buf_write_byte(&b, '[');
        oauth2_buf_write_c(&b, as_they_are[i]);
        oauth2_buf_write_byte(&b, ']');
        unit_rc(OAUTH2_OK, oauth2_buf_done(&b, &wanted));
        assert_true(oauth2_str_same(text, wanted));
    }
}


static void
refuses_damage(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_str_t           text;
    const oauth2_error_t  *why;

    /* cut off, an unknown wire type, numbers and lengths without end */
    static const char *const  damaged[] = {
        "0a", "0a16", "0a020a08", "0a0212ff", "07", "0b", "1105", "2500",
        "80", "8080808080808080808080", "12ffffffffffffffffff01",
        "0a040a02ff00", "0a030a0100",
    };

    unit_rc(OAUTH2_BAD, opened(pool, sealed_by(pool, &key, PLAIN_HEX, 1),
                               &text, &why));
    assert_ptr_equal(why, &oauth2_err_payload);

    for (i = 0; i < sizeof(damaged) / sizeof(char *); i++) {
        unit_rc(OAUTH2_BAD, opened(pool, sealed_by(pool, &key, damaged[i], 0),
                                   &text, &why));
        assert_ptr_equal(why, &oauth2_err_payload);
    }
}


static void
refuses_form(oauth2_pool_t *pool)
{
    size_t                 i;
    oauth2_str_t           text;
    const oauth2_error_t  *why;

    static const char *const  forms[] = {
        "", "1", "[]", "{", "{\"metadata\":1}", "{\"metadata\":[]}",
        "{\"metadata\":null}",
        "{\"metadata\":{\"encoding\":1}}",
        "{\"metadata\":{\"encoding\":\"*\"}}",
        "{\"metadata\":{\"encoding\":\"YmluYXJ5L2VuY3J5cHRlZA==\"}}",
        "{\"metadata\":{\"encoding\":\"YmluYXJ5L2VuY3J5cHRlZA==\","
            "\"encryption-key-id\":\"AAAA\"}}",
        "{\"metadata\":{\"encoding\":\"YmluYXJ5L2VuY3J5cHRlZA==\","
            "\"encryption-key-id\":\"AAAA\"},\"data\":true}",
    };

    for (i = 0; i < sizeof(forms) / sizeof(char *); i++) {
        unit_rc(OAUTH2_BAD, opened(pool, oauth2_str_of(forms[i]), &text,
                                   &why));
        assert_ptr_equal(why, &oauth2_err_payload);
    }
}


static void
refuses_key(oauth2_pool_t *pool)
{
    oauth2_str_t           text;
    oauth2_token_key_t     foreign;
    const oauth2_error_t  *why;

    foreign = key;
    memcpy(foreign.id, "01234567", OAUTH2_KEY_ID_LEN);

    unit_rc(OAUTH2_BAD, opened(pool, sealed_by(pool, &foreign, PLAIN_HEX, 0),
                               &text, &why));
    assert_ptr_equal(why, &oauth2_err_payload_key);

    /* one key under the name of another */
    foreign = old;
    memcpy(foreign.id, key.id, sizeof(key.id));
    unit_rc(OAUTH2_BAD, opened(pool, sealed_by(pool, &foreign, PLAIN_HEX, 0),
                               &text, &why));
    assert_ptr_equal(why, &oauth2_err_payload);
}


static void
refuses_many(oauth2_pool_t *pool)
{
    char                   hex[(CODEC_METADATA + 1) * 12 + 1];
    unsigned               i;
    oauth2_str_t           text;
    const oauth2_error_t  *why;

    for (i = 0; i <= CODEC_METADATA; i++) {
        (void) snprintf(hex + i * 12, 13, "0a040a0241%02x", 0x30 + i);
    }

    unit_rc(OAUTH2_BAD, opened(pool, sealed_by(pool, &key, hex, 0), &text,
                               &why));

    hex[CODEC_METADATA * 12] = '\0';
    unit_rc(OAUTH2_OK, opened(pool, sealed_by(pool, &key, hex, 0), &text,
                              &why));
}


static const struct CMUnitTest  tests[] = {
    unit_row(opens), unit_row(passes_on), unit_row(refuses_damage),
    unit_row(refuses_form), unit_row(refuses_key), unit_row(refuses_many)
};


int
main(void)
{
    if (oauth2_token_key_init(&key, oauth2_str(KEY_TEXT)) != OAUTH2_OK
        || oauth2_token_key_init(&old, oauth2_str(OLD_TEXT)) != OAUTH2_OK)
    {
        return 1;
    }

    key.next = &old;

    return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
