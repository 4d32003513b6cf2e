#define _GNU_SOURCE
#include "core/base/os_socket.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char socket_name[] = "syncd.sock";

/* The address of the socket in dir. A path may be longer than a socket's address: then it is named through the open
 * directory. */
static bool make_address(const char *dir, int *directory, struct sockaddr_un *address)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    *directory = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*directory < 0)
        return false;
    snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", *directory, socket_name);
    return true;
}

static int connect_to(const char *dir)
{
    struct sockaddr_un address;
    int directory, peer = -1;
    if (!make_address(dir, &directory, &address))
        return -1;
    peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer >= 0 && connect(peer, (struct sockaddr *)&address, sizeof address) != 0) {
        close(peer);
        peer = -1;
    }
    close(directory);
    return peer;
}

static bool send_line(int peer, const char *line)
{
    char buffer[KARTO_CONTROL_LINE_MAX + 2];
    int size = snprintf(buffer, sizeof buffer, "%s\n", line);
    if (size < 0 || size >= (int)sizeof buffer)
        return false;
    for (ssize_t sent = 0; sent < size;) {
        ssize_t moved = send(peer, buffer + sent, (size_t)(size - sent), MSG_NOSIGNAL);
        if (moved < 0 && errno != EINTR)
            return false;
        sent += moved > 0 ? moved : 0;
    }
    return true;
}

void karto_notify_daemon(const char *dir)
{
    int peer = connect_to(dir);
    if (peer < 0)
        return;
    if (!send_line(peer, "changed"))
        close(peer), peer = -1;
    if (peer >= 0)
        close(peer);
}

bool karto_daemon_runs(const char *dir)
{
    int peer = connect_to(dir);
    if (peer >= 0)
        close(peer);
    return peer >= 0;
}

/* Waits until there is something to read. KARTO_E_TIMEOUT, KARTO_E_INTERRUPTED. */
static enum karto_err wait_for(int peer, int timeout_ms, const struct karto_waiting *waiting)
{
    int64_t now = karto_os_monotonic_ms(), until = now + timeout_ms;
    int64_t tell = waiting && waiting->tell ? now + waiting->tell_after_ms : INT64_MAX;
    for (; now < until; now = karto_os_monotonic_ms()) {
        struct pollfd wait = {peer, POLLIN, 0};
        int64_t left = until - now;
        int ready = poll(&wait, 1, (int)(waiting && left > KARTO_WAITING_STEP_MS ? KARTO_WAITING_STEP_MS : left));
        if (ready > 0)
            return KARTO_OK;
        if (ready < 0 && errno != EINTR)
            return KARTO_E_IO;
        if (waiting && waiting->stop && waiting->stop())
            return KARTO_E_INTERRUPTED;
        if (now >= tell) {
            tell = INT64_MAX;
            waiting->tell(waiting->context);
        }
    }
    return KARTO_E_TIMEOUT;
}

/* One line, without its end. KARTO_E_IO: the other side has gone. */
static enum karto_err receive_line(int peer, int timeout_ms, const struct karto_waiting *waiting,
                                   char line[KARTO_CONTROL_LINE_MAX])
{
    int64_t until = karto_os_monotonic_ms() + timeout_ms;
    size_t size = 0;
    for (;;) {
        enum karto_err err = wait_for(peer, (int)(until - karto_os_monotonic_ms()), waiting);
        if (err != KARTO_OK)
            return err;
        ssize_t got = recv(peer, line + size, KARTO_CONTROL_LINE_MAX - 1 - size, 0);
        if (got <= 0)
            return KARTO_E_IO;
        size += (size_t)got;
        char *end = memchr(line, '\n', size);
        if (end) {
            *end = 0;
            return KARTO_OK;
        }
        if (size == KARTO_CONTROL_LINE_MAX - 1)
            return KARTO_E_LIMIT;
    }
}

