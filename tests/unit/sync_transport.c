/* Requests and answers between devices and a hub through nng and the tunnel: who asks is known, what is lost is told,
 * and nobody is stuck, with messages large enough to be cut in the middle. */
#include "syncd/transport.h"

#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "syncd/fault.h"
#include "syncd/tunnel.h"
#include "tests/net.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    LARGE = 200 * 1000,
    WAIT_MS = 20 * 1000, /* what anything may take on a slow machine before the test fails */
    DEVICES = 20,
};

static struct office office;
static const struct karto_tunnel_limits brisk = {.idle_ms = 2000, .negotiation_ms = 3000, .refused_ms = 300};

static struct timespec in_ms(int ms)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

/* ---- A hub that answers: E: the same bytes; W: who asked; P: nothing until told to; anything else: nothing ---- */

struct hub {
    struct karto_listen *listen;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct karto_inbound *parked[DEVICES * 40];
    unsigned parked_count;
    char revoked[KARTO_SERIAL_SIZE + 1];
};

static bool admit(void *context, const char *serial, const char *device)
{
    struct hub *hub = context;
    CHECK_INT(strlen(device), KARTO_DEVICE_ID_SIZE);
    pthread_mutex_lock(&hub->lock);
    bool fine = strcmp(serial, hub->revoked) != 0;
    pthread_mutex_unlock(&hub->lock);
    return fine;
}

static void on_request(void *context, struct karto_inbound *request)
{
    struct hub *hub = context;
    struct karto_slice frame = karto_inbound_frame(request);
    CHECK(frame.size > 0);
    if (frame.data[0] == 'E') {
        struct karto_buf copy = KARTO_BUF_EMPTY;
        karto_buf_add_slice(&copy, frame);
        karto_inbound_answer(request, karto_buf_slice(&copy));
        karto_buf_fini(&copy);
    } else if (frame.data[0] == 'W') {
        char who[2 * 33 + 1];
        snprintf(who, sizeof who, "%s %s", karto_inbound_device(request), karto_inbound_serial(request));
        CHECK_INT(karto_inbound_who(request)->public_size, 91);
        karto_inbound_answer(request, karto_slice_str(who));
    } else if (frame.data[0] == 'P') {
        pthread_mutex_lock(&hub->lock);
        CHECK(hub->parked_count < sizeof hub->parked / sizeof *hub->parked);
        hub->parked[hub->parked_count++] = request;
        pthread_cond_broadcast(&hub->changed);
        pthread_mutex_unlock(&hub->lock);
    } else {
        karto_inbound_answer(request, karto_slice(NULL, 0));
    }
}

static void on_enrol(void *context, struct karto_enrol *enrol)
{
    (void)context;
    karto_enrol_answer(enrol, karto_enrol_request(enrol));
}

static enum karto_err try_open_hub(struct hub *hub, uint16_t port)
{
    struct karto_listen_options options = {
        .address = local_address(port),
        .credentials = office.hub.credentials,
        .admit = admit,
        .on_request = on_request,
        .on_enrol = on_enrol,
        .context = hub,
        .frame_size_max = KARTO_FRAME_SIZE_MAX,
        .limits = &brisk,
    };
    return karto_listen_open(&options, &hub->listen);
}

static void open_hub(struct hub *hub, uint16_t port)
{
    CHECK_INT(try_open_hub(hub, port), KARTO_OK);
}

static void init_hub(struct hub *hub)
{
    *hub = (struct hub){.listen = NULL};
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->changed, NULL);
    open_hub(hub, 0);
}

static void fini_hub(struct hub *hub)
{
    karto_listen_close(hub->listen);
    pthread_cond_destroy(&hub->changed);
    pthread_mutex_destroy(&hub->lock);
}

static void await_parked(struct hub *hub, unsigned count)
{
    struct timespec until = in_ms(WAIT_MS);
    pthread_mutex_lock(&hub->lock);
    while (hub->parked_count < count)
        CHECK_INT(pthread_cond_timedwait(&hub->changed, &hub->lock, &until), 0);
    pthread_mutex_unlock(&hub->lock);
}

/* ---- A device ---- */

struct answers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned count, fine;
    enum karto_err err; /* of the last */
    struct karto_buf frame;
};

static void on_answer(void *context, enum karto_err err, struct karto_slice frame)
{
    struct answers *answers = context;
    pthread_mutex_lock(&answers->lock);
    answers->count++;
    answers->fine += err == KARTO_OK;
    answers->err = err;
    karto_buf_clear(&answers->frame);
    karto_buf_add_slice(&answers->frame, frame);
    pthread_cond_broadcast(&answers->changed);
    pthread_mutex_unlock(&answers->lock);
}

