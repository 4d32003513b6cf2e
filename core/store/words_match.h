/* words_match.h - whether and how a record fits what was asked: what the index only guesses, and what ranks the hits.
 */
#ifndef KARTO_STORE_WORDS_MATCH_H
#define KARTO_STORE_WORDS_MATCH_H

#include "core/base/other_name.h"
#include "core/store/terms.h"
#include "core/store/words.h"

/* How far a reading may go from the letters that stand there. */
enum karto_reach {
    KARTO_REACH_WORDS, /* words and their beginnings, in either alphabet; digits */
    KARTO_REACH_PARTS, /* also parts of words */
    KARTO_REACH_TYPOS, /* also mistyped words */
};

enum {
    KARTO_QUERY_WORDS_MAX = 16, /* more are not asked for */
    KARTO_QUERY_FORMS_MAX = 4,
    KARTO_PART_MIN = 3, /* letters that a part of a word has, and a beginning in the other alphabet */
};

/* One word of a query. */
struct karto_query_word {
    struct karto_slice text;                         /* folded; of digits, the digits */
    struct karto_slice other;                        /* of digits: the same phone with its country; empty: none */
    struct karto_slice roman_key;                    /* of letters */
    struct karto_slice names[KARTO_OTHER_NAMES_MAX]; /* of letters: other names of the same, as keys */
    unsigned name_count;
    unsigned letters, edits; /* how many letters, and how many of them may be wrong */
    bool digits;
    bool begins; /* words that only begin so do too */
};

/* A query, taken in one of several ways. */
struct karto_reading {
    struct karto_slice text;
    struct karto_query_word words[KARTO_QUERY_WORDS_MAX];
    unsigned count;
    struct karto_slice forms[KARTO_QUERY_FORMS_MAX]; /* beside these: who has them comes first of equals */
    unsigned form_count;
    bool layout; /* what fits, fits by the other layout */
};

/* What the words of a text are. */
enum karto_read_as {
    KARTO_READ_WORDS,  /* each is asked for */
    KARTO_READ_NAME,   /* the same, but legal forms before and behind others are no matter */
    KARTO_READ_NUMBER, /* all digits are one number */
};

/* Reads text (valid UTF-8). In the arena. */
void karto_reading_of(struct karto_arena *arena, struct karto_slice text, enum karto_read_as as,
                      struct karto_reading *reading);

/* Whether word, of letters, may be text mistyped. */
bool karto_is_mistyped(struct karto_arena *arena, const struct karto_query_word *word, struct karto_slice text);

/* Whether two words are written in different alphabets. */
bool karto_is_other_alphabet(struct karto_slice a, struct karto_slice b);

struct karto_match {
    uint32_t field, rank;
    enum karto_how how;
    struct karto_slice words[KARTO_QUERY_WORDS_MAX]; /* of the record, in the order of the query's; in the arena */
};

/* false: not all words are in the record. only_field: 0 for any. */
bool karto_match_record(struct karto_arena *arena, const struct karto_reading *reading, enum karto_reach reach,
                        const struct karto_record *record, uint32_t only_field, struct karto_match *match);

#endif
