#include "client/changed.h"

#include "core/model/batch.h"

#include <string.h>

void karto_changed_say_back(struct karto_buf *out, enum karto_lang lang, uint64_t batch)
{
    char undo[KARTO_BATCH_TEXT];
    karto_batch_print(batch, undo);
    karto_buf_add_str(out, " · ");
    KARTO_SAY(out, lang, KARTO_M_CHANGED_BACK, karto_arg_str("undo", undo));
}

void karto_samples_show(struct karto_out *out, struct karto_slice lines)
{
    karto_out_key(out, "samples");
    karto_out_array(out);
    while (lines.size) {
        const uint8_t *end = memchr(lines.data, '\n', lines.size);
        size_t size = (size_t)(end - lines.data);
        karto_out_text(out, karto_slice(lines.data, size));
        lines = karto_slice(end + 1, lines.size - size - 1);
    }
    karto_out_array_end(out);
}

static void say_line(struct karto_cli *cli, const struct karto_changed *changed)
{
    struct karto_buf line = KARTO_BUF_EMPTY;
    if (changed->changes == 0)
        karto_message(&line, cli->lang, KARTO_M_NOTHING_CHANGED, NULL, 0);
    else if (changed->said.size)
        karto_buf_add_slice(&line, changed->said);
    else
        KARTO_SAY(&line, cli->lang, KARTO_M_CHANGED_RECORDS, karto_arg_int("n", (int64_t)changed->record_count));
    if (changed->changes && changed->batch)
        karto_changed_say_back(&line, cli->lang, changed->batch);
    if (!cli->settings.quiet)
        karto_out_say(karto_cli_out(cli), karto_buf_slice(&line));
    karto_buf_fini(&line);
}

/* Outside of JSON there is a line for each: a table may have thousands. */
static void show_records(struct karto_out *out, const struct karto_changed *changed)
{
    char text[KARTO_RID_TEXT];
    bool is_array = karto_out_form(out) == KARTO_FORM_JSON || changed->record_count == 0;
    if (is_array) {
        karto_out_key(out, "records");
        karto_out_array(out);
    }
    for (size_t i = 0; i < changed->record_count; i++) {
        karto_rid_print(changed->records[i], text);
        if (!is_array)
            karto_out_key(out, "records");
        karto_out_str(out, text);
    }
    if (is_array)
        karto_out_array_end(out);
}

static void show_object(struct karto_out *out, enum karto_lang lang, const struct karto_changed *changed)
{
    char text[KARTO_RID_TEXT];
    show_records(out, changed);
    karto_out_key(out, "changes");
    karto_out_int(out, (int64_t)changed->changes);
    karto_out_key(out, "undo");
    if (changed->batch) {
        karto_batch_print(changed->batch, text);
        karto_out_str(out, text);
    } else {
        karto_out_null(out);
    }
    struct karto_warnings none;
    karto_warnings_init(&none);
    karto_warnings_show(out, lang, changed->warnings ? changed->warnings : &none);
    karto_warnings_fini(&none);
    if (changed->more)
        changed->more(out, changed->more_context);
}

enum karto_err karto_changed_show(struct karto_cli *cli, const struct karto_changed *changed)
{
    struct karto_out *out = karto_cli_out(cli);
    if (changed->warnings)
        karto_warnings_tell(cli, changed->warnings);
    if (cli->settings.dry_run)
        karto_cli_note(cli, KARTO_M_DRY_RUN, NULL, 0);
    if (karto_out_form(out) == KARTO_FORM_TABLE) {
        say_line(cli, changed);
        return KARTO_OK;
    }
    karto_out_begin(out, "changed", KARTO_OUT_CARD);
    show_object(out, cli->lang, changed);
    return karto_out_end(out);
}
