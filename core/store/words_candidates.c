#include "core/store/words_candidates.h"

#include "core/base/fatal.h"
#include "core/store/grams.h"
#include "core/store/postings.h"

#include <stdlib.h>
#include <string.h>

/* How much is looked at for one word before it counts as found everywhere; how many similar words. */
enum { POSTINGS_MAX = 1000000, SIMILAR_MAX = 2000 };

/* ---- sets of candidates ---- */

void karto_candidates_init(struct karto_candidates *set, uint32_t end)
{
    *set = (struct karto_candidates){.tiers = karto_must(calloc(end, 1)), .end = end};
}

void karto_candidates_fini(struct karto_candidates *set)
{
    free(set->tiers);
    free(set->numbers);
}

static void set_add(struct karto_candidates *set, uint32_t number, unsigned tier)
{
    if (number >= set->end)
        return;
    if (!set->tiers[number]) {
        if (set->count == set->room) {
            set->room = set->room ? 2 * set->room : 1024;
            set->numbers = karto_must(realloc(set->numbers, set->room * sizeof *set->numbers));
        }
        set->numbers[set->count++] = number;
        set->tiers[number] = (uint8_t)tier;
    } else if (tier < set->tiers[number]) {
        set->tiers[number] = (uint8_t)tier;
    }
}

/* ---- from words to candidates ---- */

enum likeness { SOUNDS, NAMED, CONTAINS, MISTYPED };

struct similar {
    const struct karto_query_word *word;
    struct karto_arena *arena;
    struct karto_slice *words;
    uint32_t count;
    enum likeness by;
    struct karto_slice name; /* NAMED: the key of another name */
};

struct adding {
    struct karto_candidates *set;
    const struct karto_query_word *word;
    unsigned tier; /* of a similar word, for the first place; NONE: the word itself */
};

static unsigned tier_of(const struct adding *adding, const struct karto_block *block)
{
    if (adding->tier >= KARTO_TIER_TAIL)
        return adding->tier + block->place;
    bool whole = adding->tier == KARTO_TIER_NONE && block->term.size == adding->word->text.size;
    if (block->place < KARTO_PLACE_NAME)
        return !whole                              ? KARTO_TIER_FIRST_BEGINS
               : block->place == KARTO_PLACE_WHOLE ? KARTO_TIER_WHOLE
                                                   : KARTO_TIER_FIRST;
    return KARTO_TIER_NAME + 2 * (block->place - KARTO_PLACE_NAME) + !whole;
}

static enum karto_err add_block(struct karto_block *block, void *context)
{
    struct adding *adding = context;
    unsigned tier = tier_of(adding, block);
    for (uint32_t number; karto_block_next(block, &number); adding->set->seen++)
        set_add(adding->set, number, tier);
    adding->set->everywhere = adding->set->seen > POSTINGS_MAX;
    return adding->set->everywhere ? KARTO_E_INTERRUPTED : KARTO_OK;
}

static bool is_similar(const struct similar *s, struct karto_slice word)
{
    struct karto_slice part = s->word->text;
    switch (s->by) {
    case SOUNDS: return karto_is_other_alphabet(word, part);
    case NAMED: return true;
    case CONTAINS:
        for (size_t i = 1; i + part.size <= word.size; i++)
            if (memcmp(word.data + i, part.data, part.size) == 0)
                return true;
        return false;
    case MISTYPED: return karto_is_mistyped(s->arena, s->word, word);
    }
    return false;
}

static enum karto_err collect_similar(struct karto_slice word, void *context)
{
    struct similar *s = context;
    struct karto_arena_mark mark = karto_arena_mark(s->arena);
    bool similar = is_similar(s, word);
    karto_arena_release(s->arena, mark);
    if (similar)
        s->words[s->count++] = word;
    return s->count == SIMILAR_MAX ? KARTO_E_INTERRUPTED : KARTO_OK;
}

static enum karto_err walk_similar(struct karto_candidates_asking *asking, struct similar *s)
{
    const struct karto_query_word *word = s->word;
    switch (s->by) {
    case SOUNDS:
        return word->roman_key.size
                   ? karto_grams_sounding(asking->tx, word->roman_key,
                                          word->begins && word->roman_key.size >= KARTO_PART_MIN, collect_similar, s)
                   : KARTO_OK;
    case NAMED: return karto_grams_sounding(asking->tx, s->name, false, collect_similar, s);
    case CONTAINS: return karto_grams_inside(asking->tx, word->text, collect_similar, s);
    case MISTYPED: return karto_grams_near(asking->tx, word->text, word->edits, collect_similar, s);
    }
    return KARTO_OK;
}

static enum karto_err add_walked(struct karto_candidates_asking *asking, struct karto_candidates *set,
                                 struct similar *s, unsigned tier)
{
    struct adding adding = {set, s->word, tier};
    s->arena = asking->scratch;
    s->words = karto_must(calloc(SIMILAR_MAX, sizeof *s->words));
    enum karto_err err = walk_similar(asking, s);
    asking->more = asking->more || s->count == SIMILAR_MAX;
    for (uint32_t i = 0; i < s->count && err == KARTO_OK; i++)
        err = karto_postings_walk(asking->tx, s->words[i], false, add_block, &adding);
    free(s->words);
    return err;
}

