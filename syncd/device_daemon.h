/* device_daemon.h - a device as a process: synchronises when something was changed here, when the hub says that there
 * is news, and again after a failure; between that it waits, parked at the hub. */
#ifndef KARTO_SYNCD_DEVICE_DAEMON_H
#define KARTO_SYNCD_DEVICE_DAEMON_H

#include "core/store/store.h"
#include "proto/address.h"
#include "syncd/exchange.h"
#include "syncd/mailbox.h"

/* Runs until STOP is in the box; once: until the first synchronisation is through, or has failed (then its error). */
KARTO_CHECKED enum karto_err karto_device_daemon_run(struct karto_store *store, const struct karto_address *hub,
                                                     struct karto_mailbox *box, bool once,
                                                     struct karto_exchange_stats *stats);

#endif
