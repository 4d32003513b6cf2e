#include "client/code_doubt.h"

#include "core/base/codes.h"
#include "core/base/postcode.h"
#include "core/base/text.h"

#include <string.h>

enum { VAT = 26, ATTR = 33, PREFIX_SIZE = 7 };
enum { ADDRESS = 40, LEGAL_ADDRESS = 50, POSTAL_ADDRESS = 60 };

static struct karto_slice text_of_value(struct karto_slice bytes)
{
    struct karto_value value;
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_TEXT)
        return karto_slice(NULL, 0);
    return value.text;
}

/* As it will be. */
static struct karto_slice text_after(const struct karto_field_edits *edits, uint32_t field)
{
    const struct karto_edit *edit = karto_field_edits_last(edits, field);
    struct karto_slice before = edits->view ? karto_record_value(edits->view, field) : karto_slice(NULL, 0);
    return text_of_value(edit ? edit->value : before);
}

static struct karto_slice digits_of(struct karto_arena *arena, struct karto_slice text)
{
    uint8_t *digits = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= '0' && text.data[i] <= '9')
            digits[size++] = text.data[i];
    return karto_slice(digits, size);
}

/* What has another shape is doubtful by itself, and nothing to compare with. */
static void doubt_vat(struct karto_field_edits *edits)
{
    struct karto_slice typed = text_after(edits, VAT), vat = digits_of(edits->arena, typed);
    struct karto_slice edrpou = karto_edrpou_normal(edits->arena, text_after(edits, KARTO_F_EDRPOU), NULL);
    bool is_firm = vat.size == KARTO_VAT_SIZE && edrpou.size == 8;
    bool is_trader = vat.size == KARTO_RNOKPP_SIZE && edrpou.size == KARTO_RNOKPP_SIZE;
    if (!karto_field_edits_last(edits, VAT) && !karto_field_edits_last(edits, KARTO_F_EDRPOU))
        return;
    if ((is_firm && memcmp(vat.data, edrpou.data, PREFIX_SIZE) != 0) || (is_trader && !karto_slice_equal(vat, edrpou)))
        karto_warnings_add(edits->warnings, "E-VAT-EDRPOU", "vat", typed);
}

/* Of the address whose fields begin with this number: index, region, city. */
static void doubt_index(struct karto_field_edits *edits, uint32_t first)
{
    bool touched = false;
    for (uint32_t field = first; field < first + 3; field++)
        touched |= karto_field_edits_last(edits, field) != NULL;
    struct karto_slice index = touched ? digits_of(edits->arena, text_after(edits, first)) : karto_slice(NULL, 0);
    if (karto_postcode_is_elsewhere(edits->arena, index, text_after(edits, first + 1), text_after(edits, first + 2)))
        karto_warnings_add(edits->warnings, "E-INDEX-REGION", karto_field_def(edits->kind, first)->name,
                           karto_slice_str(karto_arena_printf(edits->arena, "%.*s – %s", (int)index.size,
                                                              (const char *)index.data, karto_postcode_centre(index))));
}

static void doubt_katottg(struct karto_field_edits *edits)
{
    enum karto_code_check check;
    for (uint32_t i = 0; i < edits->count; i++) {
        struct karto_slice name = karto_text_fold(edits->arena, edits->edits[i].key);
        struct karto_slice text = text_of_value(edits->edits[i].value);
        if (edits->edits[i].field != ATTR || text.size == 0 ||
            (!karto_slice_is(name, "katottg") && !karto_slice_is(name, "катоттг")))
            continue;
        karto_katottg_normal(edits->arena, text, &check);
        if (check != KARTO_CODE_FINE)
            karto_warnings_add(edits->warnings, "E-KATOTTG-SHAPE", "attr", text);
    }
}

void karto_code_doubts(struct karto_field_edits *edits)
{
    if (!edits->warnings)
        return;
    doubt_vat(edits);
    doubt_index(edits, ADDRESS);
    doubt_index(edits, LEGAL_ADDRESS);
    doubt_index(edits, POSTAL_ADDRESS);
    doubt_katottg(edits);
}
