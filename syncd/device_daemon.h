/* device_daemon.h - a device as a process: synchronises when something was changed here, when the hub says that there
 * is news, and again after a failure; between that it waits, parked at the hub, and fetches what happened before. */
#ifndef KARTO_SYNCD_DEVICE_DAEMON_H
#define KARTO_SYNCD_DEVICE_DAEMON_H

#include "core/store/store.h"
#include "core/store/past.h"
#include "proto/address.h"
#include "syncd/exchange.h"
#include "syncd/mailbox.h"

struct karto_device_options {
    struct karto_address hub;
    struct karto_past_limits history;
    bool once; /* ends when the first synchronisation is through, and a little of the history fetched; or with its error
                */
};

/* Runs until STOP is in the box. */
KARTO_CHECKED enum karto_err karto_device_daemon_run(struct karto_store *store,
                                                     const struct karto_device_options *options,
                                                     struct karto_mailbox *box, struct karto_exchange_stats *stats);

#endif
