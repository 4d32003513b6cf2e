/* ask.h - the records that a QUERY on the command line means (docs/QUERY.md). */
#ifndef KARTO_CLIENT_ASK_H
#define KARTO_CLIENT_ASK_H

#include "client/command.h"
#include "core/store/select.h"

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

/* Whether an entry is meant; hit may be NULL. */
KARTO_CHECKED enum karto_err karto_ask_fits(const struct karto_ask *ask, struct karto_tx *tx,
                                            const struct karto_entry *entry, bool *fits, struct karto_why *hit);

#endif
