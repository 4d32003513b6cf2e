#define _GNU_SOURCE
#include "syncd/tunnel.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "syncd/tunnel_loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    EVENTS = 64,           /* of one round */
    ACCEPTS = 16,          /* connections taken in one round, so that the others get their turn */
    ACCEPT_PAUSE_MS = 100, /* when the process is out of descriptors */
};

/* ---- The loop ---- */

static void listen_if_room(struct karto_tunnel *tunnel)
{
    pthread_mutex_lock(&tunnel->lock);
    struct karto_tunnel_counts counts = tunnel->counts;
    pthread_mutex_unlock(&tunnel->lock);
    bool room = counts.connections < tunnel->limits.connections_max && tunnel->now_ms >= tunnel->accept_again_ms;
    uint32_t events = room ? EPOLLIN : 0;
    if (events == tunnel->listener.events)
        return;
    struct epoll_event event = {.events = events, .data.ptr = &tunnel->listener};
    KARTO_ASSERT(epoll_ctl(tunnel->poll, EPOLL_CTL_MOD, tunnel->listener.fd, &event) == 0);
    tunnel->listener.events = events;
}

/* When too many are in negotiation, the one that has been for longest has to go: who means it is through in a moment,
 * and silent ones keep nobody out. */
static void make_room(struct karto_tunnel *tunnel)
{
    pthread_mutex_lock(&tunnel->lock);
    unsigned negotiations = tunnel->counts.negotiations;
    pthread_mutex_unlock(&tunnel->lock);
    struct karto_conn *oldest = NULL;
    for (struct karto_conn *conn = tunnel->conns; conn && negotiations >= tunnel->limits.negotiations_max;
         conn = conn->next)
        if (conn->negotiating && !karto_conn_is_over(conn))
            oldest = conn;
    if (oldest)
        tunnel->role->crowded(oldest);
}

static void accept_some(struct karto_tunnel *tunnel)
{
    for (int i = 0; i < ACCEPTS && tunnel->listener.events; i++) {
        make_room(tunnel);
        char from[KARTO_FROM_SIZE];
        int fd = karto_net_accept(tunnel->listener.fd, from);
        if (fd >= 0) {
            tunnel->role->accepted(tunnel, fd, from);
            listen_if_room(tunnel);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            tunnel->accept_again_ms = tunnel->now_ms + ACCEPT_PAUSE_MS;
            if (tunnel->accept_again_ms < tunnel->next_ms)
                tunnel->next_ms = tunnel->accept_again_ms;
        }
        return;
    }
}

static void free_dead(struct karto_tunnel *tunnel)
{
    while (tunnel->dead) {
        struct karto_conn *conn = tunnel->dead;
        tunnel->dead = conn->next;
        free(conn);
    }
}

static bool fault_is_over(struct karto_conn *conn)
{
    if (!conn->faulty || conn->fault.wait_until_ms == 0 || conn->fault.wait_until_ms > conn->tunnel->now_ms)
        return false;
    conn->fault.wait_until_ms = 0;
    conn->fault.flowing = true;
    return conn->state == KARTO_CONN_HANDSHAKE || conn->state == KARTO_CONN_GREETING ||
           conn->state == KARTO_CONN_OPEN || conn->state == KARTO_CONN_QUESTION;
}

/* Who is late, and when to look again. A deadline moves on with every byte, so this looks too early rather than late.
 */
static void look_at_deadlines(struct karto_tunnel *tunnel)
{
    tunnel->next_ms = tunnel->accept_again_ms > tunnel->now_ms ? tunnel->accept_again_ms : INT64_MAX;
    struct karto_conn *next;
    for (struct karto_conn *conn = tunnel->conns; conn; conn = next) {
        next = conn->next;
        if (conn->deadline_ms <= tunnel->now_ms && conn->state == KARTO_CONN_QUIET)
            karto_conn_bury(conn);
        else if (conn->deadline_ms <= tunnel->now_ms)
            tunnel->role->expired(conn);
        else if (fault_is_over(conn))
            tunnel->role->event(conn, &conn->outer);
        if (conn->state == KARTO_CONN_DEAD)
            continue;
        if (conn->deadline_ms < tunnel->next_ms)
            tunnel->next_ms = conn->deadline_ms;
        if (conn->faulty && conn->fault.wait_until_ms && conn->fault.wait_until_ms < tunnel->next_ms)
            tunnel->next_ms = conn->fault.wait_until_ms;
    }
}

