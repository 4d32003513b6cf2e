/* service.h - the hub's side: a request comes in, an answer goes out. Many requests share one transaction (group
 * commit); answers may be sent when it has been committed, and not before. */
#ifndef KARTO_SYNCD_SERVICE_H
#define KARTO_SYNCD_SERVICE_H

#include "core/store/hub.h"

/* What to do with a request. */
struct karto_served {
    bool parked; /* a wait with no news yet: answer it with karto_service_waited when there is, or when its time is over
                  */
    uint64_t cursor;      /* of the parked request */
    uint32_t seconds;     /* of the parked request */
    uint32_t version;     /* of the parked request: of the protocol */
    bool revoked;         /* the device was: it was told that, and nothing else */
    bool claimed;         /* a device has come that is not known, and asks to be admitted */
    uint64_t sums_wrong;  /* rows of digests that were wrong, and have been made anew */
    uint64_t quarantined; /* changes that could not be decoded or applied, and are set aside */
    bool quarantine_full; /* … and one that was not, for there is no room */
};

/* Who asks, as his certificate proves it. */
struct karto_peer {
    struct karto_rid device;
    struct karto_slice public_key; /* DER */
    struct karto_slice serial;
};

/* Answers one request into answer (behind what it holds). Whatever the frame holds, there is an answer, or the request
 * is parked; errors are the store's alone, and undo the transaction. */
KARTO_CHECKED enum karto_err karto_serve(struct karto_tx *tx, const struct karto_peer *peer, struct karto_slice frame,
                                         struct karto_buf *answer, struct karto_served *served);

/* Whether a parked request of device has news; if so, or if over (its time), the answer to it. */
KARTO_CHECKED enum karto_err karto_service_waited(struct karto_tx *tx, struct karto_rid device, uint64_t cursor,
                                                  uint32_t version, bool over, struct karto_buf *answer, bool *ready);

#endif
