/* words_candidates.h - which records may have a word of a query, as far as the index of words tells; words_match.h then
 * looks at the records themselves. */
#ifndef KARTO_STORE_WORDS_CANDIDATES_H
#define KARTO_STORE_WORDS_CANDIDATES_H

#include "core/store/store.h"
#include "core/store/words_match.h"

/* What the index tells of a candidate, the best first: a rough order of the ranks. */
enum karto_tier {
    KARTO_TIER_NONE,
    KARTO_TIER_WHOLE,
    KARTO_TIER_FIRST,
    KARTO_TIER_FIRST_BEGINS,
    KARTO_TIER_NAME, /* and two more for each place behind it, for a whole word and a beginning */
    KARTO_TIER_TAIL = KARTO_TIER_NAME + 2 * (KARTO_PLACES - KARTO_PLACE_NAME),
    KARTO_TIER_PART, /* one for each place */
    KARTO_TIER_TYPO = KARTO_TIER_PART + KARTO_PLACES - KARTO_PLACE_WHOLE,
    KARTO_TIERS = KARTO_TIER_TYPO + KARTO_PLACES
};

enum { KARTO_CANDIDATES_FEW = 50 }; /* that are simply looked at, without asking the index for more */

/* Records by number, with the best tier of each. */
struct karto_candidates {
    uint8_t *tiers;    /* by number: KARTO_TIER_..., NONE of those that are not among them */
    uint32_t *numbers; /* those that are */
    uint32_t count, room, end;
    uint32_t seen;   /* postings */
    bool everywhere; /* there are so many that any record may have it */
};

/* None; numbers below end can be. */
void karto_candidates_init(struct karto_candidates *set, uint32_t end);
void karto_candidates_fini(struct karto_candidates *set);

/* How the index is asked. */
struct karto_candidates_asking {
    struct karto_tx *tx;
    struct karto_arena *scratch; /* marked and released */
    enum karto_reach reach;
    bool more; /* out: there are similar words that were not looked at */
};

/* Adds those that have this word, of letters or of digits, as far as reach goes. */
KARTO_CHECKED enum karto_err karto_candidates_add(struct karto_candidates_asking *asking, struct karto_candidates *set,
                                                  const struct karto_query_word *word);

#endif
