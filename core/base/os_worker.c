#include "core/base/os_worker.h"

#include "core/base/fatal.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { GIVEN_MAX = 16 };

struct karto_worker {
    karto_worker_do *work;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t more, less; /* something was given, or it ends; something was done */
    void *given[GIVEN_MAX];    /* a ring; the first is being worked on */
    unsigned first, count;
    bool ends;
};

static void *next(struct karto_worker *w)
{
    while (w->count == 0 && !w->ends)
        pthread_cond_wait(&w->more, &w->mutex);
    return w->count ? w->given[w->first] : NULL;
}

static void *run(void *context)
{
    struct karto_worker *w = context;
    pthread_mutex_lock(&w->mutex);
    for (void *given; (given = next(w)) != NULL;) {
        pthread_mutex_unlock(&w->mutex);
        w->work(given);
        pthread_mutex_lock(&w->mutex);
        w->first = (w->first + 1) % GIVEN_MAX;
        w->count--;
        pthread_cond_signal(&w->less);
    }
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

/* Signals are for the threads that were there before. */
static bool start_thread(struct karto_worker *w)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    bool started = pthread_create(&w->thread, NULL, run, w) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void worker_free(struct karto_worker *w)
{
    pthread_cond_destroy(&w->more);
    pthread_cond_destroy(&w->less);
    pthread_mutex_destroy(&w->mutex);
    free(w);
}

struct karto_worker *karto_worker_start(karto_worker_do *work)
{
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        return NULL;
    struct karto_worker *w = karto_must(calloc(1, sizeof *w));
    w->work = work;
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->more, NULL);
    pthread_cond_init(&w->less, NULL);
    if (start_thread(w))
        return w;
    worker_free(w);
    return NULL;
}

void karto_worker_give(struct karto_worker *w, void *given)
{
    KARTO_ASSERT(given);
    pthread_mutex_lock(&w->mutex);
    while (w->count == GIVEN_MAX)
        pthread_cond_wait(&w->less, &w->mutex);
    w->given[(w->first + w->count++) % GIVEN_MAX] = given;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->mutex);
}

bool karto_worker_has_more(struct karto_worker *w)
{
    pthread_mutex_lock(&w->mutex);
    bool more = w->count > 1;
    pthread_mutex_unlock(&w->mutex);
    return more;
}

void karto_worker_wait(struct karto_worker *w)
{
    pthread_mutex_lock(&w->mutex);
    while (w->count > 0)
        pthread_cond_wait(&w->less, &w->mutex);
    pthread_mutex_unlock(&w->mutex);
}

void karto_worker_end(struct karto_worker *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->mutex);
    w->ends = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->mutex);
    pthread_join(w->thread, NULL);
    worker_free(w);
}
