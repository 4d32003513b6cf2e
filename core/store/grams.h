/* grams.h - the vocabulary of the index by what its words are made of: three letters in a row of their loose form, and
 * how they sound in Latin letters. From parts of a word, or a mistyped one, to words.
 *
 * Words of digits are not in it: digits are not mistyped like letters, and a code has its own terms. */
#ifndef KARTO_STORE_GRAMS_H
#define KARTO_STORE_GRAMS_H

#include "core/store/store.h"

/* The rows of a word, for those that write and check them: in no order. */
typedef enum karto_err karto_gram_row(struct karto_tx *tx, struct karto_slice key, void *context);
KARTO_CHECKED enum karto_err karto_gram_rows(struct karto_tx *tx, struct karto_slice word, karto_gram_row *row,
                                             void *context);

/* A word, which points into the store. */
typedef enum karto_err karto_gram_visit(struct karto_slice word, void *context);

/* Visits, in no order, each word that has all letters of part in a row, but for those that the loose form leaves out or
 * takes for others: what is found must be looked at. Part has two letters at least in its loose form, else nothing is
 * found. A word may come more than once. KARTO_E_INTERRUPTED of visit ends it and comes back as KARTO_OK. */
KARTO_CHECKED enum karto_err karto_grams_inside(struct karto_tx *tx, struct karto_slice part, karto_gram_visit *visit,
                                                void *context);

/* The same with each word that so many edits may have made of word, and others: each once. */
KARTO_CHECKED enum karto_err karto_grams_near(struct karto_tx *tx, struct karto_slice word, unsigned edits,
                                              karto_gram_visit *visit, void *context);

/* The same with each word whose key in Latin letters (karto_roman_key) is this, or begins with it. */
KARTO_CHECKED enum karto_err karto_grams_sounding(struct karto_tx *tx, struct karto_slice roman_key, bool begins,
                                                  karto_gram_visit *visit, void *context);

#endif
