/* os_process.h - this process, and another program of ours that it runs. */
#ifndef KARTO_BASE_OS_PROCESS_H
#define KARTO_BASE_OS_PROCESS_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/waiting.h"

/* From now on this process keeps what it frees, to use it again: to give memory back to the system and to ask for it
 * anew costs a bulk load a tenth. For programs that end soon. */
void karto_os_keep_memory(void);

enum { KARTO_SIBLING_LINE_MAX = 4096 }; /* bytes of a line that it prints; the rest of a longer one is dropped */

struct karto_sibling {
    const char *name;
    char *const *argv;                             /* ends with NULL and begins with the name */
    struct karto_slice input;                      /* for its standard input */
    void (*line)(void *context, const char *line); /* hears each line that it prints, without its end */
    void *context;
    const struct karto_waiting *waiting; /* for the next line; may be NULL */
};

/* Runs the program called name that lies beside this one, or, where there is none, in PATH. Its standard error is ours.
 * Waits until it has ended: *status is its exit code, or 128 + the signal. Where waiting says stop it is sent SIGTERM,
 * and waited for all the same; where this process dies, it is sent SIGTERM by the system. KARTO_E_INTERRUPTED: stop was
 * said. KARTO_E_NOT_FOUND: no such program; KARTO_E_IO. */
KARTO_CHECKED enum karto_err karto_run_sibling(const struct karto_sibling *sibling, int *status);

/* Whether there is a program for the first word of a command: by its path, or somewhere in PATH. True also for what
 * only a shell could tell. */
bool karto_can_run(const char *command);

#endif
