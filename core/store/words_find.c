#include "core/base/fatal.h"
#include "core/base/layout.h"
#include "core/base/text.h"
#include "core/store/databases.h"
#include "core/store/grams.h"
#include "core/store/numbers.h"
#include "core/store/postings.h"
#include "core/store/query.h"
#include "core/store/words_match.h"
#include "core/store/words_note.h"

#include <stdlib.h>
#include <string.h>

/* How much is looked at for one word of a query before it counts as found everywhere; how many candidates of one tier
 * are looked at where the first are enough; and how few are simply looked at, whatever else was asked for. By these a
 * query is as quick with a word that everybody has. */
enum { POSTINGS_MAX = 1000000, SIMILAR_MAX = 2000, VERIFY_MIN = 128, FEW = 50 };

/* What the index tells of a candidate, the best first: a rough order of the ranks. */
enum tier {
    TIER_NONE,
    TIER_WHOLE,
    TIER_FIRST,
    TIER_FIRST_BEGINS,
    TIER_NAME, /* and two more for each place behind it, for a whole word and a beginning */
    TIER_TAIL = TIER_NAME + 2 * (KARTO_PLACES - KARTO_PLACE_NAME),
    TIER_PART, /* one for each place */
    TIER_TYPO = TIER_PART + KARTO_PLACES - KARTO_PLACE_WHOLE,
    TIERS = TIER_TYPO + KARTO_PLACES
};

const char *karto_how_name(enum karto_how how)
{
    static const char *const names[] = {
        [KARTO_HOW_EXACT] = "exact",   [KARTO_HOW_PREFIX] = "prefix", [KARTO_HOW_WORD] = "word",
        [KARTO_HOW_LAYOUT] = "layout", [KARTO_HOW_LATIN] = "latin",   [KARTO_HOW_SUBSTRING] = "substring",
        [KARTO_HOW_TYPO] = "typo"};
    return names[how];
}

/* ---- sets of candidates ---- */

/* Records by number, with the best tier of each. */
struct set {
    uint8_t *tiers;
    uint32_t *numbers; /* those that have one */
    uint32_t count, room, end;
    uint32_t seen; /* postings */
    bool everywhere;
};

static void set_init(struct set *set, uint32_t end)
{
    *set = (struct set){.tiers = karto_must(calloc(end, 1)), .end = end};
}

static void set_fini(struct set *set)
{
    free(set->tiers);
    free(set->numbers);
}

static void set_add(struct set *set, uint32_t number, unsigned tier)
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

struct similar {
    const struct karto_query_word *word;
    struct karto_arena *arena;
    struct karto_slice *words;
    uint32_t count;
    enum { SOUNDS, NAMED, CONTAINS, MISTYPED } by;
    struct karto_slice name; /* NAMED: the key of another name */
};

struct finding {
    struct karto_tx *tx;
    const struct karto_asked *asked;
    struct karto_arena scratch; /* of one candidate */
    const struct karto_reading *reading;
    enum karto_reach reach;
    struct karto_rid *noted;
    uint32_t noted_count;
    struct karto_hit *hits;
    uint32_t count, room;
    bool more;
    uint32_t best_rank;
    struct karto_buf best_words; /* of the best hit, with a space between them */
};

struct adding {
    struct set *set;
    const struct karto_query_word *word;
    unsigned tier; /* of a similar word, for the first place; NONE: the word itself */
};

