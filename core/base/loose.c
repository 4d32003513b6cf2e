#include "core/base/loose.h"

#include <string.h>

/* ---- the loose form ---- */

/* The code point at *at, which moves behind it: of well-formed UTF-8. */
static uint32_t next(struct karto_slice text, size_t *at)
{
    uint8_t first = text.data[*at];
    unsigned more = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    uint32_t c = more ? first & (0x3Fu >> more) : first;
    for (++*at; more && *at < text.size; more--, ++*at)
        c = c << 6 | (text.data[*at] & 0x3F);
    return c;
}

/* The letter that stands for a small Cyrillic letter; 0: none at all. */
static uint32_t stand_in(uint32_t c, bool last)
{
    switch (c) {
    case 0x491: return 0x433;                /* ґ, г */
    case 0x456:                              /* і */
    case 0x457:                              /* ї */
    case 0x44B: return 0x438;                /* ы, и */
    case 0x439: return last ? 0x438 : 0x439; /* й */
    case 0x454:                              /* є */
    case 0x44D:                              /* э */
    case 0x451: return 0x435;                /* ё, е */
    case 0x44C:                              /* ь */
    case 0x44A: return 0;                    /* ъ */
    default: return c;
    }
}

static bool is_consonant(uint32_t c)
{
    static const char latin[] = "bcdfghjklmnpqrstvwxz";
    if (c < 0x80)
        return c && strchr(latin, (int)c);
    return c >= 0x431 && c <= 0x449 && c != 0x435 && c != 0x438 && c != 0x439 && c != 0x43E && c != 0x443;
}

static bool only_signs(struct karto_slice word, size_t at)
{
    while (at < word.size)
        if (stand_in(next(word, &at), false))
            return false;
    return true;
}

struct karto_slice karto_loose(struct karto_arena *arena, struct karto_slice word)
{
    uint8_t *out = karto_arena_alloc(arena, word.size);
    size_t size = 0;
    uint32_t before = 0;
    for (size_t at = 0, begin = 0; at < word.size; begin = at) {
        uint32_t c = next(word, &at), loose = stand_in(c, false);
        if (loose == 0x439)
            loose = stand_in(c, only_signs(word, at));
        if (!loose || (loose == before && is_consonant(loose)))
            continue;
        if (loose == c) {
            memcpy(out + size, word.data + begin, at - begin);
            size += at - begin;
        } else {
            out[size++] = (uint8_t)(0xC0 | loose >> 6);
            out[size++] = (uint8_t)(0x80 | (loose & 0x3F));
        }
        before = loose;
    }
    return karto_slice(size ? out : NULL, size);
}

/* ---- edits ---- */

static unsigned letters_of(struct karto_slice word, uint32_t out[KARTO_EDITS_SIZE_MAX])
{
    unsigned count = 0;
    for (size_t at = 0; at < word.size;)
        out[count++] = next(word, &at);
    return count;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: three rows of the usual table. */
static unsigned align(const uint32_t *a, unsigned a_count, const uint32_t *b, unsigned b_count, unsigned most)
{
    unsigned rows[3][KARTO_EDITS_SIZE_MAX + 1];
    unsigned *two_before = rows[0], *before = rows[1], *row = rows[2];
    for (unsigned j = 0; j <= b_count; j++)
        before[j] = j;
    for (unsigned i = 1; i <= a_count; i++) {
        unsigned best = row[0] = i;
        for (unsigned j = 1; j <= b_count; j++) {
            row[j] = least(least(before[j], row[j - 1]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_before[j - 2] + 1);
            best = least(best, row[j]);
        }
        if (best > most)
            return most + 1;
        unsigned *free_row = two_before;
        two_before = before, before = row, row = free_row;
    }
    return least(before[b_count], most + 1);
}

unsigned karto_edits(struct karto_slice a, struct karto_slice b, unsigned most)
{
    uint32_t a_letters[KARTO_EDITS_SIZE_MAX], b_letters[KARTO_EDITS_SIZE_MAX];
    if (karto_slice_equal(a, b))
        return 0;
    if (a.size > KARTO_EDITS_SIZE_MAX || b.size > KARTO_EDITS_SIZE_MAX)
        return most + 1;
    unsigned a_count = letters_of(a, a_letters), b_count = letters_of(b, b_letters);
    if (a_count > b_count + most || b_count > a_count + most)
        return most + 1;
    return align(a_letters, a_count, b_letters, b_count, most);
}
