#include "client/purchase_line.h"

#include "client/set_cell.h"
#include "core/base/limits.h"
#include "core/base/text.h"

#include <string.h>

static enum karto_err make_line(struct karto_arena *arena, const struct karto_slice *parts, uint32_t count,
                                enum karto_lang lang, struct karto_slice *bytes, struct karto_problem *problem)
{
    *bytes = karto_tuple_bytes(arena, parts, count);
    if (bytes->size <= KARTO_VALUE_SIZE_MAX)
        return KARTO_OK;
    return KARTO_PROBLEM(problem, lang, KARTO_E_LIMIT, KARTO_M_VALUE_LONG, karto_arg_str("field", "lines"),
                         karto_arg_int("max", KARTO_VALUE_SIZE_MAX));
}

enum karto_err karto_line_parse(struct karto_arena *arena, struct karto_slice text, enum karto_lang lang,
                                struct karto_slice *bytes, uint32_t *parts, struct karto_problem *problem)
{
    struct karto_slice values[KARTO_TUPLE_MAX], rest = karto_text_clean(arena, text), written;
    uint32_t count;
    *parts = 0;
    *bytes = karto_value_bytes(arena, karto_value_nil());
    if (rest.size == 0)
        return KARTO_OK;
    karto_line_split(arena, karto_slice(NULL, 0), values, &count);
    while (karto_set_cell_take(arena, &rest, &written)) {
        if (*parts == KARTO_LINE_PARTS)
            return KARTO_PROBLEM(problem, lang, KARTO_E_INVALID, KARTO_M_LINE_FORM, karto_arg_text("value", text));
        enum karto_err err =
            karto_line_part_parse(arena, &karto_line_parts()[*parts], written, lang, &values[*parts], problem);
        if (err != KARTO_OK)
            return err;
        ++*parts;
    }
    return make_line(arena, values, count, lang, bytes, problem);
}

enum karto_err karto_line_set_part(struct karto_arena *arena, struct karto_slice old,
                                   const struct karto_field_def *part, struct karto_slice text, enum karto_lang lang,
                                   struct karto_slice *bytes, struct karto_problem *problem)
{
    struct karto_slice parts[KARTO_TUPLE_MAX];
    uint32_t count;
    karto_line_split(arena, old, parts, &count);
    enum karto_err err = karto_line_part_parse(arena, part, text, lang, &parts[part - karto_line_parts()], problem);
    return err == KARTO_OK ? make_line(arena, parts, count, lang, bytes, problem) : err;
}

const struct karto_field_def *karto_line_key_part(struct karto_slice *key)
{
    for (const struct karto_field_def *part = karto_line_parts(); part->name; part++) {
        size_t size = strlen(part->name);
        if (key->size <= size + 1 || key->data[key->size - size - 1] != '.' ||
            memcmp(key->data + key->size - size, part->name, size) != 0)
            continue;
        key->size -= size + 1;
        return part;
    }
    return NULL;
}

struct karto_slice karto_line_text(struct karto_arena *arena, struct karto_slice bytes)
{
    struct karto_slice parts[KARTO_TUPLE_MAX];
    struct karto_buf out = KARTO_BUF_EMPTY;
    uint32_t count;
    if (karto_value_is_nil(bytes))
        return karto_slice(NULL, 0);
    karto_line_split(arena, bytes, parts, &count);
    for (count = KARTO_LINE_PARTS; count > 1 && karto_value_is_nil(parts[count - 1]);)
        count--;
    for (uint32_t i = 0; i < count; i++) {
        const struct karto_field_def *part = &karto_line_parts()[i];
        karto_buf_add_str(&out, i ? "; " : "");
        karto_set_cell_add(&out, out.size, karto_line_part_text(arena, part, parts[i]));
        if (i == KARTO_LINE_PARTS - 1)
            karto_buf_add_byte(&out, '%');
    }
    struct karto_slice text = karto_arena_copy(arena, karto_buf_slice(&out));
    karto_buf_fini(&out);
    return text;
}