static void init_answers(struct answers *answers)
{
    *answers = (struct answers){.count = 0};
    pthread_mutex_init(&answers->lock, NULL);
    pthread_cond_init(&answers->changed, NULL);
}

static void fini_answers(struct answers *answers)
{
    karto_buf_fini(&answers->frame);
    pthread_cond_destroy(&answers->changed);
    pthread_mutex_destroy(&answers->lock);
}

static void await_answers(struct answers *answers, unsigned count)
{
    struct timespec until = in_ms(WAIT_MS);
    pthread_mutex_lock(&answers->lock);
    while (answers->count < count)
        CHECK_INT(pthread_cond_timedwait(&answers->changed, &answers->lock, &until), 0);
    pthread_mutex_unlock(&answers->lock);
}

static struct karto_dial *open_device(const struct identity *device, uint16_t port, const struct karto_fault *fault)
{
    struct karto_dial_options options = {
        .hub = local_address(port),
        .credentials = device->credentials,
        .frame_size_max = KARTO_FRAME_SIZE_MAX,
        .limits = &brisk,
        .fault = fault,
    };
    struct karto_dial *dial;
    CHECK_INT(karto_dial_open(&options, &dial), KARTO_OK);
    return dial;
}

/* One call, and its outcome; the answer goes to *out. */
static enum karto_err call(struct karto_dial *dial, struct karto_slice frame, int timeout_ms, struct karto_buf *out)
{
    struct answers answers;
    init_answers(&answers);
    enum karto_err err = karto_dial_call(dial, frame, timeout_ms, on_answer, &answers);
    if (err == KARTO_OK) {
        await_answers(&answers, 1);
        err = answers.err;
        if (out)
            karto_buf_add_slice(out, karto_buf_slice(&answers.frame));
    }
    fini_answers(&answers);
    return err;
}

static struct karto_buf large_frame(unsigned seed)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    karto_buf_add_byte(&frame, 'E');
    for (unsigned i = 1; i < LARGE; i++)
        karto_buf_add_byte(&frame, (uint8_t)((i * 2654435761U + seed) >> 11));
    return frame;
}

/* false when it failed; an answer that is not the question fails the test. */
static bool echo(struct karto_dial *dial, unsigned seed)
{
    struct karto_buf frame = large_frame(seed), answer = KARTO_BUF_EMPTY;
    enum karto_err err = call(dial, karto_buf_slice(&frame), 5000, &answer);
    CHECK(err == KARTO_OK || err == KARTO_E_OFFLINE || err == KARTO_E_TIMEOUT);
    if (err == KARTO_OK)
        CHECK(karto_slice_equal(karto_buf_slice(&answer), karto_buf_slice(&frame)));
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return err == KARTO_OK;
}

/* Until it works: at most so many attempts, and no longer than WAIT_MS. */
static void recovers(struct karto_dial *dial, unsigned seed)
{
    int64_t until_ms = karto_os_monotonic_ms() + WAIT_MS;
    while (!echo(dial, seed)) {
        CHECK(karto_os_monotonic_ms() < until_ms);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL); /* as a schedule would; nothing depends on it */
    }
}

/* ---- Tests ---- */

static void says_who_asks(struct hub *hub, const struct identity *device)
{
    struct karto_dial *dial = open_device(device, karto_listen_port(hub->listen), NULL);
    struct karto_buf answer = KARTO_BUF_EMPTY;
    char want[2 * 33 + 1];
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

/* The connection is cut after every so many bytes, wherever that is: in the handshake, in a greeting, in a question or
 * an answer. What arrives is whole, and the device recovers. */
static void survives_cuts(struct hub *hub, const struct identity *device)
{
    for (unsigned i = 0; i < 40; i++) {
        struct karto_fault fault = {.seed = i, .connections = 3, .cut_after = 1 + i * i * 263, .spread = i % 2 == 1};
        struct karto_dial *dial = open_device(device, karto_listen_port(hub->listen), &fault);
        recovers(dial, i);
        karto_dial_close(dial);
    }
}

static void survives_bad_lines(struct hub *hub, const struct identity *device)
{
    const struct karto_fault faults[] = {
        {.seed = 1, .connections = 4, .flip_after = 300000, .spread = true},
        {.seed = 2, .connections = 2, .silent_after = 150000},
        {.seed = 3, .delay_ms = 3},
        {.seed = 4, .connections = 6, .cut_after = 500000, .flip_after = 500000, .spread = true, .delay_ms = 2},
    };
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct karto_dial *dial = open_device(device, karto_listen_port(hub->listen), &faults[i]);
        for (unsigned k = 0; k < 4; k++)
            recovers(dial, k);
        karto_dial_close(dial);
    }
}

