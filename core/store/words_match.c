#include "core/store/words_match.h"

#include "core/base/codes.h"
#include "core/base/loose.h"
#include "core/base/roman.h"
#include "core/base/text.h"

#include <string.h>

enum { ONE_EDIT = 4, TWO_EDITS = 8 }; /* letters from which on so many may be wrong */

/* ---- reading ---- */

static unsigned count_letters(struct karto_slice word)
{
    unsigned count = 0;
    for (size_t i = 0; i < word.size; i++)
        count += (word.data[i] & 0xC0) != 0x80;
    return count;
}

static struct karto_slice only_digits(struct karto_arena *arena, struct karto_slice text)
{
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    for (size_t i = 0; i < text.size && text.data[i] != 'x'; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9')
            out[size++] = text.data[i];
    return karto_slice(out, size);
}

/* The digits of the phone that text may be, if they are others than those that stand there. */
static struct karto_slice as_phone(struct karto_arena *arena, struct karto_slice text, struct karto_slice digits)
{
    enum karto_code_check check;
    struct karto_slice phone = karto_phone_normal(arena, text, &check);
    struct karto_slice all = only_digits(arena, phone);
    return check == KARTO_CODE_SHAPE || karto_slice_equal(all, digits) ? karto_slice(NULL, 0) : all;
}

static struct karto_query_word word_of(struct karto_arena *arena, const struct karto_token *token, bool alone)
{
    struct karto_query_word word = {.text = token->text, .digits = token->digits};
    word.letters = count_letters(token->text);
    if (token->digits) {
        word.other = as_phone(arena, token->text, token->text);
        word.begins = word.letters >= KARTO_GRAM_DIGITS;
        return word;
    }
    word.roman_key = karto_roman_key(arena, token->text);
    word.name_count = karto_other_names(arena, word.roman_key, word.names);
    word.edits = word.letters >= TWO_EDITS ? 2 : word.letters >= ONE_EDIT ? 1 : 0;
    word.begins = alone || word.letters > 1;
    return word;
}

static void add_form(struct karto_reading *reading, struct karto_slice form)
{
    if (reading->form_count < KARTO_QUERY_FORMS_MAX)
        reading->forms[reading->form_count++] = form;
}

void karto_reading_of(struct karto_arena *arena, struct karto_slice text, enum karto_read_as as,
                      struct karto_reading *reading)
{
    struct karto_tokens tokens = karto_tokens_of(arena, text);
    struct karto_name_core core =
        as == KARTO_READ_NAME ? karto_name_core(tokens) : (struct karto_name_core){0, tokens.count};
    *reading = (struct karto_reading){.text = text};
    if (as == KARTO_READ_NUMBER) {
        struct karto_slice digits = only_digits(arena, text);
        reading->words[reading->count++] =
            (struct karto_query_word){.text = digits, .other = as_phone(arena, text, digits), .digits = true};
        return;
    }
    for (uint32_t i = 0; i < tokens.count; i++)
        if (i < core.first || i >= core.end)
            add_form(reading, tokens.all[i].text);
        else if (reading->count < KARTO_QUERY_WORDS_MAX)
            reading->words[reading->count++] = word_of(arena, &tokens.all[i], core.end - core.first == 1);
}

/* ---- one word ---- */

/* How well a word of a record fits one of the query: less is better. */
enum fit { FIT_WORD, FIT_BEGIN, FIT_LATIN, FIT_TAIL, FIT_PART, FIT_TYPO, FIT_NONE };

static bool ends_with(struct karto_slice text, struct karto_slice tail)
{
    return text.size >= tail.size && memcmp(text.data + text.size - tail.size, tail.data, tail.size) == 0;
}

static bool contains(struct karto_slice text, struct karto_slice part)
{
    for (size_t i = 0; part.size && i + part.size <= text.size; i++)
        if (memcmp(text.data + i, part.data, part.size) == 0)
            return true;
    return false;
}

static enum fit fit_number(struct karto_slice wanted, struct karto_slice digits, bool code)
{
    if (karto_slice_equal(wanted, digits))
        return FIT_WORD;
    if (wanted.size < KARTO_GRAM_DIGITS)
        return FIT_NONE;
    if (!code && digits.size < KARTO_CODE_DIGITS_MIN)
        return karto_slice_begins(digits, wanted) ? FIT_BEGIN : FIT_NONE;
    return ends_with(digits, wanted) ? FIT_TAIL : contains(digits, wanted) ? FIT_PART : FIT_NONE;
}

static enum fit fit_digits(const struct karto_query_word *word, const struct karto_token *token, bool code)
{
    if (!token->digits)
        return FIT_NONE;
    enum fit fit = fit_number(word->text, token->text, code);
    enum fit other = word->other.size ? fit_number(word->other, token->text, code) : FIT_NONE;
    return other < fit ? other : fit;
}

bool karto_is_other_alphabet(struct karto_slice a, struct karto_slice b)
{
    return a.size && b.size && (a.data[0] < 0x80) != (b.data[0] < 0x80);
}

/* A word of a record, and its key in Latin letters once it was asked for. */
struct seen {
    const struct karto_token *token;
    struct karto_slice roman_key;
};

static struct karto_slice key_of(struct karto_arena *arena, struct seen *seen)
{
    if (seen->roman_key.size == 0)
        seen->roman_key = karto_roman_key(arena, seen->token->text);
    return seen->roman_key;
}

static bool has_other_name(struct karto_arena *arena, const struct karto_query_word *word, struct seen *seen)
{
    for (unsigned i = 0; i < word->name_count; i++)
        if (karto_slice_equal(key_of(arena, seen), word->names[i]))
            return true;
    return false;
}

static bool sounds_alike(struct karto_arena *arena, const struct karto_query_word *word, struct seen *seen)
{
    if (!karto_is_other_alphabet(word->text, seen->token->text) || word->roman_key.size == 0)
        return false;
    struct karto_slice key = key_of(arena, seen);
    return karto_slice_equal(key, word->roman_key) ||
           (word->begins && word->roman_key.size >= KARTO_PART_MIN && karto_slice_begins(key, word->roman_key));
}

bool karto_is_mistyped(struct karto_arena *arena, const struct karto_query_word *word, struct karto_slice text)
{
    if (word->letters < KARTO_PART_MIN || count_letters(text) < KARTO_PART_MIN)
        return false;
    if (karto_edits(word->text, text, word->edits) <= word->edits)
        return true;
    struct karto_slice wanted = karto_loose(arena, word->text), loose = karto_loose(arena, text);
    return count_letters(wanted) >= KARTO_PART_MIN && count_letters(loose) >= KARTO_PART_MIN &&
           karto_edits(wanted, loose, word->edits) <= word->edits;
}

static enum fit fit_letters(struct karto_arena *arena, const struct karto_query_word *word, struct seen *seen,
                            enum karto_reach reach)
{
    const struct karto_token *token = seen->token;
    if (token->digits)
        return FIT_NONE;
    if (karto_slice_begins(token->text, word->text)) {
        bool whole = token->text.size == word->text.size;
        if (whole || word->begins)
            return whole ? FIT_WORD : FIT_BEGIN;
    }
    if (sounds_alike(arena, word, seen))
        return FIT_LATIN;
    if (reach >= KARTO_REACH_PARTS && word->letters >= KARTO_PART_MIN && contains(token->text, word->text))
        return FIT_PART;
    if (has_other_name(arena, word, seen) ||
        (reach >= KARTO_REACH_TYPOS && karto_is_mistyped(arena, word, token->text)))
        return FIT_TYPO;
    return FIT_NONE;
}

static enum fit fit_token(struct karto_arena *arena, const struct karto_query_word *word, struct seen *seen, bool code,
                          enum karto_reach reach)
{
    return word->digits ? fit_digits(word, seen->token, code) : fit_letters(arena, word, seen, reach);
}

/* ---- a record ---- */

/* The best place of one word so far. */
struct best {
    enum fit fit;
    enum karto_place place;
    uint32_t field;
    struct karto_slice text;
};

struct matching {
    struct karto_arena *arena;
    const struct karto_reading *reading;
    enum karto_reach reach;
    struct best best[KARTO_QUERY_WORDS_MAX];
    enum karto_how whole; /* EXACT or PREFIX where the words in a row begin a value, else WORD */
    enum karto_place whole_place;
    uint32_t whole_field;
    unsigned forms; /* of the query, a bit for each that is there */
};

/* Names first, then codes, what is short, and texts. */
static unsigned order_of(enum karto_place place)
{
    return place <= KARTO_PLACE_NAME ? 0 : (unsigned)place - KARTO_PLACE_NAME;
}

static unsigned weight(enum fit fit, enum karto_place place)
{
    unsigned group = fit <= FIT_LATIN ? 0 : fit <= FIT_PART ? 1 : 2;
    return group << 12 | order_of(place) << 8 | (unsigned)fit << 4 | (unsigned)place;
}

/* Whether a part of the tokens is, or begins with, the words of the query in a row. */
static enum karto_how fit_whole(const struct karto_reading *reading, struct karto_tokens tokens,
                                struct karto_name_core part)
{
    uint32_t count = part.end - part.first;
    if (count < reading->count)
        return KARTO_HOW_WORD;
    for (unsigned i = 0; i < reading->count; i++) {
        const struct karto_query_word *word = &reading->words[i];
        const struct karto_slice text = tokens.all[part.first + i].text;
        if (karto_slice_equal(text, word->text) || (word->digits && karto_slice_equal(text, word->other)))
            continue;
        return i + 1 == reading->count && word->begins && karto_slice_begins(text, word->text) ? KARTO_HOW_PREFIX
                                                                                               : KARTO_HOW_WORD;
    }
    return count == reading->count ? KARTO_HOW_EXACT : KARTO_HOW_PREFIX;
}

static void match_whole(struct matching *m, const struct karto_searched *value, struct karto_tokens tokens,
                        struct karto_name_core core)
{
    enum karto_how how = fit_whole(m->reading, tokens, (struct karto_name_core){0, tokens.count});
    enum karto_how bare = fit_whole(m->reading, tokens, karto_name_core(tokens));
    how = bare < how ? bare : how;
    enum karto_place place = karto_place_in(value, core.first, core);
    unsigned order = order_of(place), before = order_of(m->whole_place);
    if (how == KARTO_HOW_WORD ||
        (m->whole != KARTO_HOW_WORD && (before < order || (before == order && m->whole <= how))))
        return;
    m->whole = how;
    m->whole_place = place;
    m->whole_field = value->field;
}

static void note_forms(struct matching *m, struct karto_slice word)
{
    for (unsigned i = 0; i < m->reading->form_count; i++)
        if (karto_slice_equal(m->reading->forms[i], word))
            m->forms |= 1u << i;
}

static void match_value(struct matching *m, const struct karto_searched *value)
{
    struct karto_tokens tokens = karto_tokens_of(m->arena, value->text);
    struct karto_name_core core = karto_core_of(value, tokens);
    match_whole(m, value, tokens, core);
    for (uint32_t i = 0; i < tokens.count; i++) {
        struct seen seen = {&tokens.all[i], {NULL, 0}};
        enum karto_place place = karto_place_in(value, i, core);
        note_forms(m, tokens.all[i].text);
        for (unsigned j = 0; j < m->reading->count; j++) {
            struct best *best = &m->best[j];
            enum fit fit = fit_token(m->arena, &m->reading->words[j], &seen, value->code, m->reach);
            if (fit == FIT_NONE || (best->fit != FIT_NONE && weight(best->fit, best->place) <= weight(fit, place)))
                continue;
            *best = (struct best){fit, place, value->field, tokens.all[i].text};
        }
    }
}

static enum karto_how how_of(enum fit fit)
{
    switch (fit) {
    case FIT_WORD:
    case FIT_BEGIN: return KARTO_HOW_WORD;
    case FIT_LATIN: return KARTO_HOW_LATIN;
    case FIT_TAIL:
    case FIT_PART: return KARTO_HOW_SUBSTRING;
    case FIT_TYPO:
    case FIT_NONE: break;
    }
    return KARTO_HOW_TYPO;
}

/* rank: group, place, how, then the kind: a client before what hangs on it; then whether the legal form is another. */
static void judge(const struct matching *m, uint32_t kind, struct karto_match *match)
{
    unsigned worst = 0;
    enum fit fit = FIT_WORD;
    for (unsigned i = 0; i < m->reading->count; i++) {
        unsigned w = weight(m->best[i].fit, m->best[i].place);
        worst = w > worst ? w : worst;
        fit = m->best[i].fit > fit ? m->best[i].fit : fit;
        match->words[i] = m->best[i].text;
    }
    match->field = m->best[0].field;
    match->how = how_of(fit);
    unsigned how = 2 + (unsigned)fit;
    if (m->whole != KARTO_HOW_WORD && (worst >> 12 > 0 || order_of(m->whole_place) <= (worst >> 8 & 0xF))) {
        match->how = m->whole;
        match->field = m->whole_field;
        how = (unsigned)m->whole;
        worst = weight(FIT_WORD, m->whole_place);
    }
    if (m->reading->layout && match->how <= KARTO_HOW_LATIN)
        match->how = KARTO_HOW_LAYOUT;
    bool other_form = m->forms + 1 != 1u << m->reading->form_count;
    match->rank = (worst >> 8) << 13 | how << 9 | (worst & 0xF) << 5 | (kind & 0xF) << 1 | other_form;
}

bool karto_match_record(struct karto_arena *arena, const struct karto_reading *reading, enum karto_reach reach,
                        const struct karto_record *record, uint32_t only_field, struct karto_match *match)
{
    struct matching m = {.arena = arena, .reading = reading, .reach = reach, .whole = KARTO_HOW_WORD};
    const struct karto_searched *values;
    uint32_t count = karto_searched_of(arena, record, &values);
    for (unsigned i = 0; i < reading->count; i++)
        m.best[i].fit = FIT_NONE;
    for (uint32_t i = 0; i < count; i++)
        if (only_field == 0 || values[i].field == only_field)
            match_value(&m, &values[i]);
    for (unsigned i = 0; i < reading->count; i++)
        if (m.best[i].fit == FIT_NONE)
            return false;
    judge(&m, record->kind, match);
    return reading->count > 0;
}
