/* tunnel.h - carries plain loopback connections between a device and its hub over mutual TLS.
 *
 *     device's process                                          hub's process
 *     dialler --127.0.0.1--> device's end ==== TLS 1.3 ====> hub's end --127.x.y.z--> listener
 *
 * Each end is one thread, which never blocks and calls the callbacks below: they must only put things in queues.
 *
 * What it promises:
 *  - The hub's listener sees a connection only after TLS, admit and a sound greeting (nng's first 8 bytes); and before
 * it sees it, identities knows whose it is.
 *  - The device's end serves only processes of its own user.
 *  - A device counts as connected with the first byte from the hub, and learns why it was turned away (link.h).
 *  - At most 64 KiB wait in each direction; an idle connection holds no buffers. A connection on which nothing moves
 * for the idle limit is closed; so are a device's on which nothing comes for so long, and one that does not get through
 * negotiation in time, too.
 *  - A device that failed is held off: longer each time when the hub is not there, and KARTO_TUNNEL_REFUSED_MS when it
 *    turned us away.
 *  - What one peer does costs the others nothing: caps on connections, also of one certificate, on those in
 *    negotiation, and on enrolments. Where there are too many, the oldest has to go. */
#ifndef KARTO_SYNCD_TUNNEL_H
#define KARTO_SYNCD_TUNNEL_H

#include "syncd/enrol.h"
#include "syncd/fault.h"
#include "syncd/identity.h"
#include "syncd/link.h"

enum {
    KARTO_TUNNEL_IDLE_MS = 75 * 1000,       /* longer than a parked request; keepalive does not see a stopped process */
    KARTO_TUNNEL_NEGOTIATION_MS = 8 * 1000, /* nng gives up after 10 s */
    KARTO_TUNNEL_ENROL_MS = 10 * 1000,
    KARTO_TUNNEL_REFUSED_MS = 30 * 1000,
    KARTO_TUNNEL_HOLD_MS_MIN = 200, /* after the first failure; doubled by each, with chance, up to the next */
    KARTO_TUNNEL_HOLD_MS_MAX = 15 * 1000,
    KARTO_TUNNEL_CONNECTIONS_MAX = 20000,
    KARTO_TUNNEL_NEGOTIATIONS_MAX = 512,
    KARTO_TUNNEL_ENROLMENTS_MAX = 16,
    KARTO_TUNNEL_DEVICE_MAX = 4, /* connections of one certificate: one, and those that nobody has noticed are dead */
    KARTO_TUNNEL_WAITING_SIZE_MAX = 64 * 1024, /* bytes in each direction of a connection */
};

struct karto_tunnel;

/* 0 in a limit stands for the one above. Everything that is pointed to is borrowed: credentials for the call, the rest
 * until the tunnel is closed. */
struct karto_tunnel_limits {
    unsigned idle_ms, negotiation_ms, enrol_ms, refused_ms;
    unsigned connections_max, negotiations_max;
};

struct karto_tunnel_hub {
    struct karto_address listen; /* port 0: any free one */
    struct karto_credentials credentials;
    uint16_t inner_port; /* of the listener at 127.0.0.1 */
    struct karto_identities *identities;
    uint64_t message_size_max;       /* bytes of one nng message, as sp.h counts; 0: any bytes may pass */
    karto_admit *admit;              /* NULL: every certificate of the authority */
    karto_enrol_handler *on_enrol;   /* NULL: nobody enrols here */
    void *context;                   /* of both */
    struct karto_refusals *refusals; /* who was turned away is noted here; NULL: nobody wants to know */
    struct karto_tunnel_limits limits;
    const struct karto_fault *fault; /* NULL but in tests */
};

struct karto_tunnel_device {
    struct karto_address hub;
    struct karto_credentials credentials;
    uint64_t message_size_max;   /* bytes of one nng message, as sp.h counts; 0: any bytes may pass */
    karto_link_handler *on_link; /* NULL: nobody asks */
    void *context;
    struct karto_tunnel_limits limits;
    const struct karto_fault *fault;
};

/* KARTO_E_CERTIFICATE: the files do not fit together; those of karto_net_listen; KARTO_E_IO: no thread or descriptor.
 */
KARTO_CHECKED enum karto_err karto_tunnel_open_hub(const struct karto_tunnel_hub *options, struct karto_tunnel **out);
KARTO_CHECKED enum karto_err karto_tunnel_open_device(const struct karto_tunnel_device *options,
                                                      struct karto_tunnel **out);

/* Cuts every connection and ends the thread, in a tenth of a second; no callback comes any more. Enrolments without an
 * answer are gone, and must not be answered. NULL is fine. Not from a callback. */
void karto_tunnel_close(struct karto_tunnel *tunnel);

/* Where to connect to: a hub's public port, a device's port at 127.0.0.1. */
uint16_t karto_tunnel_port(const struct karto_tunnel *tunnel);

/* The rest may be called from any thread. */

/* On a hub: ends all connections of this certificate. By the time it returns, identities no longer knows them. */
void karto_tunnel_cut(struct karto_tunnel *tunnel, const char *serial);

/* On a device: somebody is waiting, so try now instead of when the hold-off ends. A refusal is held off all the same.
 */
void karto_tunnel_hurry(struct karto_tunnel *tunnel);

enum karto_link karto_tunnel_link(struct karto_tunnel *tunnel); /* a device's */

struct karto_tunnel_counts {
    unsigned connections, negotiations, enrolments; /* all connections; those of them that are not yet through */
};

struct karto_tunnel_counts karto_tunnel_count(struct karto_tunnel *tunnel);

#endif