/* A hub that is closed and opened again, at any moment, while everybody asks: nobody is stuck. */
struct talker {
    pthread_t thread;
    struct karto_dial *dial;
    pthread_mutex_t *lock;
    const bool *over;
    unsigned fine;
};

static void *talk(void *argument)
{
    struct talker *talker = argument;
    for (unsigned i = 0; i < 100000; i++) {
        pthread_mutex_lock(talker->lock);
        bool over = *talker->over;
        pthread_mutex_unlock(talker->lock);
        if (over)
            break;
        if (echo(talker->dial, i))
            talker->fine++;
        else
            nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    recovers(talker->dial, 7);
    return NULL;
}

static void survives_restarts_of_the_hub(const struct identity *devices)
{
    enum { TALKERS = 10, RESTARTS = 5 };
    struct hub hub;
    struct talker talkers[TALKERS];
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    bool over = false;
    init_hub(&hub);
    uint16_t port = karto_listen_port(hub.listen);
    for (unsigned i = 0; i < TALKERS; i++) {
        talkers[i] = (struct talker){.dial = open_device(&devices[i], port, NULL), .lock = &lock, .over = &over};
        CHECK_INT(pthread_create(&talkers[i].thread, NULL, talk, &talkers[i]), 0);
    }
    for (unsigned i = 0; i < RESTARTS; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000 + 7000000 * (long)i}, NULL); /* some moment in the traffic */
        karto_listen_close(hub.listen);
        open_hub(&hub, port);
    }
    pthread_mutex_lock(&lock);
    over = true;
    pthread_mutex_unlock(&lock);
    for (unsigned i = 0; i < TALKERS; i++)
        CHECK_INT(pthread_join(talkers[i].thread, NULL), 0);
    for (unsigned i = 0; i < TALKERS; i++)
        karto_dial_close(talkers[i].dial);
    fini_hub(&hub);
}

/* The ports on which this process listens for nng, from the kernel's table: there is no other way to know the inner
 * one. */
static unsigned listening_ports(uint16_t *out, unsigned max)
{
    FILE *table = fopen("/proc/net/tcp", "r");
    CHECK(table);
    char line[512];
    unsigned count = 0;
    while (fgets(line, sizeof line, table)) {
        unsigned host, port, state;
        if (sscanf(line, " %*u: %x:%x %*x:%*x %x", &host, &port, &state) == 3 && state == 0x0a &&
            host == htonl(INADDR_LOOPBACK) && count < max)
            out[count++] = (uint16_t)port;
    }
    fclose(table);
    return count;
}

static bool contains(const uint16_t *ports, unsigned count, uint16_t port)
{
    for (unsigned i = 0; i < count; i++)
        if (ports[i] == port)
            return true;
    return false;
}

/* Whoever finds the inner port and speaks nng's language gets no answer, and the hub never hears him. */
static void does_not_hear_strangers(void)
{
    enum { PORTS = 4096 };
    static uint16_t before[PORTS], after[PORTS];
    unsigned before_count = listening_ports(before, PORTS);
    struct hub hub;
    init_hub(&hub);
    unsigned after_count = listening_ports(after, PORTS), tried = 0;
    for (unsigned i = 0; i < after_count; i++) {
        if (contains(before, before_count, after[i]) || after[i] == karto_listen_port(hub.listen))
            continue;
        static const uint8_t question[] = {0, 'S', 'P', 0, 0, 0x30, 0, 0, /* a message of 5 bytes: */
                                           0, 0,   0,   0, 0, 0,    0, 5, 0x80, 0, 0, 1, 'P'};
        struct sockaddr_in to = {
            .sin_family = AF_INET, .sin_port = htons(after[i]), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        struct timeval patience = {.tv_sec = WAIT_MS / 1000};
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
        if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
            uint8_t answer[64];
            size_t size = 0;
            CHECK(send(fd, question, sizeof question, MSG_NOSIGNAL) == sizeof question);
            ssize_t got;
            while ((got = recv(fd, answer + size, sizeof answer - size, 0)) > 0)
                size += (size_t)got;
            CHECK(size <= 8); /* nng's own greeting at most, then the end */
            tried++;
        }
        close(fd);
    }
    CHECK(tried >= 1);
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
    survives_cuts(&hub, &devices[2]);
    survives_bad_lines(&hub, &devices[3]);
    fini_hub(&hub);
    notices_that_nobody_is_there(&devices[0]);
    does_not_hear_strangers();
    survives_restarts_of_the_hub(devices);
    for (unsigned i = 0; i < DEVICES; i++)
        close_identity(&devices[i]);
    close_office(&office);
    return 0;
}
