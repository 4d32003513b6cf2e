#include "core/base/legal_form.h"

/* Of Ukraine, of the years when names were Russian, and of abroad. By these the index of words has the first word of a
 * name: another one asks for a higher CUTTING_VERSION in token.c. */
static const char *const forms[] = {
    "тов",  "тзов", "тдв", "пп", "фоп", "ат",    "пат", "прат", "дп",  "кп", "кнп", "фг",  "сфг", "стов", "ск",  "псп",
    "осбб", "го",   "бо",  "бф", "вк",  "філія", "ооо", "зао",  "оао", "чп", "спд", "кфх", "llc", "jsc",  "ltd", "pe",
};

bool karto_is_legal_form(struct karto_slice word)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (karto_slice_is(word, forms[i]))
            return true;
    return false;
}

struct karto_name_core karto_name_core(struct karto_tokens name)
{
    struct karto_name_core core = {0, name.count};
    while (core.first < core.end && karto_is_legal_form(name.all[core.first].text))
        core.first++;
    while (core.first < core.end && karto_is_legal_form(name.all[core.end - 1].text))
        core.end--;
    return core.first < core.end ? core : (struct karto_name_core){0, name.count};
}

bool karto_name_same(struct karto_tokens a, struct karto_tokens b)
{
    struct karto_name_core x = karto_name_core(a), y = karto_name_core(b);
    uint32_t count = x.end - x.first;
    if (count == 0 || y.end - y.first != count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!karto_slice_equal(a.all[x.first + i].text, b.all[y.first + i].text))
            return false;
    return true;
}
