/* The tunnel alone, with plain sockets at both of its ends: who gets through and under whose name, what those are told
 * who do not, what a bad network and bad peers can do, and enrolment. */
#include "syncd/tunnel.h"

#include "core/base/limits.h"
#include "syncd/tls.h"
#include "tests/net.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    WAIT_MS = 20 * 1000, /* what anything may take on a slow machine before the test fails */
    GREETING = 8,
    STREAMS_MAX = 1024,
};

static const uint8_t req_greeting[GREETING] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
static struct office office;

/* ---- Sockets ---- */

static int patient(int fd)
{
    struct timeval patience = {.tv_sec = WAIT_MS / 1000};
    CHECK(fd >= 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    return fd;
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int dial(uint16_t port)
{
    struct sockaddr_in to = loopback(port);
    int fd = patient(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static int listen_anywhere(uint16_t *port)
{
    struct sockaddr_in at = loopback(0);
    socklen_t size = sizeof at;
    int fd = patient(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(bind(fd, (struct sockaddr *)&at, size) == 0 && listen(fd, 100) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&at, &size) == 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static bool send_all(int fd, const void *data, size_t size)
{
    for (const uint8_t *at = data; size;) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* How many of size bytes came before the end. The end must come: silence fails the test. */
static size_t receive_some(int fd, void *data, size_t size)
{
    size_t have = 0;
    while (have < size) {
        ssize_t got = recv(fd, (uint8_t *)data + have, size - have, 0);
        CHECK(got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK));
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    return have;
}

static bool has_ended(int fd)
{
    uint8_t byte;
    return receive_some(fd, &byte, 1) == 0;
}

/* ---- What the hub's end connects to: greets, names who has come, and sends back whatever it gets ---- */

struct server {
    int listener;
    uint16_t port;
    struct karto_identities *identities;
    pthread_t thread, streams[STREAMS_MAX];
    atomic_uint count;
};

struct stream {
    struct server *server;
    int fd;
};

static void *serve(void *argument)
{
    struct stream *stream = argument;
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    struct karto_certificate who;
    uint8_t data[16 * 1024];
    ssize_t got;
    bool fine =
        getpeername(stream->fd, (struct sockaddr *)&from, &size) == 0 &&
        karto_identities_find(stream->server->identities, ntohl(from.sin_addr.s_addr), ntohs(from.sin_port), &who) &&
        receive_some(stream->fd, data, GREETING) == GREETING && memcmp(data, req_greeting, GREETING) == 0 &&
        send_all(stream->fd, req_greeting, GREETING) && send_all(stream->fd, who.cn, KARTO_DEVICE_ID_SIZE);
    while (fine && (got = recv(stream->fd, data, sizeof data, 0)) > 0)
        fine = send_all(stream->fd, data, (size_t)got);
    close(stream->fd);
    free(stream);
    return NULL;
}

static void *accept_all(void *argument)
{
    struct server *server = argument;
    int fd;
    while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
        struct stream *stream = malloc(sizeof *stream);
        CHECK(stream && server->count < STREAMS_MAX);
        *stream = (struct stream){server, fd};
        pthread_t *thread = &server->streams[server->count++]; /* counted before the client can know */
        CHECK(pthread_create(thread, NULL, serve, stream) == 0);
    }
    return NULL;
}

static void open_server(struct server *server)
{
    *server = (struct server){.identities = karto_identities_new()};
    server->listener = listen_anywhere(&server->port);
    struct timeval forever = {.tv_sec = 0};
    CHECK(setsockopt(server->listener, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever) == 0);
    CHECK(pthread_create(&server->thread, NULL, accept_all, server) == 0);
}

static void close_server(struct server *server) /* after the tunnel */
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
    for (unsigned i = 0; i < server->count; i++)
        pthread_join(server->streams[i], NULL);
    karto_identities_free(server->identities);
}

/* ---- A hub: the server and the tunnel's end ---- */

struct hub {
    struct server server;
    struct karto_tunnel *tunnel;
    atomic_bool closed_to_all;
    atomic_uint admitted;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct karto_enrol *enrols[64];
    unsigned enrol_count;
};

static bool admit(void *context, const char *serial, const char *device)
{
    struct hub *hub = context;
    CHECK_INT(strlen(serial), KARTO_SERIAL_SIZE);
    CHECK_INT(strlen(device), KARTO_DEVICE_ID_SIZE);
    hub->admitted++;
    return !hub->closed_to_all;
}

static void on_enrol(void *context, struct karto_enrol *enrol)
{
    struct hub *hub = context;
    pthread_mutex_lock(&hub->lock);
    hub->enrols[hub->enrol_count++] = enrol;
    pthread_cond_broadcast(&hub->changed);
    pthread_mutex_unlock(&hub->lock);
}

static struct timespec until(void)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += WAIT_MS / 1000;
    return at;
}

static struct karto_enrol *next_enrol(struct hub *hub)
{
    struct timespec at = until();
    pthread_mutex_lock(&hub->lock);
    while (hub->enrol_count == 0)
        CHECK_INT(pthread_cond_timedwait(&hub->changed, &hub->lock, &at), 0);
    struct karto_enrol *enrol = hub->enrols[--hub->enrol_count];
    pthread_mutex_unlock(&hub->lock);
    return enrol;
}

static void open_hub_as(struct hub *hub, const struct identity *identity, struct karto_tunnel_limits limits)
{
    *hub = (struct hub){.tunnel = NULL};
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->changed, NULL);
    open_server(&hub->server);
    struct karto_tunnel_hub options = {
        .listen = local_address(0),
        .credentials = identity->credentials,
        .inner_port = hub->server.port,
        .identities = hub->server.identities,
        .admit = admit,
        .on_enrol = on_enrol,
        .context = hub,
        .limits = limits,
    };
    CHECK_INT(karto_tunnel_open_hub(&options, &hub->tunnel), KARTO_OK);
}

static void open_hub(struct hub *hub)
{
    open_hub_as(hub, &office.hub, (struct karto_tunnel_limits){.idle_ms = 0});
}

static void close_hub(struct hub *hub)
{
    karto_tunnel_close(hub->tunnel);
    close_server(&hub->server);
    pthread_cond_destroy(&hub->changed);
    pthread_mutex_destroy(&hub->lock);
}

/* ---- A device: the tunnel's other end, and what it said about the way ---- */

struct device {
    struct karto_tunnel *tunnel;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned seen[KARTO_LINK_COUNT];
};

static void on_link(void *context, enum karto_link link)
{
    struct device *device = context;
    pthread_mutex_lock(&device->lock);
    device->seen[link]++;
    pthread_cond_broadcast(&device->changed);
    pthread_mutex_unlock(&device->lock);
}

static void await_link(struct device *device, enum karto_link link)
{
    struct timespec at = until();
    pthread_mutex_lock(&device->lock);
    while (device->seen[link] == 0)
        if (pthread_cond_timedwait(&device->changed, &device->lock, &at) != 0) {
            fprintf(stderr, "never: %s; but: %s\n", karto_link_text(link),
                    karto_link_text(karto_tunnel_link(device->tunnel)));
            exit(1);
        }
    pthread_mutex_unlock(&device->lock);
}

static void open_device_at(struct device *device, const struct karto_credentials *credentials,
                           const struct karto_address *hub, struct karto_tunnel_limits limits,
                           const struct karto_fault *fault)
{
    *device = (struct device){.tunnel = NULL};
    pthread_mutex_init(&device->lock, NULL);
    pthread_cond_init(&device->changed, NULL);
    struct karto_tunnel_device options = {
        .hub = *hub,
        .credentials = *credentials,
        .on_link = on_link,
        .context = device,
        .limits = limits,
        .fault = fault,
    };
    CHECK_INT(karto_tunnel_open_device(&options, &device->tunnel), KARTO_OK);
}

static void open_device(struct device *device, const struct identity *identity, const struct hub *hub,
                        const struct karto_fault *fault)
{
    struct karto_address address = local_address(karto_tunnel_port(hub->tunnel));
    open_device_at(device, &identity->credentials, &address,
                   (struct karto_tunnel_limits){.negotiation_ms = 5000, .refused_ms = 100}, fault);
}

static void close_device(struct device *device)
{
    karto_tunnel_close(device->tunnel);
    pthread_cond_destroy(&device->changed);
    pthread_mutex_destroy(&device->lock);
}

/* A connection through the device's end; has_come says whether it got through to the server. */
static int enter(const struct device *device)
{
    int fd = dial(karto_tunnel_port(device->tunnel));
    send_all(fd, req_greeting, GREETING);
    return fd;
}

static bool is_welcome(int fd, const struct identity *identity)
{
    uint8_t welcome[GREETING + KARTO_DEVICE_ID_SIZE];
    size_t got = receive_some(fd, welcome, sizeof welcome);
    if (got == sizeof welcome) {
        CHECK(memcmp(welcome, req_greeting, GREETING) == 0);
        CHECK(memcmp(welcome + GREETING, identity->facts.cn, KARTO_DEVICE_ID_SIZE) == 0);
    }
    return got == sizeof welcome;
}

static int enter_in_the_end(const struct device *device, const struct identity *identity)
{
    for (int64_t until_ms = karto_os_monotonic_ms() + WAIT_MS;;) {
        karto_tunnel_hurry(device->tunnel);
        int fd = enter(device);
        if (is_welcome(fd, identity))
            return fd;
        close(fd);
        CHECK(karto_os_monotonic_ms() < until_ms);
    }
}

struct sending {
    int fd;
    struct karto_slice bytes;
};

static void *send_it(void *argument)
{
    struct sending *sending = argument;
    send_all(sending->fd, sending->bytes.data, sending->bytes.size);
    return NULL;
}

/* Sends size bytes and reads them back; false when the connection ended first. What comes must be what was sent. */
static bool there_and_back(int fd, size_t size, unsigned seed)
{
    uint8_t *out = malloc(size), *in = malloc(size);
    CHECK(out && in);
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)((i * 2654435761U + seed) >> 13);
    struct sending sending = {fd, karto_slice(out, size)};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, send_it, &sending) == 0);
    size_t got = receive_some(fd, in, size);
    if (got < size)
        shutdown(fd, SHUT_RDWR);
    pthread_join(thread, NULL);
    CHECK(memcmp(in, out, got) == 0);
    free(out);
    free(in);
    return got == size;
}