enum karto_err karto_ask_daemon(const char *dir, const char *line, int timeout_ms, const struct karto_waiting *waiting,
                                struct karto_buf *answer)
{
    char received[KARTO_CONTROL_LINE_MAX];
    int peer = connect_to(dir);
    if (peer < 0)
        return KARTO_E_NOT_FOUND;
    enum karto_err err = send_line(peer, line) ? receive_line(peer, timeout_ms, waiting, received) : KARTO_E_IO;
    close(peer);
    if (err == KARTO_OK)
        karto_buf_add_str(answer, received);
    return err;
}

/* ---- answering ---- */

struct karto_control {
    char *dir;
    int listener, wake[2];
    pthread_t thread;
    karto_control_handler *handler;
    void *context;
};

struct karto_control_call {
    int peer;
};

void karto_control_answer(struct karto_control_call *call, const char *line)
{
    if (line && !send_line(call->peer, line))
        shutdown(call->peer, SHUT_RDWR);
    close(call->peer);
    free(call);
}

/* Who may speak to the daemon: its own user and root. The directory's rights say so already; this says it again. */
static bool is_ours(int peer)
{
    struct ucred who;
    socklen_t size = sizeof who;
    return getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && (who.uid == geteuid() || who.uid == 0);
}

static void serve_one(struct karto_control *control, int peer)
{
    char line[KARTO_CONTROL_LINE_MAX];
    if (!is_ours(peer) || receive_line(peer, 1000, NULL, line) != KARTO_OK) {
        close(peer);
        return;
    }
    struct karto_control_call *call = karto_must(malloc(sizeof *call));
    call->peer = peer;
    control->handler(control->context, line, call);
}

static void *serve(void *context)
{
    struct karto_control *control = context;
    for (;;) {
        struct pollfd wait[2] = {{control->listener, POLLIN, 0}, {control->wake[0], POLLIN, 0}};
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (wait[1].revents)
            return NULL;
        int peer = wait[0].revents ? accept4(control->listener, NULL, NULL, SOCK_CLOEXEC) : -1;
        if (peer >= 0)
            serve_one(control, peer);
    }
}

static enum karto_err listen_in(struct karto_control *control)
{
    struct sockaddr_un address;
    int directory;
    if (!make_address(control->dir, &directory, &address))
        return karto_os_error(errno);
    unlinkat(directory, socket_name, 0);
    control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t before = umask(0177);
    bool fine = control->listener >= 0 && bind(control->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
                listen(control->listener, 64) == 0;
    int failed = errno;
    umask(before);
    close(directory);
    return fine ? KARTO_OK : karto_os_error(failed);
}

enum karto_err karto_control_open(const char *dir, karto_control_handler *handler, void *context,
                                  struct karto_control **out)
{
    struct karto_control *control = karto_must(calloc(1, sizeof *control));
    control->dir = karto_must(strdup(dir));
    control->handler = handler;
    control->context = context;
    control->listener = control->wake[0] = control->wake[1] = -1;
    enum karto_err err = listen_in(control);
    if (err == KARTO_OK &&
        (pipe2(control->wake, O_CLOEXEC) != 0 || pthread_create(&control->thread, NULL, serve, control) != 0))
        err = KARTO_E_IO;
    if (err == KARTO_OK) {
        *out = control;
        return KARTO_OK;
    }
    if (control->listener >= 0)
        close(control->listener);
    free(control->dir);
    free(control);
    return err;
}

void karto_control_close(struct karto_control *control)
{
    struct sockaddr_un address;
    int directory;
    if (!control)
        return;
    if (write(control->wake[1], "x", 1) == 1)
        pthread_join(control->thread, NULL);
    close(control->listener);
    close(control->wake[0]);
    close(control->wake[1]);
    if (make_address(control->dir, &directory, &address)) {
        unlinkat(directory, socket_name, 0);
        close(directory);
    }
    free(control->dir);
    free(control);
}

/* ---- the service manager ---- */

void karto_service_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    size_t size = strlen(path);
    memcpy(address.sun_path, path, size);
    if (path[0] == '@')
        address.sun_path[0] = 0;
    int peer = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (peer < 0)
        return;
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    if (sendto(peer, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, length) < 0)
        errno = 0; /* a manager that does not listen changes nothing for us */
    close(peer);
}
