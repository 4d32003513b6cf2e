#define _GNU_SOURCE
#include "core/base/os_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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

static int spawn(const char *name, char *const argv[], int in, int out, pid_t *child)
{
    char path[4096];
    posix_spawn_file_actions_t actions;
    sibling_path(name, path, sizeof path);
    if (posix_spawn_file_actions_init(&actions) != 0)
        return ENOMEM;
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    int failed = posix_spawnp(child, path, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
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

static void collect(int out, size_t size_max, struct karto_buf *output)
{
    size_t begin = output->size;
    for (;;) {
        ssize_t got = read(out, karto_buf_reserve(output, 4096), 4096);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        if (output->size - begin + (size_t)got <= size_max)
            output->size += (size_t)got;
    }
}

static enum karto_err wait_for(pid_t child, int *status)
{
    int code;
    while (waitpid(child, &code, 0) < 0)
        if (errno != EINTR)
            return KARTO_E_IO;
    *status = WIFEXITED(code) ? WEXITSTATUS(code) : 128 + WTERMSIG(code);
    return *status == 127 ? KARTO_E_NOT_FOUND : KARTO_OK;
}

enum karto_err karto_run_sibling(const char *name, char *const argv[], struct karto_slice input, size_t size_max,
                                 struct karto_buf *output, int *status)
{
    int in[2], out[2];
    pid_t child;
    if (pipe2(in, O_CLOEXEC) != 0)
        return KARTO_E_IO;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]), close(in[1]);
        return KARTO_E_IO;
    }
    int failed = spawn(name, argv, in[0], out[1], &child);
    close(in[0]), close(out[1]);
    if (!failed) {
        struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
        sigaction(SIGPIPE, &ignore, &before);
        feed(in[1], input);
        sigaction(SIGPIPE, &before, NULL);
    }
    close(in[1]);
    if (!failed)
        collect(out[0], size_max, output);
    close(out[0]);
    if (failed)
        return failed == ENOENT ? KARTO_E_NOT_FOUND : KARTO_E_IO;
    return wait_for(child, status);
}
