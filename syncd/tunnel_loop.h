/* tunnel_loop.h - what the files of the tunnel share: the loop (tunnel.c), one connection (tunnel_conn.c), and what a
 * hub's and a device's do before bytes flow (tunnel_hub.c, tunnel_device.c). For nobody else. */
#ifndef KARTO_SYNCD_TUNNEL_LOOP_H
#define KARTO_SYNCD_TUNNEL_LOOP_H

#include "syncd/lookup.h"
#include "syncd/sp.h"
#include "syncd/tls.h"
#include "syncd/tunnel.h"

#include <pthread.h>

enum karto_conn_state {
    KARTO_CONN_HOLD,      /* device: waits until the hold-off is over */
    KARTO_CONN_LOOKUP,    /* device: the hub's name is being looked up */
    KARTO_CONN_DIAL,      /* device: connects to the hub */
    KARTO_CONN_HANDSHAKE, /* TLS */
    KARTO_CONN_GREETING,  /* hub: waits for the first 8 bytes */
    KARTO_CONN_INNER,     /* hub: connects to the listener */
    KARTO_CONN_OPEN,      /* bytes flow */
    KARTO_CONN_QUESTION,  /* hub: an enrolment's request comes */
    KARTO_CONN_THINKING,  /* hub: its answer is awaited */
    KARTO_CONN_ANSWER,    /* hub: its answer goes */
    KARTO_CONN_LINGER,    /* hub: turned away; the alert must get through before the socket is closed */
    KARTO_CONN_QUIET,     /* over; the inner socket is closed when nng has come to rest (karto_conn_close) */
    KARTO_CONN_DEAD,      /* closed; freed once no event of this round can name it */
};

/* What the loop waits for at one descriptor. conn is NULL for the loop's own. */
struct karto_conn_end {
    struct karto_conn *conn;
    int fd;          /* -1: none */
    uint32_t events; /* 0: not registered, so that not even errors are reported */
};

/* Bytes that could not go on yet. */
struct karto_conn_rest {
    struct karto_buf bytes;
    size_t at;
};

struct karto_conn {
    struct karto_tunnel *tunnel;
    struct karto_conn *previous, *next;
    enum karto_conn_state state;
    struct karto_conn_end outer, inner;
    struct karto_tls_stream *tls;
    struct karto_conn_rest to_outer, to_inner;
    struct karto_sp sp; /* what goes to the inner socket */
    bool inner_ended, outer_ended;
    bool read_wants_write; /* TLS must send before it can go on reading */
    bool heard, sent;      /* bytes came, went over the outer socket since these were last cleared */
    bool accepted;         /* a hub's: let in; a device's: has read a byte */
    bool negotiating;      /* counted as such */
    int64_t deadline_ms;
    enum karto_link failure; /* why it ends */
    bool faulty;
    struct karto_fault_line fault;

    /* a hub's */
    char from[KARTO_FROM_SIZE];
    struct karto_certificate who;
    uint32_t inner_host; /* 0: identities does not know it */
    uint16_t inner_port;
    uint8_t greeting[KARTO_SP_GREETING_SIZE];
    size_t greeting_size;
    struct karto_enrol *enrol;

    /* a device's */
    struct karto_lookup *lookup;
    struct karto_places places;
    unsigned place;
    int64_t negotiated_by_ms;
};

struct karto_enrol {
    struct karto_tunnel *tunnel;
    struct karto_conn *conn;             /* the loop's; NULL: has gone */
    struct karto_enrol *previous, *next; /* of all that are not answered, or of those whose answer is to be sent */
    char from[KARTO_FROM_SIZE];
    struct karto_buf request, answer;
};

/* What the two kinds of tunnel do in their own way. */
struct karto_tunnel_role {
    void (*accepted)(struct karto_tunnel *tunnel, int fd, const char *from);
    void (*event)(struct karto_conn *conn, struct karto_conn_end *end);
    void (*expired)(struct karto_conn *conn); /* its deadline has passed */
    void (*crowded)(struct karto_conn *conn); /* it must make room, before it is through */
    void (*leaving)(struct karto_conn *conn); /* it is being closed: once for each */
    void (*woken)(struct karto_tunnel *tunnel);
};

struct karto_tunnel {
    const struct karto_tunnel_role *role;
    struct karto_tls *tls;
    struct karto_tunnel_limits limits;
    uint64_t message_size_max;
    const struct karto_fault *fault;
    void *context;
    pthread_t thread;
    int poll;
    struct karto_conn_end listener, wake;
    uint16_t port;

    /* the loop's alone */
    struct karto_conn *conns, *dead;
    int64_t now_ms, next_ms; /* the present round; when to look at deadlines again */
    int64_t accept_again_ms; /* out of descriptors: not before */
    unsigned outer_count;    /* outer connections ever made, for faults */
    uint8_t *scratch;        /* KARTO_TUNNEL_WAITING_SIZE_MAX bytes on their way */
    bool closing;            /* the thread has ended; what is left is given back */
    unsigned enrolments;     /* that come, wait or go, and those whose asker has gone */

    /* a hub's */
    uint16_t inner_port;
    uint32_t inner_next;
    struct karto_identities *identities;
    karto_enrol_handler *on_enrol;
    struct karto_refusals *refusals;

    /* a device's */
    struct karto_address hub;
    karto_link_handler *on_link;
    int64_t hold_until_ms, tried_ms;
    unsigned failures;
    bool refused;

    pthread_mutex_t lock; /* of what follows */
    bool stopping, hurry;
    enum karto_link link;
    struct karto_tunnel_counts counts;
    struct karto_buf cuts; /* serial numbers, each with a 0 behind */
    struct karto_enrol *thinking, *answered;
};

/* tunnel.c */
extern const struct karto_tunnel_role karto_tunnel_role_hub, karto_tunnel_role_device;

enum karto_err karto_tunnel_start(struct karto_tunnel *tunnel, const struct karto_address *listen,
                                  struct karto_tunnel **out);
void karto_tunnel_wake(struct karto_tunnel *tunnel);

/* tunnel_conn.c */
struct karto_conn *karto_conn_new(struct karto_tunnel *tunnel, enum karto_conn_state state);
void karto_conn_close(struct karto_conn *conn); /* the one way out: nothing happens to it any more */
bool karto_conn_is_over(const struct karto_conn *conn);
void karto_conn_bury(struct karto_conn *conn); /* one that is quiet, when it has been so for long enough */
void karto_conn_watch(struct karto_conn_end *end, uint32_t events);
void karto_conn_deadline(struct karto_conn *conn, int64_t when_ms);
void karto_conn_secure(struct karto_conn *conn, int fd); /* fd is the outer socket: makes the TLS stream over it */
void karto_conn_want(struct karto_conn *conn,
                     enum karto_tls_result result); /* watches the outer end for what TLS wants */
void karto_conn_through(struct karto_conn *conn);   /* no longer negotiating */
void karto_conn_pump(struct karto_conn *conn);      /* moves what can be moved; the connection may be closed after it */

#endif
