/* join.h - a store becomes a device of a hub, by an invitation. */
#ifndef KARTO_SYNCD_JOIN_H
#define KARTO_SYNCD_JOIN_H

#include "core/base/arena.h"
#include "core/store/store.h"
#include "proto/enrolment.h"

/* Who joins. */
struct karto_joiner {
    const char *dir;
    struct karto_slice name; /* what the user calls this device */
    bool unencrypted;        /* to be noted in the store (core/store/unencrypted.h) */
};

/* Makes a store in dir if there is none; what a store that was used alone holds becomes pending. Everything can be done
 * again with the same invitation until it has gone through. *answer lives in
 * arena. KARTO_E_INVITATION: damaged, unknown, used or expired; KARTO_E_ROLE: the store is a device or a hub already;
 * KARTO_E_OFFLINE, KARTO_E_CERTIFICATE, KARTO_E_TIMEOUT; errors of the store. */
KARTO_CHECKED enum karto_err karto_join_hub(const struct karto_joiner *joiner, struct karto_slice invitation,
                                            struct karto_arena *arena, struct karto_enrolment_answer *answer);

#endif