static enum karto_err add_similar(struct karto_candidates_asking *asking, struct karto_candidates *set,
                                  const struct karto_query_word *word, enum likeness by, unsigned tier)
{
    struct similar s = {.word = word, .by = by};
    return add_walked(asking, set, &s, tier);
}

static enum karto_err add_names(struct karto_candidates_asking *asking, struct karto_candidates *set,
                                const struct karto_query_word *word)
{
    enum karto_err err = KARTO_OK;
    for (unsigned i = 0; i < word->name_count && err == KARTO_OK; i++) {
        struct similar s = {.word = word, .by = NAMED, .name = word->names[i]};
        err = add_walked(asking, set, &s, KARTO_TIER_TYPO);
    }
    return err;
}

static enum karto_err add_letters(struct karto_candidates_asking *asking, struct karto_candidates *set,
                                  const struct karto_query_word *word)
{
    struct adding adding = {set, word, KARTO_TIER_NONE};
    enum karto_err err = karto_postings_walk(asking->tx, word->text, word->begins, add_block, &adding);
    if (err == KARTO_OK)
        err = add_similar(asking, set, word, SOUNDS, KARTO_TIER_FIRST);
    if (err == KARTO_OK && asking->reach >= KARTO_REACH_PARTS && word->letters >= KARTO_PART_MIN)
        err = add_similar(asking, set, word, CONTAINS, KARTO_TIER_PART);
    if (err == KARTO_OK && asking->reach >= KARTO_REACH_TYPOS && word->letters >= KARTO_PART_MIN)
        err = add_similar(asking, set, word, MISTYPED, KARTO_TIER_TYPO);
    return err == KARTO_OK ? add_names(asking, set, word) : err;
}

/* ---- digits ---- */

/* Counts for each record how many of the grams of a number it has, one after the other. */
struct counting {
    struct karto_candidates *counts; /* tiers: how many */
    unsigned gram;
    uint32_t left; /* that had the last one, and all before */
};

static enum karto_err count_block(struct karto_block *block, void *context)
{
    struct counting *c = context;
    for (uint32_t number; karto_block_next(block, &number);) {
        if (number >= c->counts->end)
            break;
        if (c->gram == 0)
            set_add(c->counts, number, 1);
        else if (c->counts->tiers[number] == c->gram)
            c->counts->tiers[number]++, c->left++;
    }
    return KARTO_OK;
}

static enum karto_err count_gram(struct karto_candidates_asking *asking, struct counting *c, uint8_t kind,
                                 const uint8_t *digits)
{
    uint8_t term[1 + KARTO_GRAM_DIGITS] = {kind};
    memcpy(term + 1, digits, KARTO_GRAM_DIGITS);
    c->left = 0;
    enum karto_err err = karto_postings_walk(asking->tx, karto_slice(term, sizeof term), false, count_block, c);
    if (c->gram++ == 0)
        c->left = c->counts->count;
    return err;
}

/* Records that have all grams of digits, and few others: the last grams come first, since numbers differ at their end,
 * and where few records are left they are enough. */
static enum karto_err add_code(struct karto_candidates_asking *asking, struct karto_candidates *set,
                               struct karto_slice digits)
{
    enum { GRAMS_MAX = 60 };
    struct karto_candidates counts;
    struct counting c = {&counts, 0, 0};
    enum karto_err err = KARTO_OK;
    if (digits.size < KARTO_GRAM_DIGITS)
        return KARTO_OK;
    size_t last = digits.size - KARTO_GRAM_DIGITS;
    karto_candidates_init(&counts, set->end);
    for (size_t i = 0; i <= last && i < GRAMS_MAX && err == KARTO_OK && (i == 0 || c.left > KARTO_CANDIDATES_FEW); i++)
        err = count_gram(asking, &c, KARTO_TERM_DIGITS, digits.data + last - i);
    unsigned all = c.gram;
    if (err == KARTO_OK)
        err = count_gram(asking, &c, KARTO_TERM_TAIL, digits.data + last);
    for (uint32_t i = 0; i < counts.count; i++) {
        unsigned count = counts.tiers[counts.numbers[i]];
        if (count >= all)
            set_add(set, counts.numbers[i], count > all ? KARTO_TIER_TAIL : KARTO_TIER_PART);
    }
    karto_candidates_fini(&counts);
    return err;
}

static enum karto_err add_digits(struct karto_candidates_asking *asking, struct karto_candidates *set,
                                 const struct karto_query_word *word)
{
    struct adding adding = {set, word, KARTO_TIER_NONE};
    enum karto_err err = KARTO_OK;
    if (word->text.size < KARTO_CODE_DIGITS_MIN)
        err = karto_postings_walk(asking->tx, word->text, word->begins, add_block, &adding);
    if (err == KARTO_OK)
        err = add_code(asking, set, word->text);
    return err == KARTO_OK && word->other.size ? add_code(asking, set, word->other) : err;
}

enum karto_err karto_candidates_add(struct karto_candidates_asking *asking, struct karto_candidates *set,
                                    const struct karto_query_word *word)
{
    return word->digits ? add_digits(asking, set, word) : add_letters(asking, set, word);
}
