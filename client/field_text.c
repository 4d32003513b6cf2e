#include "client/field_text.h"

#include "client/field_value.h"
#include "client/purchase_line.h"

static bool is_line(const struct karto_field_def *def)
{
    return def && def->parts == karto_line_parts();
}

enum karto_err karto_field_parse(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice text,
                                 enum karto_lang lang, struct karto_slice *bytes, struct karto_problem *problem)
{
    uint32_t parts;
    return is_line(def) ? karto_line_parse(arena, text, lang, bytes, &parts, problem)
                        : karto_field_value_parse(arena, def, text, lang, bytes, problem);
}

struct karto_slice karto_field_text(struct karto_arena *arena, const struct karto_field_def *def,
                                    struct karto_slice bytes)
{
    return is_line(def) ? karto_line_text(arena, bytes) : karto_field_value_text(arena, bytes);
}
