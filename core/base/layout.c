#include "core/base/layout.h"

#include <string.h>

/* Key by key: the English character, the Ukrainian one in UTF-8. */
static const struct {
    char english;
    char ukrainian[3];
} keys[] = {
    {'q', "й"}, {'w', "ц"}, {'e', "у"}, {'r', "к"}, {'t', "е"},  {'y', "н"},  {'u', "г"}, {'i', "ш"}, {'o', "щ"},
    {'p', "з"}, {'[', "х"}, {']', "ї"}, {'a', "ф"}, {'s', "і"},  {'d', "в"},  {'f', "а"}, {'g', "п"}, {'h', "р"},
    {'j', "о"}, {'k', "л"}, {'l', "д"}, {';', "ж"}, {'\'', "є"}, {'z', "я"},  {'x', "ч"}, {'c', "с"}, {'v', "м"},
    {'b', "и"}, {'n', "т"}, {'m', "ь"}, {',', "б"}, {'.', "ю"},  {'\\', "ґ"}, {'`', "'"}, {'Q', "Й"}, {'W', "Ц"},
    {'E', "У"}, {'R', "К"}, {'T', "Е"}, {'Y', "Н"}, {'U', "Г"},  {'I', "Ш"},  {'O', "Щ"}, {'P', "З"}, {'{', "Х"},
    {'}', "Ї"}, {'A', "Ф"}, {'S', "І"}, {'D', "В"}, {'F', "А"},  {'G', "П"},  {'H', "Р"}, {'J', "О"}, {'K', "Л"},
    {'L', "Д"}, {':', "Ж"}, {'"', "Є"}, {'Z', "Я"}, {'X', "Ч"},  {'C', "С"},  {'V', "М"}, {'B', "И"}, {'N', "Т"},
    {'M', "Ь"}, {'<', "Б"}, {'>', "Ю"}, {'|', "Ґ"},
};

/* U+0400 to U+04FF */
static bool has_cyrillic(struct karto_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] >= 0xD0 && text.data[i] <= 0xD3)
            return true;
    }
    return false;
}

/* The other side of the key that gives the bytes at the beginning of text, and in *size how many these are; NULL and 1
 * for none. */
static const char *other_side(struct karto_slice text, bool to_english, char english[2], size_t *size)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        english[0] = keys[i].english;
        english[1] = 0;
        const char *from = to_english ? keys[i].ukrainian : english;
        *size = strlen(from);
        if (*size <= text.size && memcmp(text.data, from, *size) == 0)
            return to_english ? english : keys[i].ukrainian;
    }
    *size = 1;
    return NULL;
}

struct karto_slice karto_layout_other(struct karto_arena *arena, struct karto_slice text)
{
    bool to_english = has_cyrillic(text);
    uint8_t *out = karto_arena_array(arena, text.size, 2);
    size_t out_size = 0, size;
    for (size_t i = 0; i < text.size; i += size) {
        char english[2];
        const char *other = other_side(karto_slice(text.data + i, text.size - i), to_english, english, &size);
        size_t other_size = other ? strlen(other) : 1;
        memcpy(out + out_size, other ? other : (const char *)text.data + i, other_size);
        out_size += other_size;
    }
    return karto_slice(out_size ? out : NULL, out_size);
}
