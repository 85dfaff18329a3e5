/* SPDX-License-Identifier: MIT */

/*
 * IP addresses and networks.  The tables are those of RFC 6890 and what was
 * registered after it; of IPv6 only 2000::/3 is given out at all.
 */

#include "address.h"
#include "str.h"

#include <arpa/inet.h>

typedef struct {
    unsigned  bits;
    u_char    bytes[16];
} address_net_t;


static bool address_in(const u_char *a, const u_char *b, unsigned bits);
static bool address_is_in(const oauth2_address_t *address,
    const address_net_t *nets);
static bool address_ends(const oauth2_cidr_t *cidr);


static const address_net_t  address_special_4[] = {
    { 8, { 0 } },                    /* this network, unspecified */
    { 8, { 10 } },                   /* private */
    { 10, { 100, 64 } },             /* carrier-grade NAT */
    { 8, { 127 } },                  /* loopback */
    { 16, { 169, 254 } },            /* link-local, metadata of clouds */
    { 12, { 172, 16 } },             /* private */
    { 24, { 192, 0, 0 } },           /* protocol assignments */
    { 24, { 192, 0, 2 } },           /* documentation */
    { 24, { 192, 88, 99 } },         /* 6to4 relays */
    { 16, { 192, 168 } },            /* private */
    { 15, { 198, 18 } },             /* benchmarks */
    { 24, { 198, 51, 100 } },        /* documentation */
    { 24, { 203, 0, 113 } },         /* documentation */
    { 3, { 224 } },                  /* multicast, reserved, broadcast */
    { 0, { 0 } }
};

static const address_net_t  address_global_6[] = {
    { 3, { 0x20 } },
    { 0, { 0 } }
};

static const address_net_t  address_special_6[] = {
    { 23, { 0x20, 0x01 } },                   /* Teredo, ORCHID, ... */
    { 32, { 0x20, 0x01, 0x0d, 0xb8 } },       /* documentation */
    { 16, { 0x20, 0x02 } },                   /* 6to4 */
    { 20, { 0x3f, 0xff } },                   /* documentation */
    { 0, { 0 } }
};


oauth2_rc_e
oauth2_address_parse(oauth2_str_t s, oauth2_address_t *address)
{
    char              text[INET6_ADDRSTRLEN];
    bool              v6;
    oauth2_address_t  parsed;

    if (s.len == 0 || s.len >= sizeof(text)
        || memchr(s.data, '\0', s.len) != NULL)
    {
        return OAUTH2_BAD;
    }

    memcpy(text, s.data, s.len);
    text[s.len] = '\0';

    memset(&parsed, 0, sizeof(parsed));
    v6 = memchr(text, ':', s.len) != NULL;
    parsed.len = v6 ? 16 : 4;

    if (inet_pton(v6 ? AF_INET6 : AF_INET, text, parsed.bytes) != 1) {
        return OAUTH2_BAD;
    }

    *address = parsed;

    return OAUTH2_OK;
}


oauth2_rc_e
oauth2_cidr_parse(oauth2_str_t s, oauth2_cidr_t *cidr)
{
    u_char         *slash;
    uint64_t        bits;
    oauth2_str_t    rest;
    oauth2_cidr_t   parsed;

    slash = (s.len == 0) ? NULL : memchr(s.data, '/', s.len);
    rest = oauth2_str_null;

    if (slash != NULL) {
        rest.data = slash + 1;
        rest.len = s.len - (size_t) (slash - s.data) - 1;
        s.len = (size_t) (slash - s.data);
    }

    if (oauth2_address_parse(s, &parsed.address) != OAUTH2_OK) {
        return OAUTH2_BAD;
    }

    bits = parsed.address.len * 8;

    if (slash != NULL
        && (rest.len > 3
            || oauth2_str_parse_uint(rest, bits, &bits) != OAUTH2_OK))
    {
        return OAUTH2_BAD;
    }

    parsed.bits = (unsigned) bits;

    if (!address_ends(&parsed)) {
        return OAUTH2_BAD;
    }

    *cidr = parsed;

    return OAUTH2_OK;
}


bool
oauth2_cidr_has(const oauth2_cidr_t *cidr, const oauth2_address_t *address)
{
    return cidr->address.len == address->len
           && address_in(cidr->address.bytes, address->bytes, cidr->bits);
}


bool
oauth2_address_is_public(const oauth2_address_t *address)
{
    if (address->len == 4) {
        return !address_is_in(address, address_special_4);
    }

    return address->len == 16 && address_is_in(address, address_global_6)
           && !address_is_in(address, address_special_6);
}


static bool
address_is_in(const oauth2_address_t *address, const address_net_t *nets)
{
    for (/* void */; nets->bits != 0; nets++) {
        if (address_in(nets->bytes, address->bytes, nets->bits)) {
            return true;
        }
    }

    return false;
}


static bool
address_in(const u_char *a, const u_char *b, unsigned bits)
{
    u_char  mask;

    if (memcmp(a, b, bits / 8) != 0) {
        return false;
    }

    if (bits % 8 == 0) {
        return true;
    }

    mask = (u_char) (0xff00 >> (bits % 8));

    return ((a[bits / 8] ^ b[bits / 8]) & mask) == 0;
}


/* Is nothing set behind the prefix? */
static bool
address_ends(const oauth2_cidr_t *cidr)
{
    unsigned  i;

    for (i = cidr->bits; i < cidr->address.len * 8; i++) {
        if ((cidr->address.bytes[i / 8] & (0x80 >> (i % 8))) != 0) {
            return false;
        }
    }

    return true;
}
