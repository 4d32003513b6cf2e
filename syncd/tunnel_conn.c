#define _GNU_SOURCE
#include "syncd/tunnel_loop.h"

#include "core/base/fatal.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { QUIET_MS = 60 }; /* nng needs microseconds; a machine that is overloaded, some milliseconds */

struct karto_conn *karto_conn_new(struct karto_tunnel *tunnel, enum karto_conn_state state)
{
    struct karto_conn *conn = karto_must(calloc(1, sizeof *conn));
    conn->tunnel = tunnel;
    conn->state = state;
    conn->outer = (struct karto_conn_end){.conn = conn, .fd = -1};
    conn->inner = (struct karto_conn_end){.conn = conn, .fd = -1};
    conn->failure = KARTO_LINK_CUT;
    conn->negotiating = true;
    karto_sp_init(&conn->sp, tunnel->message_size_max, false);
    conn->next = tunnel->conns;
    if (conn->next)
        conn->next->previous = conn;
    tunnel->conns = conn;
    pthread_mutex_lock(&tunnel->lock);
    tunnel->counts.connections++;
    tunnel->counts.negotiations++;
    pthread_mutex_unlock(&tunnel->lock);
    return conn;
}

void karto_conn_through(struct karto_conn *conn)
{
    if (!conn->negotiating)
        return;
    conn->negotiating = false;
    pthread_mutex_lock(&conn->tunnel->lock);
    conn->tunnel->counts.negotiations--;
    pthread_mutex_unlock(&conn->tunnel->lock);
}

static void close_end(struct karto_conn_end *end)
{
    karto_conn_watch(end, 0);
    if (end->fd >= 0)
        close(end->fd);
    end->fd = -1;
}

bool karto_conn_is_over(const struct karto_conn *conn)
{
    return conn->state == KARTO_CONN_QUIET || conn->state == KARTO_CONN_DEAD;
}

void karto_conn_bury(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    close_end(&conn->inner);
    conn->state = KARTO_CONN_DEAD;
    *(conn->previous ? &conn->previous->next : &tunnel->conns) = conn->next;
    if (conn->next)
        conn->next->previous = conn->previous;
    conn->next = tunnel->dead;
    tunnel->dead = conn;
    pthread_mutex_lock(&tunnel->lock);
    tunnel->counts.connections--;
    pthread_mutex_unlock(&tunnel->lock);
}

/* When nng 1.5.2 closes a TCP connection at the very moment at which the thread that moved a part of a large message is
 * about to ask for the rest, the request for the rest is dropped without a word; nng's reaper then waits for it for
 * ever, and no connection of the process is given back or made again. So nng must never see a connection end while it
 * is busy on it. We stop moving bytes, both ways; nng comes to rest, with nothing to do or with a full or an empty
 * buffer to wait for; and only then we close. */
void karto_conn_close(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    KARTO_ASSERT(!karto_conn_is_over(conn));
    tunnel->role->leaving(conn);
    karto_conn_through(conn);
    conn->state = KARTO_CONN_QUIET;
    karto_tls_stream_free(conn->tls);
    conn->tls = NULL;
    close_end(&conn->outer);
    karto_conn_watch(&conn->inner, 0);
    karto_buf_fini(&conn->to_outer.bytes);
    karto_buf_fini(&conn->to_inner.bytes);
    if (conn->inner.fd < 0 || conn->inner_ended)
        karto_conn_bury(conn);
    else
        karto_conn_deadline(conn, tunnel->now_ms + QUIET_MS);
}

void karto_conn_watch(struct karto_conn_end *end, uint32_t events)
{
    if (events == end->events || end->fd < 0)
        return;
    struct epoll_event event = {.events = events, .data.ptr = end};
    int what = events == 0 ? EPOLL_CTL_DEL : end->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    KARTO_ASSERT(epoll_ctl(end->conn->tunnel->poll, what, end->fd, &event) == 0);
    end->events = events;
}

void karto_conn_deadline(struct karto_conn *conn, int64_t when_ms)
{
    conn->deadline_ms = when_ms;
    if (when_ms < conn->tunnel->next_ms)
        conn->tunnel->next_ms = when_ms;
}

