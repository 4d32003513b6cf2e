/* late_rows.h - rows of the index that a transaction has still to put. They come one record after the other, in no
 * order of their own; put together in the order of their keys, those of one page find it at hand, which makes a bulk
 * load twice as fast and an edit no slower. Whoever reads or deletes rows of the index asks first. */
#ifndef KARTO_STORE_LATE_ROWS_H
#define KARTO_STORE_LATE_ROWS_H

#include "core/store/store.h"

/* A row of KARTO_DB_INDEX: its key, whose last 16 bytes are the id of its record, and its value; they are copied. Of
 * two with the same key the second counts. */
void karto_late_rows_add(struct karto_tx *tx, struct karto_slice key, struct karto_slice value);

/* Rows of a record will come from the thread beside (aside.h): those of karto_index_is_aside may be any. */
void karto_late_rows_begin(struct karto_tx *tx);

/* The same of one other row, so that who asks for it waits. */
void karto_late_rows_expect(struct karto_tx *tx, struct karto_slice key);

/* Puts what waits, if there may be a row in it whose key, the id apart, is head; head.data NULL: any. */
KARTO_CHECKED enum karto_err karto_late_rows_put(struct karto_tx *tx, struct karto_slice head);

/* Drops what waits, and its memory: the end of every transaction. */
void karto_late_rows_forget(struct karto_tx *tx);

/* ---- runs of rows ---- */

struct karto_late_row {
    uint64_t begin[2]; /* the first bytes of the key as numbers of the same order: sorting seldom looks at the rest */
    const uint8_t *key;
    uint16_t key_size, value_size; /* the value stands behind the key */
    uint32_t turn;                 /* of those with the same key in one run, which came later */
};

struct karto_late_run {
    struct karto_late_row *rows;
    uint32_t count, room;
};

/* A key and value in one piece: the key, the value behind it. */
struct karto_slice karto_late_row_copy(struct karto_arena *arena, struct karto_slice key, struct karto_slice value);

void karto_late_run_add(struct karto_late_run *run, struct karto_slice key, size_t value_size); /* not copied */
void karto_late_run_sort(struct karto_late_run *run);
void karto_late_run_fini(struct karto_late_run *run);

#endif