/* ---- Tests: who gets through ---- */

static void carries_bytes_both_ways(const struct identity *identity)
{
    struct hub hub;
    struct device device;
    open_hub(&hub);
    open_device(&device, identity, &hub, NULL);
    CHECK_INT(karto_tunnel_link(device.tunnel), KARTO_LINK_NEVER);
    int one = enter(&device), two = enter(&device);
    CHECK(is_welcome(one, identity) && is_welcome(two, identity));
    await_link(&device, KARTO_LINK_UP);
    CHECK(there_and_back(one, 1024 * 1024, 1));
    CHECK(there_and_back(two, 5 * 1024 * 1024 + 1, 2)); /* more than all buffers on the way hold */
    for (unsigned i = 1; i < 100; i++)
        CHECK(there_and_back(one, i, i));
    CHECK_INT(karto_tunnel_count(hub.tunnel).connections, 2);
    CHECK_INT(karto_tunnel_count(hub.tunnel).negotiations, 0);
    close(one);
    close(two);
    close_device(&device);
    close_hub(&hub);
}

static void serves_many_at_once(void)
{
    enum { COUNT = 20 };
    static struct identity identities[COUNT];
    static struct device devices[COUNT];
    int streams[COUNT];
    struct hub hub;
    open_hub(&hub);
    for (unsigned i = 0; i < COUNT; i++) {
        make_device(&identities[i], &office, 1000 + i, real_now_ms());
        open_device(&devices[i], &identities[i], &hub, NULL);
        streams[i] = enter(&devices[i]);
    }
    for (unsigned i = 0; i < COUNT; i++)
        CHECK(is_welcome(streams[i], &identities[i])); /* each under its own name */
    for (unsigned i = 0; i < COUNT; i++)
        CHECK(there_and_back(streams[i], 100000 + i, i));
    for (unsigned i = 0; i < COUNT; i++) {
        close(streams[i]);
        close_device(&devices[i]);
        close_identity(&identities[i]);
    }
    close_hub(&hub);
}

