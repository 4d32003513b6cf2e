/* words_note.h - what the files of the index of words share: its state, and the notes of records that changed. */
#ifndef KARTO_STORE_WORDS_NOTE_H
#define KARTO_STORE_WORDS_NOTE_H

#include "core/store/terms.h"
#include "core/store/words.h"

/* What words_new says of a record. */
struct karto_note {
    bool there;               /* else the index has the record's own terms */
    bool indexed;             /* else it has none of it, nor a number */
    struct karto_terms terms; /* that it has */
};
KARTO_CHECKED enum karto_err karto_note_get(struct karto_tx *tx, struct karto_rid id, struct karto_note *note);

/* Reads tx->words, if that was not done yet. */
KARTO_CHECKED enum karto_err karto_words_state(struct karto_tx *tx);

/* Whether what is there was written by programs that cut words as this one does. Needs tx->words. */
bool karto_words_is_ours(const struct karto_tx *tx);

/* Whether the making of the index has come to a record. Needs tx->words. */
bool karto_words_has(const struct karto_tx *tx, struct karto_rid id);

#endif
