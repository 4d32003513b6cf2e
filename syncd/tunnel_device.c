#define _GNU_SOURCE
#include "syncd/tunnel_loop.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    HURRY_MS = 50,   /* between two attempts, however much somebody hurries */
    PLACE_MS = 2500, /* for one address when there are others to try */
    DOUBLINGS_MAX = 16,
};

static void dial(struct karto_conn *conn);

/* ---- How it stands, and when to try again ---- */

static void set_link(struct karto_tunnel *tunnel, enum karto_link link)
{
    pthread_mutex_lock(&tunnel->lock);
    tunnel->link = link;
    pthread_mutex_unlock(&tunnel->lock);
    if (tunnel->on_link)
        tunnel->on_link(tunnel->context, link);
}

/* Doubled with each failure, and between half and the whole of it, so that a thousand devices do not come back to a
 * restarted hub in step. */
static int64_t hold_ms(unsigned failures)
{
    int64_t ms = KARTO_TUNNEL_HOLD_MS_MIN;
    for (unsigned i = 1; i < failures && ms < KARTO_TUNNEL_HOLD_MS_MAX; i++)
        ms *= 2;
    if (ms > KARTO_TUNNEL_HOLD_MS_MAX)
        ms = KARTO_TUNNEL_HOLD_MS_MAX;
    return ms / 2 + (int64_t)(karto_sys_random64(karto_os_sys()) % (uint64_t)(ms / 2 + 1));
}

static void note_failure(struct karto_tunnel *tunnel, enum karto_link link)
{
    enum karto_err err = karto_link_err(link);
    tunnel->refused = err == KARTO_E_CERTIFICATE || err == KARTO_E_REVOKED;
    if (tunnel->failures < DOUBLINGS_MAX)
        tunnel->failures++;
    int64_t hold = tunnel->refused ? tunnel->limits.refused_ms : hold_ms(tunnel->failures);
    tunnel->hold_until_ms = tunnel->now_ms + hold;
    set_link(tunnel, link);
}

static void fail(struct karto_conn *conn, enum karto_link link)
{
    conn->failure = link;
    karto_conn_close(conn);
}

/* An end that comes from inside (nng has closed) says nothing about the hub. */
static void leaving(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    karto_lookup_free(conn->lookup);
    if (tunnel->closing)
        return;
    if (!conn->inner_ended)
        note_failure(tunnel, conn->failure);
    else if (conn->accepted)
        set_link(tunnel, KARTO_LINK_CUT);
}

static void abandon(struct karto_conn *conn)
{
    conn->inner_ended = true;
    karto_conn_close(conn);
}

/* ---- To the hub ---- */

static void dial_next(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    int fd = -1;
    while (fd < 0 && conn->place < conn->places.count)
        fd = karto_net_dial(&conn->places.at[conn->place++]);
    if (fd < 0) {
        fail(conn, errno == ECONNREFUSED ? KARTO_LINK_REFUSED : KARTO_LINK_UNREACHABLE);
        return;
    }
    conn->state = KARTO_CONN_DIAL;
    karto_conn_secure(conn, fd);
    int64_t by_ms = tunnel->now_ms + PLACE_MS;
    bool last = conn->place == conn->places.count;
    karto_conn_deadline(conn, last || by_ms > conn->negotiated_by_ms ? conn->negotiated_by_ms : by_ms);
    karto_conn_watch(&conn->outer, EPOLLOUT);
}

/* This place leads nowhere; the next one may. */
static void give_up_place(struct karto_conn *conn, enum karto_link link)
{
    if (conn->place >= conn->places.count || conn->tunnel->now_ms >= conn->negotiated_by_ms) {
        fail(conn, link);
        return;
    }
    karto_conn_watch(&conn->outer, 0);
    karto_tls_stream_free(conn->tls);
    conn->tls = NULL;
    close(conn->outer.fd);
    conn->outer.fd = -1;
    dial_next(conn);
}

static void shake_hands(struct karto_conn *conn)
{
    enum karto_tls_result result = karto_tls_handshake(conn->tls);
    switch (result) {
    case KARTO_TLS_READ:
    case KARTO_TLS_WRITE: karto_conn_want(conn, result); return;
    case KARTO_TLS_END: fail(conn, KARTO_LINK_CUT); return;
    case KARTO_TLS_FAILED: fail(conn, karto_tls_stream_failure(conn->tls)); return;
    case KARTO_TLS_FINE: break;
    }
    conn->state = KARTO_CONN_OPEN;
    karto_conn_pump(conn); /* the deadline of the negotiation stays until the first byte comes */
}

static void outer_connected(struct karto_conn *conn)
{
    int why = karto_net_connected(conn->outer.fd);
    if (why) {
        give_up_place(conn, why == ECONNREFUSED ? KARTO_LINK_REFUSED : KARTO_LINK_UNREACHABLE);
        return;
    }
    conn->state = KARTO_CONN_HANDSHAKE;
    karto_conn_deadline(conn, conn->negotiated_by_ms);
    shake_hands(conn);
}

static void look_up(struct karto_conn *conn)
{
    if (!karto_lookup_ready(conn->lookup, &conn->places))
        return;
    karto_lookup_free(conn->lookup);
    conn->lookup = NULL;
    if (conn->places.count == 0)
        fail(conn, KARTO_LINK_NO_NAME);
    else
        dial_next(conn);
}

