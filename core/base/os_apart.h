/* os_apart.h - work that may crash or never end, done in a process of its own, which nobody misses. */
#ifndef KARTO_BASE_OS_APART_H
#define KARTO_BASE_OS_APART_H

#include "core/base/err.h"

/* What work returns in a child of this process, which shares nothing that work changes, and says nothing.
 * KARTO_E_TIMEOUT: it had not ended after timeout_ms, and was killed. KARTO_E_CORRUPT: it crashed. KARTO_E_NOMEM: no
 * process. */
KARTO_CHECKED enum karto_err karto_os_apart(enum karto_err (*work)(void *context), void *context, int timeout_ms);

#endif