static unsigned tier_of(const struct adding *adding, const struct karto_block *block)
{
    if (adding->tier >= TIER_TAIL)
        return adding->tier + block->place;
    bool whole = adding->tier == TIER_NONE && block->term.size == adding->word->text.size;
    if (block->place < KARTO_PLACE_NAME)
        return !whole ? TIER_FIRST_BEGINS : block->place == KARTO_PLACE_WHOLE ? TIER_WHOLE : TIER_FIRST;
    return TIER_NAME + 2 * (block->place - KARTO_PLACE_NAME) + !whole;
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

static enum karto_err walk_similar(struct finding *f, struct similar *s)
{
    const struct karto_query_word *word = s->word;
    switch (s->by) {
    case SOUNDS:
        return word->roman_key.size
                   ? karto_grams_sounding(f->tx, word->roman_key,
                                          word->begins && word->roman_key.size >= KARTO_PART_MIN, collect_similar, s)
                   : KARTO_OK;
    case NAMED: return karto_grams_sounding(f->tx, s->name, false, collect_similar, s);
    case CONTAINS: return karto_grams_inside(f->tx, word->text, collect_similar, s);
    case MISTYPED: return karto_grams_near(f->tx, word->text, word->edits, collect_similar, s);
    }
    return KARTO_OK;
}

static enum karto_err add_walked(struct finding *f, struct set *set, struct similar *s, unsigned tier)
{
    struct adding adding = {set, s->word, tier};
    s->arena = &f->scratch;
    s->words = karto_must(calloc(SIMILAR_MAX, sizeof *s->words));
    enum karto_err err = walk_similar(f, s);
    f->more = f->more || s->count == SIMILAR_MAX;
    for (uint32_t i = 0; i < s->count && err == KARTO_OK; i++)
        err = karto_postings_walk(f->tx, s->words[i], false, add_block, &adding);
    free(s->words);
    return err;
}

static enum karto_err add_similar(struct finding *f, struct set *set, const struct karto_query_word *word, int by,
                                  unsigned tier)
{
    struct similar s = {.word = word, .by = by};
    return add_walked(f, set, &s, tier);
}

static enum karto_err add_names(struct finding *f, struct set *set, const struct karto_query_word *word)
{
    enum karto_err err = KARTO_OK;
    for (unsigned i = 0; i < word->name_count && err == KARTO_OK; i++) {
        struct similar s = {.word = word, .by = NAMED, .name = word->names[i]};
        err = add_walked(f, set, &s, TIER_TYPO);
    }
    return err;
}

static enum karto_err add_letters(struct finding *f, struct set *set, const struct karto_query_word *word)
{
    struct adding adding = {set, word, TIER_NONE};
    enum karto_err err = karto_postings_walk(f->tx, word->text, word->begins, add_block, &adding);
    if (err == KARTO_OK)
        err = add_similar(f, set, word, SOUNDS, TIER_FIRST);
    if (err == KARTO_OK && f->reach >= KARTO_REACH_PARTS && word->letters >= KARTO_PART_MIN)
        err = add_similar(f, set, word, CONTAINS, TIER_PART);
    if (err == KARTO_OK && f->reach >= KARTO_REACH_TYPOS && word->letters >= KARTO_PART_MIN)
        err = add_similar(f, set, word, MISTYPED, TIER_TYPO);
    return err == KARTO_OK ? add_names(f, set, word) : err;
}

/* ---- digits ---- */

/* Counts for each record how many of the grams of a number it has, one after the other. */
struct counting {
    struct set *counts; /* tiers: how many */
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

static enum karto_err count_gram(struct finding *f, struct counting *c, uint8_t kind, const uint8_t *digits)
{
    uint8_t term[1 + KARTO_GRAM_DIGITS] = {kind};
    memcpy(term + 1, digits, KARTO_GRAM_DIGITS);
    c->left = 0;
    enum karto_err err = karto_postings_walk(f->tx, karto_slice(term, sizeof term), false, count_block, c);
    if (c->gram++ == 0)
        c->left = c->counts->count;
    return err;
}

/* Records that have all grams of digits, and few others: the last grams come first, since numbers differ at their end,
 * and where few records are left they are enough. */
static enum karto_err add_code(struct finding *f, struct set *set, struct karto_slice digits)
{
    enum { GRAMS_MAX = 60 };
    struct set counts;
    struct counting c = {&counts, 0, 0};
    enum karto_err err = KARTO_OK;
    if (digits.size < KARTO_GRAM_DIGITS)
        return KARTO_OK;
    size_t last = digits.size - KARTO_GRAM_DIGITS;
    set_init(&counts, set->end);
    for (size_t i = 0; i <= last && i < GRAMS_MAX && err == KARTO_OK && (i == 0 || c.left > FEW); i++)
        err = count_gram(f, &c, KARTO_TERM_DIGITS, digits.data + last - i);
    unsigned all = c.gram;
    if (err == KARTO_OK)
        err = count_gram(f, &c, KARTO_TERM_TAIL, digits.data + last);
    for (uint32_t i = 0; i < counts.count; i++) {
        unsigned count = counts.tiers[counts.numbers[i]];
        if (count >= all)
            set_add(set, counts.numbers[i], count > all ? TIER_TAIL : TIER_PART);
    }
    set_fini(&counts);
    return err;
}

static enum karto_err add_digits(struct finding *f, struct set *set, const struct karto_query_word *word)
{
    struct adding adding = {set, word, TIER_NONE};
    enum karto_err err = KARTO_OK;
    if (word->text.size < KARTO_CODE_DIGITS_MIN)
        err = karto_postings_walk(f->tx, word->text, word->begins, add_block, &adding);
    if (err == KARTO_OK)
        err = add_code(f, set, word->text);
    return err == KARTO_OK && word->other.size ? add_code(f, set, word->other) : err;
}

/* ---- looking at candidates ---- */

static void add_hit(struct finding *f, const struct karto_entry *entry, const struct karto_match *match)
{
    bool is_client = entry->view.kind == KARTO_CLIENT;
    const struct karto_hit hit = {entry->id,    entry->view.kind, is_client ? entry->id : karto_client_of(&entry->view),
                                  match->field, match->how,       match->rank};
    if (f->count == f->room) {
        f->room = f->room ? 2 * f->room : 64;
        f->hits = karto_must(realloc(f->hits, f->room * sizeof *f->hits));
    }
    f->hits[f->count++] = hit;
    if (f->count > 1 && f->best_rank <= hit.rank)
        return;
    f->best_rank = hit.rank;
    karto_buf_clear(&f->best_words);
    for (unsigned i = 0; i < f->reading->count; i++) {
        karto_buf_add_str(&f->best_words, i ? " " : "");
        karto_buf_add_slice(&f->best_words, match->words[i]);
    }
}

static bool is_wanted(const struct finding *f, uint32_t kind)
{
    return f->asked->kinds == 0 || (kind < 32 && f->asked->kinds & 1u << kind);
}

static enum karto_err look_at(struct finding *f, struct karto_rid id)
{
    struct karto_entry entry;
    struct karto_match match;
    struct karto_slice row;
    enum karto_err err = karto_kv_get(f->tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    karto_arena_reset(&f->scratch);
    err = karto_entry_decode(&f->scratch, id, row, &entry);
    if (err != KARTO_OK || !is_wanted(f, entry.view.kind) || (!f->asked->hidden && karto_record_hidden(&entry.view)) ||
        !karto_match_record(&f->scratch, f->reading, f->reach, &entry.view, f->asked->field, &match))
        return err;
    if (!f->asked->accept || f->asked->accept(f->tx, &entry, f->asked->context))
        add_hit(f, &entry, &match);
    return KARTO_OK;
}

static int compare_ids(const void *a, const void *b)
{
    return karto_rid_compare(*(const struct karto_rid *)a, *(const struct karto_rid *)b);
}

static enum karto_err look_at_number(struct finding *f, uint32_t number)
{
    uint32_t kind;
    struct karto_rid id;
    enum karto_err err = karto_number_record(f->tx, number, &kind, &id);
    if (err != KARTO_OK || !is_wanted(f, kind))
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (f->noted_count && bsearch(&id, f->noted, f->noted_count, sizeof id, compare_ids))
        return KARTO_OK; /* looked at by itself */
    return look_at(f, id);
}

/* The worst tier of a record over all words that are not everywhere; NONE: one of these is not in it. */
static unsigned tier_in_all(const struct set *sets, unsigned count, uint32_t number)
{
    unsigned worst = TIER_NONE + 1;
    for (unsigned i = 0; i < count; i++) {
        unsigned tier = sets[i].tiers[number];
        if (tier == TIER_NONE && !sets[i].everywhere)
            return TIER_NONE;
        worst = tier > worst ? tier : worst;
    }
    return worst;
}

/* The numbers that are in all sets, by tier; those of tier t end at ends[t]. */
static uint32_t *by_tier(const struct set *sets, unsigned count, uint32_t ends[TIERS + 1])
{
    const struct set *least = &sets[0];
    uint32_t counts[TIERS + 1] = {0};
    for (unsigned i = 1; i < count; i++)
        if (sets[i].everywhere < least->everywhere ||
            (sets[i].everywhere == least->everywhere && sets[i].count < least->count))
            least = &sets[i];
    uint32_t *out = karto_must(calloc((size_t)least->count + 1, sizeof *out));
    for (uint32_t i = 0; i < least->count; i++)
        counts[tier_in_all(sets, count, least->numbers[i])]++;
    ends[TIER_NONE] = 0;
    for (unsigned t = TIER_NONE + 1, at = 0; t <= TIERS; t++) {
        ends[t] = at; /* moves to the end as they are put in */
        at += counts[t];
    }
    for (uint32_t i = 0; i < least->count; i++) {
        unsigned tier = tier_in_all(sets, count, least->numbers[i]);
        if (tier != TIER_NONE)
            out[ends[tier]++] = least->numbers[i];
    }
    return out;
}

static enum karto_err look_at_all(struct finding *f, const struct set *sets, unsigned count)
{
    uint32_t ends[TIERS + 1], looked = 0, at = 0;
    uint32_t *numbers = by_tier(sets, count, ends);
    enum karto_err err = KARTO_OK;
    for (unsigned tier = TIER_NONE + 1; tier <= TIERS && err == KARTO_OK; tier++) {
        bool enough = f->count >= f->asked->limit;
        for (; at < ends[tier] && err == KARTO_OK; at++, looked++) {
            if (enough || (f->count >= f->asked->limit && looked >= VERIFY_MIN)) {
                f->more = true;
                break;
            }
            err = look_at_number(f, numbers[at]);
        }
        at = ends[tier];
    }
    free(numbers);
    return err;
}

/* ---- a reading ---- */

static enum karto_err look_at_noted(struct finding *f)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < f->noted_count && err == KARTO_OK; i++)
        err = look_at(f, f->noted[i]);
    return err;
}

static int compare_hits(const void *a, const void *b)
{
    const struct karto_hit *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return karto_rid_compare(x->id, y->id);
}

/* Whether what all sets so far have in common is little enough to look at. */
static bool are_few(const struct set *sets, unsigned count)
{
    enum { WORTH_COUNTING = 20000 };
    uint32_t least = UINT32_MAX, common = 0;
    unsigned which = 0;
    for (unsigned i = 0; i < count; i++)
        if (!sets[i].everywhere && sets[i].count < least)
            least = sets[which = i].count;
    if (least > WORTH_COUNTING)
        return false;
    for (uint32_t i = 0; i < least && common <= FEW; i++)
        common += tier_in_all(sets, count, sets[which].numbers[i]) != TIER_NONE;
    return common <= FEW;
}

/* The words of a query, those first that few records are likely to have: numbers, and long words. */
static void order_words(const struct karto_reading *reading, unsigned order[KARTO_QUERY_WORDS_MAX])
{
    for (unsigned i = 0; i < reading->count; i++) {
        const struct karto_query_word *word = &reading->words[i];
        unsigned at = i;
        for (; at > 0; at--) {
            const struct karto_query_word *before = &reading->words[order[at - 1]];
            if (before->digits > word->digits || (before->digits == word->digits && before->letters >= word->letters))
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
}

/* Once few are left, the words that remain are asked of the records themselves. */
static enum karto_err fill_sets(struct finding *f, struct set *sets, unsigned *made)
{
    unsigned order[KARTO_QUERY_WORDS_MAX];
    enum karto_err err = KARTO_OK;
    order_words(f->reading, order);
    for (*made = 0; *made < f->reading->count && err == KARTO_OK; ++*made) {
        const struct karto_query_word *word = &f->reading->words[order[*made]];
        if (*made > 0 && are_few(sets, *made))
            break;
        struct set *set = &sets[*made];
        set_init(set, f->tx->words.next + 1);
        err = word->digits ? add_digits(f, set, word) : add_letters(f, set, word);
        f->more = f->more || set->everywhere;
    }
    return err;
}

static enum karto_err find(struct finding *f, const struct karto_reading *reading, enum karto_reach reach)
{
    struct set sets[KARTO_QUERY_WORDS_MAX];
    unsigned made = 0;
    f->count = 0;
    f->more = false;
    f->reading = reading;
    f->reach = reach;
    enum karto_err err = look_at_noted(f);
    if (err == KARTO_OK)
        err = fill_sets(f, sets, &made);
    if (err == KARTO_OK && made > 0)
        err = look_at_all(f, sets, made);
    for (unsigned i = 0; i < made; i++)
        set_fini(&sets[i]);
    if (f->count > 1)
        qsort(f->hits, f->count, sizeof *f->hits, compare_hits);
    return err;
}

/* ---- the ways to read a query ---- */

static enum karto_err read_noted(struct finding *f)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    uint64_t count;
    enum karto_err err = karto_words_noted(f->tx, &count);
    if (err == KARTO_OK)
        err = karto_kv_cursor_open(f->tx->kv, KARTO_DB_NOTED, &cursor);
    if (err != KARTO_OK)
        return err;
    f->noted = karto_must(calloc((size_t)count + 1, sizeof *f->noted));
    while (f->noted_count < count && (err = karto_kv_next(cursor, &key, &row)) == KARTO_OK)
        f->noted[f->noted_count++] = karto_rid_read(key.data);
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* Digits in several parts, and nothing else: a phone, as people write it. */
static bool is_whole_number(struct karto_arena *arena, struct karto_slice text)
{
    struct karto_tokens tokens = karto_tokens_of(arena, text);
    size_t digits = 0;
    for (uint32_t i = 0; i < tokens.count; i++) {
        if (!tokens.all[i].digits)
            return false;
        digits += tokens.all[i].text.size;
    }
    return tokens.count > 1 && digits >= KARTO_GRAM_DIGITS;
}

static enum karto_read_as words_as(const struct finding *f)
{
    return f->asked->every_word ? KARTO_READ_WORDS : KARTO_READ_NAME;
}

/* As typed: a number as a whole, or words; and parts of words, unless the very thing was found, or enough. */
static enum karto_err find_typed(struct finding *f, struct karto_slice text, struct karto_reading *typed)
{
    enum karto_err err = KARTO_OK;
    bool number = is_whole_number(&f->tx->arena, text);
    karto_reading_of(&f->tx->arena, text, number ? KARTO_READ_NUMBER : words_as(f), typed);
    err = find(f, typed, KARTO_REACH_WORDS);
    if (err == KARTO_OK && f->count == 0 && number) {
        karto_reading_of(&f->tx->arena, text, words_as(f), typed);
        err = find(f, typed, KARTO_REACH_WORDS);
    }
    bool little = f->count > 0 && f->count < f->asked->limit && f->hits[0].how != KARTO_HOW_EXACT;
    return err == KARTO_OK && little ? find(f, typed, KARTO_REACH_PARTS) : err;
}

/* ---- words of a record, and words of the client that it hangs on ---- */

enum { KIN_CLIENTS_MAX = 200 }; /* that the client's words may mean */

static struct karto_reading part_of(const struct karto_reading *reading, unsigned from, unsigned end)
{
    struct karto_reading part = {.text = reading->text, .count = end - from, .layout = reading->layout};
    memcpy(part.words, reading->words + from, part.count * sizeof *part.words);
    return part;
}

static enum karto_err look_at_child(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct finding *f = context;
    struct karto_match match;
    f->more = f->count >= f->asked->limit;
    if (f->more)
        return KARTO_E_INTERRUPTED;
    karto_arena_reset(&f->scratch);
    if ((f->asked->hidden || !karto_record_hidden(&entry->view)) &&
        karto_match_record(&f->scratch, f->reading, f->reach, &entry->view, 0, &match) &&
        (!f->asked->accept || f->asked->accept(tx, entry, f->asked->context)))
        add_hit(f, entry, &match);
    return KARTO_OK;
}

/* What hangs on these clients and has the words of f->reading. */
static enum karto_err look_at_children(struct finding *f, const struct karto_hit *clients, uint32_t count)
{
    enum karto_err err = KARTO_OK;
    f->count = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t kind = KARTO_PERSON; kind <= KARTO_PURCHASE && err == KARTO_OK; kind++)
            if (is_wanted(f, kind))
                err = karto_each_child(f->tx, kind, clients[i].id, look_at_child, f);
    if (f->count > 1)
        qsort(f->hits, f->count, sizeof *f->hits, compare_hits);
    return err;
}

static enum karto_err find_kin(struct finding *f, const struct karto_reading *of_client,
                               const struct karto_reading *of_child)
{
    const struct karto_asked *asked = f->asked;
    const struct karto_asked clients = {.kinds = 1u << KARTO_CLIENT, .hidden = asked->hidden, .limit = KIN_CLIENTS_MAX};
    f->asked = &clients;
    enum karto_err err = find(f, of_client, KARTO_REACH_WORDS);
    f->asked = asked;
    bool cut = f->more || f->count > KIN_CLIENTS_MAX;
    uint32_t count = f->count < KIN_CLIENTS_MAX ? f->count : KIN_CLIENTS_MAX;
    struct karto_slice copy = karto_arena_copy(&f->tx->arena, karto_slice(f->hits, count * sizeof *f->hits));
    f->reading = of_child;
    if (err == KARTO_OK)
        err = look_at_children(f, (const struct karto_hit *)copy.data, count);
    f->more = f->more || cut;
    return err;
}

/* "Ромашка Іван", "Іван Ромашка": some words are the client's, and the others a person's or a visit's. */
static enum karto_err find_with_client(struct finding *f, const struct karto_reading *typed)
{
    enum karto_err err = KARTO_OK;
    if (f->count > 0 || f->asked->field || f->asked->kinds == 1u << KARTO_CLIENT)
        return KARTO_OK;
    for (unsigned at = 1; at < typed->count && err == KARTO_OK && f->count == 0; at++) {
        const struct karto_reading first = part_of(typed, 0, at), second = part_of(typed, at, typed->count);
        err = find_kin(f, &first, &second);
        if (err == KARTO_OK && f->count == 0)
            err = find_kin(f, &second, &first);
    }
    return err;
}

/* The same on the other keyboard layout. */
static enum karto_err find_other_with_client(struct finding *f, struct karto_slice other, struct karto_slice *read_as)
{
    struct karto_reading *reading = karto_arena_alloc(&f->tx->arena, sizeof *reading);
    karto_reading_of(&f->tx->arena, other, words_as(f), reading);
    reading->layout = true;
    enum karto_err err = find_with_client(f, reading);
    if (f->count > 0)
        *read_as = other;
    return err;
}

/* Read on as text, if that is another: in *reading. */
static enum karto_err find_other(struct finding *f, struct karto_slice typed, struct karto_slice text, bool layout,
                                 enum karto_reach reach, struct karto_slice *read_as)
{
    struct karto_reading *reading = karto_arena_alloc(&f->tx->arena, sizeof *reading);
    if (f->count > 0 || karto_slice_equal(typed, text))
        return KARTO_OK;
    karto_reading_of(&f->tx->arena, text, words_as(f), reading);
    reading->layout = layout;
    enum karto_err err = find(f, reading, reach);
    if (err == KARTO_OK && f->count > 0)
        *read_as = reach == KARTO_REACH_TYPOS ? karto_arena_copy(&f->tx->arena, karto_buf_slice(&f->best_words)) : text;
    return err;
}

static enum karto_err find_mistyped(struct finding *f, const struct karto_reading *typed, struct karto_slice *read_as)
{
    enum karto_err err = f->count == 0 ? find(f, typed, KARTO_REACH_PARTS) : KARTO_OK;
    if (err != KARTO_OK || f->count > 0)
        return err;
    err = find(f, typed, KARTO_REACH_TYPOS);
    if (err == KARTO_OK && f->count > 0)
        *read_as = karto_arena_copy(&f->tx->arena, karto_buf_slice(&f->best_words));
    return err;
}

static enum karto_err find_anyhow(struct finding *f, struct karto_slice *read_as)
{
    struct karto_arena *arena = &f->tx->arena;
    struct karto_slice text = karto_text_clean(arena, f->asked->text);
    struct karto_slice twin = karto_text_lookalike(arena, text), other = karto_layout_other(arena, text);
    struct karto_reading *typed = karto_arena_alloc(arena, sizeof *typed);
    enum karto_err err = find_typed(f, text, typed);
    if (err == KARTO_OK && f->count > 0 && f->hits[0].how == KARTO_HOW_TYPO) /* by another name */
        *read_as = karto_arena_copy(arena, karto_buf_slice(&f->best_words));
    if (err != KARTO_OK || f->asked->as_typed)
        return err;
    err = find_other(f, text, twin, false, KARTO_REACH_WORDS, read_as);
    if (err == KARTO_OK)
        err = find_other(f, text, other, true, KARTO_REACH_WORDS, read_as);
    if (err == KARTO_OK)
        err = find_with_client(f, typed);
    if (err == KARTO_OK && f->count == 0)
        err = find_other_with_client(f, other, read_as);
    if (err == KARTO_OK && f->count == 0)
        err = find_mistyped(f, typed, read_as);
    return err == KARTO_OK ? find_other(f, text, other, true, KARTO_REACH_TYPOS, read_as) : err;
}

enum karto_err karto_words_find(struct karto_tx *tx, const struct karto_asked *asked, struct karto_found *found)
{
    struct karto_asked bounded = *asked;
    struct finding f = {.tx = tx, .asked = &bounded, .best_words = KARTO_BUF_EMPTY};
    *found = (struct karto_found){.count = 0};
    bounded.limit = asked->limit < KARTO_HITS_MAX ? asked->limit : KARTO_HITS_MAX;
    karto_arena_init(&f.scratch);
    enum karto_err err = karto_words_state(tx);
    if (err == KARTO_OK)
        err = read_noted(&f);
    if (err == KARTO_OK)
        err = find_anyhow(&f, &found->read_as);
    if (err == KARTO_OK) {
        found->count = f.count < bounded.limit ? f.count : bounded.limit;
        found->more = f.more || f.count > found->count;
        found->incomplete = tx->words.making || !karto_words_is_ours(tx);
        found->hits =
            (const struct karto_hit *)karto_arena_copy(&tx->arena, karto_slice(f.hits, found->count * sizeof *f.hits))
                .data;
    }
    karto_arena_fini(&f.scratch);
    karto_buf_fini(&f.best_words);
    free(f.hits);
    free(f.noted);
    return err;
}
