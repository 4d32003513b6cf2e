/* unencrypted.h - a note that somebody has let this store be made though the disk beneath is not encrypted: who looks
 * after it is to be told for as long as that may be so. */
#ifndef KARTO_STORE_UNENCRYPTED_H
#define KARTO_STORE_UNENCRYPTED_H

#include "core/store/store.h"

/* When that was; 0: there is no note. */
KARTO_CHECKED enum karto_err karto_unencrypted_get(struct karto_tx *tx, int64_t *since_ms);

/* It is so from now on. */
KARTO_CHECKED enum karto_err karto_unencrypted_note(struct karto_tx *tx);

#endif
