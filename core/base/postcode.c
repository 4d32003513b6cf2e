#include "core/base/postcode.h"

#include "core/base/text.h"

#include <string.h>

/* By the first two digits, up to the last of each; the beginnings by which the region is told, and its centre. */
static const struct {
    uint8_t last;
    const char *centre;
    const char *beginnings[3];
} parts[] = {
    {9, "Київ", {"київ", "києв"}}, /* the city to 06, then what lies around it */
    {13, "Житомир", {"житомир"}},
    {17, "Чернігів", {"черніг"}},
    {20, "Черкаси", {"черкас", "черкащ"}},
    {24, "Вінниця", {"вінни"}},
    {28, "Кропивницький", {"кропивниц", "кіровоград"}},
    {32, "Хмельницький", {"хмельни"}},
    {35, "Рівне", {"рівн"}},
    {39, "Полтава", {"полтав"}},
    {42, "Суми", {"сум"}},
    {45, "Луцьк", {"луцьк", "волин"}},
    {48, "Тернопіль", {"терноп"}},
    {53, "Дніпро", {"дніпро"}}, /* 50 is Kryvyi Rih */
    {57, "Миколаїв", {"микола"}},
    {60, "Чернівці", {"чернівц", "чернівец", "буковин"}},
    {64, "Харків", {"харк"}},
    {68, "Одеса", {"одес", "одещ"}},
    {72, "Запоріжжя", {"запоріж", "запоріз"}},
    {75, "Херсон", {"херсон"}},
    {78, "Івано-Франківськ", {"івано-франк", "франків", "прикарпат"}},
    {82, "Львів", {"львів", "львов"}},
    {87, "Донецьк", {"донец", "донеч"}},
    {90, "Ужгород", {"ужгород", "закарпат"}},
    {94, "Луганськ", {"луган"}},
    {98, "Сімферополь", {"крим", "сімфероп"}},
    {99, "Севастополь", {"севастоп"}},
};

enum { PARTS = sizeof parts / sizeof *parts };

/* Its row of the table; PARTS: none. */
static unsigned part_of(struct karto_slice index)
{
    for (size_t i = 0; i < index.size; i++)
        if (index.data[i] < '0' || index.data[i] > '9')
            return PARTS;
    if (index.size != 5 || memcmp(index.data, "00", 2) == 0)
        return PARTS;
    unsigned pair = (unsigned)(index.data[0] - '0') * 10 + (unsigned)(index.data[1] - '0'), part = 0;
    while (parts[part].last < pair)
        part++;
    return part;
}

/* Whether a word of text begins so. */
static bool has_beginning(struct karto_slice text, const char *beginning)
{
    size_t size = strlen(beginning);
    for (size_t at = 0; at + size <= text.size; at++)
        if ((at == 0 || text.data[at - 1] == ' ' || text.data[at - 1] == '.') &&
            memcmp(text.data + at, beginning, size) == 0)
            return true;
    return false;
}

static bool is_part(struct karto_slice region, unsigned part)
{
    for (unsigned i = 0; i < sizeof parts->beginnings / sizeof *parts->beginnings && parts[part].beginnings[i]; i++)
        if (has_beginning(region, parts[part].beginnings[i]))
            return true;
    return false;
}

const char *karto_postcode_centre(struct karto_slice index)
{
    unsigned part = part_of(index);
    return part < PARTS ? parts[part].centre : NULL;
}

static bool is_region_elsewhere(unsigned own, struct karto_slice region)
{
    bool elsewhere = false;
    for (unsigned part = 0; part < PARTS; part++)
        elsewhere |= is_part(region, part);
    return elsewhere && !is_part(region, own);
}

static bool is_city_elsewhere(struct karto_arena *arena, unsigned own, struct karto_slice city)
{
    bool elsewhere = false;
    for (unsigned part = 0; part < PARTS; part++)
        elsewhere |=
            part != own && karto_slice_equal(city, karto_text_fold(arena, karto_slice_str(parts[part].centre)));
    return elsewhere;
}

bool karto_postcode_is_elsewhere(struct karto_arena *arena, struct karto_slice index, struct karto_slice region,
                                 struct karto_slice city)
{
    unsigned own = part_of(index);
    if (own == PARTS)
        return false;
    if (region.size)
        return is_region_elsewhere(own, karto_text_fold(arena, region));
    return is_city_elsewhere(arena, own, karto_text_fold(arena, city));
}
