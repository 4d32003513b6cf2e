#include "client/warning.h"

#include "core/base/fatal.h"

#include <stdlib.h>
#include <string.h>

void karto_warnings_init(struct karto_warnings *warnings)
{
    *warnings = (struct karto_warnings){.items = NULL};
    karto_arena_init(&warnings->arena);
}

void karto_warnings_clear(struct karto_warnings *warnings)
{
    warnings->count = 0;
    karto_arena_reset(&warnings->arena);
}

void karto_warnings_fini(struct karto_warnings *warnings)
{
    free(warnings->items);
    karto_arena_fini(&warnings->arena);
}

void karto_warnings_add(struct karto_warnings *warnings, const char *id, const char *field, struct karto_slice value)
{
    if (warnings->most && warnings->count == warnings->most) {
        warnings->dropped++;
        return;
    }
    if (warnings->count == warnings->capacity) {
        warnings->capacity = warnings->capacity ? 2 * warnings->capacity : 8;
        warnings->items = karto_must(realloc(warnings->items, warnings->capacity * sizeof *warnings->items));
    }
    warnings->items[warnings->count++] =
        (struct karto_warning){id, field, karto_arena_copy(&warnings->arena, value), warnings->row};
}

bool karto_warnings_has(const struct karto_warnings *warnings, const char *id, struct karto_slice value)
{
    for (size_t i = 0; i < warnings->count; i++)
        if (strcmp(warnings->items[i].id, id) == 0 && karto_slice_equal(warnings->items[i].value, value))
            return true;
    return false;
}

static void say(struct karto_buf *out, enum karto_lang lang, const struct karto_warning *warning, const char *suffix)
{
    char id[64];
    enum karto_message message;
    snprintf(id, sizeof id, "%s%s", warning->id, suffix);
    if (karto_message_find(id, &message))
        KARTO_SAY(out, lang, message, karto_arg_text("value", warning->value));
}

void karto_warnings_show(struct karto_out *out, enum karto_lang lang, const struct karto_warnings *warnings)
{
    karto_out_key(out, "warnings");
    karto_out_array(out);
    for (size_t i = 0; i < warnings->count; i++) {
        struct karto_buf text = KARTO_BUF_EMPTY;
        say(&text, lang, &warnings->items[i], "");
        karto_out_object(out);
        karto_out_key(out, "id");
        karto_out_str(out, warnings->items[i].id);
        karto_out_key(out, "field");
        karto_out_str(out, warnings->items[i].field);
        karto_out_key(out, "text");
        karto_out_text(out, karto_buf_slice(&text));
        if (warnings->items[i].row) {
            karto_out_key(out, "row");
            karto_out_int(out, (int64_t)warnings->items[i].row);
        }
        karto_out_object_end(out);
        karto_buf_fini(&text);
    }
    karto_out_array_end(out);
}

void karto_warnings_tell(struct karto_cli *cli, const struct karto_warnings *warnings)
{
    if (karto_out_form(karto_cli_out(cli)) == KARTO_FORM_JSON)
        return;
    for (size_t i = 0; i < warnings->count; i++) {
        struct karto_buf text = KARTO_BUF_EMPTY;
        say(&text, cli->lang, &warnings->items[i], "");
        karto_buf_add_byte(&text, ' ');
        say(&text, cli->lang, &warnings->items[i], "-HINT");
        KARTO_NOTE(cli, warnings->items[i].row ? KARTO_M_WARNING_ROW : KARTO_M_WARNING_LINE,
                   karto_arg_str("id", warnings->items[i].id), karto_arg_text("text", karto_buf_slice(&text)),
                   karto_arg_int("row", (int64_t)warnings->items[i].row));
        karto_buf_fini(&text);
    }
}
