/* sim: random schedules of everything that can befall a hub and its laptops, against an oracle that answers by
 * definition.
 *
 *     sim --runs 2000               seeds 0 to 1999; prints how often each fault was met
 *     sim --seed 17 --trace         one of them, step by step
 *     sim --runs 300 --break hide   with one rule broken (needs a build with KARTO_BREAK): fails unless some seed
 * notices */
#include "tests/sim/proof.h"
#include "tests/sim/schedule.h"

#include "core/base/os_posix.h"
#include "core/store/hub_journal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEPS = 100, STEPS_MAX = 4096, WORKERS = 2, SHRINK_TRIES = 2000, TEMP_PATH = 100 };

struct options {
    unsigned long runs, first, seed;
    unsigned steps;
    bool one, trace;
    const char *broken;
};

static char temp[TEMP_PATH];
static bool left_out[STEPS_MAX]; /* steps that the shrinker has dropped */

/* ---- one run ---- */

static void run(unsigned long seed, unsigned steps, bool trace, const char *dir, unsigned long counts[WORLD_EVENTS])
{
    static struct world world;
    world_init(&world, seed, dir, trace);
    for (unsigned step = 0; step < steps; step++)
        if (!left_out[step])
            schedule_step(&world, step);
    schedule_settle(&world);
    proof_scopes(&world);
    proof_changes(&world);
    proof_history(&world);
    proof_registers(&world);
    proof_orders(&world);
    proof_disk(&world);
    for (int i = 0; counts && i < WORLD_EVENTS; i++)
        counts[i] += world.counts[i];
    world_fini(&world);
}

/* ---- temporary directories: one for each worker, and one for the shrinker ---- */

static void worker_dir(unsigned worker, char out[TEMP_PATH + 16])
{
    snprintf(out, TEMP_PATH + 16, "%s/%u", temp, worker);
}

static void make_temp(void)
{
    char dir[TEMP_PATH + 16];
    const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR");
    snprintf(temp, sizeof temp, "%s/karto-sim-XXXXXX", parent ? parent : "/tmp");
    bool made = mkdtemp(temp) != NULL;
    for (unsigned i = 0; i <= WORKERS && made; i++) {
        worker_dir(i, dir);
        made = karto_os_make_dir(dir) == KARTO_OK;
    }
    if (!made) {
        perror(temp);
        exit(2);
    }
}

