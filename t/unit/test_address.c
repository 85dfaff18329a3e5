/* SPDX-License-Identifier: MIT */

/* Addresses: every special range, its first and last, and its neighbors. */

#include "../../src/core/address.c"
#include "unit.h"


static oauth2_address_t
address_of(const char *text)
{
    oauth2_address_t  address;

    if (oauth2_address_parse(oauth2_str_of(text), &address) != OAUTH2_OK) {
        fail_msg("%s is no address", text);
    }

    return address;
}


static void
public(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t            i;
    oauth2_address_t  address;

    static const char *const  inside[] = {
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255",
        "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
        "169.254.0.0", "169.254.169.254", "169.254.255.255",
        "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255",
        "192.0.2.0", "192.0.2.255", "192.88.99.0", "192.88.99.255",
        "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
        "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255",
        "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255",
        "::", "::1", "::7f00:1", "::8.8.8.8", "::ffff:127.0.0.1",
        "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::8.8.8.8",
        "64:ff9b:1::1", "100::1", "100:0:0:1::1", "1fff::1",
        "2001::1", "2001:0:8::1", "2001:2::1", "2001:10::1", "2001:20::1",
        "2001:1ff:ffff::1", "2001:db8::", "2001:db8:ffff::1",
        "2002::1", "2002:808:808::1", "2002:ffff::1", "3fff::1",
        "3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fdff::1",
        "fe80::1", "febf::1", "fec0::1", "ff00::1", "ff02::1", "ffff::1"
    };
    static const char *const  outside[] = {
        "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0",
        "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
        "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255",
        "192.88.100.0", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
        "203.0.112.255", "203.0.114.0", "223.255.255.255",
        "2000::1", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1",
        "2001:4860:4860::8888", "2003::1", "2606:4700::1", "3ffe::1",
        "3fff:1000::1"
    };

    for (i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        address = address_of(inside[i]);

        if (oauth2_address_is_public(&address)) {
            fail_msg("%s is said to be public", inside[i]);
        }
    }

    for (i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        address = address_of(outside[i]);

        if (!oauth2_address_is_public(&address)) {
            fail_msg("%s is said not to be public", outside[i]);
        }
    }

    address.len = 0;
    assert_false(oauth2_address_is_public(&address));
}


static void
parse(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t            i;
    oauth2_address_t  address;

    static const char *const  bad[] = {
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", " 1.2.3.4",
        "1.2.3.4 ", "1.2.3.4/8", "0x7f.0.0.1", "127.1", "2130706433",
        "1.2.3.04", ":", ":::", "1::2::3", "[::1]", "fe80::1%eth0",
        "12345::1", "::1.2.3.256", "example.com",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0001"
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        address.len = 99;

        if (oauth2_address_parse(oauth2_str_of(bad[i]), &address)
            != OAUTH2_BAD || address.len != 99)
        {
            fail_msg("%s is said to be an address", bad[i]);
        }
    }

    assert_int_equal(oauth2_address_parse(oauth2_str("::1\0"), &address),
                     OAUTH2_BAD);
    assert_int_equal(oauth2_address_parse(oauth2_str_null, &address),
                     OAUTH2_BAD);

    address = address_of("192.0.2.130");
    assert_int_equal(address.len, 4);
    assert_memory_equal(address.bytes, "\xc0\x00\x02\x82", 4);

    address = address_of("2001:db8::ff");
    assert_int_equal(address.len, 16);
    assert_memory_equal(address.bytes, "\x20\x01\x0d\xb8\0\0\0\0", 8);
    assert_int_equal(address.bytes[15], 0xff);
}


/* Network, address, is it in there? */
static void
network(oauth2_pool_t *pool OAUTH2_UNUSED)
{
    size_t            i;
    oauth2_cidr_t     cidr;
    oauth2_address_t  address;

    static const struct {
        const char  *cidr;
        const char  *address;
        bool         has;
    } rows[] = {
        { "10.0.0.0/8", "10.255.0.1", true },
        { "10.0.0.0/8", "11.0.0.0", false },
        { "127.0.0.1", "127.0.0.1", true },
        { "127.0.0.1", "127.0.0.2", false },
        { "127.0.0.1/32", "127.0.0.1", true },
        { "192.168.4.0/22", "192.168.7.255", true },
        { "192.168.4.0/22", "192.168.8.0", false },
        { "192.168.4.0/22", "192.168.3.255", false },
        { "0.0.0.0/0", "255.255.255.255", true },
        { "0.0.0.0/0", "::1", false },
        { "0.0.0.0/0", "::ffff:1.2.3.4", false },
        { "::/0", "1.2.3.4", false },
        { "::/0", "ffff::1", true },
        { "::1", "::1", true },
        { "::1", "::2", false },
        { "fd00:1234::/33", "fd00:1234:7fff::1", true },
        { "fd00:1234::/33", "fd00:1234:8000::1", false },
        { "::ffff:127.0.0.0/104", "::ffff:127.1.2.3", true },
        { "127.0.0.0/8", "::ffff:127.0.0.1", false }
    };
    static const char *const  bad[] = {
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
        "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/ 8", "10.0.0.0/0008",
        "10.0.0.1/8", "10.0.0.0/255.0.0.0", "::/129", "::1/127", "off",
        "all", "localhost", "10.0.0.0/8,11.0.0.0/8"
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        address = address_of(rows[i].address);

        if (oauth2_cidr_parse(oauth2_str_of(rows[i].cidr), &cidr)
            != OAUTH2_OK
            || oauth2_cidr_has(&cidr, &address) != rows[i].has)
        {
            fail_msg("%s and %s", rows[i].cidr, rows[i].address);
        }
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        cidr.bits = 999;

        if (oauth2_cidr_parse(oauth2_str_of(bad[i]), &cidr) != OAUTH2_BAD
            || cidr.bits != 999)
        {
            fail_msg("%s is said to be a network", bad[i]);
        }
    }
}


static const struct CMUnitTest  tests[] = {
    unit_row(public), unit_row(parse), unit_row(network)
};


int
main(void)
{
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
