/* greet.h - what a device hears when it only greets its hub: whether there is a way, how long it takes, and what the
 * hub says of this device. Nothing is exchanged, and nothing changes here. */
#ifndef KARTO_SYNCD_GREET_H
#define KARTO_SYNCD_GREET_H

#include "core/store/store.h"
#include "proto/address.h"
#include "proto/messages.h"
#include "syncd/link.h"

struct karto_greeting {
    enum karto_link link;    /* how the way stood in the end; NEVER: not tried */
    int64_t round_trip_ms;   /* of a question and its answer, once connected */
    int64_t clock_offset_ms; /* to add to this machine's clock to have the hub's */
};

/* store must be a device's; it is only read. Takes at most KARTO_GREET_MS and twice KARTO_GREET_AGAIN_MS together.
 * Errors: the keys beside the store (proto/files.h, transport.h); that of the link; KARTO_E_TIMEOUT: connected, and no
 * answer; KARTO_E_PROTOCOL; what the hub says of this device (KARTO_E_REVOKED, KARTO_E_NOT_ADMITTED); and what is said
 * of the hub: KARTO_E_VERSION, KARTO_E_RECOVERING, KARTO_E_OLD_HUB, KARTO_E_HUB_BEHIND, KARTO_E_HUB_FULL,
 * KARTO_E_HUB_FAILS. */
KARTO_CHECKED enum karto_err karto_greet(struct karto_store *store, const struct karto_address *hub,
                                         struct karto_greeting *greeting);

/* The greeting itself, and what is said of its answer as a synchronisation would take it: the errors above. */
KARTO_CHECKED enum karto_err karto_greet_frame(struct karto_store *store, struct karto_buf *frame);
KARTO_CHECKED enum karto_err karto_greet_judge(struct karto_store *store, const struct karto_hello_answer *hello);

#endif