/* ---- Bytes below TLS ---- */

static enum karto_io receive(void *context, void *data, size_t size, size_t *moved)
{
    struct karto_conn *conn = context;
    enum karto_io io = conn->faulty
                           ? karto_fault_receive(&conn->fault, conn->tunnel->now_ms, conn->outer.fd, data, size, moved)
                           : karto_net_receive(conn->outer.fd, data, size, moved);
    conn->heard |= io == KARTO_IO_FINE;
    return io;
}

static enum karto_io send_some(void *context, const void *data, size_t size, size_t *moved)
{
    struct karto_conn *conn = context;
    enum karto_io io = conn->faulty ? karto_fault_send(&conn->fault, conn->outer.fd, data, size, moved)
                                    : karto_net_send(conn->outer.fd, data, size, moved);
    conn->sent |= io == KARTO_IO_FINE;
    return io;
}

void karto_conn_secure(struct karto_conn *conn, int fd)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    conn->outer.fd = fd;
    conn->faulty = karto_fault_begin(&conn->fault, tunnel->fault, tunnel->outer_count++);
    conn->tls = karto_tls_stream_new(tunnel->tls, (struct karto_tls_io){conn, receive, send_some});
}

/* Bytes that a fault holds back must not wake us until they may be read. */
static uint32_t readable(struct karto_conn *conn)
{
    if (!conn->faulty || conn->fault.wait_until_ms == 0)
        return EPOLLIN;
    if (conn->fault.wait_until_ms < conn->tunnel->next_ms)
        conn->tunnel->next_ms = conn->fault.wait_until_ms;
    return 0;
}

void karto_conn_want(struct karto_conn *conn, enum karto_tls_result result)
{
    karto_conn_watch(&conn->outer, result == KARTO_TLS_WRITE ? EPOLLOUT : readable(conn));
}

/* ---- Pumping ---- */

static bool is_empty(const struct karto_conn_rest *rest)
{
    return rest->bytes.size == 0;
}

static void spend(struct karto_conn_rest *rest, size_t size)
{
    rest->at += size;
    if (rest->at == rest->bytes.size) { /* who waits for nothing holds no memory */
        karto_buf_fini(&rest->bytes);
        rest->at = 0;
    }
}

static bool flush_to_inner(struct karto_conn *conn)
{
    struct karto_conn_rest *rest = &conn->to_inner;
    while (!is_empty(rest)) {
        size_t moved;
        enum karto_io io =
            karto_net_send(conn->inner.fd, rest->bytes.data + rest->at, rest->bytes.size - rest->at, &moved);
        if (io == KARTO_IO_AGAIN)
            return true;
        conn->inner_ended |= io != KARTO_IO_FINE;
        if (io != KARTO_IO_FINE)
            return false;
        spend(rest, moved);
    }
    return true;
}

/* From the scratch to where it goes; what does not go now becomes the rest. */
static bool send_to_inner(struct karto_conn *conn, size_t size)
{
    const uint8_t *at = conn->tunnel->scratch;
    while (size) {
        size_t moved;
        enum karto_io io = karto_net_send(conn->inner.fd, at, size, &moved);
        if (io == KARTO_IO_AGAIN)
            break;
        conn->inner_ended |= io != KARTO_IO_FINE;
        if (io != KARTO_IO_FINE)
            return false;
        at += moved;
        size -= moved;
    }
    karto_buf_add(&conn->to_inner.bytes, at, size);
    return true;
}

/* Reads as long as a whole record has room, so that nothing stays inside of TLS that no event would tell of. */
static size_t read_outer(struct karto_conn *conn)
{
    size_t size = 0;
    conn->read_wants_write = false;
    while (size + KARTO_TLS_RECORD_SIZE <= KARTO_TUNNEL_WAITING_SIZE_MAX) {
        size_t got;
        enum karto_tls_result result =
            karto_tls_read(conn->tls, conn->tunnel->scratch + size, KARTO_TLS_RECORD_SIZE, &got);
        size += got;
        if (result == KARTO_TLS_FINE)
            continue;
        conn->read_wants_write = result == KARTO_TLS_WRITE;
        conn->outer_ended = result == KARTO_TLS_END || result == KARTO_TLS_FAILED;
        if (result == KARTO_TLS_FAILED)
            conn->failure = karto_tls_stream_failure(conn->tls);
        break;
    }
    return size;
}