/* A device with these credentials is turned away, and knows why. */
static void is_turned_away(const struct hub *hub, const struct karto_credentials *credentials, enum karto_link why)
{
    struct device device;
    struct karto_address address = local_address(karto_tunnel_port(hub->tunnel));
    open_device_at(&device, credentials, &address, (struct karto_tunnel_limits){.negotiation_ms = WAIT_MS}, NULL);
    int fd = enter(&device);
    CHECK(has_ended(fd));
    await_link(&device, why);
    CHECK_INT(karto_tunnel_link(device.tunnel), why);
    CHECK(karto_link_err(why) == KARTO_E_CERTIFICATE || karto_link_err(why) == KARTO_E_REVOKED);
    close(fd);

    unsigned before = hub->admitted; /* a refusal is held off, however much somebody hurries */
    karto_tunnel_hurry(device.tunnel);
    fd = enter(&device);
    struct pollfd one = {.fd = fd, .events = POLLIN};
    CHECK_INT(poll(&one, 1, 150), 0);
    CHECK_INT(hub->admitted, before);
    close(fd);
    close_device(&device);
}

static void tells_devices_why(const struct identity *good)
{
    struct office stranger;
    struct identity foreign, old, early, impostor;
    int64_t now_ms = real_now_ms();
    make_office(&stranger);
    make_device(&foreign, &stranger, 1, now_ms);
    make_device(&old, &office, 1, now_ms - 366 * DAY_MS);
    make_device(&early, &office, 1, now_ms + DAY_MS);
    make_hub(&impostor, &office, now_ms); /* the hub's certificate does not make a device */
    struct hub hub;
    open_hub(&hub);
    struct karto_credentials bare = {.authority = good->credentials.authority};
    struct karto_credentials other = foreign.credentials;
    other.authority = good->credentials.authority;
    is_turned_away(&hub, &bare, KARTO_LINK_NO_CERTIFICATE);
    is_turned_away(&hub, &other, KARTO_LINK_UNKNOWN_AUTHORITY);
    is_turned_away(&hub, &old.credentials, KARTO_LINK_EXPIRED);
    is_turned_away(&hub, &early.credentials, KARTO_LINK_NOT_YET_VALID);
    is_turned_away(&hub, &impostor.credentials, KARTO_LINK_UNKNOWN_AUTHORITY);
    is_turned_away(&hub, &foreign.credentials, KARTO_LINK_FOREIGN_HUB); /* it does not believe the hub */
    CHECK_INT(hub.admitted, 0);
    hub.closed_to_all = true;
    is_turned_away(&hub, &good->credentials, KARTO_LINK_REVOKED);
    CHECK_INT(hub.admitted, 1);
    CHECK_INT(hub.server.count, 0); /* nobody of them was seen inside */
    close_hub(&hub);
    close_identity(&foreign);
    close_identity(&old);
    close_identity(&early);
    close_identity(&impostor);
    close_office(&stranger);
}

