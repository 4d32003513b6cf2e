#define _GNU_SOURCE
#include "syncd/tunnel_loop.h"

#include "core/base/fatal.h"
#include "core/base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINGER_MS = 2000 };

static void turn_away(struct karto_conn *conn);

static void note_refusal(const struct karto_conn *conn, enum karto_refusal why)
{
    if (!conn->tunnel->closing)
        karto_refusals_note(conn->tunnel->refusals, why, conn->from);
}

/* Ends it, and says why. */
static void refuse(struct karto_conn *conn, enum karto_refusal why)
{
    note_refusal(conn, why);
    karto_conn_close(conn);
}

static void accepted(struct karto_tunnel *tunnel, int fd, const char *from)
{
    struct karto_conn *conn = karto_conn_new(tunnel, KARTO_CONN_HANDSHAKE);
    snprintf(conn->from, sizeof conn->from, "%s", from);
    karto_conn_secure(conn, fd);
    karto_conn_deadline(conn, tunnel->now_ms + tunnel->limits.negotiation_ms);
    karto_conn_want(conn, KARTO_TLS_READ);
}

/* ---- Devices ---- */

/* The next of 127.1.0.1 to 127.254.255.254, without those that end in 0 or 255. */
static uint32_t next_inner_host(struct karto_tunnel *tunnel)
{
    const uint32_t first = UINT32_C(0x7f010001), last = UINT32_C(0x7ffefffe);
    do
        tunnel->inner_next = tunnel->inner_next < first || tunnel->inner_next >= last ? first : tunnel->inner_next + 1;
    while ((tunnel->inner_next & 0xff) == 0 || (tunnel->inner_next & 0xff) == 0xff);
    return tunnel->inner_next;
}

/* Who it is stands in identities before anybody can see the connection. */
static bool dial_inner(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    uint32_t host = next_inner_host(tunnel);
    uint16_t port;
    int fd = karto_net_bind_inner(host, &port);
    if (fd < 0)
        return false;
    conn->inner.fd = fd;
    conn->inner_host = host;
    conn->inner_port = port;
    karto_identities_put(tunnel->identities, host, port, &conn->who, conn->from);
    return karto_net_dial_inner(fd, tunnel->inner_port);
}

static void read_greeting(struct karto_conn *conn)
{
    while (conn->greeting_size < sizeof conn->greeting) {
        size_t got;
        enum karto_tls_result result = karto_tls_read(conn->tls, conn->greeting + conn->greeting_size,
                                                      sizeof conn->greeting - conn->greeting_size, &got);
        conn->greeting_size += got;
        if (result == KARTO_TLS_END || result == KARTO_TLS_FAILED) {
            karto_conn_close(conn);
            return;
        }
        if (result != KARTO_TLS_FINE) {
            karto_conn_want(conn, result);
            return;
        }
    }
    if (!karto_sp_is_greeting(conn->greeting)) {
        refuse(conn, KARTO_REFUSED_NONSENSE);
        return;
    }
    if (!dial_inner(conn)) {
        karto_conn_close(conn);
        return;
    }
    karto_sp_init(&conn->sp, conn->tunnel->message_size_max, true);
    conn->state = KARTO_CONN_INNER;
    karto_conn_watch(&conn->outer, 0);
    karto_conn_watch(&conn->inner, EPOLLOUT);
}

/* The one that was accepted first, of as many as a certificate may have, has to go. */
static void cut_oldest_of(struct karto_conn *newest)
{
    struct karto_conn *oldest = NULL;
    unsigned count = 0;
    for (struct karto_conn *conn = newest->tunnel->conns; conn; conn = conn->next) {
        if (conn == newest || !conn->accepted || karto_conn_is_over(conn) ||
            strcmp(conn->who.serial, newest->who.serial) != 0)
            continue;
        oldest = conn;
        count++;
    }
    if (count >= KARTO_TUNNEL_DEVICE_MAX)
        karto_conn_close(oldest);
}

