#define _GNU_SOURCE
#include "core/base/os_apart.h"

#include "core/base/os_fault.h"
#include "core/base/os_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CRASHED = 255 };

static void be_apart(enum karto_err (*work)(void *context), void *context, pid_t parent)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || nowhere < 0)
        _exit(CRASHED);
    if (dup2(nowhere, STDIN_FILENO) < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0)
        _exit(CRASHED);
    karto_fault_watch("", CRASHED);
    _exit((int)work(context));
}

/* Waits until the pipe is closed, which happens when the child ends, whatever way. */
static bool ends_in_time(int pipe, int timeout_ms)
{
    int64_t until_ms = karto_os_monotonic_ms() + timeout_ms, left = timeout_ms;
    for (; left > 0; left = until_ms - karto_os_monotonic_ms()) {
        struct pollfd ended = {pipe, POLLIN, 0};
        int count = poll(&ended, 1, (int)left);
        if (count > 0)
            return true;
        if (count < 0 && errno != EINTR)
            return false;
    }
    return false;
}

static enum karto_err wait_for(pid_t child, int pipe, int timeout_ms)
{
    bool in_time = ends_in_time(pipe, timeout_ms);
    int status = 0;
    if (!in_time)
        kill(child, SIGKILL);
    /* one that waits for a disk for ever does not even die: it is not waited for */
    pid_t ended = waitpid(child, &status, in_time ? 0 : WNOHANG);
    if (!in_time)
        return KARTO_E_TIMEOUT;
    if (ended != child || !WIFEXITED(status) || WEXITSTATUS(status) >= KARTO_ERR_COUNT)
        return KARTO_E_CORRUPT;
    return (enum karto_err)WEXITSTATUS(status);
}

enum karto_err karto_os_apart(enum karto_err (*work)(void *context), void *context, int timeout_ms)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) != 0)
        return KARTO_E_NOMEM;
    pid_t child = fork();
    if (child == 0)
        be_apart(work, context, parent);
    close(ends[1]);
    enum karto_err err = child < 0 ? KARTO_E_NOMEM : wait_for(child, ends[0], timeout_ms);
    close(ends[0]);
    return err;
}
