#include "client/encoding_guess.h"

#include "core/base/character.h"
#include "core/base/text.h"

/* ---- of more than one byte a character ---- */

/* Of UTF-16 nearly all higher bytes are those of Latin and Cyrillic letters, and some byte is zero, as in no text else.
 */
static bool is_utf16(struct karto_slice bytes, size_t higher)
{
    size_t fits = 0, zeros = 0, units = bytes.size / 2;
    for (size_t i = higher; i < 2 * units; i += 2) {
        zeros += bytes.data[i] == 0;
        fits += bytes.data[i] == 0 || bytes.data[i] == 4 || bytes.data[i] == 0x20;
    }
    return zeros > 0 && fits * 10 >= units * 9;
}

/* Some bytes may be damaged, or of rows from another file; in another encoding few would look right. */
static bool is_utf8(struct karto_slice bytes)
{
    enum { LENGTH_MAX = 4 };
    size_t right = 0, wrong = 0;
    for (size_t at = 0, size; at < bytes.size; at += size) {
        uint32_t code;
        size = karto_character_at(bytes, at, &code);
        right += size > 1;
        wrong += code == 0xFFFD && size == 1 && bytes.size - at >= LENGTH_MAX;
    }
    return wrong <= right;
}

/* ---- of one byte a character ---- */

/* What a letter costs: minus the binary logarithm of how often it is in Ukrainian, in tenths; capitals like others. */
static const struct {
    uint16_t letter;
    uint8_t cost;
} letters[] = {
    {u'о', 34},  {u'а', 36}, {u'н', 39},  {u'и', 40},  {u'і', 41},  {u'т', 42}, {u'в', 42}, {u'р', 44},
    {u'е', 44},  {u'с', 46}, {u'к', 47},  {u'л', 48},  {u'у', 49},  {u'д', 50}, {u'м', 51}, {u'п', 52},
    {u'я', 55},  {u'ь', 58}, {u'з', 55},  {u'й', 62},  {u'г', 61},  {u'б', 59}, {u'ч', 62}, {u'х', 65},
    {u'ж', 68},  {u'ш', 70}, {u'ц', 70},  {u'ю', 70},  {u'є', 74},  {u'ї', 74}, {u'щ', 76}, {u'ф', 84},
    {u'ґ', 110}, {u'ы', 84}, {u'э', 100}, {u'ъ', 100}, {u'ё', 110},
};

/* What stands in tables besides letters. */
static const uint16_t signs[] = {u'«', u'»', u'„', u'“', u'”', u'’', u'–', u'—', u'…', u'№', u'§', u'°', u'€', 0xA0};

enum { SIGN_COST = 90, OTHER_COST = 200, NOTHING_COST = 300, CASE_COST = 60 };

static uint16_t small(uint16_t code)
{
    if (code >= 0x0410 && code <= 0x042F)
        return (uint16_t)(code + 0x20);
    if (code >= 0x0400 && code <= 0x040F)
        return (uint16_t)(code + 0x50);
    return code == 0x0490 ? 0x0491 : code;
}

static unsigned cost_of(uint16_t code)
{
    code = small(code);
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].letter == code)
            return letters[i].cost;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i] == code)
            return SIGN_COST;
    return code == 0xFFFD ? NOTHING_COST : OTHER_COST;
}

/* How unlike a text the bytes are with this page: letters that are rare, signs that nobody writes, capitals behind
 * small letters. */
static uint64_t page_cost(struct karto_slice bytes, const uint16_t page[128])
{
    unsigned costs[128];
    uint64_t total = 0;
    bool was_small = false;
    for (size_t i = 0; i < 128; i++)
        costs[i] = cost_of(page[i]);
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = bytes.data[i];
        if (byte < 0x80) {
            was_small = false;
            continue;
        }
        uint16_t code = page[byte - 0x80];
        bool is_capital = small(code) != code;
        total += costs[byte - 0x80] + (was_small && is_capital ? CASE_COST : 0);
        was_small = !is_capital;
    }
    return total;
}

enum karto_encoding karto_encoding_guess(struct karto_slice bytes)
{
    static const enum karto_encoding candidates[] = {KARTO_WINDOWS_1251, KARTO_CP866, KARTO_CP1125, KARTO_KOI8_U};
    if (is_utf16(bytes, 1))
        return KARTO_UTF_16;
    if (is_utf16(bytes, 0))
        return KARTO_UTF_16_BE;
    if (is_utf8(bytes))
        return KARTO_UTF_8;
    enum karto_encoding best = candidates[0];
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        uint16_t page[128];
        karto_encoding_page(candidates[i], page);
        uint64_t cost = page_cost(bytes, page);
        if (cost < least) {
            least = cost;
            best = candidates[i];
        }
    }
    return best;
}
