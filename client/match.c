#include "client/match.h"

#include "core/base/codes.h"
#include "core/base/text.h"

#include <string.h>

enum { CITY = 42, STREET = 43 };

void karto_match_init(struct karto_match *match, struct karto_arena *arena, struct karto_slice text)
{
    *match = (struct karto_match){.whole = karto_text_clean(arena, text)};
    struct karto_slice rest = karto_text_fold(arena, match->whole);
    while (rest.size && match->count < KARTO_MATCH_WORDS_MAX) {
        const uint8_t *blank = memchr(rest.data, ' ', rest.size);
        struct karto_slice word = karto_slice(rest.data, blank ? (size_t)(blank - rest.data) : rest.size);
        if (word.size)
            match->words[match->count++] = word;
        rest = karto_slice(rest.data + word.size, rest.size - word.size);
        while (rest.size && rest.data[0] == ' ')
            rest = karto_slice(rest.data + 1, rest.size - 1);
    }
}

/* ---- codes ---- */

static struct karto_slice text_of(const struct karto_record *record, uint32_t field)
{
    struct karto_value value;
    struct karto_slice bytes = karto_record_value(record, field);
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_TEXT)
        return karto_slice(NULL, 0);
    return value.text;
}

static bool is_short_id(const struct karto_record *record, struct karto_slice text)
{
    char id[KARTO_SHORT_TEXT];
    karto_rid_print_short(record->id, id);
    return karto_slice_is(text, id);
}

static bool is_code(struct karto_arena *arena, const struct karto_record *record, struct karto_slice text,
                    struct karto_hit *hit)
{
    struct karto_slice edrpou = text_of(record, KARTO_F_EDRPOU), external = text_of(record, KARTO_F_EXTERNAL_ID);
    hit->how = "exact";
    hit->field = "short";
    if (is_short_id(record, text))
        return true;
    hit->field = "edrpou";
    if (edrpou.size &&
        karto_slice_equal(karto_edrpou_normal(arena, text, NULL), karto_edrpou_normal(arena, edrpou, NULL)))
        return true;
    hit->field = "external_id";
    if (external.size && karto_slice_equal(karto_text_normal(arena, text), karto_text_normal(arena, external)))
        return true;
    hit->field = "phone";
    return karto_phone_plain(text) &&
           karto_record_register(record, KARTO_F_PHONE, karto_phone_normal(arena, text, NULL)) != NULL;
}

/* ---- words ---- */

static const char *where_in(struct karto_slice text, struct karto_slice word)
{
    for (size_t at = 0; at + word.size <= text.size; at++) {
        if (memcmp(text.data + at, word.data, word.size) != 0)
            continue;
        if (at == 0)
            return word.size == text.size ? "exact" : "prefix";
        return text.data[at - 1] == ' ' ? "word" : "substring";
    }
    return NULL;
}

/* What a word is looked for in, folded. */
struct haystack {
    struct karto_slice name, city, street;
};

static bool is_word(const struct haystack *hay, struct karto_slice word, struct karto_hit *hit)
{
    const struct {
        const char *field;
        struct karto_slice text;
    } places[] = {{"name", hay->name}, {"address.city", hay->city}, {"address.street", hay->street}};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        hit->field = places[i].field;
        hit->how = where_in(places[i].text, word);
        if (hit->how)
            return true;
    }
    return false;
}

bool karto_match(const struct karto_match *match, struct karto_arena *arena, const struct karto_record *record,
                 struct karto_hit *hit)
{
    struct karto_hit first = {NULL, NULL}, later;
    *hit = first;
    if (match->count == 0)
        return true;
    if (is_code(arena, record, match->whole, hit))
        return true;
    struct haystack hay = {karto_text_fold(arena, text_of(record, KARTO_F_NAME)),
                           karto_text_fold(arena, text_of(record, CITY)),
                           karto_text_fold(arena, text_of(record, STREET))};
    for (uint32_t i = 0; i < match->count; i++) {
        if (!is_word(&hay, match->words[i], &later) && !is_code(arena, record, match->words[i], &later))
            return false;
        if (i == 0)
            first = later;
    }
    *hit = first;
    return true;
}
