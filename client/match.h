/* match.h - whether a client is meant by some words. */
#ifndef KARTO_CLIENT_MATCH_H
#define KARTO_CLIENT_MATCH_H

#include "core/model/record.h"

enum { KARTO_MATCH_WORDS_MAX = 16 };

/* What is looked for, folded once. */
struct karto_match {
    struct karto_slice words[KARTO_MATCH_WORDS_MAX]; /* folded */
    uint32_t count;
    struct karto_slice whole; /* all of it, clean */
};

/* How the first word, or all of the words as one code, was found. */
struct karto_hit {
    const char *field; /* NULL: nothing was asked */
    const char *how;   /* "exact", "prefix", "word", "substring" */
};

/* Reads text, which is UTF-8, into match; words behind the 16th do not count. All of it lives in arena. */
void karto_match_init(struct karto_match *match, struct karto_arena *arena, struct karto_slice text);

/* Whether each word occurs in the name, the city or the street, whatever its case and apostrophes, or is an EDRPOU, a
 * phone, an external id or the short id; or all of them together are one of these. Nothing asked: everybody. arena is
 * for what is made on the way. */
bool karto_match(const struct karto_match *match, struct karto_arena *arena, const struct karto_record *record,
                 struct karto_hit *hit);

#endif
