#define _GNU_SOURCE
#include "syncd/lookup.h"

#include "core/base/fatal.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct karto_lookup {
    atomic_int users; /* who asked, and the thread */
    atomic_bool ready;
    int wake;
    struct karto_address address;
    struct karto_places places;
};

static void leave(struct karto_lookup *lookup)
{
    if (atomic_fetch_sub(&lookup->users, 1) != 1)
        return;
    if (lookup->wake >= 0)
        close(lookup->wake);
    free(lookup);
}

static void *work(void *argument)
{
    struct karto_lookup *lookup = argument;
    if (!karto_net_lookup(&lookup->address, &lookup->places))
        lookup->places.count = 0;
    atomic_store(&lookup->ready, true);
    uint64_t one = 1;
    ssize_t wrote = write(lookup->wake, &one, sizeof one);
    (void)wrote; /* it fails only when nobody listens any more */
    leave(lookup);
    return NULL;
}

static bool start(struct karto_lookup *lookup)
{
    sigset_t all, before;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the main thread's */
    bool fine = pthread_create(&thread, NULL, work, lookup) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (fine)
        pthread_detach(thread);
    return fine;
}

struct karto_lookup *karto_lookup_new(const struct karto_address *address, int wake)
{
    struct karto_lookup *lookup = karto_must(calloc(1, sizeof *lookup));
    atomic_init(&lookup->users, 2);
    lookup->address = *address;
    lookup->wake = fcntl(wake, F_DUPFD_CLOEXEC, 0);
    if (lookup->wake < 0 || !start(lookup)) { /* no descriptor, no thread: then the name leads nowhere */
        atomic_store(&lookup->ready, true);
        atomic_store(&lookup->users, 1);
        uint64_t one = 1;
        ssize_t wrote = write(wake, &one, sizeof one);
        (void)wrote;
    }
    return lookup;
}

bool karto_lookup_ready(struct karto_lookup *lookup, struct karto_places *out)
{
    if (!atomic_load(&lookup->ready))
        return false;
    *out = lookup->places;
    return true;
}

void karto_lookup_free(struct karto_lookup *lookup)
{
    if (lookup)
        leave(lookup);
}
