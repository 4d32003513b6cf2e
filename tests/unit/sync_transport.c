/* Requests and answers between devices and a hub through nng and the tunnel: who asks is known, what is lost is told,
 * and strangers are not heard. */
#define _GNU_SOURCE
#include "tests/hub.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void says_who_asks(struct hub *hub, const struct identity *device)
{
    struct karto_dial *dial = open_device(device, karto_listen_port(hub->listen), NULL);
    struct karto_buf answer = KARTO_BUF_EMPTY;
    char want[2 * sizeof device->facts.cn + sizeof device->facts.serial];
    snprintf(want, sizeof want, "%s %s", device->facts.cn, device->facts.serial);
    CHECK_INT(call(dial, karto_slice_str("W"), WAIT_MS, &answer), KARTO_OK);
    CHECK(karto_slice_is(karto_buf_slice(&answer), want));
    CHECK_INT(karto_dial_link(dial), KARTO_LINK_UP);
    CHECK(echo(dial, 1));
    karto_buf_fini(&answer);
    karto_dial_close(dial);
}

static void keeps_to_its_limits(struct hub *hub, const struct identity *device)
{
    struct karto_dial *dial = open_device(device, karto_listen_port(hub->listen), NULL);
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    memset(karto_buf_reserve(&frame, KARTO_FRAME_SIZE_MAX + 1), 'E', KARTO_FRAME_SIZE_MAX + 1);
    CHECK_INT(call(dial, karto_slice(frame.data, 0), WAIT_MS, NULL), KARTO_E_LIMIT);
    CHECK_INT(call(dial, karto_slice(frame.data, KARTO_FRAME_SIZE_MAX + 1), WAIT_MS, NULL), KARTO_E_LIMIT);
    CHECK_INT(call(dial, karto_slice(frame.data, KARTO_FRAME_SIZE_MAX), WAIT_MS, &answer), KARTO_OK);
    CHECK_INT(answer.size, KARTO_FRAME_SIZE_MAX);
    karto_dial_close(dial);

    /* One that does not keep to them: the hub closes the connection, and goes on for others. */
    struct karto_dial_options careless = {
        .hub = local_address(karto_listen_port(hub->listen)),
        .credentials = device->credentials,
        .frame_size_max = KARTO_FRAME_SIZE_MAX + 1,
        .limits = &brisk,
    };
    CHECK_INT(karto_dial_open(&careless, &dial), KARTO_OK);
    enum karto_err err = call(dial, karto_slice(frame.data, KARTO_FRAME_SIZE_MAX + 1), WAIT_MS, NULL);
    CHECK_INT(err, KARTO_E_OFFLINE);
    recovers(dial, 2);
    karto_dial_close(dial);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
}

static void fails_in_its_own_words(struct hub *hub, const struct identity *device)
{
    struct karto_dial *dial = open_device(device, karto_listen_port(hub->listen), NULL);
    CHECK(echo(dial, 3));
    CHECK_INT(call(dial, karto_slice_str("?"), 100, NULL), KARTO_E_TIMEOUT);
    struct answers answers;
    init_answers(&answers);
    for (unsigned i = 0; i < 5; i++)
        CHECK_INT(karto_dial_call(dial, karto_slice_str("?"), WAIT_MS, on_answer, &answers), KARTO_OK);
    karto_dial_abort(dial);
    await_answers(&answers, 5);
    CHECK_INT(answers.err, KARTO_E_INTERRUPTED);
    CHECK(echo(dial, 4)); /* goes on after it */
    CHECK_INT(karto_dial_call(dial, karto_slice_str("?"), WAIT_MS, on_answer, &answers), KARTO_OK);
    karto_dial_close(dial);
    CHECK_INT(answers.count, 6); /* told before close returned */
    CHECK_INT(answers.err, KARTO_E_INTERRUPTED);
    fini_answers(&answers);
}

/* No hub: known at once, not after the timeout. */
static void notices_that_nobody_is_there(const struct identity *device)
{
    struct hub hub;
    init_hub(&hub);
    uint16_t port = karto_listen_port(hub.listen);
    fini_hub(&hub);
    struct karto_dial *dial = open_device(device, port, NULL);
    int64_t before_ms = karto_os_monotonic_ms();
    CHECK_INT(call(dial, karto_slice_str("W"), 10 * WAIT_MS, NULL), KARTO_E_OFFLINE);
    CHECK_INT(call(dial, karto_slice_str("W"), 10 * WAIT_MS, NULL), KARTO_E_OFFLINE);
    CHECK(karto_os_monotonic_ms() - before_ms < WAIT_MS);
    CHECK_INT(karto_dial_link(dial), KARTO_LINK_REFUSED);
    karto_dial_close(dial);
}

