/* os_process.h - running another program of ours. */
#ifndef KARTO_BASE_OS_PROCESS_H
#define KARTO_BASE_OS_PROCESS_H

#include "core/base/buf.h"
#include "core/base/err.h"

/* Runs the program called name that lies beside this one, or, where there is none, in PATH. argv ends with NULL and
 * begins with the name. input goes to its standard input; what it prints goes behind what output holds (at most
 * size_max bytes); its standard error is ours. Waits until it has ended: *status is its exit code, or 128 + the signal.
 * KARTO_E_NOT_FOUND: no such program; KARTO_E_IO. */
KARTO_CHECKED enum karto_err karto_run_sibling(const char *name, char *const argv[], struct karto_slice input,
                                               size_t size_max, struct karto_buf *output, int *status);

#endif
