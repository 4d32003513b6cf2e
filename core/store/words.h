/* words.h - finding records by the words that are in them: whole, begun, in part, mistyped, in the other alphabet or on
 * the other keyboard layout; and by digits of phones and codes.
 *
 * What is looked at (terms.h): of clients name, full name, EDRPOU, external id, phones, e-mails, site, tags, cities,
 * streets and houses, attributes, note; of persons name, role, phones, e-mails, note; of activities text, outcome,
 * next; of purchases number, external id, products of the lines. As the user sees them: pending changes included; of
 * several heads the one that is shown.
 *
 * How it is kept: every record that changed is noted in the transaction that changes it (words_new), with the words
 * that the index still has of it; records are put into the index many at a time, by karto_words_settle. Queries look at
 * both, so that they always see what is committed. karto_store_write settles now and then by itself; who writes in
 * bulk, or has just synchronised, may do it at once.
 *
 * Invariants: the index holds of every record that is not noted exactly its words, and of every one that is noted those
 * of its note; a word is in the vocabulary exactly if some record has it; each record that was ever settled has one
 * local number, which no other ever had. */
#ifndef KARTO_STORE_WORDS_H
#define KARTO_STORE_WORDS_H

#include "core/store/entry.h"

/* ---- keeping it ---- */

/* Notes that the words of a record may have changed: part of karto_entry_save. Writes nothing if they have not. aside
 * is NULL, or the record is new, and *aside becomes the number that karto_aside_give wants, or stays as it is. */
KARTO_CHECKED enum karto_err karto_words_update(struct karto_tx *tx, const struct karto_entry *before,
                                                const struct karto_entry *after, uint32_t *aside);

/* Puts what is noted into the index, in transactions of a few thousand records each, until at most this many notes are
 * left. Waits for other writers. Being killed, or an error, leaves what was done so far. */
KARTO_CHECKED enum karto_err karto_words_settle(struct karto_store *store, uint64_t most_left);

/* For karto_store_open: indexes what an older version has left without, or has cut into words differently. In bounded
 * transactions; goes on where it was cut off. */
KARTO_CHECKED enum karto_err karto_words_prepare(struct karto_store *store);

/* For karto_store_create: a store without records needs no preparing. */
KARTO_CHECKED enum karto_err karto_words_begin(struct karto_tx *tx);

/* The beginning and the end of every write. Forgets the index, which is then to be prepared, if a program has written
 * that knows nothing of it, or cuts words differently. Says at the end that this one did know. */
KARTO_CHECKED enum karto_err karto_words_keep(struct karto_tx *tx);
KARTO_CHECKED enum karto_err karto_words_kept(struct karto_tx *tx);

/* How many records are noted and not yet in the index: 0 to some thousands. Queries read each of them. */
KARTO_CHECKED enum karto_err karto_words_noted(struct karto_tx *tx, uint64_t *count);

/* For karto_check: *fine is whether the index, its vocabulary and its numbers are what the records and notes say. */
KARTO_CHECKED enum karto_err karto_words_check(struct karto_tx *tx, bool *fine);

/* ---- asking it ---- */

/* How a hit matches, the best first. */
enum karto_how {
    KARTO_HOW_EXACT,     /* the value is what was asked for; of a name, without its legal form */
    KARTO_HOW_PREFIX,    /* it begins so */
    KARTO_HOW_WORD,      /* words in it are, or begin, so */
    KARTO_HOW_LAYOUT,    /* any of these, read on the other keyboard layout */
    KARTO_HOW_LATIN,     /* any of these, written in the other alphabet */
    KARTO_HOW_SUBSTRING, /* in the middle of a word, or digits of a code */
    KARTO_HOW_TYPO,      /* but for one letter in words of 4 to 7, two from 8 on; or another name of the same */
};
const char *karto_how_name(enum karto_how how); /* "exact", ... as in the JSON of find */

struct karto_hit {
    struct karto_rid id;
    uint32_t kind;
    struct karto_rid client; /* what it hangs on; of a client, its own id; all zero: nothing */
    uint32_t field;          /* where the first of the words was found, of the schema of kind */
    enum karto_how how;      /* of the words asked for, the one that fits least */
    uint32_t rank;           /* less is better; of equal ones the older record stands first */
};

/* Whether a record counts, for conditions beside the words. entry and what it points into are gone afterwards. */
typedef bool karto_words_accept(struct karto_tx *tx, const struct karto_entry *entry, void *context);

/* Several words must all be in one record. Where none has them all, the first or the last may be those of the client,
 * and the others of what hangs on it. */
struct karto_asked {
    struct karto_slice text;    /* as typed, valid UTF-8; several words: see above */
    uint32_t kinds;             /* 1 << kind for each that is wanted; 0: all */
    uint32_t field;             /* only words of this field; 0: of any */
    bool hidden;                /* hidden records too */
    bool every_word;            /* else legal forms before and behind others need not be there */
    bool as_typed;              /* nothing that it may have been meant for */
    uint32_t limit;             /* at most this many hits, and at most KARTO_HITS_MAX */
    karto_words_accept *accept; /* NULL: all count */
    void *context;
};

struct karto_found {
    const struct karto_hit *hits; /* best first; in the arena of tx, like all below */
    uint32_t count;
    bool more;                  /* there may be others */
    struct karto_slice read_as; /* what it was taken for, if that is not what was typed; else empty */
    bool incomplete;            /* the index is still being made, for the first time or anew */
};

enum { KARTO_HITS_MAX = 1000 };

/* Nothing found, or no word in text: no hits, and KARTO_OK. In a transaction that writes, only before it has written
 * anything. */
KARTO_CHECKED enum karto_err karto_words_find(struct karto_tx *tx, const struct karto_asked *asked,
                                              struct karto_found *found);

#endif
