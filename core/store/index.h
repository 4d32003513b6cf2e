/* index.h - finding records by what they hold. Rows are written with the record, in the same transaction, and only
 * where something changed. */
#ifndef KARTO_STORE_INDEX_H
#define KARTO_STORE_INDEX_H

#include "core/model/day.h"
#include "core/store/child_row.h"
#include "core/store/entry.h"

enum karto_index {
    KARTO_BY_SHORT = 1,    /* the last 4 bytes of the id; kind 0 */
    KARTO_BY_NAME = 2,     /* folded name: karto_text_fold */
    KARTO_BY_ORDER = 3,    /* karto_index_order: pages of a list */
    KARTO_BY_EDRPOU = 4,   /* normal form */
    KARTO_BY_PHONE = 5,    /* normal form */
    KARTO_BY_EXTERNAL = 6, /* normal form of the external id */
    KARTO_BY_CLIENT = 7,   /* id of the client that it hangs on */
    KARTO_BY_CONFLICT = 8, /* number of registers in conflict (4 bytes): only records that have any */
    KARTO_BY_NODE = 9,     /* of devices: the node id as text; kind 0 */
    KARTO_BY_NUMBER = 10,  /* of purchases: normal form of the number */
};

enum { KARTO_INDEX_VALUE_MAX = 400 }; /* bytes; longer values are cut, so what is found must be looked at */

/* Whether a row, by its key, holds a form of text that another version of ICU, or of core/base/text, may write
 * otherwise. */
bool karto_index_of_text(struct karto_slice key);

KARTO_CHECKED enum karto_err karto_index_update(struct karto_tx *tx, const struct karto_entry *before,
                                                const struct karto_entry *after);

/* What update does for a record that was not there, in two halves. The keys of the rows that need nothing of the store
 * and that hardly anybody asks for at once: of its names, its place in a list and its short id; how many; they are in
 * the arena. And all other rows, which are given aside. */
enum { KARTO_INDEX_ASIDE_KEYS = 3 };
uint32_t karto_index_aside_keys(struct karto_arena *arena, const struct karto_collation *collation,
                                const struct karto_record *view, struct karto_slice keys[KARTO_INDEX_ASIDE_KEYS]);
void karto_index_give_codes(struct karto_tx *tx, const struct karto_record *view);

/* Whether a key, or the beginning of one, is of the first half. */
bool karto_index_is_aside(struct karto_slice key);

/* Called for each record id in order; an error ends the walk and comes back, KARTO_E_INTERRUPTED as KARTO_OK. */
typedef enum karto_err karto_index_visit(struct karto_tx *tx, struct karto_slice value, struct karto_rid id,
                                         void *context);

/* All rows of this index and kind whose value is exactly value, or, with value.data NULL, all. from: begin behind this
 * (value, id) of an earlier walk, or NULL. visit must not write. */
struct karto_index_place {
    struct karto_slice value;
    struct karto_rid id;
};

KARTO_CHECKED enum karto_err karto_index_walk(struct karto_tx *tx, enum karto_index index, uint32_t kind,
                                              struct karto_slice value, const struct karto_index_place *from,
                                              karto_index_visit *visit, void *context);

/* The same with all rows of an index and kind, the last one first. from: begin before this. No value of it begins
 * with five bytes 0xFF. */
KARTO_CHECKED enum karto_err karto_index_walk_back(struct karto_tx *tx, enum karto_index index, uint32_t kind,
                                                   const struct karto_index_place *from, karto_index_visit *visit,
                                                   void *context);

/* The rows by which records of a kind hang on a client, in the order of their ids; client NULL: on all of them, in the
 * order of theirs. row is for karto_child_decode. Like a walk. */
typedef enum karto_err karto_child_visit(struct karto_tx *tx, struct karto_rid client, struct karto_rid id,
                                         struct karto_slice row, void *context);
KARTO_CHECKED enum karto_err karto_index_children(struct karto_tx *tx, uint32_t kind, const struct karto_rid *client,
                                                  karto_child_visit *visit, void *context);

/* Activities or purchases of some days, the youngest first, those without a date on the first there is: as a walk back
 * through KARTO_BY_ORDER, with the client on which each hangs; it is zero where there is none, or where an older
 * program has written the row (karto_child_is_kept). row is of no use. */
KARTO_CHECKED enum karto_err karto_index_days(struct karto_tx *tx, uint32_t kind, struct karto_days days,
                                              const struct karto_index_place *from, karto_child_visit *visit,
                                              void *context);

/* Whether a list of this kind begins with the youngest: activities and purchases are in the order of their days, all
 * others in that of their names. */
bool karto_index_is_by_day(uint32_t kind);

/* The value of a record's row in KARTO_BY_ORDER: the sort key of its name, of tx->collation, or the key of its day; of
 * the first day there is where it has none. In the arena. */
struct karto_slice karto_index_order(struct karto_tx *tx, struct karto_arena *arena, const struct karto_record *view);

/* Writes the rows that view should have, for checks: (key without order), each once. */
typedef enum karto_err karto_index_row(struct karto_tx *tx, struct karto_slice key, void *context);
KARTO_CHECKED enum karto_err karto_index_rows(struct karto_tx *tx, const struct karto_record *view,
                                              karto_index_row *row, void *context);

/* What stands in a row of view, by its key: of KARTO_BY_CLIENT what child_row.h says, of KARTO_BY_ORDER of what is
 * listed by day the id of its client, else nothing. */
enum { KARTO_INDEX_ROW_MAX = KARTO_CHILD_ROW_MAX };
struct karto_slice karto_index_value(struct karto_slice key, const struct karto_record *view,
                                     uint8_t out[KARTO_INDEX_ROW_MAX]);

/* Writes the values of rows that are there once more: they may be an older program's. */
void karto_index_say_again(struct karto_tx *tx, const struct karto_record *view);

#endif
