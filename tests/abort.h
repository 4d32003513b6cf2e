/* abort.h - for what must end the process: whether it really does. */
#ifndef KARTO_TESTS_ABORT_H
#define KARTO_TESTS_ABORT_H

#include "tests/check.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls action in a process of its own, silently; whether that ended by abort. */
static inline bool aborts(void (*action)(void))
{
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        action();
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