static void judges_hubs(const struct identity *good)
{
    struct identity old, early, impostor;
    int64_t now_ms = real_now_ms();
    make_hub(&old, &office, now_ms - 731 * DAY_MS);
    make_hub(&early, &office, now_ms + DAY_MS);
    make_device(&impostor, &office, 1, now_ms); /* a device's certificate does not make a hub */
    const struct {
        const struct identity *hub;
        enum karto_link why;
    } cases[] = {
        {&old, KARTO_LINK_HUB_EXPIRED}, {&early, KARTO_LINK_HUB_NOT_YET_VALID}, {&impostor, KARTO_LINK_FOREIGN_HUB}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hub hub;
        open_hub_as(&hub, cases[i].hub, (struct karto_tunnel_limits){.idle_ms = 0});
        is_turned_away(&hub, &good->credentials, cases[i].why);
        close_hub(&hub);
    }
    close_identity(&old);
    close_identity(&early);
    close_identity(&impostor);
}

static void cannot_connect(const struct identity *identity, uint16_t port, enum karto_link why)
{
    struct device device;
    struct karto_address address = local_address(port);
    open_device_at(&device, &identity->credentials, &address, (struct karto_tunnel_limits){.negotiation_ms = 200},
                   NULL);
    int fd = enter(&device);
    await_link(&device, why);
    CHECK(has_ended(fd));
    CHECK_INT(karto_link_err(why), KARTO_E_OFFLINE);
    close(fd);
    close_device(&device);
}

static void *answer_nonsense(void *argument)
{
    int fd = accept(*(int *)argument, NULL, NULL);
    uint8_t data[1024];
    CHECK(recv(patient(fd), data, sizeof data, 0) > 0);
    send_all(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    CHECK(has_ended(fd) || true);
    close(fd);
    return NULL;
}

static void tells_what_is_at_the_address(const struct identity *identity)
{
    uint16_t port;
    int listener = listen_anywhere(&port);
    cannot_connect(identity, port, KARTO_LINK_SILENT); /* it takes connections, and never says a word */
    close(listener);
    cannot_connect(identity, port, KARTO_LINK_REFUSED);
    listener = listen_anywhere(&port);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, answer_nonsense, &listener) == 0);
    cannot_connect(identity, port, KARTO_LINK_NOT_A_HUB);
    pthread_join(thread, NULL);
    close(listener);
}

/* A name is looked up beside the loop; of its addresses (::1 and 127.0.0.1, in either order) one leads to the hub. */
static void finds_a_hub_by_name(const struct identity *identity)
{
    struct hub hub;
    struct device device;
    open_hub(&hub);
    struct karto_address address = {.host = "localhost", .port = karto_tunnel_port(hub.tunnel)};
    open_device_at(&device, &identity->credentials, &address, (struct karto_tunnel_limits){.idle_ms = 0}, NULL);
    int fd = enter_in_the_end(&device, identity);
    CHECK(there_and_back(fd, 1000, 1));
    close(fd);
    close_device(&device);
    close_hub(&hub);
}

