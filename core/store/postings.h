/* postings.h - term -> local numbers of records. Rows (term, 0, place, first number) hold as many numbers as fit into a
 * block, as differences, so that a number takes a byte or two instead of a row.
 *
 * Changes are collected in memory and written sorted: a block is read and written once for all that is new in it. */
#ifndef KARTO_STORE_POSTINGS_H
#define KARTO_STORE_POSTINGS_H

#include "core/store/terms.h"
#include "core/store/store.h"

struct karto_postings;

struct karto_postings *karto_postings_new(void);
void karto_postings_free(struct karto_postings *postings); /* NULL is fine */

/* number has these terms now, or has them no more. Of both for one, that it has counts. */
void karto_postings_change(struct karto_postings *postings, const struct karto_term *terms, uint32_t count,
                           uint32_t number, bool has);

/* Called for each term that came into being or that nobody has any more, in order. */
typedef enum karto_err karto_postings_vocabulary(struct karto_tx *tx, struct karto_slice term, bool is_new,
                                                 void *context);

/* Writes what was collected; it stays collected. */
KARTO_CHECKED enum karto_err karto_postings_write(struct karto_tx *tx, struct karto_postings *postings,
                                                  karto_postings_vocabulary *vocabulary, void *context);

/* One row: its parts point into it. KARTO_E_CORRUPT. */
struct karto_block {
    struct karto_slice term;
    enum karto_place place;
    uint32_t first;
    struct karto_slice rest;
};
KARTO_CHECKED enum karto_err karto_block_parse(struct karto_slice key, struct karto_slice row,
                                               struct karto_block *block);

/* The numbers of a block, ascending: next begins with first, and gives false behind the last or at bytes that make no
 * sense. */
bool karto_block_next(struct karto_block *block, uint32_t *number);

/* Visits the blocks whose term is text, or, with begins, begins with it; in order. KARTO_E_INTERRUPTED of visit ends
 * the walk and comes back as KARTO_OK. visit may use up its block, and must not write. */
typedef enum karto_err karto_block_visit(struct karto_block *block, void *context);
KARTO_CHECKED enum karto_err karto_postings_walk(struct karto_tx *tx, struct karto_slice text, bool begins,
                                                 karto_block_visit *visit, void *context);

#endif