static void inner_connected(struct karto_conn *conn)
{
    if (karto_net_connected(conn->inner.fd) != 0) {
        karto_conn_close(conn);
        return;
    }
    cut_oldest_of(conn);
    conn->state = KARTO_CONN_OPEN;
    conn->accepted = true;
    karto_conn_through(conn);
    karto_conn_deadline(conn, conn->tunnel->now_ms + conn->tunnel->limits.idle_ms);
    karto_buf_add(&conn->to_inner.bytes, conn->greeting, sizeof conn->greeting);
    karto_conn_pump(conn);
}

/* ---- Enrolments ---- */

/* Whoever has been silent for longest after his handshake makes room for the next. */
static void drop_silent_enrolment(struct karto_tunnel *tunnel)
{
    struct karto_conn *oldest = NULL;
    for (struct karto_conn *conn = tunnel->conns; conn; conn = conn->next)
        if (conn->state == KARTO_CONN_QUESTION)
            oldest = conn;
    if (oldest)
        refuse(oldest, KARTO_REFUSED_CROWDED);
}

static void begin_enrolment(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    if (tunnel->on_enrol && tunnel->enrolments >= KARTO_TUNNEL_ENROLMENTS_MAX)
        drop_silent_enrolment(tunnel);
    if (!tunnel->on_enrol || tunnel->enrolments >= KARTO_TUNNEL_ENROLMENTS_MAX) {
        karto_tls_bye(conn->tls);
        refuse(conn, KARTO_REFUSED_CROWDED);
        return;
    }
    struct karto_enrol *enrol = karto_must(calloc(1, sizeof *enrol));
    enrol->tunnel = tunnel;
    enrol->conn = conn;
    memcpy(enrol->from, conn->from, sizeof enrol->from);
    conn->enrol = enrol;
    conn->state = KARTO_CONN_QUESTION;
    tunnel->enrolments++;
    pthread_mutex_lock(&tunnel->lock);
    tunnel->counts.enrolments++;
    pthread_mutex_unlock(&tunnel->lock);
    karto_conn_through(conn);
    karto_conn_deadline(conn, tunnel->now_ms + tunnel->limits.enrol_ms);
}

static void free_enrol(struct karto_enrol *enrol)
{
    struct karto_tunnel *tunnel = enrol->tunnel;
    tunnel->enrolments--;
    pthread_mutex_lock(&tunnel->lock);
    tunnel->counts.enrolments--;
    pthread_mutex_unlock(&tunnel->lock);
    karto_buf_fini(&enrol->request);
    karto_buf_fini(&enrol->answer);
    free(enrol);
}

static void ask(struct karto_conn *conn)
{
    struct karto_tunnel *tunnel = conn->tunnel;
    struct karto_enrol *enrol = conn->enrol;
    conn->state = KARTO_CONN_THINKING;
    karto_conn_watch(&conn->outer, EPOLLRDHUP);
    pthread_mutex_lock(&tunnel->lock);
    enrol->next = tunnel->thinking;
    if (enrol->next)
        enrol->next->previous = enrol;
    tunnel->thinking = enrol;
    pthread_mutex_unlock(&tunnel->lock);
    tunnel->on_enrol(tunnel->context, enrol);
}

/* The length, then what it announces; not a byte more is read, nor room made for more than there may be. */
static size_t question_lacks(const struct karto_buf *request)
{
    if (request->size < 4)
        return 4 - request->size;
    size_t size = karto_be32(request->data);
    return size == 0 || size > KARTO_ENROL_SIZE_MAX ? SIZE_MAX : size + 4 - request->size;
}

