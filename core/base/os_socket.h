/* os_socket.h - how processes that share a store speak to its daemon: a Unix socket in the store's directory, one line
 * each way; and how a daemon tells its service manager that it is ready. */
#ifndef KARTO_BASE_OS_SOCKET_H
#define KARTO_BASE_OS_SOCKET_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/waiting.h"

enum { KARTO_CONTROL_LINE_MAX = 4096 };

/* ---- asking ---- */

/* Tells the daemon of the store in dir that something was committed. Does not wait; nobody listening is fine. */
void karto_notify_daemon(const char *dir);

/* Whether a daemon runs on the store in dir; it is asked nothing. */
bool karto_daemon_runs(const char *dir);

/* Sends a line (without its end) and waits for the daemon's, which goes behind what answer holds. waiting may be NULL.
 * KARTO_E_NOT_FOUND: no daemon runs; KARTO_E_INTERRUPTED: waiting said stop; KARTO_E_TIMEOUT; KARTO_E_IO. */
KARTO_CHECKED enum karto_err karto_ask_daemon(const char *dir, const char *line, int timeout_ms,
                                              const struct karto_waiting *waiting, struct karto_buf *answer);

/* ---- answering ---- */

struct karto_control;
struct karto_control_call;

/* A line has come: called on the control's thread, must only enqueue. call belongs to the receiver until he answers it.
 */
typedef void karto_control_handler(void *context, const char *line, struct karto_control_call *call);

/* Listens at the socket in dir (0600), after a socket left by a daemon that died is removed: the caller holds the
 * daemon's lock. */
KARTO_CHECKED enum karto_err karto_control_open(const char *dir, karto_control_handler *handler, void *context,
                                                struct karto_control **control);
void karto_control_close(struct karto_control *control);

/* Takes call, from any thread, before the control is closed. line NULL: no answer. */
void karto_control_answer(struct karto_control_call *call, const char *line);

/* ---- the service manager ---- */

/* sd_notify(3)'s protocol: "READY=1", "STOPPING=1", "STATUS=...". Nothing happens where there is no such manager. */
void karto_service_notify(const char *state);

#endif
