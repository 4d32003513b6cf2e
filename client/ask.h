/* ask.h - the records that a QUERY on the command line means (docs/QUERY.md). */
#ifndef KARTO_CLIENT_ASK_H
#define KARTO_CLIENT_ASK_H

#include "client/cli.h"
#include "core/store/select.h"
#include "core/store/words.h"

struct karto_ask {
    struct karto_slice text; /* as typed, its words with a space between them */
    bool hidden;             /* those too, without is:hidden */
    bool named;              /* nothing but words: they may also name a record */
    struct karto_select select;
};

/* Joins the words of the command line. KARTO_E_USAGE: they are not UTF-8. */
KARTO_CHECKED enum karto_err karto_ask_words(struct karto_cli *cli, struct karto_ask *ask);

/* Reads the text as a query for records of kind. KARTO_E_USAGE: in problem, with a mark under the place. */
KARTO_CHECKED enum karto_err karto_ask_read(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind,
                                            struct karto_ask *ask);

/* The same, or, where the text is no query but might be words typed on the other keyboard layout, on which letters are
 * its signs: *words is all of it, and the problem stands in cli for who finds nothing by them. Else *words are those
 * that an index is to be asked for (karto_query_words), and ask is the rest. */
KARTO_CHECKED enum karto_err karto_ask_for_words(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind,
                                                 struct karto_ask *ask, struct karto_slice *words, bool *doubtful);

/* What the query means by the index of words, where it has words that every record must have and the index knows all
 * that have them: *found, without those that only a mistyped letter has brought. *whole: false where that is not so,
 * and everything must be looked at. */
KARTO_CHECKED enum karto_err karto_ask_index(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind,
                                             const struct karto_ask *ask, struct karto_found *found, bool *whole);

/* How the index has found a record. */
struct karto_why karto_ask_why(const struct karto_hit *hit);

/* Whether an entry is meant; hit may be NULL. */
KARTO_CHECKED enum karto_err karto_ask_fits(const struct karto_ask *ask, struct karto_tx *tx,
                                            const struct karto_entry *entry, bool *fits, struct karto_why *hit);

#endif