static void read_question(struct karto_conn *conn)
{
    struct karto_buf *request = &conn->enrol->request;
    for (;;) {
        size_t lacks = question_lacks(request), got;
        if (lacks == 0) {
            ask(conn);
            return;
        }
        if (lacks == SIZE_MAX) {
            refuse(conn, KARTO_REFUSED_NONSENSE);
            return;
        }
        enum karto_tls_result result = karto_tls_read(conn->tls, karto_buf_reserve(request, lacks), lacks, &got);
        request->size += got;
        if (result == KARTO_TLS_READ || result == KARTO_TLS_WRITE) {
            karto_conn_want(conn, result);
            return;
        }
        if (result != KARTO_TLS_FINE) {
            refuse(conn, KARTO_REFUSED_BROKEN_OFF);
            return;
        }
    }
}

static void write_answer(struct karto_conn *conn)
{
    struct karto_conn_rest *rest = &conn->to_outer;
    while (rest->at < rest->bytes.size) {
        size_t wrote;
        enum karto_tls_result result =
            karto_tls_write(conn->tls, rest->bytes.data + rest->at, rest->bytes.size - rest->at, &wrote);
        rest->at += wrote;
        if (result == KARTO_TLS_READ || result == KARTO_TLS_WRITE) {
            karto_conn_want(conn, result);
            return;
        }
        if (result != KARTO_TLS_FINE) {
            karto_conn_close(conn);
            return;
        }
    }
    karto_tls_bye(conn->tls);
    turn_away(conn);
}

struct karto_slice karto_enrol_request(const struct karto_enrol *enrol)
{
    return karto_slice(enrol->request.data + 4, enrol->request.size - 4);
}

const char *karto_enrol_from(const struct karto_enrol *enrol)
{
    return enrol->from;
}

void karto_enrol_answer(struct karto_enrol *enrol, struct karto_slice answer)
{
    struct karto_tunnel *tunnel = enrol->tunnel;
    if (answer.size && answer.size <= KARTO_ENROL_SIZE_MAX) {
        karto_buf_add_be32(&enrol->answer, (uint32_t)answer.size);
        karto_buf_add_slice(&enrol->answer, answer);
    }
    pthread_mutex_lock(&tunnel->lock);
    *(enrol->previous ? &enrol->previous->next : &tunnel->thinking) = enrol->next;
    if (enrol->next)
        enrol->next->previous = enrol->previous;
    enrol->previous = NULL;
    enrol->next = tunnel->answered;
    tunnel->answered = enrol;
    pthread_mutex_unlock(&tunnel->lock);
    karto_tunnel_wake(tunnel);
}

static void send_answer(struct karto_enrol *enrol)
{
    struct karto_conn *conn = enrol->conn;
    if (conn) {
        conn->enrol = NULL;
        conn->state = KARTO_CONN_ANSWER;
        conn->to_outer.bytes = enrol->answer;
        enrol->answer = KARTO_BUF_EMPTY;
        write_answer(conn);
    }
    free_enrol(enrol);
}

static void woken(struct karto_tunnel *tunnel)
{
    pthread_mutex_lock(&tunnel->lock);
    struct karto_enrol *answered = tunnel->answered;
    tunnel->answered = NULL;
    pthread_mutex_unlock(&tunnel->lock);
    while (answered) {
        struct karto_enrol *next = answered->next;
        send_answer(answered);
        answered = next;
    }
}

/* ---- What happens to a connection ---- */

/* Sends nothing more, but reads on until the peer has closed: closing at once would, with bytes unread, make the kernel
 * reset the connection, and the peer might never see the last words. */
static void turn_away(struct karto_conn *conn)
{
    conn->state = KARTO_CONN_LINGER;
    shutdown(conn->outer.fd, SHUT_WR);
    karto_conn_watch(&conn->outer, EPOLLIN);
    karto_conn_deadline(conn, conn->tunnel->now_ms + LINGER_MS);
}

static void linger(struct karto_conn *conn)
{
    size_t got;
    enum karto_io io = karto_net_receive(conn->outer.fd, conn->tunnel->scratch, KARTO_TUNNEL_WAITING_SIZE_MAX, &got);
    if (io == KARTO_IO_END || io == KARTO_IO_BROKEN)
        karto_conn_close(conn);
}