/* What a run that ended in the middle has left. */
static void clear_places(const char *dir)
{
    static const char *const names[] = {"hub", "a", "b", "c", "d"};
    char path[TEMP_PATH + 64];
    for (unsigned i = 0;; i++) {
        snprintf(path, sizeof path, "%s/grave%u", dir, i);
        if (unlink(path) != 0)
            break;
    }
    for (unsigned i = 0; i < WORLD_BACKUPS; i++) {
        snprintf(path, sizeof path, "%s/backup%u.mdb", dir, i);
        unlink(path);
    }
    for (int i = 0; i < 5; i++) {
        snprintf(path, sizeof path, "%s/%s/" KARTO_HUB_JOURNAL, dir, names[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/%s/data.mdb", dir, names[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/%s/lock.mdb", dir, names[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        rmdir(path);
        snprintf(path, sizeof path, "%s/%s.mdb", dir, names[i]);
        unlink(path);
    }
}

static void clear_temp(void)
{
    char dir[TEMP_PATH + 16];
    for (unsigned i = 0; i <= WORKERS; i++) {
        worker_dir(i, dir);
        clear_places(dir);
        rmdir(dir);
    }
    rmdir(temp);
}

/* ---- workers ---- */

/* What a worker tells: that it begins a run, or, with done, what the run has met. Smaller than a pipe writes at once.
 */
struct report {
    unsigned worker;
    unsigned long seed;
    bool done;
    unsigned long counts[WORLD_EVENTS];
};

static void tell(int pipe_end, const struct report *report)
{
    if (write(pipe_end, report, sizeof *report) != (ssize_t)sizeof *report)
        _exit(2);
}

static void work(unsigned worker, const struct options *options, int pipe_end)
{
    char dir[TEMP_PATH + 16];
    worker_dir(worker, dir);
    for (unsigned long i = worker; i < options->runs; i += WORKERS) {
        struct report report = {.worker = worker, .seed = options->first + i};
        tell(pipe_end, &report);
        run(report.seed, options->steps, false, dir, report.counts);
        report.done = true;
        tell(pipe_end, &report);
    }
}

/* ---- the parent ---- */

struct worker {
    pid_t pid;
    int pipe_end; /* -1: it has ended */
    unsigned long seed;
    int code; /* 0: all is well */
};

static pid_t start(void)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        exit(2);
    }
    return pid;
}

static void start_worker(unsigned number, const struct options *options, struct worker *worker)
{
    int ends[2];
    if (pipe(ends) != 0) {
        perror("pipe");
        exit(2);
    }
    worker->pid = start();
    if (worker->pid == 0) {
        close(ends[0]);
        work(number, options, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    worker->pipe_end = ends[0];
}

/* How a process ended, as a shell says it. */
static int code_of(pid_t pid)
{
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Takes one report; at the end of them, learns how the worker has ended. */
static void hear_worker(struct worker *worker, unsigned long counts[WORLD_EVENTS], unsigned long *done)
{
    struct report report;
    ssize_t size = read(worker->pipe_end, &report, sizeof report);
    if (size == (ssize_t)sizeof report) {
        worker->seed = report.seed;
        *done += report.done;
        for (int i = 0; i < WORLD_EVENTS && report.done; i++)
            counts[i] += report.counts[i];
        return;
    }
    close(worker->pipe_end);
    worker->pipe_end = -1;
    worker->code = code_of(worker->pid);
}

static void stop_others(const struct worker *workers)
{
    for (unsigned i = 0; i < WORKERS; i++)
        if (workers[i].pipe_end >= 0)
            kill(workers[i].pid, SIGTERM);
}

/* Runs them all, or until one fails: then its seed is in *seed, and the answer is how. */
static int run_all(const struct options *options, unsigned long counts[WORLD_EVENTS], unsigned long *done,
                   unsigned long *seed)
{
    struct worker workers[WORKERS] = {{0, -1, 0, 0}};
    int code = 0;
    for (unsigned i = 0; i < WORKERS; i++)
        start_worker(i, options, &workers[i]);
    for (;;) {
        struct pollfd ready[WORKERS];
        unsigned left = 0;
        for (unsigned i = 0; i < WORKERS; i++) {
            ready[i] = (struct pollfd){.fd = workers[i].pipe_end, .events = POLLIN};
            left += workers[i].pipe_end >= 0;
        }
        if (left == 0)
            return code;
        if (poll(ready, WORKERS, -1) < 0 && errno != EINTR)
            return 2;
        for (unsigned i = 0; i < WORKERS; i++) {
            if (workers[i].pipe_end < 0 || !ready[i].revents)
                continue;
            hear_worker(&workers[i], counts, done);
            if (workers[i].code && !code) {
                code = workers[i].code;
                *seed = workers[i].seed;
                stop_others(workers);
            }
        }
    }
}

/* ---- the shortest schedule that still fails ---- */

/* In a process of its own, since a failure ends it. */
static bool still_fails(unsigned long seed, unsigned steps, int code)
{
    char dir[TEMP_PATH + 16];
    worker_dir(WORKERS, dir);
    pid_t pid = start();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(0);
        run(seed, steps, false, dir, NULL);
        _exit(0);
    }
    int got = code_of(pid);
    clear_places(dir);
    return got == code;
}

static void set_range(unsigned from, unsigned to, bool value)
{
    for (unsigned i = from; i < to; i++)
        left_out[i] = value;
}

static bool any_in(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        if (!left_out[i])
            return true;
    return false;
}

static void shrink(unsigned long seed, unsigned steps, int code)
{
    unsigned tries = 0, left = 0;
    for (unsigned size = steps / 2; size > 0; size /= 2)
        for (unsigned from = 0; from < steps && tries < SHRINK_TRIES; from += size) {
            bool before[STEPS_MAX];
            unsigned to = from + size < steps ? from + size : steps;
            if (!any_in(from, to))
                continue;
            memcpy(before, left_out, sizeof before);
            set_range(from, to, true);
            tries++;
            if (!still_fails(seed, steps, code))
                memcpy(left_out, before, sizeof before);
        }
    for (unsigned i = 0; i < steps; i++)
        left += !left_out[i];
    fprintf(stderr, "seed %lu fails with %u of its %u steps:\n", seed, left, steps);
}

static void show(unsigned long seed, unsigned steps)
{
    char dir[TEMP_PATH + 16];
    worker_dir(WORKERS, dir);
    pid_t pid = start();
    if (pid == 0) {
        run(seed, steps, true, dir, NULL);
        fflush(NULL);
        _exit(0);
    }
    int code = code_of(pid);
    clear_places(dir);
    if (code > 128)
        fprintf(stderr, "seed %lu: ended by signal %d\n", seed, code - 128);
}

/* ---- the whole ---- */

/* In how many runs a fault must have been met: some take several others at once. */
static unsigned long runs_for(enum world_event event)
{
    enum { COMMON = 200, RARE = 1000, VERY_RARE = 10000 };
    switch (event) {
    case SAW_SET_CLASH:
    case SAW_OUTRUN:
    case SAW_CLONE:
    case SAW_DOUBLED:
    case SAW_REISSUE:
    case SAW_HUB_CLOCK: return RARE;
    case SAW_TWO_VERDICTS: return VERY_RARE;
    default: return COMMON;
    }
}

/* Every fault must have been met, or the test proves less than it says. */
static bool print_counts(const unsigned long counts[WORLD_EVENTS], unsigned long runs)
{
    bool all = true;
    printf("%lu runs", runs);
    for (int i = 0; i < WORLD_EVENTS; i++)
        printf("%s %lu %s", i ? "," : ":", counts[i], world_event_name((enum world_event)i));
    printf("\n");
    for (int i = 0; i < WORLD_EVENTS; i++)
        if (counts[i] == 0 && runs >= runs_for((enum world_event)i)) {
            fprintf(stderr, "never met: %s\n", world_event_name((enum world_event)i));
            all = false;
        }
    return all;
}

static int run_many(const struct options *options)
{
    unsigned long counts[WORLD_EVENTS] = {0}, done = 0, seed = 0;
    int code = run_all(options, counts, &done, &seed);
    if (code == 0) {
        bool all = print_counts(counts, done);
        if (options->broken)
            fprintf(stderr, "nobody has noticed that '%s' is broken\n", options->broken);
        return all && !options->broken ? 0 : 1;
    }
    if (options->broken) {
        printf("'%s' is noticed at seed %lu, after %lu runs\n", options->broken, seed, done);
        return 0;
    }
    shrink(seed, options->steps, code);
    show(seed, options->steps);
    fprintf(stderr, "all of it: sim --seed %lu --steps %u --trace\n", seed, options->steps);
    return 1;
}

static unsigned long number(const char *text)
{
    char *end;
    unsigned long value = text ? strtoul(text, &end, 10) : 0;
    if (!text || !*text || *end) {
        fprintf(stderr, "not a number: %s\n", text ? text : "");
        exit(2);
    }
    return value;
}

static bool parse(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        if (strcmp(name, "--trace") == 0) {
            options->trace = true;
            continue;
        }
        if (i + 1 == argc)
            return false;
        const char *value = argv[++i];
        if (strcmp(name, "--runs") == 0)
            options->runs = number(value);
        else if (strcmp(name, "--first") == 0)
            options->first = number(value);
        else if (strcmp(name, "--steps") == 0)
            options->steps = (unsigned)number(value);
        else if (strcmp(name, "--break") == 0)
            options->broken = value;
        else if (strcmp(name, "--seed") == 0) {
            options->seed = number(value);
            options->one = true;
        } else
            return false;
    }
    return options->steps <= STEPS_MAX;
}

static int run_one(const struct options *options)
{
    char dir[TEMP_PATH + 16];
    unsigned long counts[WORLD_EVENTS] = {0};
    worker_dir(0, dir);
    run(options->seed, options->steps, options->trace, dir, counts);
    print_counts(counts, 1);
    return 0;
}

/* In a process of its own, so that what it leaves can be cleared away however it ends. */
static int run_apart(const struct options *options)
{
    pid_t pid = start();
    if (pid == 0) {
        int code = options->one ? run_one(options) : run_many(options);
        fflush(NULL);
        _exit(code);
    }
    return code_of(pid);
}

int main(int argc, char **argv)
{
    struct options options = {.runs = 200, .steps = STEPS};
    if (!parse(argc, argv, &options)) {
        fprintf(stderr, "usage: sim [--runs N] [--first S] [--steps N] [--seed S [--trace]] [--break RULE]\n");
        return 2;
    }
#ifdef KARTO_BREAK
    if (options.broken && setenv("KARTO_BROKEN", options.broken, 1) != 0)
        return 2;
#else
    if (options.broken) {
        fprintf(stderr, "this build can break nothing: it needs KARTO_BREAK\n");
        return 2;
    }
#endif
    make_temp();
    int code = run_apart(&options);
    clear_temp();
    return code;
}
