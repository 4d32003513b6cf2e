/* net.h - TCP sockets, all of them non-blocking and closed on exec. No TLS and no state. */
#ifndef KARTO_SYNCD_NET_H
#define KARTO_SYNCD_NET_H

#include "proto/address.h"
#include "syncd/refusals.h"

#include <sys/socket.h>

enum karto_io {
    KARTO_IO_FINE,
    KARTO_IO_AGAIN,  /* not now */
    KARTO_IO_END,    /* the peer sends nothing more */
    KARTO_IO_BROKEN, /* the connection is gone */
};

/* As many sockets at once as the system lets this process have: what it begins with is often a thousand. */
void karto_net_allow_many(void);

/* Where a name leads, in the order in which to try. */
struct karto_places {
    unsigned count;
    struct sockaddr_storage at[8];
};

/* Blocks for as long as the resolver does, unless the host is numeric. false: nowhere. */
bool karto_net_lookup(const struct karto_address *address, struct karto_places *out);

/* The same for a numeric host; false when it is a name. Never blocks. */
bool karto_net_numeric(const struct karto_address *address, struct karto_places *out);

/* *port is the one that was got when address has 0. KARTO_E_BUSY: somebody listens there; KARTO_E_NOT_FOUND: no such
 * address here; KARTO_E_NOT_PERMITTED; KARTO_E_IO. */
KARTO_CHECKED enum karto_err karto_net_listen(const struct karto_address *address, int *out, uint16_t *port);

/* Begins to connect; writable means that it is decided (karto_net_connected). -1 with errno. */
int karto_net_dial(const struct sockaddr_storage *place);

/* 0 when connected, else the errno. */
int karto_net_connected(int socket);

/* A socket bound to an address in 127.0.0.0/8 (host order) and any port, which goes to *port; not yet connected, so
 * that what it is can be noted before anybody sees it. -1 with errno. */
int karto_net_bind_inner(uint32_t from, uint16_t *port);
bool karto_net_dial_inner(int socket, uint16_t to_port); /* to 127.0.0.1; begins to connect */

/* The next connection, or -1 with errno. from: the peer's address as text; empty: of no family that we know. */
int karto_net_accept(int listener, char from[KARTO_FROM_SIZE]);

/* Whether the peer of this accepted loopback connection is a process of our own user. TCP has no SO_PEERCRED; the
 * kernel's table of connections names the owner of the other end. In doubt: false. */
bool karto_net_peer_is_ours(int socket);

/* *moved bytes were; 0 unless KARTO_IO_FINE. Never raises a signal. */
enum karto_io karto_net_receive(int socket, void *data, size_t size, size_t *moved);
enum karto_io karto_net_send(int socket, const void *data, size_t size, size_t *moved);

#endif
