#define _GNU_SOURCE
#include "tests/crash/proxy.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "tests/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNS_MAX = 64,
    PIPE_SIZE = 16 * 1024,
    POLL_MS = 100,
    LISTEN_BACKLOG = 64,
    FDS_MAX = PROXY_LANES_MAX + 1 + 2 * CONNS_MAX
};

/* One direction of a connection. */
struct stream {
    uint8_t bytes[PIPE_SIZE];
    size_t from, to;  /* what waits to be written */
    uint64_t passed;  /* bytes read so far */
    bool ended, told; /* the reading end has closed; the other has been told so */
};

struct conn {
    int fds[2];               /* the device's, the hub's; -1: unused */
    struct stream streams[2]; /* up, down */
    unsigned lane;
    bool spoiled; /* fault is for this one */
    struct proxy_fault fault;
    int64_t silent_until_ms; /* INT64_MAX: for ever */
};

struct lane {
    int listen;
    uint16_t port;
    bool armed, fired, cut; /* cut: its connections are to be cut */
    struct proxy_fault fault;
};

struct proxy {
    struct sockaddr_in target;
    struct lane lanes[PROXY_LANES_MAX];
    unsigned lane_count;
    struct conn conns[CONNS_MAX];
    pthread_t thread;
    pthread_mutex_t lock; /* of lanes and stop */
    int wake[2];
    bool stop;
};

/* ---- connections ---- */

