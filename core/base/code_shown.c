#include "core/base/code_shown.h"

#include "core/base/codes.h"
#include "core/base/text.h"

#include <string.h>

enum { COUNTRY_SIZE = 3 }; /* 380 */

/* The number at the beginning: up to a letter, or a sign between two numbers; without what stands behind its last
 * digit.
 */
static struct karto_slice number_at(struct karto_slice typed)
{
    size_t end = 0;
    for (size_t at = 0; at < typed.size && !strchr("#,;/", typed.data[at]);) {
        enum karto_text_class class = karto_text_class(typed, &at);
        if (class == KARTO_TEXT_LETTER)
            break;
        if (class == KARTO_TEXT_DIGIT)
            end = at;
    }
    return karto_slice(typed.data, end);
}

static const char *grouped(struct karto_arena *arena, const char *national)
{
    bool fixed_price = strncmp(national, "800", 3) == 0 || strncmp(national, "900", 3) == 0;
    if (fixed_price)
        return karto_arena_printf(arena, "+380 %.3s %.3s %s", national, national + 3, national + 6);
    return karto_arena_printf(arena, "+380 %.2s %.3s-%.2s-%s", national, national + 2, national + 5, national + 7);
}

struct karto_slice karto_phone_shown(struct karto_arena *arena, struct karto_slice typed)
{
    struct karto_slice number = number_at(typed),
                       behind = karto_slice(typed.data + number.size, typed.size - number.size);
    struct karto_slice key = karto_phone_normal(arena, number, NULL), whole = karto_phone_normal(arena, typed, NULL);
    bool only = karto_slice_begins(whole, key) && (whole.size == key.size || whole.data[key.size] == 'x');
    if (number.size == 0 || !only || !karto_slice_begins(key, karto_slice_str("380")))
        return typed;
    const char *shown = grouped(arena, karto_arena_string(arena, key) + COUNTRY_SIZE);
    return karto_slice_str(karto_arena_printf(arena, "%s%.*s", shown, (int)behind.size, (const char *)behind.data));
}

struct karto_slice karto_iban_shown(struct karto_arena *arena, struct karto_slice typed)
{
    enum karto_code_check check;
    struct karto_slice iban = karto_iban_normal(arena, typed, &check);
    if (check == KARTO_CODE_SHAPE)
        return typed;
    uint8_t *out = karto_arena_array(arena, iban.size, 2);
    size_t size = 0;
    for (size_t i = 0; i < iban.size; i++) {
        if (i > 0 && i % 4 == 0)
            out[size++] = ' ';
        out[size++] = iban.data[i];
    }
    return karto_slice(out, size);
}