static void cuts_a_certificate_off(const struct identity *identity, const struct identity *other)
{
    struct hub hub;
    struct device device, bystander;
    open_hub(&hub);
    open_device(&device, identity, &hub, NULL);
    open_device(&bystander, other, &hub, NULL);
    int one = enter(&device), two = enter(&device), safe = enter(&bystander);
    CHECK(is_welcome(one, identity) && is_welcome(two, identity) && is_welcome(safe, other));
    hub.closed_to_all = true;
    karto_tunnel_cut(hub.tunnel, identity->facts.serial);
    CHECK(has_ended(one) && has_ended(two));
    int again = enter(&device);
    CHECK(has_ended(again));
    await_link(&device, KARTO_LINK_REVOKED);
    CHECK(there_and_back(safe, 1000, 3));
    close(one);
    close(two);
    close(again);
    close(safe);
    close_device(&device);
    close_device(&bystander);
    close_hub(&hub);
}

/* Another user of the same laptop finds the device's port. */
static void serves_its_own_user_only(const struct identity *identity)
{
    if (geteuid() != 0)
        return; /* only root can become somebody else */
    struct hub hub;
    struct device device;
    open_hub(&hub);
    open_device(&device, identity, &hub, NULL);
    struct sockaddr_in to = loopback(karto_tunnel_port(device.tunnel));
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) { /* system calls only: the other threads are not here */
        uint8_t byte;
        if (setuid(65534) != 0)
            _exit(2);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
            _exit(3);
        (void)!send(fd, req_greeting, GREETING, MSG_NOSIGNAL);
        _exit(recv(fd, &byte, 1, 0) <= 0 ? 0 : 4);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 0);
    CHECK_INT(hub.admitted, 0);
    int fd = enter(&device);
    CHECK(is_welcome(fd, identity));
    close(fd);
    close_device(&device);
    close_hub(&hub);
}

static void wants_a_greeting(const struct identity *identity)
{
    static const char *const greetings[] = {"GET / HT", "\0SP\1\0\x30\0\0", "\0SP\0\0\x30\1\0", "\0SP\0\0\x30\0\1"};
    struct hub hub;
    struct device device;
    open_hub(&hub);
    open_device(&device, identity, &hub, NULL);
    for (unsigned i = 0; i < sizeof greetings / sizeof *greetings; i++) {
        karto_tunnel_hurry(device.tunnel);
        int fd = dial(karto_tunnel_port(device.tunnel));
        CHECK(send_all(fd, greetings[i], GREETING));
        CHECK(has_ended(fd));
        close(fd);
    }
    CHECK_INT(hub.server.count, 0);
    int fd = enter_in_the_end(&device, identity);
    CHECK_INT(hub.server.count, 1);
    close(fd);
    close_device(&device);
    close_hub(&hub);
}

/* ---- Tests: limits ---- */

static void ends_what_stands_still(const struct identity *identity)
{
    struct hub hub;
    struct device device;
    open_hub_as(&hub, &office.hub, (struct karto_tunnel_limits){.idle_ms = 200, .negotiation_ms = 200});
    open_device(&device, identity, &hub, NULL);
    int fd = enter(&device);
    CHECK(is_welcome(fd, identity));
    CHECK(there_and_back(fd, 1000, 1));
    CHECK(has_ended(fd)); /* idle */
    close(fd);
    fd = dial(karto_tunnel_port(hub.tunnel)); /* says nothing */
    CHECK(has_ended(fd));
    close(fd);
    fd = dial(karto_tunnel_port(hub.tunnel)); /* says something else */
    uint8_t answer[1024];
    CHECK(send_all(fd, "GET / HTTP/1.0\r\n\r\n", 18));
    CHECK(receive_some(fd, answer, sizeof answer) < 16); /* an alert at most */
    close(fd);
    close_device(&device);
    close_hub(&hub);
}

/* Full of connections that say nothing: a device gets its turn when they are thrown out. */
static void keeps_to_its_caps(const struct identity *identity)
{
    struct hub hub;
    struct device device;
    int idle[6];
    open_hub_as(&hub, &office.hub, (struct karto_tunnel_limits){.negotiation_ms = 200, .negotiations_max = 2});
    for (unsigned i = 0; i < sizeof idle / sizeof *idle; i++)
        idle[i] = dial(karto_tunnel_port(hub.tunnel));
    open_device(&device, identity, &hub, NULL);
    int fd = enter_in_the_end(&device, identity);
    CHECK(karto_tunnel_count(hub.tunnel).negotiations <= 2);
    for (unsigned i = 0; i < sizeof idle / sizeof *idle; i++)
        close(idle[i]);
    close(fd);
    close_device(&device);
    close_hub(&hub);
}

/* ---- Tests: a bad network ---- */

static void survives_a_cut_anywhere(const struct identity *identity)
{
    struct hub hub;
    open_hub(&hub);
    for (unsigned i = 0; i < 48; i++) {
        struct karto_fault fault = {.seed = i, .connections = 1, .cut_after = 1 + i * 97};
        struct device device;
        open_device(&device, identity, &hub, &fault);
        int fd = enter(&device);
        if (is_welcome(fd, identity))
            CHECK(!there_and_back(fd, 20000, i)); /* the limit is hit before so much is through */
        close(fd);
        fd = enter_in_the_end(&device, identity);
        CHECK(there_and_back(fd, 20000, i));
        close(fd);
        close_device(&device);
    }
    close_hub(&hub);
}

