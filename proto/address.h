/* address.h - where a hub listens: HOST:PORT, with an IPv6 address in brackets. Text only; nothing is looked up. */
#ifndef KARTO_PROTO_ADDRESS_H
#define KARTO_PROTO_ADDRESS_H

#include "core/base/buf.h"
#include "core/base/err.h"

enum { KARTO_HOST_SIZE_MAX = 253 }; /* bytes of a name in the DNS */

struct karto_address {
    char host[KARTO_HOST_SIZE_MAX + 1]; /* without brackets */
    uint16_t port;                      /* 0: any free one, for listening only */
};

/* KARTO_E_INVALID: not exactly HOST:PORT. A host is a name or an IPv4 address of letters, digits, '-' and '.', or an
 * IPv6 address in brackets; a port is 0 to 65535 without leading zeros. */
KARTO_CHECKED enum karto_err karto_address_parse(struct karto_slice text, struct karto_address *out);

/* The same form again, behind what buf holds. */
void karto_address_print(const struct karto_address *address, struct karto_buf *buf);

#endif