static void cut_serials(struct karto_tunnel *tunnel, const struct karto_buf *cuts)
{
    for (size_t at = 0; at < cuts->size; at += KARTO_SERIAL_SIZE + 1) {
        const char *serial = (const char *)cuts->data + at;
        struct karto_conn *next;
        for (struct karto_conn *conn = tunnel->conns; conn; conn = next) {
            next = conn->next;
            if (strcmp(conn->who.serial, serial) == 0 && !karto_conn_is_over(conn))
                karto_conn_close(conn);
        }
    }
}

static void take_orders(struct karto_tunnel *tunnel)
{
    uint64_t count;
    ssize_t got = read(tunnel->wake.fd, &count, sizeof count);
    (void)got; /* nothing is there when a lookup's and our own wake came together */
    pthread_mutex_lock(&tunnel->lock);
    struct karto_buf cuts = tunnel->cuts;
    tunnel->cuts = KARTO_BUF_EMPTY;
    pthread_mutex_unlock(&tunnel->lock);
    cut_serials(tunnel, &cuts);
    karto_buf_fini(&cuts);
    tunnel->role->woken(tunnel);
}

static void handle(struct karto_tunnel *tunnel, struct karto_conn_end *end)
{
    if (end == &tunnel->listener)
        accept_some(tunnel);
    else if (end == &tunnel->wake)
        take_orders(tunnel);
    else if (!karto_conn_is_over(end->conn))
        tunnel->role->event(end->conn, end);
}

static int pause_ms(const struct karto_tunnel *tunnel)
{
    if (tunnel->next_ms == INT64_MAX)
        return -1;
    int64_t left = tunnel->next_ms - karto_os_monotonic_ms();
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static bool is_stopping(struct karto_tunnel *tunnel)
{
    pthread_mutex_lock(&tunnel->lock);
    bool stopping = tunnel->stopping;
    pthread_mutex_unlock(&tunnel->lock);
    return stopping;
}

/* Nobody is told any more; the inner sockets are closed once nng has come to rest. */
static void stop(struct karto_tunnel *tunnel)
{
    tunnel->closing = true;
    close(tunnel->listener.fd);
    tunnel->listener.fd = -1;
    struct karto_conn *next;
    for (struct karto_conn *conn = tunnel->conns; conn; conn = next) {
        next = conn->next;
        if (!karto_conn_is_over(conn))
            karto_conn_close(conn);
    }
}

static void *run(void *argument)
{
    struct karto_tunnel *tunnel = argument;
    struct epoll_event events[EVENTS];
    while (!tunnel->closing || tunnel->conns) {
        int count = epoll_wait(tunnel->poll, events, EVENTS, pause_ms(tunnel));
        tunnel->now_ms = karto_os_monotonic_ms();
        for (int i = 0; i < count; i++)
            handle(tunnel, events[i].data.ptr);
        if (tunnel->now_ms >= tunnel->next_ms)
            look_at_deadlines(tunnel);
        if (!tunnel->closing && is_stopping(tunnel))
            stop(tunnel);
        if (!tunnel->closing)
            listen_if_room(tunnel);
        free_dead(tunnel);
    }
    return NULL;
}

/* ---- From other threads ---- */

void karto_tunnel_wake(struct karto_tunnel *tunnel)
{
    uint64_t one = 1;
    ssize_t wrote = write(tunnel->wake.fd, &one, sizeof one);
    (void)wrote; /* it can only be full of wakes already */
}

uint16_t karto_tunnel_port(const struct karto_tunnel *tunnel)
{
    return tunnel->port;
}

void karto_tunnel_cut(struct karto_tunnel *tunnel, const char *serial)
{
    KARTO_ASSERT(strlen(serial) == KARTO_SERIAL_SIZE);
    karto_identities_remove_serial(tunnel->identities, serial);
    pthread_mutex_lock(&tunnel->lock);
    karto_buf_add(&tunnel->cuts, serial, KARTO_SERIAL_SIZE + 1);
    pthread_mutex_unlock(&tunnel->lock);
    karto_tunnel_wake(tunnel);
}

void karto_tunnel_hurry(struct karto_tunnel *tunnel)
{
    pthread_mutex_lock(&tunnel->lock);
    bool needed = !tunnel->hurry && tunnel->link != KARTO_LINK_UP;
    tunnel->hurry |= needed;
    pthread_mutex_unlock(&tunnel->lock);
    if (needed)
        karto_tunnel_wake(tunnel);
}

enum karto_link karto_tunnel_link(struct karto_tunnel *tunnel)
{
    pthread_mutex_lock(&tunnel->lock);
    enum karto_link link = tunnel->link;
    pthread_mutex_unlock(&tunnel->lock);
    return link;
}

struct karto_tunnel_counts karto_tunnel_count(struct karto_tunnel *tunnel)
{
    pthread_mutex_lock(&tunnel->lock);
    struct karto_tunnel_counts counts = tunnel->counts;
    pthread_mutex_unlock(&tunnel->lock);
    return counts;
}

/* ---- Opening and closing ---- */

static void set_limits(struct karto_tunnel_limits *limits)
{
    const struct {
        unsigned *limit, usual;
    } all[] = {
        {&limits->idle_ms, KARTO_TUNNEL_IDLE_MS},
        {&limits->negotiation_ms, KARTO_TUNNEL_NEGOTIATION_MS},
        {&limits->enrol_ms, KARTO_TUNNEL_ENROL_MS},
        {&limits->refused_ms, KARTO_TUNNEL_REFUSED_MS},
        {&limits->connections_max, KARTO_TUNNEL_CONNECTIONS_MAX},
        {&limits->negotiations_max, KARTO_TUNNEL_NEGOTIATIONS_MAX},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (*all[i].limit == 0)
            *all[i].limit = all[i].usual;
}

static bool watch_own(struct karto_tunnel *tunnel, struct karto_conn_end *end)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = end};
    end->events = EPOLLIN;
    return epoll_ctl(tunnel->poll, EPOLL_CTL_ADD, end->fd, &event) == 0;
}

