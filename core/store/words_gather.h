/* words_gather.h - the terms of new records, kept in memory from when they were noted until they are settled: a bulk
 * load need not read again what it has just written. Only a saving: what is noted stands in the store, and whenever
 * anything else may have happened to it, all of this is forgotten.
 *
 * One for each open store, used by its write transactions alone, one after the other. */
#ifndef KARTO_STORE_WORDS_GATHER_H
#define KARTO_STORE_WORDS_GATHER_H

#include "core/store/postings.h"
#include "core/store/store.h"

struct karto_gathered;

struct karto_gathered *karto_gathered_new(void);
void karto_gathered_free(struct karto_gathered *gathered); /* NULL is fine */

/* The beginning of a write: forgets what was gathered unless the last commit to the store was of one that ended here.
 */
void karto_gathered_begin(struct karto_tx *tx);

/* The end of one that is about to be committed. */
void karto_gathered_end(struct karto_tx *tx);

/* A record that was not there before, and is noted: its number. Needs tx->words. aside: its terms are still to come. */
uint32_t karto_gathered_add(struct karto_tx *tx, const struct karto_record *view, bool aside);

/* Where they come to: the same until forget. */
struct karto_postings *karto_gathered_postings(const struct karto_tx *tx);

/* Something else has been, or will be, done to what is noted. */
void karto_gathered_forget(struct karto_tx *tx);

/* Whether these are all records that are noted, of which there are so many, and their numbers are still the next.
 * Needs tx->words. */
bool karto_gathered_all(const struct karto_tx *tx, uint64_t noted);

/* If so: gives them their numbers, and adds up in tx->words. Their terms, under these, are in *postings, which live
 * until forget. */
KARTO_CHECKED enum karto_err karto_gathered_number(struct karto_tx *tx, struct karto_postings **postings);

#endif
