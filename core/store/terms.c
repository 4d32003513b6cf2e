#include "core/store/terms.h"

#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

enum { TERMS_MIN = 64 };

/* ---- which fields ---- */

enum searched_as { AS_WORDS, AS_CODE, AS_PHONE, AS_PRODUCTS };

static const struct {
    uint8_t kind, field;
    enum karto_place place;
    enum searched_as as;
} searched_fields[] = {
    {KARTO_CLIENT, KARTO_F_NAME, KARTO_PLACE_NAME, AS_WORDS},
    {KARTO_CLIENT, KARTO_F_EDRPOU, KARTO_PLACE_CODE, AS_CODE},
    {KARTO_CLIENT, KARTO_F_EXTERNAL_ID, KARTO_PLACE_CODE, AS_CODE},
    {KARTO_CLIENT, KARTO_F_PHONE, KARTO_PLACE_CODE, AS_PHONE},
    {KARTO_CLIENT, KARTO_F_EMAIL, KARTO_PLACE_CODE, AS_WORDS},
    {KARTO_CLIENT, 23, KARTO_PLACE_SHORT, AS_WORDS}, /* tag */
    {KARTO_CLIENT, 24, KARTO_PLACE_NAME, AS_WORDS},  /* full name */
    {KARTO_CLIENT, 29, KARTO_PLACE_CODE, AS_WORDS},  /* site */
    {KARTO_CLIENT, 31, KARTO_PLACE_TEXT, AS_WORDS},  /* note */
    {KARTO_CLIENT, 33, KARTO_PLACE_SHORT, AS_WORDS}, /* attributes */
    {KARTO_CLIENT, 42, KARTO_PLACE_SHORT, AS_WORDS}, /* city, street, house of three addresses */
    {KARTO_CLIENT, 43, KARTO_PLACE_SHORT, AS_WORDS},
    {KARTO_CLIENT, 44, KARTO_PLACE_SHORT, AS_WORDS},
    {KARTO_CLIENT, 52, KARTO_PLACE_SHORT, AS_WORDS},
    {KARTO_CLIENT, 53, KARTO_PLACE_SHORT, AS_WORDS},
    {KARTO_CLIENT, 54, KARTO_PLACE_SHORT, AS_WORDS},
    {KARTO_CLIENT, 62, KARTO_PLACE_SHORT, AS_WORDS},
    {KARTO_CLIENT, 63, KARTO_PLACE_SHORT, AS_WORDS},
    {KARTO_CLIENT, 64, KARTO_PLACE_SHORT, AS_WORDS},
    {KARTO_PERSON, KARTO_F_NAME, KARTO_PLACE_NAME, AS_WORDS},
    {KARTO_PERSON, KARTO_F_PHONE, KARTO_PLACE_CODE, AS_PHONE},
    {KARTO_PERSON, KARTO_F_EMAIL, KARTO_PLACE_CODE, AS_WORDS},
    {KARTO_PERSON, 31, KARTO_PLACE_TEXT, AS_WORDS},   /* note */
    {KARTO_PERSON, 34, KARTO_PLACE_SHORT, AS_WORDS},  /* role */
    {KARTO_ACTIVITY, 38, KARTO_PLACE_TEXT, AS_WORDS}, /* text, outcome, next */
    {KARTO_ACTIVITY, 39, KARTO_PLACE_TEXT, AS_WORDS},
    {KARTO_ACTIVITY, 70, KARTO_PLACE_TEXT, AS_WORDS},
    {KARTO_PURCHASE, KARTO_F_EXTERNAL_ID, KARTO_PLACE_CODE, AS_CODE},
    {KARTO_PURCHASE, KARTO_F_NUMBER, KARTO_PLACE_CODE, AS_CODE},
    {KARTO_PURCHASE, KARTO_F_LINES, KARTO_PLACE_SHORT, AS_PRODUCTS},
};

enum { FIELDS = sizeof searched_fields / sizeof *searched_fields };