static void lets_no_damage_through(const struct identity *identity)
{
    struct hub hub;
    open_hub(&hub);
    for (unsigned i = 0; i < 48; i++) {
        struct karto_fault fault = {.seed = i, .connections = 1, .flip_after = 1 + i * 211};
        struct device device;
        open_device(&device, identity, &hub, &fault);
        int fd = enter(&device);
        if (is_welcome(fd, identity))
            CHECK(!there_and_back(fd, 50000, i)); /* what came was right; then came the end */
        close(fd);
        fd = enter_in_the_end(&device, identity);
        close(fd);
        close_device(&device);
    }
    close_hub(&hub);
}

static void notices_silence(const struct identity *identity)
{
    struct hub hub;
    struct device device;
    struct karto_fault fault = {.seed = 1, .connections = 1, .silent_after = 20000};
    open_hub(&hub);
    struct karto_address address = local_address(karto_tunnel_port(hub.tunnel));
    open_device_at(&device, &identity->credentials, &address, (struct karto_tunnel_limits){.idle_ms = 1000}, &fault);
    int fd = enter(&device);
    CHECK(is_welcome(fd, identity));
    CHECK(!there_and_back(fd, 100000, 1)); /* the idle limit ends it */
    close(fd);
    await_link(&device, KARTO_LINK_CUT);
    fd = enter_in_the_end(&device, identity);
    close(fd);
    close_device(&device);
    close_hub(&hub);
}

/* Nothing comes, but there is always something to send: nng would ask again and again. */
static void notices_silence_while_it_asks(const struct identity *identity)
{
    struct hub hub;
    struct device device;
    uint8_t words[2000] = {0};
    struct karto_fault fault = {.seed = 1, .connections = 1, .silent_after = 20000};
    open_hub(&hub);
    struct karto_address address = local_address(karto_tunnel_port(hub.tunnel));
    open_device_at(&device, &identity->credentials, &address, (struct karto_tunnel_limits){.idle_ms = 1000}, &fault);
    int fd = enter(&device);
    CHECK(is_welcome(fd, identity));
    int64_t until_ms = karto_os_monotonic_ms() + 10 * 1000;
    while (karto_tunnel_link(device.tunnel) == KARTO_LINK_UP) {
        CHECK(karto_os_monotonic_ms() < until_ms);
        ssize_t size = send(fd, words, sizeof words, MSG_NOSIGNAL | MSG_DONTWAIT);
        CHECK(size > 0 || errno == EAGAIN || errno == EPIPE || errno == ECONNRESET);
        nanosleep(&(struct timespec){.tv_nsec = 200 * 1000000}, NULL); /* more often than the idle limit */
    }
    await_link(&device, KARTO_LINK_CUT);
    close(fd);
    close_device(&device);
    close_hub(&hub);
}

static void bears_delay(const struct identity *identity)
{
    struct hub hub;
    struct device device;
    struct karto_fault fault = {.seed = 1, .delay_ms = 5};
    open_hub(&hub);
    open_device(&device, identity, &hub, &fault);
    int fd = enter(&device);
    CHECK(is_welcome(fd, identity));
    CHECK(there_and_back(fd, 300000, 1));
    close(fd);
    close_device(&device);
    close_hub(&hub);
}

/* ---- Tests: enrolment ---- */

struct asking {
    struct karto_address hub;
    struct karto_slice request;
    int timeout_ms;
    enum karto_err err;
    struct karto_buf answer, authority;
};

static void *ask(void *argument)
{
    struct asking *asking = argument;
    asking->err = karto_enrol_call(&asking->hub, office.fingerprint, asking->request, asking->timeout_ms,
                                   &asking->answer, &asking->authority);
    return NULL;
}

static void forget(struct asking *asking)
{
    karto_buf_fini(&asking->answer);
    karto_buf_fini(&asking->authority);
}

