/* device_daemon.h - a device as a process: synchronises when something was changed here, when the hub says that there
 * is news, and again after a failure; between that it waits, parked at the hub, and fetches what happened before. */
#ifndef KARTO_SYNCD_DEVICE_DAEMON_H
#define KARTO_SYNCD_DEVICE_DAEMON_H

#include "core/store/store.h"
#include "core/store/past.h"
#include "proto/address.h"
#include "syncd/mailbox.h"

struct karto_device_daemon_options {
    struct karto_past_limits history;
    bool once; /* end when the first synchronisation is through, and a little of the history fetched; or with its error
                */
    /* Hears of synchronisations that brought or sent something, of the first, and of the first of each sort that fails:
     * "ok SENT REFUSED RECEIVED REQUESTS BYTES-SENT BYTES-RECEIVED GONE", "err E-...". With once: not of the one that
     * fails. NULL: nobody listens. */
    void (*tell)(void *context, const char *line);
    void *context;
};

/* Runs until STOP is in the box, and owns the store's thread so long; an exchange that is cut by it goes on next time.
 * Errors: the keys and certificates beside the store cannot be loaded or do not fit together (proto/files.h,
 * transport.h); with once, that of the synchronisation, or KARTO_E_INTERRUPTED when STOP came before its end. */
KARTO_CHECKED enum karto_err karto_device_daemon_run(struct karto_store *store, const struct karto_address *hub,
                                                     struct karto_mailbox *box,
                                                     const struct karto_device_daemon_options *how);

#endif