/* Its row of the table, or FIELDS. */
static unsigned row_of(uint32_t kind, uint32_t field)
{
    unsigned i = 0;
    while (i < FIELDS && (searched_fields[i].kind != kind || searched_fields[i].field != field))
        i++;
    return i;
}

/* Fields by which lists are filtered, with few values among many records: more terms cost every load of records, and
 * what words and rows of the index find as well needs none. */
bool karto_is_valued(uint32_t kind, uint32_t field)
{
    enum { TAG = 23, LEGAL_FORM = 25, CLIENT_STATUS = 27, INDUSTRY = 28, ROLE = 34, TYPE = 36 };
    enum { REGION = 41, CITY, LEGAL_REGION = 51, LEGAL_CITY, POSTAL_REGION = 61, POSTAL_CITY };
#define BIT(field) (UINT64_C(1) << (field))
    static const uint64_t client = BIT(KARTO_F_TERRITORY) | BIT(KARTO_F_MANAGER) | BIT(TAG) | BIT(LEGAL_FORM) |
                                   BIT(CLIENT_STATUS) | BIT(INDUSTRY) | BIT(REGION) | BIT(CITY) | BIT(LEGAL_REGION) |
                                   BIT(LEGAL_CITY) | BIT(POSTAL_REGION) | BIT(POSTAL_CITY);
#undef BIT
    switch (kind) {
    case KARTO_CLIENT: return field == KARTO_F_HIDDEN || (field < 64 && client >> field & 1);
    case KARTO_PERSON: return field == KARTO_F_HIDDEN || field == ROLE;
    case KARTO_ACTIVITY: return field == KARTO_F_HIDDEN || field == TYPE;
    case KARTO_PURCHASE: return field == KARTO_F_HIDDEN || field == KARTO_F_STATUS;
    default: return false;
    }
}

bool karto_is_searched(uint32_t kind)
{
    return kind >= KARTO_CLIENT && kind <= KARTO_PURCHASE;
}

bool karto_searched_same(const struct karto_record *a, const struct karto_record *b)
{
    if (a->kind != b->kind)
        return false;
    for (uint32_t i = 0, j = 0; i < a->count || j < b->count;) {
        uint32_t left = i < a->count ? a->fields[i].number : UINT32_MAX;
        uint32_t right = j < b->count ? b->fields[j].number : UINT32_MAX;
        const struct karto_field *x = left <= right ? &a->fields[i++] : NULL;
        const struct karto_field *y = right <= left ? &b->fields[j++] : NULL;
        if (x && y && x->registers == y->registers && x->count == y->count)
            continue;
        uint32_t field = left < right ? left : right;
        if (row_of(a->kind, field) < FIELDS || karto_is_valued(a->kind, field))
            return false;
    }
    return true;
}

/* ---- values ---- */

/* The first of the parts of a purchase's line. */
static struct karto_slice product_of(struct karto_slice bytes)
{
    struct karto_value value;
    struct karto_slice parts[16];
    uint32_t count;
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_TUPLE ||
        karto_tuple_decode(value, parts, 16, &count) != KARTO_OK || count == 0)
        return karto_slice(NULL, 0);
    return karto_value_text_of(parts[0]);
}

static struct karto_slice searched_text(const struct karto_register *reg, enum searched_as as)
{
    struct karto_slice value = karto_winner(reg)->value;
    if (as == AS_PHONE)
        return karto_value_is_nil(value) ? karto_slice(NULL, 0) : reg->key;
    return as == AS_PRODUCTS ? product_of(value) : karto_value_text_of(value);
}

