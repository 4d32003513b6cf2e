#include "core/base/fatal.h"
#include "core/base/layout.h"
#include "core/base/text.h"
#include "core/store/databases.h"
#include "core/store/numbers.h"
#include "core/store/query.h"
#include "core/store/words_candidates.h"
#include "core/store/words_note.h"

#include <stdlib.h>
#include <string.h>

/* Candidates of one tier that are looked at where the first are enough: so a query is as quick with a word that
 * everybody has. */
enum { VERIFY_MIN = 128 };

const char *karto_how_name(enum karto_how how)
{
    static const char *const names[] = {
        [KARTO_HOW_EXACT] = "exact",   [KARTO_HOW_PREFIX] = "prefix", [KARTO_HOW_WORD] = "word",
        [KARTO_HOW_LAYOUT] = "layout", [KARTO_HOW_LATIN] = "latin",   [KARTO_HOW_SUBSTRING] = "substring",
        [KARTO_HOW_TYPO] = "typo"};
    return names[how];
}

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
static unsigned tier_in_all(const struct karto_candidates *sets, unsigned count, uint32_t number)
{
    unsigned worst = KARTO_TIER_NONE + 1;
    for (unsigned i = 0; i < count; i++) {
        unsigned tier = sets[i].tiers[number];
        if (tier == KARTO_TIER_NONE && !sets[i].everywhere)
            return KARTO_TIER_NONE;
        worst = tier > worst ? tier : worst;
    }
    return worst;
}

/* The numbers that are in all sets, by tier; those of tier t end at ends[t]. */
static uint32_t *by_tier(const struct karto_candidates *sets, unsigned count, uint32_t ends[KARTO_TIERS + 1])
{
    const struct karto_candidates *least = &sets[0];
    uint32_t counts[KARTO_TIERS + 1] = {0};
    for (unsigned i = 1; i < count; i++)
        if (sets[i].everywhere < least->everywhere ||
            (sets[i].everywhere == least->everywhere && sets[i].count < least->count))
            least = &sets[i];
    uint32_t *out = karto_must(calloc((size_t)least->count + 1, sizeof *out));
    for (uint32_t i = 0; i < least->count; i++)
        counts[tier_in_all(sets, count, least->numbers[i])]++;
    ends[KARTO_TIER_NONE] = 0;
    for (unsigned t = KARTO_TIER_NONE + 1, at = 0; t <= KARTO_TIERS; t++) {
        ends[t] = at; /* moves to the end as they are put in */
        at += counts[t];
    }
    for (uint32_t i = 0; i < least->count; i++) {
        unsigned tier = tier_in_all(sets, count, least->numbers[i]);
        if (tier != KARTO_TIER_NONE)
            out[ends[tier]++] = least->numbers[i];
    }
    return out;
}

static enum karto_err look_at_all(struct finding *f, const struct karto_candidates *sets, unsigned count)
{
    uint32_t ends[KARTO_TIERS + 1], looked = 0, at = 0;
    uint32_t *numbers = by_tier(sets, count, ends);
    enum karto_err err = KARTO_OK;
    for (unsigned tier = KARTO_TIER_NONE + 1; tier <= KARTO_TIERS && err == KARTO_OK; tier++) {
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
static bool are_few(const struct karto_candidates *sets, unsigned count)
{
    enum { WORTH_COUNTING = 20000 };
    uint32_t least = UINT32_MAX, common = 0;
    unsigned which = 0;
    for (unsigned i = 0; i < count; i++)
        if (!sets[i].everywhere && sets[i].count < least)
            least = sets[which = i].count;
    if (least > WORTH_COUNTING)
        return false;
    for (uint32_t i = 0; i < least && common <= KARTO_CANDIDATES_FEW; i++)
        common += tier_in_all(sets, count, sets[which].numbers[i]) != KARTO_TIER_NONE;
    return common <= KARTO_CANDIDATES_FEW;
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
static enum karto_err fill_sets(struct finding *f, struct karto_candidates *sets, unsigned *made)
{
    unsigned order[KARTO_QUERY_WORDS_MAX];
    struct karto_candidates_asking asking = {f->tx, &f->scratch, f->reach, false};
    enum karto_err err = KARTO_OK;
    order_words(f->reading, order);
    for (*made = 0; *made < f->reading->count && err == KARTO_OK; ++*made) {
        const struct karto_query_word *word = &f->reading->words[order[*made]];
        if (*made > 0 && are_few(sets, *made))
            break;
        struct karto_candidates *set = &sets[*made];
        karto_candidates_init(set, f->tx->words.next + 1);
        err = karto_candidates_add(&asking, set, word);
        f->more = f->more || asking.more || set->everywhere;
    }
    return err;
}

static enum karto_err find(struct finding *f, const struct karto_reading *reading, enum karto_reach reach)
{
    struct karto_candidates sets[KARTO_QUERY_WORDS_MAX];
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
        karto_candidates_fini(&sets[i]);
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