static void parks_as_many_as_come(struct hub *hub, const struct identity *devices)
{
    enum { EACH = 30 };
    struct karto_dial *dials[DEVICES];
    struct answers answers;
    init_answers(&answers);
    for (unsigned i = 0; i < DEVICES; i++) {
        dials[i] = open_device(&devices[i], karto_listen_port(hub->listen), NULL);
        for (unsigned k = 0; k < EACH; k++)
            CHECK_INT(karto_dial_call(dials[i], karto_slice_str("P"), WAIT_MS, on_answer, &answers), KARTO_OK);
    }
    await_parked(hub, DEVICES * EACH);
    for (unsigned i = 0; i < DEVICES; i++)
        CHECK(echo(dials[i], i)); /* the others are still served */
    for (unsigned i = 0; i < DEVICES * EACH; i++)
        karto_inbound_answer(hub->parked[i], karto_slice_str("news"));
    hub->parked_count = 0;
    await_answers(&answers, DEVICES * EACH);
    CHECK_INT(answers.fine, DEVICES * EACH);
    for (unsigned i = 0; i < DEVICES; i++)
        karto_dial_close(dials[i]);
    fini_answers(&answers);
}

static void cuts_off_who_is_revoked(struct hub *hub, const struct identity *device, const struct identity *other)
{
    struct karto_dial *dial = open_device(device, karto_listen_port(hub->listen), NULL),
                      *bystander = open_device(other, karto_listen_port(hub->listen), NULL);
    struct answers answers;
    init_answers(&answers);
    CHECK(echo(dial, 1) && echo(bystander, 1));
    CHECK_INT(karto_dial_call(dial, karto_slice_str("P"), WAIT_MS, on_answer, &answers), KARTO_OK);
    await_parked(hub, 1);
    pthread_mutex_lock(&hub->lock);
    strcpy(hub->revoked, device->facts.serial);
    pthread_mutex_unlock(&hub->lock);
    karto_listen_cut(hub->listen, device->facts.serial);
    await_answers(&answers, 1);
    CHECK(answers.err == KARTO_E_OFFLINE || answers.err == KARTO_E_REVOKED);
    karto_inbound_answer(hub->parked[0], karto_slice_str("too late"));
    hub->parked_count = 0;

    int64_t until_ms = karto_os_monotonic_ms() + WAIT_MS;
    enum karto_err err = KARTO_OK;
    while (err != KARTO_E_REVOKED && karto_os_monotonic_ms() < until_ms) {
        err = call(dial, karto_slice_str("W"), 5000, NULL);
        CHECK(err == KARTO_E_OFFLINE || err == KARTO_E_REVOKED);
    }
    CHECK_INT(err, KARTO_E_REVOKED);
    CHECK_INT(karto_dial_link(dial), KARTO_LINK_REVOKED);
    CHECK_INT(call(dial, karto_slice_str("W"), 5000, NULL), KARTO_E_REVOKED);
    CHECK(echo(bystander, 2));

    pthread_mutex_lock(&hub->lock);
    hub->revoked[0] = 0; /* taken back: it comes in again by itself */
    pthread_mutex_unlock(&hub->lock);
    while (call(dial, karto_slice_str("W"), 5000, NULL) != KARTO_OK) {
        CHECK(karto_os_monotonic_ms() < until_ms + WAIT_MS);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    karto_dial_close(dial);
    karto_dial_close(bystander);
    fini_answers(&answers);
}

/* The ports on which this process listens, nng's among them. */
static unsigned listening_ports(uint16_t *out, unsigned max)
{
    unsigned count = 0;
    for (int fd = 3; fd < 1024 && count < max; fd++) {
        struct sockaddr_in at;
        int listening = 0;
        socklen_t size = sizeof listening, at_size = sizeof at;
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening &&
            getsockname(fd, (struct sockaddr *)&at, &at_size) == 0 && at.sin_family == AF_INET)
            out[count++] = ntohs(at.sin_port);
    }
    return count;
}

/* Asks as nng would; how many bytes came back before the end. */
static size_t ask_as_stranger(uint16_t port)
{
    static const uint8_t question[] = {0, 'S', 'P', 0, 0, 0x30, 0, 0, /* a message of 5 bytes: */
                                       0, 0,   0,   0, 0, 0,    0, 5, 0x80, 0, 0, 1, 'P'};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = WAIT_MS / 1000};
    uint8_t answer[64];
    size_t size = 0;
    ssize_t got;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    CHECK(send(fd, question, sizeof question, MSG_NOSIGNAL) == sizeof question);
    while ((got = recv(fd, answer + size, sizeof answer - size, 0)) > 0)
        size += (size_t)got;
    close(fd);
    return size;
}