static bool start_thread(struct karto_tunnel *tunnel)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the main thread's */
    bool fine = pthread_create(&tunnel->thread, NULL, run, tunnel) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return fine;
}

static void free_enrolments(struct karto_enrol *enrol)
{
    while (enrol) {
        struct karto_enrol *next = enrol->next;
        karto_buf_fini(&enrol->request);
        karto_buf_fini(&enrol->answer);
        free(enrol);
        enrol = next;
    }
}

/* All but the thread. */
static void free_tunnel(struct karto_tunnel *tunnel)
{
    free_dead(tunnel);
    free_enrolments(tunnel->thinking);
    free_enrolments(tunnel->answered);
    const int descriptors[] = {tunnel->listener.fd, tunnel->wake.fd, tunnel->poll};
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    karto_tls_free(tunnel->tls);
    karto_buf_fini(&tunnel->cuts);
    pthread_mutex_destroy(&tunnel->lock);
    free(tunnel->scratch);
    free(tunnel);
}

enum karto_err karto_tunnel_start(struct karto_tunnel *tunnel, const struct karto_address *listen,
                                  struct karto_tunnel **out)
{
    KARTO_ASSERT(pthread_mutex_init(&tunnel->lock, NULL) == 0);
    set_limits(&tunnel->limits);
    tunnel->scratch = karto_must(malloc(KARTO_TUNNEL_WAITING_SIZE_MAX));
    tunnel->now_ms = karto_os_monotonic_ms();
    tunnel->next_ms = INT64_MAX;
    tunnel->poll = epoll_create1(EPOLL_CLOEXEC);
    tunnel->wake.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    tunnel->listener.fd = -1;
    enum karto_err err = karto_net_listen(listen, &tunnel->listener.fd, &tunnel->port);
    if (err == KARTO_OK && (tunnel->poll < 0 || tunnel->wake.fd < 0 || !watch_own(tunnel, &tunnel->wake) ||
                            !watch_own(tunnel, &tunnel->listener) || !start_thread(tunnel)))
        err = KARTO_E_IO;
    if (err == KARTO_OK)
        *out = tunnel;
    else
        free_tunnel(tunnel);
    return err;
}

void karto_tunnel_close(struct karto_tunnel *tunnel)
{
    if (!tunnel)
        return;
    pthread_mutex_lock(&tunnel->lock);
    tunnel->stopping = true;
    pthread_mutex_unlock(&tunnel->lock);
    karto_tunnel_wake(tunnel);
    pthread_join(tunnel->thread, NULL);
    free_tunnel(tunnel);
}
