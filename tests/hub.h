/* hub.h - a hub that answers and devices that ask, for the tests of the transport. The hub answers by a request's first
 * byte. E: the same bytes. W: who asked. P: nothing until the test says so. Anything else: never. */
#ifndef KARTO_TESTS_HUB_H
#define KARTO_TESTS_HUB_H

#include "core/base/limits.h"
#include "syncd/fault.h"
#include "syncd/transport.h"
#include "syncd/tunnel.h"
#include "tests/net.h"

#include <pthread.h>
#include <time.h>

enum {
    LARGE = 200 * 1000,
    WAIT_MS = 20 * 1000, /* what anything may take on a slow machine before the test fails */
    DEVICES = 20,
};

static struct office office;
/* The idle limit is the one that a slow machine must not run into. */
static struct karto_tunnel_limits brisk = {.idle_ms = WAIT_MS, .negotiation_ms = 5000, .refused_ms = 300};

static inline struct timespec in_ms(int ms)
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

/* ---- The hub ---- */

struct hub {
    struct karto_listen *listen;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct karto_inbound *parked[DEVICES * 40];
    unsigned parked_count;
    char revoked[KARTO_SERIAL_SIZE + 1];
};

static inline bool admit(void *context, const char *serial, const char *device)
{
    struct hub *hub = context;
    CHECK_INT(strlen(device), KARTO_DEVICE_ID_SIZE);
    pthread_mutex_lock(&hub->lock);
    bool fine = strcmp(serial, hub->revoked) != 0;
    pthread_mutex_unlock(&hub->lock);
    return fine;
}

static inline void on_request(void *context, struct karto_inbound *request)
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

static inline void on_enrol(void *context, struct karto_enrol *enrol)
{
    (void)context;
    karto_enrol_answer(enrol, karto_enrol_request(enrol));
}

static inline enum karto_err try_open_hub(struct hub *hub, uint16_t port)
{
    struct karto_listen_options options = {
        .address = local_address(port),
        .credentials = office.hub.credentials,
        .admit = admit,
        .on_request = on_request,
        .on_enrol = on_enrol,
        .context = hub,
        .frame_size_max = KARTO_FRAME_SIZE_MAX,
        .open_max = 10000, /* the tests let one device ask for much */
        .limits = &brisk,
    };
    return karto_listen_open(&options, &hub->listen);
}

static inline void open_hub(struct hub *hub, uint16_t port)
{
    CHECK_INT(try_open_hub(hub, port), KARTO_OK);
}

static inline void init_hub(struct hub *hub)
{
    *hub = (struct hub){.listen = NULL};
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->changed, NULL);
    open_hub(hub, 0);
}

static inline void fini_hub(struct hub *hub)
{
    karto_listen_close(hub->listen);
    pthread_cond_destroy(&hub->changed);
    pthread_mutex_destroy(&hub->lock);
}

static inline void await_parked(struct hub *hub, unsigned count)
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

static inline void on_answer(void *context, enum karto_err err, struct karto_slice frame)
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

static inline void init_answers(struct answers *answers)
{
    *answers = (struct answers){.count = 0};
    pthread_mutex_init(&answers->lock, NULL);
    pthread_cond_init(&answers->changed, NULL);
}

static inline void fini_answers(struct answers *answers)
{
    karto_buf_fini(&answers->frame);
    pthread_cond_destroy(&answers->changed);
    pthread_mutex_destroy(&answers->lock);
}

static inline void await_answers(struct answers *answers, unsigned count)
{
    struct timespec until = in_ms(WAIT_MS);
    pthread_mutex_lock(&answers->lock);
    while (answers->count < count)
        CHECK_INT(pthread_cond_timedwait(&answers->changed, &answers->lock, &until), 0);
    pthread_mutex_unlock(&answers->lock);
}

static inline struct karto_dial *open_device(const struct identity *device, uint16_t port,
                                             const struct karto_fault *fault)
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
static inline enum karto_err call(struct karto_dial *dial, struct karto_slice frame, int timeout_ms,
                                  struct karto_buf *out)
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

static inline struct karto_buf large_frame(unsigned seed)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    karto_buf_add_byte(&frame, 'E');
    for (unsigned i = 1; i < LARGE; i++)
        karto_buf_add_byte(&frame, (uint8_t)((i * 2654435761U + seed) >> 11));
    return frame;
}

/* false when it failed; an answer that is not the question fails the test. */
static inline bool echo(struct karto_dial *dial, unsigned seed)
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
static inline void recovers(struct karto_dial *dial, unsigned seed)
{
    int64_t until_ms = karto_os_monotonic_ms() + WAIT_MS;
    while (!echo(dial, seed)) {
        CHECK(karto_os_monotonic_ms() < until_ms);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL); /* as a schedule would; nothing depends on it */
    }
}

#endif
