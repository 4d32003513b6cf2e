/* karto export: records as a table that karto import reads back, or as lines of JSON. */
#include "client/cmd.h"
#include "client/export_table.h"
#include "client/field_show.h"
#include "client/file_problem.h"
#include "client/ask.h"
#include "client/interrupt.h"
#include "client/open.h"
#include "client/progress.h"
#include "core/base/reader.h"
#include "core/store/query.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_SIZE = 64 * 1024 };

struct work {
    struct karto_cli *cli;
    uint32_t kind;
    bool json;
    const char *path; /* NULL: standard output */
    const char *part; /* what is written until it is whole */
    FILE *file;
    struct karto_buf text;
    struct karto_export_table table;
    struct karto_out *out; /* of JSON */
    struct karto_ask ask;
    struct karto_progress progress;
    uint64_t records;
    bool stopped; /* the reader of standard output has had enough, or Ctrl-C */
};

/* ---- options ---- */

static enum karto_err refuse_choice(struct work *w, const char *name, const char *value, const char *choices)
{
    return KARTO_PROBLEM(&w->cli->problem, w->cli->lang, KARTO_E_USAGE, KARTO_M_OPTION_CHOICE,
                         karto_arg_str("option", name), karto_arg_str("value", value),
                         karto_arg_str("choices", choices));
}

static enum karto_err choose(struct work *w)
{
    const char *kind = karto_args_value(&w->cli->args, "kind"), *format = karto_args_value(&w->cli->args, "format");
    const struct karto_kind_def *def = karto_kind_named(karto_slice_str(kind ? kind : "client"));
    if (!def || def->number > KARTO_PURCHASE)
        return refuse_choice(w, "--kind", kind, "client, person, activity, purchase");
    w->kind = def->number;
    w->json = format ? strcmp(format, "json") == 0 : w->cli->settings.form == KARTO_FORM_JSON;
    if (format && !w->json && strcmp(format, "csv") != 0)
        return refuse_choice(w, "--format", format, "csv, json");
    enum karto_err err = karto_ask_words(w->cli, &w->ask);
    if (err != KARTO_OK)
        return err;
    const char *path = karto_args_value(&w->cli->args, "output");
    w->path = path && strcmp(path, "-") != 0 ? path : NULL;
    return KARTO_OK;
}

/* ---- the file ---- */

static enum karto_err unwritable(struct work *w)
{
    return karto_cli_unwritable(w->cli, w->path ? w->path : "-");
}

/* A file that was there stays until the new one is whole. There are people and phones in it: its owner's only. */
static enum karto_err open_file(struct work *w)
{
    w->file = w->cli->out;
    if (!w->path)
        return KARTO_OK;
    w->part = karto_arena_printf(&w->cli->settings.arena, "%s.part", w->path);
    int fd = open(w->part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    w->file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!w->file)
        return unwritable(w);
    karto_interrupt_watch();
    return KARTO_OK;
}

/* Keeps what was written, or not. */
static enum karto_err close_file(struct work *w, enum karto_err err)
{
    if (!w->path || !w->file)
        return err;
    if (err == KARTO_OK && (fflush(w->file) != 0 || fsync(fileno(w->file)) != 0))
        err = unwritable(w);
    if (fclose(w->file) != 0 && err == KARTO_OK)
        err = unwritable(w);
    if (err == KARTO_OK && rename(w->part, w->path) != 0)
        err = unwritable(w);
    if (err != KARTO_OK)
        unlink(w->part);
    return err;
}

static enum karto_err flush_text(struct work *w)
{
    errno = 0;
    if (w->text.size && fwrite(w->text.data, 1, w->text.size, w->file) != w->text.size) {
        w->stopped = errno == EPIPE;
        return w->stopped ? KARTO_E_INTERRUPTED : unwritable(w);
    }
    karto_buf_clear(&w->text);
    return KARTO_OK;
}

/* ---- records ---- */

static enum karto_err show_json(struct work *w, const struct karto_record *record)
{
    char text[KARTO_RID_TEXT];
    karto_out_begin(w->out, karto_kind(w->kind)->name, KARTO_OUT_CARD);
    karto_rid_print(record->id, text);
    karto_out_key(w->out, "id");
    karto_out_str(w->out, text);
    karto_rid_print_short(record->id, text);
    karto_out_key(w->out, "short");
    karto_out_str(w->out, text);
    karto_fields_show(w->out, record);
    enum karto_err err = karto_out_end(w->out);
    return err == KARTO_OK ? KARTO_OK : unwritable(w);
}

static enum karto_err visit(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct work *w = context;
    bool fits = false;
    w->stopped = w->stopped || (w->path && karto_interrupted());
    if (w->stopped)
        return KARTO_E_INTERRUPTED;
    enum karto_err err = karto_ask_fits(&w->ask, tx, entry, &fits, NULL);
    if (err != KARTO_OK || !fits)
        return err;
    karto_progress_rows(&w->progress, ++w->records);
    if (w->json)
        return show_json(w, &entry->view);
    err = karto_export_table_add(&w->table, tx, &entry->view);
    return err == KARTO_OK && w->text.size >= FLUSH_SIZE ? flush_text(w) : err;
}

static enum karto_err work(struct karto_tx *tx, void *context)
{
    static const struct karto_rid first = {{0}};
    struct work *w = context;
    enum karto_err err = karto_ask_read(w->cli, tx, w->kind, &w->ask);
    if (err == KARTO_OK && !w->json)
        err = karto_export_table_begin(&w->table, tx, w->kind, &w->text);
    if (err == KARTO_OK)
        err = karto_each(tx, w->kind, first, visit, w);
    if (err == KARTO_OK && !w->stopped)
        err = flush_text(w);
    if (w->stopped)
        err = w->path ? KARTO_E_INTERRUPTED : KARTO_OK;
    return err;
}

static void note_done(struct work *w)
{
    uint64_t rows = w->json ? w->records : w->table.rows;
    if (w->path)
        KARTO_NOTE(w->cli, KARTO_M_EXPORT_DONE, karto_arg_int("n", (int64_t)rows), karto_arg_str("file", w->path));
}

static enum karto_err carry_out(struct work *w)
{
    const struct karto_out_options options = {.form = KARTO_FORM_JSON, .lang = w->cli->lang};
    enum karto_err err = open_file(w);
    if (err != KARTO_OK)
        return err;
    w->out = karto_out_new(w->file, &options);
    karto_progress_begin(&w->progress, w->cli);
    err = karto_cli_read(w->cli, work, w);
    karto_progress_end(&w->progress);
    karto_out_free(w->out);
    karto_export_table_fini(&w->table);
    karto_buf_fini(&w->text);
    return close_file(w, err);
}

enum karto_exit karto_cmd_export(struct karto_cli *cli)
{
    struct work w = {.cli = cli};
    enum karto_err err = choose(&w);
    if (err == KARTO_OK)
        err = carry_out(&w);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    note_done(&w);
    return KARTO_EXIT_DONE;
}
