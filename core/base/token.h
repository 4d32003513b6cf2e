/* token.h - the words of a text: how it is cut for looking up, and by whom it is looked up. */
#ifndef KARTO_BASE_TOKEN_H
#define KARTO_BASE_TOKEN_H

#include "core/base/arena.h"

enum { KARTO_TOKEN_SIZE_MAX = 64 }; /* bytes; longer words are cut, at a letter */

/* A word: letters with their marks, or digits; "12а" is two that touch. Folded as karto_text_fold does: no case, no
 * apostrophes, look-alikes repaired. Quotation marks, unlike there, separate, but for what
 * karto_text_is_old_apostrophe says. */
struct karto_token {
    struct karto_slice text;
    bool digits;  /* else letters */
    bool touches; /* nothing stands between it and the one before */
};

struct karto_tokens {
    struct karto_token *all;
    uint32_t count;
};

/* All words of text (valid UTF-8), in order; in the arena. */
struct karto_tokens karto_tokens_of(struct karto_arena *arena, struct karto_slice text);

/* Changes whenever the words of some text may have: with this file, and with the Unicode version of ICU, which folds
 * what is neither ASCII nor Cyrillic. Words stored under another are to be made anew. */
uint64_t karto_token_version(void);

#endif