static void end(struct conn *conn, bool reset)
{
    struct linger at_once = {1, 0};
    for (int i = 0; i < 2; i++) {
        if (reset)
            setsockopt(conn->fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(conn->fds[i]);
        conn->fds[i] = -1;
    }
}

static void take(struct proxy *proxy, unsigned index)
{
    struct lane *lane = &proxy->lanes[index];
    struct conn *conn = proxy->conns;
    int device = accept4(lane->listen, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (device < 0)
        return;
    int hub = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(hub >= 0);
    while (conn < proxy->conns + CONNS_MAX && conn->fds[0] >= 0)
        conn++;
    CHECK(conn < proxy->conns + CONNS_MAX);
    *conn = (struct conn){.fds = {device, hub}, .lane = index, .spoiled = lane->armed, .fault = lane->fault};
    lane->armed = false;
    if (connect(hub, (const struct sockaddr *)&proxy->target, sizeof proxy->target) != 0 ||
        fcntl(hub, F_SETFL, O_NONBLOCK) != 0)
        end(conn, true);
}

/* ---- what goes through ---- */

static uint64_t allowed(const struct conn *conn, int direction)
{
    const struct stream *stream = &conn->streams[direction];
    if (!conn->spoiled || conn->fault.down != (direction == 1))
        return PIPE_SIZE;
    return conn->fault.after - stream->passed;
}

static bool is_silent(const struct conn *conn)
{
    return conn->silent_until_ms && karto_os_monotonic_ms() < conn->silent_until_ms;
}

static void spoil(struct proxy *proxy, struct conn *conn)
{
    conn->spoiled = false;
    proxy->lanes[conn->lane].fired = true;
    switch (conn->fault.how) {
    case PROXY_RESET: end(conn, true); break;
    case PROXY_CLOSE: end(conn, false); break;
    case PROXY_PAUSE: conn->silent_until_ms = karto_os_monotonic_ms() + PROXY_PAUSE_MS; break;
    case PROXY_SILENT: conn->silent_until_ms = INT64_MAX; break;
    }
}

/* false: the connection is broken. */
static bool fill(struct conn *conn, int direction)
{
    struct stream *stream = &conn->streams[direction];
    uint64_t most = allowed(conn, direction);
    if (stream->ended || stream->from < stream->to || most == 0)
        return true;
    ssize_t size = read(conn->fds[direction], stream->bytes, most < PIPE_SIZE ? (size_t)most : PIPE_SIZE);
    if (size < 0)
        return errno == EAGAIN || errno == EINTR;
    stream->from = 0;
    stream->to = (size_t)size;
    stream->passed += (uint64_t)size;
    stream->ended = size == 0;
    return true;
}

static bool drain(struct conn *conn, int direction)
{
    struct stream *stream = &conn->streams[direction];
    int out = conn->fds[1 - direction];
    if (stream->from < stream->to) {
        ssize_t size = send(out, stream->bytes + stream->from, stream->to - stream->from, MSG_NOSIGNAL);
        if (size < 0)
            return errno == EAGAIN || errno == EINTR;
        stream->from += (size_t)size;
    }
    if (stream->ended && !stream->told) {
        shutdown(out, SHUT_WR);
        stream->told = true;
    }
    return true;
}

static void pass(struct proxy *proxy, struct conn *conn)
{
    if (conn->fds[0] >= 0 && proxy->lanes[conn->lane].cut) {
        end(conn, true);
        return;
    }
    if (conn->fds[0] < 0 || is_silent(conn))
        return;
    for (int direction = 0; direction < 2; direction++)
        if (!fill(conn, direction) || !drain(conn, direction)) {
            end(conn, true);
            return;
        }
    const struct stream *spoiled = &conn->streams[conn->fault.down];
    if (conn->spoiled && spoiled->passed == conn->fault.after && spoiled->from == spoiled->to)
        spoil(proxy, conn);
    else if (conn->streams[0].told && conn->streams[1].told)
        end(conn, false);
}

/* ---- the thread ---- */

static short events_of(const struct conn *conn, int end_of)
{
    const struct stream *in = &conn->streams[end_of], *out = &conn->streams[1 - end_of];
    bool reads = !in->ended && in->from == in->to && allowed(conn, end_of) > 0;
    return (short)((reads ? POLLIN : 0) | (out->from < out->to ? POLLOUT : 0));
}

static void await(struct proxy *proxy)
{
    struct pollfd fds[FDS_MAX];
    nfds_t count = 0;
    char byte;
    fds[count++] = (struct pollfd){proxy->wake[0], POLLIN, 0};
    for (unsigned i = 0; i < proxy->lane_count; i++)
        fds[count++] = (struct pollfd){proxy->lanes[i].listen, POLLIN, 0};
    for (struct conn *conn = proxy->conns; conn < proxy->conns + CONNS_MAX; conn++)
        for (int i = 0; conn->fds[0] >= 0 && !is_silent(conn) && i < 2; i++)
            if (events_of(conn, i))
                fds[count++] = (struct pollfd){conn->fds[i], events_of(conn, i), 0};
    pthread_mutex_unlock(&proxy->lock);
    poll(fds, count, POLL_MS);
    while (read(proxy->wake[0], &byte, 1) == 1)
        ;
    pthread_mutex_lock(&proxy->lock);
}

static void *run(void *context)
{
    struct proxy *proxy = context;
    pthread_mutex_lock(&proxy->lock);
    while (!proxy->stop) {
        for (struct conn *conn = proxy->conns; conn < proxy->conns + CONNS_MAX; conn++)
            pass(proxy, conn);
        for (unsigned i = 0; i < proxy->lane_count; i++) {
            proxy->lanes[i].cut = false;
            take(proxy, i);
        }
        await(proxy);
    }
    pthread_mutex_unlock(&proxy->lock);
    return NULL;
}

/* ---- from outside ---- */

static void wake(struct proxy *proxy)
{
    CHECK(write(proxy->wake[1], "", 1) == 1 || errno == EAGAIN);
}

static void open_lane(struct lane *lane)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    lane->listen = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(lane->listen >= 0);
    CHECK_INT(bind(lane->listen, (const struct sockaddr *)&address, sizeof address), 0);
    CHECK_INT(listen(lane->listen, LISTEN_BACKLOG), 0);
    CHECK_INT(getsockname(lane->listen, (struct sockaddr *)&address, &size), 0);
    lane->port = ntohs(address.sin_port);
}

struct proxy *proxy_open(uint16_t target, unsigned lanes)
{
    struct proxy *proxy = karto_must(calloc(1, sizeof *proxy));
    CHECK(lanes <= PROXY_LANES_MAX);
    proxy->target = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(target)};
    proxy->target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (struct conn *conn = proxy->conns; conn < proxy->conns + CONNS_MAX; conn++)
        conn->fds[0] = conn->fds[1] = -1;
    for (; proxy->lane_count < lanes; proxy->lane_count++)
        open_lane(&proxy->lanes[proxy->lane_count]);
    CHECK_INT(pipe2(proxy->wake, O_CLOEXEC | O_NONBLOCK), 0);
    pthread_mutex_init(&proxy->lock, NULL);
    CHECK_INT(pthread_create(&proxy->thread, NULL, run, proxy), 0);
    return proxy;
}

void proxy_close(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->stop = true;
    pthread_mutex_unlock(&proxy->lock);
    wake(proxy);
    pthread_join(proxy->thread, NULL);
    for (struct conn *conn = proxy->conns; conn < proxy->conns + CONNS_MAX; conn++)
        if (conn->fds[0] >= 0)
            end(conn, true);
    for (unsigned i = 0; i < proxy->lane_count; i++)
        close(proxy->lanes[i].listen);
    close(proxy->wake[0]);
    close(proxy->wake[1]);
    pthread_mutex_destroy(&proxy->lock);
    free(proxy);
}

uint16_t proxy_port(const struct proxy *proxy, unsigned lane)
{
    return proxy->lanes[lane].port;
}

void proxy_arm(struct proxy *proxy, unsigned lane, struct proxy_fault fault)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->lanes[lane].fault = fault;
    proxy->lanes[lane].armed = true;
    proxy->lanes[lane].fired = false;
    proxy->lanes[lane].cut = true;
    pthread_mutex_unlock(&proxy->lock);
    wake(proxy);
}

bool proxy_fired(struct proxy *proxy, unsigned lane)
{
    pthread_mutex_lock(&proxy->lock);
    bool fired = proxy->lanes[lane].fired;
    pthread_mutex_unlock(&proxy->lock);
    return fired;
}