uint32_t karto_searched_of(struct karto_arena *arena, const struct karto_record *record,
                           const struct karto_searched **all)
{
    uint32_t room = 0, count = 0;
    for (uint32_t i = 0; i < record->count; i++)
        room += record->fields[i].count;
    struct karto_searched *out = karto_arena_array(arena, room, sizeof *out);
    *all = out;
    if (!karto_is_searched(record->kind))
        return 0;
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_field *field = &record->fields[i];
        unsigned row = row_of(record->kind, field->number);
        for (uint32_t j = 0; row < FIELDS && j < field->count; j++) {
            enum searched_as as = searched_fields[row].as;
            struct karto_slice text = searched_text(&field->registers[j], as);
            if (text.size)
                out[count++] = (struct karto_searched){field->number, searched_fields[row].place, text,
                                                       as == AS_CODE || as == AS_PHONE, as == AS_PHONE};
        }
    }
    return count;
}

/* ---- names ---- */

struct karto_name_core karto_core_of(const struct karto_searched *value, struct karto_tokens tokens)
{
    return value->place == KARTO_PLACE_NAME ? karto_name_core(tokens) : (struct karto_name_core){0, tokens.count};
}

enum karto_place karto_place_in(const struct karto_searched *value, uint32_t word, struct karto_name_core core)
{
    if (value->place != KARTO_PLACE_NAME || word != core.first)
        return value->place;
    return core.end - core.first == 1 ? KARTO_PLACE_WHOLE : KARTO_PLACE_FIRST;
}

/* ---- terms ---- */

static void add(struct karto_arena *arena, struct karto_terms *terms, struct karto_slice text, enum karto_place place)
{
    if (terms->count == terms->room) {
        uint32_t room = terms->room ? 2 * terms->room : TERMS_MIN;
        struct karto_term *all = karto_arena_array(arena, room, sizeof *all);
        if (terms->room)
            memcpy(all, terms->all, terms->room * sizeof *all);
        terms->all = all;
        terms->room = room;
    }
    terms->all[terms->count++] = (struct karto_term){text, place};
}

static void add_digits(struct karto_arena *arena, struct karto_terms *terms, struct karto_slice run,
                       enum karto_place place)
{
    enum { GRAM = 1 + KARTO_GRAM_DIGITS };
    if (run.size < KARTO_GRAM_DIGITS)
        return;
    size_t count = run.size - KARTO_GRAM_DIGITS + 1;
    uint8_t *out = karto_arena_array(arena, count + 1, GRAM);
    for (size_t i = 0; i <= count; i++, out += GRAM) {
        size_t from = i < count ? i : count - 1;
        out[0] = i < count ? KARTO_TERM_DIGITS : KARTO_TERM_TAIL;
        memcpy(out + 1, run.data + from, KARTO_GRAM_DIGITS);
        add(arena, terms, karto_slice(out, GRAM), place);
    }
}

static void terms_of_value(struct karto_arena *arena, struct karto_terms *terms, const struct karto_searched *value)
{
    struct karto_tokens tokens = karto_tokens_of(arena, value->text);
    struct karto_name_core core = karto_core_of(value, tokens);
    for (uint32_t i = 0; i < tokens.count; i++) {
        const struct karto_token *token = &tokens.all[i];
        bool few = token->text.size < KARTO_CODE_DIGITS_MIN;
        if (token->digits && (value->code || !few))
            add_digits(arena, terms, token->text, value->place);
        if (!value->phone && (!token->digits || few))
            add(arena, terms, token->text, karto_place_in(value, i, core));
    }
}

/* ---- values as a whole ---- */

void karto_value_head(uint32_t kind, uint32_t field, uint8_t head[KARTO_VALUE_HEAD])
{
    head[0] = KARTO_TERM_VALUE;
    head[1] = (uint8_t)kind;
    head[2] = (uint8_t)field;
}

bool karto_value_of_term(struct karto_slice term, struct karto_slice *folded)
{
    *folded = karto_slice(term.data + KARTO_VALUE_HEAD, term.size - KARTO_VALUE_HEAD);
    return term.size < KARTO_TOKEN_SIZE_MAX;
}

