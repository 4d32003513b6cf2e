/* Connections that break at any byte, lines that damage or swallow bytes, a hub that comes and goes: with messages
 * large enough to be cut in the middle, what arrives is whole, and nobody is stuck. */
#include "tests/hub.h"

/* nng 1.5.2 forgets to free a request that it is about to send at the instant its connection closes (nng #1713). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:send_request\n";
}

/* The connection is cut after every so many bytes, wherever that is: in the handshake, in a greeting, in a question or
 * an answer. What arrives is whole, and the device recovers. */
static void survives_cuts(struct hub *hub, const struct identity *device)
{
    for (unsigned i = 0; i < 40; i++) {
        struct karto_fault fault = {.seed = i, .connections = 2, .cut_after = 1 + i * i * 263, .spread = i % 2 == 1};
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
    unsigned usual_ms = brisk.idle_ms;
    brisk.idle_ms = 2000; /* for silence to be noticed */
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct karto_dial *dial = open_device(device, karto_listen_port(hub->listen), &faults[i]);
        for (unsigned k = 0; k < 4; k++)
            recovers(dial, k);
        karto_dial_close(dial);
    }
    brisk.idle_ms = usual_ms;
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

int main(void)
{
    static struct identity devices[DEVICES];
    make_office(&office);
    for (unsigned i = 0; i < DEVICES; i++)
        make_device(&devices[i], &office, i + 1, real_now_ms());
    struct hub hub;
    init_hub(&hub);
    survives_cuts(&hub, &devices[0]);
    survives_bad_lines(&hub, &devices[1]);
    fini_hub(&hub);
    survives_restarts_of_the_hub(devices);
    for (unsigned i = 0; i < DEVICES; i++)
        close_identity(&devices[i]);
    close_office(&office);
    return 0;
}
