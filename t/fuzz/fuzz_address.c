/* SPDX-License-Identifier: MIT */

/* Any text as a network, and as a header of a foreign answer. */

#include "fuzz.h"

#include <arpa/inet.h>

#include "../../src/core/address.h"
#include "../../src/core/str.h"
#include "../../src/egress/header.c"


static void
fuzz_header(oauth2_str_t text)
{
    int64_t  age;

    age = -1;
    oauth2_egress_header_age(text, &age);
    fuzz_require(age >= -1 && age <= HEADER_AGE_MAX);

    (void) oauth2_egress_header_type(text);
}


void
fuzz_one(oauth2_pool_t *pool OAUTH2_UNUSED, oauth2_str_t text)
{
    char              written[INET6_ADDRSTRLEN];
    oauth2_cidr_t     cidr, same;
    oauth2_address_t  address;

    fuzz_header(text);

    memset(&cidr, 0, sizeof(cidr));

    if (oauth2_cidr_parse(text, &cidr) != OAUTH2_OK) {
        fuzz_require(cidr.address.len == 0);
        fuzz_require(oauth2_address_parse(text, &address) == OAUTH2_BAD);
        return;
    }

    fuzz_require(cidr.address.len == 4 || cidr.address.len == 16);
    fuzz_require(cidr.bits <= cidr.address.len * 8);
    fuzz_require(oauth2_cidr_has(&cidr, &cidr.address));

    address = cidr.address;
    address.bytes[address.len - 1] ^= 1;
    fuzz_require(oauth2_cidr_has(&cidr, &address)
                 == (cidr.bits < address.len * 8));

    fuzz_require(inet_ntop(address.len == 4 ? AF_INET : AF_INET6,
                           cidr.address.bytes, written, sizeof(written))
                 != NULL);
    fuzz_require(oauth2_cidr_parse(oauth2_str_of(written), &same)
                 == OAUTH2_OK);
    fuzz_require(memcmp(same.address.bytes, cidr.address.bytes, 16) == 0);
}