static bool pump_to_inner(struct karto_conn *conn)
{
    if (!flush_to_inner(conn))
        return false;
    if (is_empty(&conn->to_inner) && !conn->outer_ended) {
        size_t size = read_outer(conn);
        if (size) {
            conn->accepted = true; /* a hub has long decided; a device knows from here on that it is let in */
            karto_conn_through(conn);
        }
        if (!karto_sp_pass(&conn->sp, conn->tunnel->scratch, size))
            return false;
        if (!send_to_inner(conn, size))
            return false;
    }
    return !(conn->outer_ended && is_empty(&conn->to_inner));
}

/* *size bytes at data; those that went are taken off. */
static bool write_outer(struct karto_conn *conn, const uint8_t **data, size_t *size)
{
    while (*size) {
        size_t wrote;
        enum karto_tls_result result = karto_tls_write(conn->tls, *data, *size, &wrote);
        *data += wrote;
        *size -= wrote;
        if (result == KARTO_TLS_READ || result == KARTO_TLS_WRITE)
            return true;
        if (result != KARTO_TLS_FINE)
            return false;
    }
    return true;
}

static bool flush_to_outer(struct karto_conn *conn)
{
    struct karto_conn_rest *rest = &conn->to_outer;
    if (is_empty(rest))
        return true;
    const uint8_t *at = rest->bytes.data + rest->at;
    size_t before = rest->bytes.size - rest->at, size = before;
    bool fine = write_outer(conn, &at, &size);
    spend(rest, before - size);
    return fine;
}

static bool pump_to_outer(struct karto_conn *conn)
{
    if (!flush_to_outer(conn))
        return false;
    if (is_empty(&conn->to_outer) && !conn->inner_ended) {
        const uint8_t *at = conn->tunnel->scratch;
        size_t size;
        enum karto_io io =
            karto_net_receive(conn->inner.fd, conn->tunnel->scratch, KARTO_TUNNEL_WAITING_SIZE_MAX, &size);
        conn->inner_ended = io == KARTO_IO_END || io == KARTO_IO_BROKEN;
        if (!write_outer(conn, &at, &size))
            return false;
        karto_buf_add(&conn->to_outer.bytes, at, size);
    }
    if (!conn->inner_ended || !is_empty(&conn->to_outer))
        return true;
    karto_tls_bye(conn->tls);
    return false;
}

static void watch_both(struct karto_conn *conn)
{
    uint32_t outer = is_empty(&conn->to_inner) && !conn->outer_ended ? readable(conn) : 0;
    uint32_t inner = is_empty(&conn->to_outer) && !conn->inner_ended ? EPOLLIN : 0;
    if (!is_empty(&conn->to_outer) || conn->read_wants_write)
        outer |= EPOLLOUT;
    if (!is_empty(&conn->to_inner))
        inner |= EPOLLOUT;
    karto_conn_watch(&conn->outer, outer);
    karto_conn_watch(&conn->inner, inner);
}

/* What a device sends is no sign of life: it would go on asking a hub that has stopped, or one that only something on
 * the way still answers for, and never be idle. A hub in order answers a parked request within the limit. */
static void note_movement(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    bool device = tunnel->role == &karto_tunnel_role_device;
    if (conn->heard || (conn->sent && !device))
        karto_conn_deadline(conn, tunnel->now_ms + tunnel->limits.idle_ms);
}

/* Reads first: when the hub has turned us away, the reason is there although nothing can be sent any more. */
void karto_conn_pump(struct karto_conn *conn)
{
    conn->heard = conn->sent = false;
    bool goes_on = pump_to_inner(conn);
    if (goes_on && !pump_to_outer(conn)) {
        pump_to_inner(conn);
        goes_on = false;
    }
    if (!goes_on) {
        karto_conn_close(conn);
        return;
    }
    if (conn->accepted)
        note_movement(conn);
    watch_both(conn);
}