static void answers_enrolments(void)
{
    static uint8_t large[KARTO_ENROL_SIZE_MAX + 1];
    memset(large, 'x', sizeof large);
    const struct {
        size_t request, answer;
        enum karto_err want;
    } cases[] = {
        {1, 1, KARTO_OK},
        {KARTO_ENROL_SIZE_MAX, KARTO_ENROL_SIZE_MAX, KARTO_OK},
        {10, 0, KARTO_E_OFFLINE}, /* no answer: the end */
        {10, KARTO_ENROL_SIZE_MAX + 1, KARTO_E_OFFLINE},
    };
    struct hub hub;
    open_hub(&hub);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking = {.hub = local_address(karto_tunnel_port(hub.tunnel)),
                                .request = karto_slice(large, cases[i].request),
                                .timeout_ms = WAIT_MS};
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, ask, &asking) == 0);
        struct karto_enrol *enrol = next_enrol(&hub);
        CHECK(karto_slice_equal(karto_enrol_request(enrol), asking.request));
        karto_enrol_answer(enrol, karto_slice(large, cases[i].answer));
        pthread_join(thread, NULL);
        CHECK_INT(asking.err, cases[i].want);
        CHECK_INT(asking.answer.size, cases[i].want == KARTO_OK ? cases[i].answer : 0);
        CHECK_INT(asking.authority.size, cases[i].want == KARTO_OK ? office.pem.size : 0);
        forget(&asking);
    }
    struct asking asking = {.hub = local_address(karto_tunnel_port(hub.tunnel)), .timeout_ms = WAIT_MS};
    ask(&asking);
    CHECK_INT(asking.err, KARTO_E_LIMIT);
    asking.request = karto_slice(large, sizeof large);
    ask(&asking);
    CHECK_INT(asking.err, KARTO_E_LIMIT);
    close_hub(&hub);
}

static void a_joiner_knows_its_hub(void)
{
    struct office stranger;
    make_office(&stranger);
    struct hub hub;
    open_hub(&hub);
    struct karto_address address = local_address(karto_tunnel_port(hub.tunnel));
    struct karto_buf answer = KARTO_BUF_EMPTY, authority = KARTO_BUF_EMPTY;
    struct karto_slice request = karto_slice_str("let me in");
    CHECK_INT(karto_enrol_call(&address, stranger.fingerprint, request, WAIT_MS, &answer, &authority),
              KARTO_E_CERTIFICATE);
    uint8_t hub_itself[32]; /* the hub's own certificate is no authority */
    CHECK_INT(karto_authority_fingerprint(karto_buf_slice(&office.hub.certificate_pem), hub_itself), KARTO_OK);
    CHECK_INT(karto_enrol_call(&address, hub_itself, request, WAIT_MS, &answer, &authority), KARTO_E_CERTIFICATE);
    CHECK_INT(hub.enrol_count, 0); /* the request was never shown to it */
    close_hub(&hub);
    CHECK_INT(karto_enrol_call(&address, office.fingerprint, request, WAIT_MS, &answer, &authority), KARTO_E_OFFLINE);
    uint16_t port;
    int listener = listen_anywhere(&port);
    address = local_address(port);
    CHECK_INT(karto_enrol_call(&address, office.fingerprint, request, 100, &answer, &authority), KARTO_E_TIMEOUT);
    close(listener);
    CHECK_INT(answer.size + authority.size, 0);
    close_office(&stranger);
}

/* A joiner's TLS by hand, to say what karto_enrol_call would not. */
struct raw {
    int fd;
    struct karto_tls *tls;
    struct karto_tls_stream *stream;
};

static enum karto_io raw_receive(void *context, void *data, size_t size, size_t *moved)
{
    ssize_t got = recv(((struct raw *)context)->fd, data, size, 0);
    *moved = got > 0 ? (size_t)got : 0;
    return got > 0 ? KARTO_IO_FINE : KARTO_IO_END;
}

static enum karto_io raw_send(void *context, const void *data, size_t size, size_t *moved)
{
    *moved = send_all(((struct raw *)context)->fd, data, size) ? size : 0;
    return *moved ? KARTO_IO_FINE : KARTO_IO_BROKEN;
}

static void open_raw(struct raw *raw, const struct hub *hub)
{
    raw->fd = dial(karto_tunnel_port(hub->tunnel));
    raw->tls = karto_tls_joiner(office.fingerprint);
    raw->stream = karto_tls_stream_new(raw->tls, (struct karto_tls_io){raw, raw_receive, raw_send});
    CHECK_INT(karto_tls_handshake(raw->stream), KARTO_TLS_FINE);
}

static void close_raw(struct raw *raw)
{
    karto_tls_stream_free(raw->stream);
    karto_tls_free(raw->tls);
    close(raw->fd);
}

/* Nothing comes but the end. */
static bool raw_has_ended(struct raw *raw)
{
    uint8_t byte;
    size_t got;
    enum karto_tls_result result = karto_tls_read(raw->stream, &byte, 1, &got);
    return result == KARTO_TLS_END || result == KARTO_TLS_FAILED;
}