static void dial(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    tunnel->tried_ms = tunnel->now_ms;
    conn->negotiated_by_ms = tunnel->now_ms + tunnel->limits.negotiation_ms;
    karto_conn_deadline(conn, conn->negotiated_by_ms);
    if (karto_net_numeric(&tunnel->hub, &conn->places)) {
        dial_next(conn);
        return;
    }
    conn->state = KARTO_CONN_LOOKUP;
    conn->lookup = karto_lookup_new(&tunnel->hub, tunnel->wake.fd);
}

/* ---- What happens to a connection ---- */

static void accepted(struct karto_tunnel *tunnel, int fd, const char *from)
{
    (void)from; /* a program of this machine */
    if (!karto_net_peer_is_ours(fd)) {
        close(fd);
        return;
    }
    struct karto_conn *conn = karto_conn_new(tunnel, KARTO_CONN_HOLD);
    conn->inner.fd = fd;
    karto_conn_watch(&conn->inner, EPOLLRDHUP); /* it may leave before it is served */
    if (tunnel->hold_until_ms > tunnel->now_ms)
        karto_conn_deadline(conn, tunnel->hold_until_ms);
    else
        dial(conn);
}

static void pump(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    bool before = conn->accepted;
    karto_conn_pump(conn);
    if (karto_conn_is_over(conn) || before || !conn->accepted)
        return;
    tunnel->refused = false;
    tunnel->failures = 0; /* a hub that takes us is worth coming back to soon */
    set_link(tunnel, KARTO_LINK_UP);
}

static void event(struct karto_conn *conn, struct karto_conn_end *end)
{
    if (conn->state != KARTO_CONN_OPEN && end == &conn->inner) {
        abandon(conn);
        return;
    }
    switch (conn->state) {
    case KARTO_CONN_DIAL: outer_connected(conn); break;
    case KARTO_CONN_HANDSHAKE: shake_hands(conn); break;
    case KARTO_CONN_OPEN: pump(conn); break;
    case KARTO_CONN_HOLD:
    case KARTO_CONN_LOOKUP:
    case KARTO_CONN_GREETING:
    case KARTO_CONN_INNER:
    case KARTO_CONN_QUESTION:
    case KARTO_CONN_THINKING:
    case KARTO_CONN_ANSWER:
    case KARTO_CONN_LINGER:
    case KARTO_CONN_QUIET:
    case KARTO_CONN_DEAD: karto_fatal("tunnel: a device's connection in a hub's state");
    }
}

static void expired(struct karto_conn *conn)
{
    switch (conn->state) {
    case KARTO_CONN_HOLD: dial(conn); break;
    case KARTO_CONN_DIAL: give_up_place(conn, KARTO_LINK_SILENT); break;
    case KARTO_CONN_LOOKUP: fail(conn, KARTO_LINK_NO_NAME); break;
    case KARTO_CONN_HANDSHAKE: fail(conn, KARTO_LINK_SILENT); break;
    case KARTO_CONN_OPEN: fail(conn, conn->accepted ? KARTO_LINK_CUT : KARTO_LINK_SILENT); break;
    case KARTO_CONN_GREETING:
    case KARTO_CONN_INNER:
    case KARTO_CONN_QUESTION:
    case KARTO_CONN_THINKING:
    case KARTO_CONN_ANSWER:
    case KARTO_CONN_LINGER:
    case KARTO_CONN_QUIET:
    case KARTO_CONN_DEAD: karto_fatal("tunnel: a device's connection in a hub's state");
    }
}

static void stop_holding(struct karto_tunnel *tunnel)
{
    int64_t when_ms = tunnel->tried_ms + HURRY_MS;
    if (tunnel->refused || tunnel->hold_until_ms <= when_ms)
        return;
    tunnel->hold_until_ms = when_ms;
    for (struct karto_conn *conn = tunnel->conns; conn; conn = conn->next)
        if (conn->state == KARTO_CONN_HOLD)
            karto_conn_deadline(conn, when_ms);
}

static void woken(struct karto_tunnel *tunnel)
{
    pthread_mutex_lock(&tunnel->lock);
    bool hurry = tunnel->hurry;
    tunnel->hurry = false;
    pthread_mutex_unlock(&tunnel->lock);
    if (hurry)
        stop_holding(tunnel);
    struct karto_conn *next;
    for (struct karto_conn *conn = tunnel->conns; conn; conn = next) {
        next = conn->next;
        if (conn->state == KARTO_CONN_LOOKUP)
            look_up(conn);
    }
}

const struct karto_tunnel_role karto_tunnel_role_device = {accepted, event, expired, karto_conn_close, leaving, woken};

enum karto_err karto_tunnel_open_device(const struct karto_tunnel_device *options, struct karto_tunnel **out)
{
    struct karto_tls *tls;
    enum karto_err err = karto_tls_device(&options->credentials, &tls);
    if (err != KARTO_OK)
        return err;
    struct karto_tunnel *tunnel = karto_must(calloc(1, sizeof *tunnel));
    tunnel->role = &karto_tunnel_role_device;
    tunnel->tls = tls;
    tunnel->limits = options->limits;
    tunnel->message_size_max = options->message_size_max;
    tunnel->fault = options->fault;
    tunnel->context = options->context;
    tunnel->hub = options->hub;
    tunnel->on_link = options->on_link;
    struct karto_address inner = {.host = "127.0.0.1"};
    return karto_tunnel_start(tunnel, &inner, out);
}
