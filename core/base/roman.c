#include "core/base/roman.h"

#include <string.h>

enum { GROWTH = 4 }; /* two bytes of Cyrillic become at most as many letters: щ is shch */

/* Letter by letter, from а on: at the beginning of a word, elsewhere. In the order of the resolution, then Russian. */
enum { SMALL = 0x430, LETTERS = 0x492 - SMALL };
static const struct {
    char first[5], other[5];
} letters[LETTERS] = {
    [0x430 - SMALL] = {"a", "a"},   [0x431 - SMALL] = {"b", "b"},   [0x432 - SMALL] = {"v", "v"},
    [0x433 - SMALL] = {"h", "h"},   [0x491 - SMALL] = {"g", "g"},   [0x434 - SMALL] = {"d", "d"},
    [0x435 - SMALL] = {"e", "e"},   [0x454 - SMALL] = {"ye", "ie"}, [0x436 - SMALL] = {"zh", "zh"},
    [0x437 - SMALL] = {"z", "z"},   [0x438 - SMALL] = {"y", "y"},   [0x456 - SMALL] = {"i", "i"},
    [0x457 - SMALL] = {"yi", "i"},  [0x439 - SMALL] = {"y", "i"},   [0x43A - SMALL] = {"k", "k"},
    [0x43B - SMALL] = {"l", "l"},   [0x43C - SMALL] = {"m", "m"},   [0x43D - SMALL] = {"n", "n"},
    [0x43E - SMALL] = {"o", "o"},   [0x43F - SMALL] = {"p", "p"},   [0x440 - SMALL] = {"r", "r"},
    [0x441 - SMALL] = {"s", "s"},   [0x442 - SMALL] = {"t", "t"},   [0x443 - SMALL] = {"u", "u"},
    [0x444 - SMALL] = {"f", "f"},   [0x445 - SMALL] = {"kh", "kh"}, [0x446 - SMALL] = {"ts", "ts"},
    [0x447 - SMALL] = {"ch", "ch"}, [0x448 - SMALL] = {"sh", "sh"}, [0x449 - SMALL] = {"shch", "shch"},
    [0x44E - SMALL] = {"yu", "iu"}, [0x44F - SMALL] = {"ya", "ia"}, [0x44B - SMALL] = {"y", "y"},
    [0x44D - SMALL] = {"e", "e"},   [0x451 - SMALL] = {"yo", "io"},
};

/* One letter or other character of a text. */
struct letter {
    size_t size;
    bool cyrillic, capital;
    uint16_t small; /* code point of the small letter */
};

/* U+0400 to U+04FF are two bytes from D0 80 to D3 BF; of these our letters are U+0400 to U+045F, Ґ and ґ. */
static struct letter letter_at(struct karto_slice text, size_t at)
{
    struct letter letter = {1, false, false, 0};
    if (at + 1 >= text.size || text.data[at] < 0xD0 || text.data[at] > 0xD3)
        return letter;
    uint16_t c = (uint16_t)((text.data[at] & 0x1F) << 6 | (text.data[at + 1] & 0x3F));
    letter = (struct letter){2, true, c < 0x430 || c == 0x490, c};
    if (c < 0x410)
        letter.small = c + 0x50;
    else if (c < 0x430)
        letter.small = c + 0x20;
    else if (c == 0x490)
        letter.small = 0x491;
    return letter;
}

