#define _GNU_SOURCE
#include "core/base/os_process.h"

#include "core/base/os_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127 }; /* as shells say it */

void karto_os_keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, 64 << 20); /* of addresses, not of memory */
}

static void sibling_path(const char *name, char *out, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", out, size - 1);
    char *slash;
    if (length > 0) {
        out[length] = 0;
        slash = strrchr(out, '/');
        if (slash && (size_t)(slash + 1 - out) + strlen(name) < size) {
            strcpy(slash + 1, name);
            if (access(out, X_OK) == 0)
                return;
        }
    }
    snprintf(out, size, "%s", name);
}

/* The child ends with us: a daemon that nobody sees any more would hold the store. */
static void become(const char *name, char *const argv[], int in, int out, pid_t parent)
{
    char path[4096];
    sibling_path(name, path, sizeof path);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
        _exit(1);
    if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
        execvp(path, argv);
    _exit(NOT_FOUND);
}

/* False: no process. */
static bool spawn(const struct karto_sibling *sibling, int in, int out, pid_t *child)
{
    pid_t parent = getpid();
    *child = fork();
    if (*child == 0)
        become(sibling->name, sibling->argv, in, out, parent);
    return *child > 0;
}

static void feed(int in, struct karto_slice input)
{
    while (input.size) {
        ssize_t moved = write(in, input.data, input.size);
        if (moved < 0 && errno == EINTR)
            continue;
        if (moved <= 0)
            return; /* it did not want to hear: its exit code says why */
        input = karto_slice(input.data + moved, input.size - (size_t)moved);
    }
}

/* ---- what it prints ---- */

struct hearing {
    const struct karto_sibling *sibling;
    char line[KARTO_SIBLING_LINE_MAX];
    size_t size;
    int64_t tell_ms; /* when to tell that nothing has come; 0: not any more */
    bool stopped;
};

static void hear(struct hearing *h, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\n') {
            if (h->size < sizeof h->line - 1)
                h->line[h->size++] = bytes[i];
            continue;
        }
        h->line[h->size] = 0;
        h->size = 0;
        h->tell_ms = 0;
        h->sibling->line(h->sibling->context, h->line);
    }
}

/* What is to be done while nothing comes. */
static void pass_time(struct hearing *h, pid_t child)
{
    const struct karto_waiting *waiting = h->sibling->waiting;
    if (!waiting)
        return;
    if (!h->stopped && waiting->stop && waiting->stop()) {
        h->stopped = true;
        kill(child, SIGTERM);
    }
    if (h->tell_ms && !h->stopped && karto_os_monotonic_ms() >= h->tell_ms) {
        h->tell_ms = 0;
        waiting->tell(waiting->context);
    }
}

/* Until it closes its output, which it does at its end. */
static void hear_all(struct hearing *h, pid_t child, int out)
{
    const struct karto_waiting *waiting = h->sibling->waiting;
    char bytes[4096];
    if (waiting && waiting->tell)
        h->tell_ms = karto_os_monotonic_ms() + waiting->tell_after_ms;
    for (;;) {
        struct pollfd ready = {out, POLLIN, 0};
        int count = poll(&ready, 1, KARTO_WAITING_STEP_MS);
        ssize_t got = count > 0 ? read(out, bytes, sizeof bytes) : -1;
        if (count > 0 && got == 0)
            return;
        if ((count < 0 || (count > 0 && got < 0)) && errno != EINTR)
            return;
        if (got > 0)
            hear(h, bytes, (size_t)got);
        pass_time(h, child);
    }
}

static enum karto_err wait_for(pid_t child, int *status)
{
    int code;
    while (waitpid(child, &code, 0) < 0)
        if (errno != EINTR)
            return KARTO_E_IO;
    *status = WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
    return *status == NOT_FOUND ? KARTO_E_NOT_FOUND : KARTO_OK;
}

static void feed_and_close(int in, struct karto_slice input)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    feed(in, input);
    sigaction(SIGPIPE, &before, NULL);
    close(in);
}

enum karto_err karto_run_sibling(const struct karto_sibling *sibling, int *status)
{
    int in[2], out[2];
    pid_t child;
    struct hearing hearing = {.sibling = sibling};
    if (pipe2(in, O_CLOEXEC) != 0)
        return KARTO_E_IO;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]), close(in[1]);
        return KARTO_E_IO;
    }
    bool runs = spawn(sibling, in[0], out[1], &child);
    close(in[0]), close(out[1]);
    if (!runs) {
        close(in[1]), close(out[0]);
        return KARTO_E_IO;
    }
    feed_and_close(in[1], sibling->input);
    hear_all(&hearing, child, out[0]);
    close(out[0]);
    enum karto_err err = wait_for(child, status);
    return err == KARTO_OK && hearing.stopped ? KARTO_E_INTERRUPTED : err;
}

static bool is_program(const char *dir, size_t dir_size, const char *name, size_t name_size)
{
    char path[4096];
    if (dir_size + name_size + 2 > sizeof path)
        return false;
    snprintf(path, sizeof path, "%.*s%s%.*s", (int)dir_size, dir, dir_size ? "/" : "", (int)name_size, name);
    return access(path, X_OK) == 0;
}

bool karto_can_run(const char *command)
{
    const char *path = getenv("PATH");
    command += strspn(command, " ");
    size_t size = strcspn(command, " ");
    if (size != strcspn(command, " \t\"'$\\=;&|<>(){}*?~`"))
        return true;
    if (memchr(command, '/', size) || !path)
        return is_program("", 0, command, size);
    while (*path) {
        size_t length = strcspn(path, ":");
        if (is_program(length ? path : ".", length ? length : 1, command, size))
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}
