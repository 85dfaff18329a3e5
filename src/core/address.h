/* SPDX-License-Identifier: MIT */

/*
 * IP addresses and networks, and which of them are the internet's.
 */

#ifndef OAUTH2_ADDRESS_H
#define OAUTH2_ADDRESS_H

#include "base.h"

/* len is 4 or 16: bytes of an address, in network order. */
typedef struct {
    size_t  len;
    u_char  bytes[16];
} oauth2_address_t;

/* The addresses that share the first bits of this one. */
typedef struct {
    oauth2_address_t  address;
    unsigned          bits;
} oauth2_cidr_t;


/* Dotted decimal, or the forms of RFC 4291 2.2 without a zone.  OAUTH2_BAD
 * otherwise, and *address is untouched.  Never allocates. */
OAUTH2_MUST_USE oauth2_rc_e oauth2_address_parse(oauth2_str_t s,
    oauth2_address_t *address);

/*
 * "address/bits", or an address, which is a network of one.  OAUTH2_BAD
 * when bits behind the prefix are set: that is a network that somebody did
 * not mean.  *cidr is untouched then.  Never allocates.
 */
OAUTH2_MUST_USE oauth2_rc_e oauth2_cidr_parse(oauth2_str_t s,
    oauth2_cidr_t *cidr);

/* Is the address in the network?  One of IPv4 is never in one of IPv6, not
 * even written as ::ffff:192.0.2.1. */
bool oauth2_cidr_has(const oauth2_cidr_t *cidr,
    const oauth2_address_t *address);

/*
 * Is it a unicast address of the internet?  Not what the registries of
 * special-purpose addresses (RFC 6890) keep for a host, a link, a site or
 * a document, nor multicast, nor IPv6 with an address of IPv4 inside
 * (mapped, compatible, 6to4, Teredo, NAT64), which may be any of them.
 */
bool oauth2_address_is_public(const oauth2_address_t *address);

#endif
