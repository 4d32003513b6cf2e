/* hub_daemon.h - the hub as a process: one thread owns the store's writes, takes what has come from all devices
 * together, does it in one transaction (group commit), and answers when that is on disk. */
#ifndef KARTO_SYNCD_HUB_DAEMON_H
#define KARTO_SYNCD_HUB_DAEMON_H

#include "core/store/store.h"
#include "proto/address.h"
#include "syncd/mailbox.h"

/* Serves until STOP is in the box. listen may have port 0. KARTO_E_CERTIFICATE, KARTO_E_ADDRESS (the log says why),
 * KARTO_E_IO. */
KARTO_CHECKED enum karto_err karto_hub_daemon_run(struct karto_store *store, const struct karto_address *listen,
                                                  struct karto_mailbox *box);

#endif
