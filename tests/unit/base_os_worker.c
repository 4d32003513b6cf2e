/* A thread does what it is given, in order and once; waiting waits for all of it, and giving for room. */
#include "core/base/os_worker.h"

#include "tests/check.h"

#include <signal.h>
#include <stdatomic.h>

enum { JOBS = 5000 };

static unsigned done[JOBS + 1];
static unsigned done_count; /* the thread's, but behind a wait */
static atomic_bool signal_blocked;

static void do_job(void *given)
{
    sigset_t blocked;
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &blocked) == 0);
    atomic_store(&signal_blocked, sigismember(&blocked, SIGINT) == 1);
    done[done_count++] = *(unsigned *)given;
}

/* The first of two jobs goes on until the other waits behind it, and that one has nothing behind it. */
static struct karto_worker *asked;
static bool had_more[2];

static void ask_for_more(void *given)
{
    bool *more = given;
    do
        *more = karto_worker_has_more(asked);
    while (more == &had_more[0] && !*more);
}

static void tells_whether_more_waits(void)
{
    asked = karto_worker_start(ask_for_more);
    karto_worker_give(asked, &had_more[0]);
    karto_worker_give(asked, &had_more[1]);
    karto_worker_end(asked);
    CHECK(had_more[0] && !had_more[1]);
}

int main(void)
{
    static unsigned jobs[JOBS];
    struct karto_worker *worker = karto_worker_start(do_job);
    if (!worker) /* there is one processor */
        return 77;
    karto_worker_wait(worker);
    for (unsigned i = 0; i < JOBS; i++) {
        jobs[i] = i;
        karto_worker_give(worker, &jobs[i]);
        if (i % 1000 == 999) {
            karto_worker_wait(worker);
            CHECK_INT(done_count, i + 1);
        }
    }
    karto_worker_end(worker);
    CHECK_INT(done_count, JOBS);
    for (unsigned i = 0; i < JOBS; i++)
        CHECK_INT(done[i], i);
    sigset_t here;
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &here) == 0);
    CHECK(atomic_load(&signal_blocked) && !sigismember(&here, SIGINT));
    worker = karto_worker_start(do_job);
    karto_worker_give(worker, &jobs[7]); /* what was given is done before the end */
    karto_worker_end(worker);
    CHECK(done_count == JOBS + 1 && done[JOBS] == 7);
    karto_worker_end(NULL);
    tells_whether_more_waits();
    return 0;
}