/* ' ` and U+00B4, U+02BC, U+2018, U+2019, U+2032: how many bytes one takes that stands there, or 0. */
static size_t apostrophe_at(struct karto_slice text, size_t at)
{
    static const char *const all[] = {"'", "`", "´", "ʼ", "‘", "’", "′"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (text.size - at >= strlen(all[i]) && memcmp(text.data + at, all[i], strlen(all[i])) == 0)
            return strlen(all[i]);
    return 0;
}

/* NULL: neither Ukrainian nor Russian. */
static const char *romanised(struct letter letter, bool first)
{
    bool silent = letter.small == 0x44C || letter.small == 0x44A;
    if (letter.small < SMALL || letter.small >= SMALL + LETTERS)
        return NULL;
    const char *roman = first ? letters[letter.small - SMALL].first : letters[letter.small - SMALL].other;
    return *roman || silent ? roman : NULL;
}

/* What is being written, and where in the text that is. */
struct writing {
    struct karto_slice text;
    size_t at;
    struct letter before; /* the letter before in this word; not cyrillic: none */
    uint8_t *out;
    size_t size;
};

/* Of Щ in "ЩЕДРИК" all letters are capitals, of that in "Щедрик" the first: a neighbour tells. */
static bool all_capitals(const struct writing *w, struct letter letter)
{
    size_t next = w->at + letter.size;
    struct letter after = letter_at(w->text, next < w->text.size ? next : w->text.size);
    return after.cyrillic ? after.capital : w->before.cyrillic && w->before.capital;
}

static void write_letter(struct writing *w, struct letter letter)
{
    bool z_before = w->before.cyrillic && w->before.small == 0x437, is_h = letter.small == 0x433;
    const char *roman = z_before && is_h ? "gh" : romanised(letter, !w->before.cyrillic);
    size_t size = roman ? strlen(roman) : letter.size;
    memcpy(w->out + w->size, roman ? (const void *)roman : w->text.data + w->at, size);
    for (size_t i = 0; roman && letter.capital && i < size && (i == 0 || all_capitals(w, letter)); i++)
        w->out[w->size + i] &= 0xDF;
    w->size += size;
    w->before = letter;
}

struct karto_slice karto_roman(struct karto_arena *arena, struct karto_slice text)
{
    struct writing w = {text, 0, {0, false, false, 0}, karto_arena_array(arena, text.size, GROWTH), 0};
    while (w.at < text.size) {
        struct letter letter = letter_at(text, w.at);
        size_t apostrophe = w.before.cyrillic ? apostrophe_at(text, w.at) : 0;
        if (letter.cyrillic) {
            write_letter(&w, letter);
        } else if (apostrophe && letter_at(text, w.at + apostrophe).cyrillic) {
            letter.size = apostrophe;
        } else {
            w.out[w.size++] = text.data[w.at];
            w.before = letter;
        }
        w.at += letter.size;
    }
    return karto_slice(w.size ? w.out : NULL, w.size);
}

/* ---- the key ---- */

static bool is_vowel(uint8_t c)
{
    return c && strchr("aeiou", c);
}

/* One sound for one or two letters: how many were taken. */
static size_t sound(const uint8_t *at, size_t left, uint8_t *out)
{
    bool h_behind = left > 1 && at[1] == 'h';
    switch (*at) {
    case 'k':
    case 'g': *out = *at == 'g' || h_behind ? 'h' : 'k'; return h_behind ? 2 : 1;
    case 'c': *out = h_behind ? 'c' : 'k'; return 1;
    case 'p': *out = h_behind ? 'f' : 'p'; return h_behind ? 2 : 1;
    case 'y':
    case 'j': *out = 'i'; return 1;
    case 'w': *out = 'v'; return 1;
    default: *out = *at; return 1;
    }
}

/* zhzh is жж, as the same letter twice. */
static bool repeats(const uint8_t *out, size_t size)
{
    return size >= 4 && out[size - 1] == 'h' && out[size - 3] == 'h' && out[size - 2] == out[size - 4] &&
           !is_vowel(out[size - 2]);
}

struct karto_slice karto_roman_key(struct karto_arena *arena, struct karto_slice word)
{
    struct karto_slice roman = karto_roman(arena, word);
    uint8_t *out = karto_arena_alloc(arena, roman.size);
    size_t size = 0;
    for (size_t i = 0; i < roman.size;) {
        uint8_t c;
        i += sound(roman.data + i, roman.size - i, &c);
        if (size && out[size - 1] == 'i' && is_vowel(c))
            size--;
        if (size && out[size - 1] == c && c < 0x80 && (c < '0' || c > '9'))
            continue;
        out[size++] = c;
        if (repeats(out, size))
            size -= 2;
    }
    return karto_slice(size ? out : NULL, size);
}