static void bears_bad_enrolments(void)
{
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
        {"\0\0\0\0", 4},         /* nothing */
        {"\0\0\x20\x01", 4},     /* 8193 bytes */
        {"\xff\xff\xff\xff", 4}, /* 4 GiB */
        {"\0\0\0\x0ahalf", 8},   /* a part; then silence */
        {"\0", 1},
        {"", 0},
    };
    struct hub hub;
    open_hub_as(&hub, &office.hub, (struct karto_tunnel_limits){.enrol_ms = 300});
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct raw raw;
        size_t wrote;
        open_raw(&raw, &hub);
        if (bad[i].size)
            CHECK_INT(karto_tls_write(raw.stream, bad[i].bytes, bad[i].size, &wrote), KARTO_TLS_FINE);
        CHECK(raw_has_ended(&raw));
        close_raw(&raw);
    }
    CHECK_INT(hub.enrol_count, 0);

    /* Who thinks too long finds nobody any more, and does no harm. */
    struct asking asking = {
        .hub = local_address(karto_tunnel_port(hub.tunnel)), .request = karto_slice_str("?"), .timeout_ms = WAIT_MS};
    ask(&asking);
    CHECK_INT(asking.err, KARTO_E_OFFLINE);
    karto_enrol_answer(next_enrol(&hub), karto_slice_str("too late"));
    ask(&asking); /* and one that is never answered is given back with the tunnel */
    CHECK_INT(asking.err, KARTO_E_OFFLINE);
    CHECK(next_enrol(&hub) != NULL);
    forget(&asking);
    close_hub(&hub);
}

static void enrols_so_many_at_once(void)
{
    struct raw raws[KARTO_TUNNEL_ENROLMENTS_MAX];
    struct hub hub;
    open_hub(&hub);
    for (unsigned i = 0; i < KARTO_TUNNEL_ENROLMENTS_MAX; i++)
        open_raw(&raws[i], &hub);
    struct raw last;
    open_raw(&last, &hub);
    CHECK(raw_has_ended(&raws[0])); /* whoever has been silent for longest makes room */
    for (int64_t until_ms = karto_os_monotonic_ms() + WAIT_MS;
         karto_tunnel_count(hub.tunnel).enrolments != KARTO_TUNNEL_ENROLMENTS_MAX;)
        CHECK(karto_os_monotonic_ms() < until_ms);
    close_raw(&last);
    for (unsigned i = 0; i < KARTO_TUNNEL_ENROLMENTS_MAX; i++)
        close_raw(&raws[i]);
    struct asking asking = {
        .hub = local_address(karto_tunnel_port(hub.tunnel)), .request = karto_slice_str("?"), .timeout_ms = WAIT_MS};
    for (int64_t until_ms = karto_os_monotonic_ms() + WAIT_MS; karto_tunnel_count(hub.tunnel).enrolments;)
        CHECK(karto_os_monotonic_ms() < until_ms);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, ask, &asking) == 0);
    karto_enrol_answer(next_enrol(&hub), karto_slice_str("!"));
    pthread_join(thread, NULL);
    CHECK_INT(asking.err, KARTO_OK);
    forget(&asking);
    close_hub(&hub);
}

/* An enrolment's connection is no way in: without a certificate nobody gets to the listener. */
static void an_enrolment_is_no_way_in(void)
{
    struct hub hub;
    struct raw raw;
    size_t wrote;
    open_hub_as(&hub, &office.hub, (struct karto_tunnel_limits){.enrol_ms = 300});
    open_raw(&raw, &hub);
    CHECK_INT(karto_tls_write(raw.stream, req_greeting, GREETING, &wrote), KARTO_TLS_FINE);
    CHECK(raw_has_ended(&raw)); /* 0 'S' 'P' 0 is a length of more than 5 million */
    CHECK_INT(hub.server.count, 0);
    close_raw(&raw);
    close_hub(&hub);
}

int main(void)
{
    struct identity one, two;
    make_office(&office);
    make_device(&one, &office, 1, real_now_ms());
    make_device(&two, &office, 2, real_now_ms());
    carries_bytes_both_ways(&one);
    serves_many_at_once();
    tells_devices_why(&one);
    judges_hubs(&one);
    tells_what_is_at_the_address(&one);
    finds_a_hub_by_name(&one);
    cuts_a_certificate_off(&one, &two);
    serves_its_own_user_only(&one);
    wants_a_greeting(&one);
    ends_what_stands_still(&one);
    keeps_to_its_caps(&one);
    survives_a_cut_anywhere(&one);
    lets_no_damage_through(&one);

    notices_silence(&one);
    notices_silence_while_it_asks(&one);
    bears_delay(&one);
    answers_enrolments();
    a_joiner_knows_its_hub();
    bears_bad_enrolments();
    enrols_so_many_at_once();
    an_enrolment_is_no_way_in();
    close_identity(&one);
    close_identity(&two);
    close_office(&office);
    return 0;
}