static void add_value(struct karto_arena *arena, struct karto_terms *terms, uint32_t kind, uint32_t field,
                      struct karto_slice folded)
{
    size_t most = KARTO_TOKEN_SIZE_MAX - KARTO_VALUE_HEAD, size = folded.size < most ? folded.size : most;
    uint8_t *out = karto_arena_alloc(arena, KARTO_VALUE_HEAD + size);
    karto_value_head(kind, field, out);
    if (size)
        memcpy(out + KARTO_VALUE_HEAD, folded.data, size);
    add(arena, terms, karto_slice(out, KARTO_VALUE_HEAD + size), KARTO_PLACE_SHORT);
}

/* All that a timeline ever had or will have: what holds on a day is asked of the record. */
static void values_of_field(struct karto_arena *arena, struct karto_terms *terms, uint32_t kind,
                            const struct karto_field *field)
{
    struct karto_value value;
    for (uint32_t i = 0; i < field->count; i++)
        if (karto_value_decode(karto_winner(&field->registers[i])->value, &value) == KARTO_OK &&
            (value.type == KARTO_TEXT || value.type == KARTO_ENUM))
            add_value(arena, terms, kind, field->number, karto_text_fold(arena, value.text));
}

static void values_of(struct karto_arena *arena, struct karto_terms *terms, const struct karto_record *record)
{
    for (uint32_t i = 0; i < record->count; i++)
        if (record->fields[i].number != KARTO_F_HIDDEN && karto_is_valued(record->kind, record->fields[i].number))
            values_of_field(arena, terms, record->kind, &record->fields[i]);
    if (karto_is_searched(record->kind) && karto_record_hidden(record))
        add_value(arena, terms, record->kind, KARTO_F_HIDDEN, karto_slice(NULL, 0));
}

struct karto_terms karto_terms_of(struct karto_arena *arena, const struct karto_record *record)
{
    struct karto_terms terms = {NULL, 0, 0};
    const struct karto_searched *values;
    uint32_t count = karto_searched_of(arena, record, &values);
    for (uint32_t i = 0; i < count; i++)
        terms_of_value(arena, &terms, &values[i]);
    values_of(arena, &terms, record);
    return terms;
}

static int compare(const void *a, const void *b)
{
    const struct karto_term *x = a, *y = b;
    int order = karto_slice_compare(x->text, y->text);
    return order ? order : (int)x->place - (int)y->place;
}

void karto_terms_sort(struct karto_terms *terms)
{
    uint32_t count = 0;
    if (terms->count)
        qsort(terms->all, terms->count, sizeof *terms->all, compare);
    for (uint32_t i = 0; i < terms->count; i++)
        if (i == 0 || compare(&terms->all[count - 1], &terms->all[i]) != 0)
            terms->all[count++] = terms->all[i];
    terms->count = count;
}

void karto_terms_encode(const struct karto_terms *terms, struct karto_buf *out)
{
    for (uint32_t i = 0; i < terms->count; i++) {
        karto_buf_add_byte(out, (uint8_t)terms->all[i].place);
        karto_buf_add_byte(out, (uint8_t)terms->all[i].text.size);
        karto_buf_add_slice(out, terms->all[i].text);
    }
}

enum karto_err karto_terms_decode(struct karto_arena *arena, struct karto_slice bytes, struct karto_terms *terms)
{
    *terms = (struct karto_terms){NULL, 0, 0};
    for (size_t at = 0; at < bytes.size;) {
        if (bytes.size - at < 2 || bytes.data[at] >= KARTO_PLACES || bytes.data[at + 1] == 0 ||
            bytes.data[at + 1] > KARTO_TOKEN_SIZE_MAX || bytes.size - at - 2 < bytes.data[at + 1])
            return KARTO_E_CORRUPT;
        struct karto_slice text = karto_slice(bytes.data + at + 2, bytes.data[at + 1]);
        add(arena, terms, text, (enum karto_place)bytes.data[at]);
        at += 2 + text.size;
    }
    return KARTO_OK;
}