static void shake_hands(struct karto_conn *conn)
{
    enum karto_tls_result result = karto_tls_handshake(conn->tls);
    if (result == KARTO_TLS_READ || result == KARTO_TLS_WRITE) {
        karto_conn_want(conn, result);
        return;
    }
    if (result != KARTO_TLS_FINE) {
        note_refusal(conn, karto_tls_stream_refusal(conn->tls));
        turn_away(conn);
        return;
    }
    if (karto_tls_stream_enrols(conn->tls)) {
        begin_enrolment(conn);
        if (conn->state == KARTO_CONN_QUESTION)
            read_question(conn);
        return;
    }
    if (!karto_tls_stream_peer(conn->tls, &conn->who)) {
        refuse(conn, KARTO_REFUSED_FOREIGN);
        return;
    }
    conn->state = KARTO_CONN_GREETING;
    read_greeting(conn);
}

static void event(struct karto_conn *conn, struct karto_conn_end *end)
{
    (void)end;
    switch (conn->state) {
    case KARTO_CONN_HANDSHAKE: shake_hands(conn); break;
    case KARTO_CONN_GREETING: read_greeting(conn); break;
    case KARTO_CONN_INNER: inner_connected(conn); break;
    case KARTO_CONN_OPEN: karto_conn_pump(conn); break;
    case KARTO_CONN_QUESTION: read_question(conn); break;
    case KARTO_CONN_THINKING: karto_conn_close(conn); break; /* the asker has gone */
    case KARTO_CONN_ANSWER: write_answer(conn); break;
    case KARTO_CONN_LINGER: linger(conn); break;
    case KARTO_CONN_HOLD:
    case KARTO_CONN_LOOKUP:
    case KARTO_CONN_DIAL:
    case KARTO_CONN_QUIET:
    case KARTO_CONN_DEAD: karto_fatal("tunnel: a hub's connection in a device's state");
    }
}

/* Who was through and is idle, or was turned away and lingers, is no news. */
static void expired(struct karto_conn *conn)
{
    bool silent =
        conn->state == KARTO_CONN_HANDSHAKE || conn->state == KARTO_CONN_GREETING || conn->state == KARTO_CONN_QUESTION;
    if (silent)
        note_refusal(conn, KARTO_REFUSED_SILENT);
    karto_conn_close(conn);
}

static void crowded(struct karto_conn *conn)
{
    if (conn->state != KARTO_CONN_LINGER)
        note_refusal(conn, KARTO_REFUSED_CROWDED);
    karto_conn_close(conn);
}

static void leaving(struct karto_conn *conn)
{
    if (conn->inner_host)
        karto_identities_remove(conn->tunnel->identities, conn->inner_host, conn->inner_port);
    if (!conn->enrol)
        return;
    if (conn->state == KARTO_CONN_QUESTION)
        free_enrol(conn->enrol); /* nobody else has seen it */
    else
        conn->enrol->conn = NULL;
}

const struct karto_tunnel_role karto_tunnel_role_hub = {accepted, event, expired, crowded, leaving, woken};

enum karto_err karto_tunnel_open_hub(const struct karto_tunnel_hub *options, struct karto_tunnel **out)
{
    struct karto_tls *tls;
    enum karto_err err = karto_tls_hub(&options->credentials, options->admit, options->context, &tls);
    if (err != KARTO_OK)
        return err;
    struct karto_tunnel *tunnel = karto_must(calloc(1, sizeof *tunnel));
    tunnel->role = &karto_tunnel_role_hub;
    tunnel->tls = tls;
    tunnel->limits = options->limits;
    tunnel->message_size_max = options->message_size_max;
    tunnel->fault = options->fault;
    tunnel->context = options->context;
    tunnel->inner_port = options->inner_port;
    tunnel->identities = options->identities;
    tunnel->on_enrol = options->on_enrol;
    tunnel->refusals = options->refusals;
    return karto_tunnel_start(tunnel, &options->listen, out);
}