/* Whoever finds the inner port and speaks nng's language gets no answer, and the hub never hears him. */
static void does_not_hear_strangers(void)
{
    uint16_t ports[16];
    struct hub hub;
    init_hub(&hub);
    unsigned count = listening_ports(ports, sizeof ports / sizeof *ports);
    CHECK(count >= 2); /* the public one, and nng's */
    for (unsigned i = 0; i < count; i++)
        if (ports[i] != karto_listen_port(hub.listen))
            CHECK(ask_as_stranger(ports[i]) <= 8); /* nng's own greeting at most, then the end */
    pthread_mutex_lock(&hub.lock);
    CHECK_INT(hub.parked_count, 0);
    pthread_mutex_unlock(&hub.lock);
    fini_hub(&hub);
}

static void opens_only_what_fits(struct hub *hub, const struct identity *device)
{
    struct hub second = {.listen = NULL};
    CHECK_INT(try_open_hub(&second, karto_listen_port(hub->listen)), KARTO_E_BUSY);
    struct karto_dial_options options = {.hub = local_address(1), .credentials = device->credentials};
    options.credentials.key = office.hub.credentials.key;
    struct karto_dial *dial;
    CHECK_INT(karto_dial_open(&options, &dial), KARTO_E_CERTIFICATE);
    options.credentials = device->credentials;
    options.credentials.authority = karto_slice_str("nothing");
    CHECK_INT(karto_dial_open(&options, &dial), KARTO_E_CERTIFICATE);
    karto_listen_close(NULL);
    karto_dial_close(NULL);
}

/* ---- nng that does not come back ---- */

typedef struct {
    uint32_t id;
} socket_of_nng; /* nng_socket: nng's header is for one file of the program alone */

static pthread_mutex_t stuck = PTHREAD_MUTEX_INITIALIZER;

int nng_close(socket_of_nng socket);

/* Found before that of the library. Whoever holds stuck holds it up. */
int nng_close(socket_of_nng socket)
{
    int (*real)(socket_of_nng);
    void *found = dlsym(RTLD_NEXT, "nng_close");
    CHECK(found != NULL);
    memcpy(&real, &found, sizeof found);
    pthread_mutex_lock(&stuck);
    pthread_mutex_unlock(&stuck);
    return real(socket);
}

static void ends_though_nng_does_not(const struct identity *device)
{
    struct hub hub;
    init_hub(&hub);
    struct karto_dial *dial = open_device(device, karto_listen_port(hub.listen), NULL);
    CHECK(echo(dial, 1));
    pthread_mutex_lock(&stuck);
    int64_t begun_ms = karto_os_monotonic_ms();
    karto_dial_close(dial);
    karto_listen_close(hub.listen);
    int64_t took_ms = karto_os_monotonic_ms() - begun_ms;
    CHECK(took_ms >= 2 * 5000 && took_ms < WAIT_MS);
    pthread_mutex_unlock(&stuck); /* now nng goes on, where nobody waits any more */
}

static void enrols(struct hub *hub)
{
    struct karto_address address = local_address(karto_listen_port(hub->listen));
    struct karto_buf answer = KARTO_BUF_EMPTY, authority = KARTO_BUF_EMPTY;
    CHECK_INT(
        karto_enrol_call(&address, office.fingerprint, karto_slice_str("let me in"), WAIT_MS, &answer, &authority),
        KARTO_OK);
    CHECK(karto_slice_is(karto_buf_slice(&answer), "let me in"));
    CHECK(karto_slice_equal(karto_buf_slice(&authority), karto_buf_slice(&office.pem)));
    karto_buf_fini(&answer);
    karto_buf_fini(&authority);
}

int main(void)
{
    static struct identity devices[DEVICES];
    make_office(&office);
    for (unsigned i = 0; i < DEVICES; i++)
        make_device(&devices[i], &office, i + 1, real_now_ms());
    struct hub hub;
    init_hub(&hub);
    for (unsigned i = 0; i < 3; i++)
        says_who_asks(&hub, &devices[i]);
    opens_only_what_fits(&hub, &devices[0]);
    keeps_to_its_limits(&hub, &devices[0]);
    fails_in_its_own_words(&hub, &devices[0]);
    parks_as_many_as_come(&hub, devices);
    cuts_off_who_is_revoked(&hub, &devices[0], &devices[1]);
    enrols(&hub);
    fini_hub(&hub);
    notices_that_nobody_is_there(&devices[0]);
    does_not_hear_strangers();
    ends_though_nng_does_not(&devices[0]);
    for (unsigned i = 0; i < DEVICES; i++)
        close_identity(&devices[i]);
    close_office(&office);
    return 0;
}
