/* wait.h - the request by which a device is told when there is news at the hub, and what its answer says. */
#ifndef KARTO_SYNCD_WAIT_H
#define KARTO_SYNCD_WAIT_H

#include "core/store/store.h"

/* A request to be told when there is news behind the store's cursor, as a frame; and its answer. KARTO_E_STALE:
 * synchronise. */
KARTO_CHECKED enum karto_err karto_wait_frame(struct karto_store *store, uint32_t seconds, struct karto_buf *frame);
KARTO_CHECKED enum karto_err karto_wait_answer(struct karto_store *store, struct karto_slice frame, bool *news);

#endif
