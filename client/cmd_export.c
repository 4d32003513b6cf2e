/* karto export: records as a table that karto import reads back, or as lines of JSON. */
#include "client/cmd.h"
#include "client/encoding_write.h"
#include "client/export_table.h"
#include "client/field_show.h"
#include "client/file_problem.h"
#include "client/ask.h"
#include "client/interrupt.h"
#include "client/noun.h"
#include "client/open.h"
#include "client/out_file.h"
#include "client/progress.h"
#include "client/terminal.h"
#include "core/base/reader.h"
#include "core/store/page.h"

#include <errno.h>
#include <string.h>

enum { FLUSH_SIZE = 64 * 1024 };

enum form {
    CSV,
    JSON_LINES, /* a record a line */
    JSON_ONE,   /* the one object of an answer, with all of them */
};

struct work {
    struct karto_cli *cli;
    uint32_t kind;
    enum form form;
    const char *path;            /* NULL: standard output */
    struct karto_out_file whole; /* of path */
    FILE *nowhere;               /* instead of it, in a trial */
    struct karto_rid after, last;
    bool more; /* than --limit */
    FILE *file;
    struct karto_buf text;
    struct karto_encoder encoder; /* of CSV */
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

static bool ends(const char *text, const char *suffix)
{
    size_t size = strlen(text), suffix_size = strlen(suffix);
    return size > suffix_size && strcmp(text + size - suffix_size, suffix) == 0;
}

/* As --format says, or else the name of the file; what is printed is an answer like others, and in their form. */
static enum karto_err choose_form(struct work *w)
{
    const char *format = karto_args_value(&w->cli->args, "format"), *path = karto_args_value(&w->cli->args, "output");
    w->path = path && strcmp(path, "-") != 0 ? path : NULL;
    w->form = CSV;
    if (format ? strcmp(format, "json") == 0 : w->path && ends(w->path, ".json"))
        w->form = JSON_LINES;
    else if (format && strcmp(format, "csv") != 0)
        return refuse_choice(w, "--format", format, "csv, json");
    else if (!format && !w->path && w->cli->settings.form == KARTO_FORM_JSON)
        w->form = JSON_ONE;
    return KARTO_OK;
}

/* JSON is UTF-8 always, and so is what Excel opens. */
static enum karto_err choose_encoding(struct work *w)
{
    const char *name = karto_args_value(&w->cli->args, "encoding");
    enum karto_encoding encoding = KARTO_UTF_8;
    bool any = w->form == CSV && !karto_args_has(&w->cli->args, "excel"),
         known = !name || karto_encoding_parse(name, &encoding);
    if (!known || !karto_encoder_init(&w->encoder, encoding) || (!any && encoding != KARTO_UTF_8))
        return refuse_choice(w, "--encoding", name, any ? KARTO_ENCODINGS_WRITTEN : "utf-8");
    return KARTO_OK;
}

/* Records come in the order of their ids, and --after is the last one's. */
static enum karto_err choose_part(struct work *w)
{
    const char *sort = w->cli->settings.sort, *after = w->cli->settings.after;
    if (sort && strcmp(sort, "id") != 0)
        return refuse_choice(w, "--sort", sort, "id");
    if (after && karto_rid_parse(karto_slice_str(after), &w->after) != KARTO_OK)
        return KARTO_PROBLEM(&w->cli->problem, w->cli->lang, KARTO_E_USAGE, KARTO_M_AFTER_FORM,
                             karto_arg_str("value", after));
    return KARTO_OK;
}

static enum karto_err choose_columns(struct work *w)
{
    struct karto_column columns[KARTO_EXPORT_COLUMNS_MAX];
    size_t count = 0;
    columns[count++] = (struct karto_column){"id", true};
    for (const struct karto_field_def *def = karto_kind(w->kind)->fields; def->name; def++)
        if (count < KARTO_EXPORT_COLUMNS_MAX && def->number != KARTO_F_HIDDEN && def->number != KARTO_F_MERGED)
            columns[count++] = (struct karto_column){def->name, false};
    return karto_out_check_columns(karto_cli_out(w->cli), columns, count, &w->cli->problem);
}

static enum karto_err refuse_word(struct work *w, enum karto_message message, enum karto_message hint, const char *word,
                                  const char *kind)
{
    struct karto_cli *cli = w->cli;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, message, karto_arg_str("word", word));
    KARTO_SAY(&cli->problem.hint, cli->lang, hint, karto_arg_str("file", word), karto_arg_str("kind", kind));
    return KARTO_E_USAGE;
}

/* "karto export persons" alone: no firm is called so. */
static enum karto_err check_kind(struct work *w)
{
    struct karto_cli *cli = w->cli;
    const char *word = cli->args.word_count == 1 ? cli->args.words[0] : "";
    for (unsigned i = 0; karto_noun_at(i); i++) {
        const char *kind = karto_kind(karto_noun_at(i)->kind)->name;
        if (strcmp(word, kind) == 0 || strcmp(word, karto_noun_at(i)->plural) == 0)
            return refuse_word(w, KARTO_M_EXPORT_KIND, KARTO_M_EXPORT_KIND_HINT, word, kind);
    }
    return KARTO_OK;
}

/* Excel does not open a table as text whose name says that it is a workbook. */
static enum karto_err check_name(struct work *w)
{
    static const char *const endings[] = {".xlsx", ".xls", ".ods"};
    for (size_t i = 0; w->path && i < sizeof endings / sizeof *endings; i++) {
        if (!ends(w->path, endings[i]))
            continue;
        size_t size = strlen(w->path) - strlen(endings[i]);
        const char *name = karto_arena_printf(&w->cli->settings.arena, "%.*s.csv", (int)size, w->path);
        return refuse_word(w, KARTO_M_EXPORT_EXCEL, KARTO_M_EXPORT_EXCEL_HINT, name, NULL);
    }
    return KARTO_OK;
}

/* Somebody who forgot -o would get an empty table, and no file. */
static enum karto_err check_words(struct work *w)
{
    static const char *const endings[] = {".csv", ".json", ".tsv", ".txt", ".xlsx"};
    struct karto_cli *cli = w->cli;
    for (size_t i = 0; i < cli->args.word_count; i++) {
        const char *word = cli->args.words[i];
        for (size_t j = 0; j < sizeof endings / sizeof *endings; j++)
            if (ends(word, endings[j]))
                return refuse_word(w, KARTO_M_EXPORT_TO_FILE, KARTO_M_EXPORT_TO_FILE_HINT, word, NULL);
    }
    return check_kind(w);
}

static enum karto_err choose(struct work *w)
{
    w->kind = KARTO_CLIENT;
    enum karto_err err = karto_cli_kind(w->cli, &w->kind);
    if (err == KARTO_OK)
        err = check_words(w);
    if (err == KARTO_OK)
        err = karto_ask_words(w->cli, &w->ask);
    if (err == KARTO_OK)
        err = choose_form(w);
    if (err == KARTO_OK)
        err = choose_encoding(w);
    if (err == KARTO_OK)
        err = check_name(w);
    if (err == KARTO_OK)
        err = choose_part(w);
    return err == KARTO_OK ? choose_columns(w) : err;
}

/* ---- the file ---- */

static enum karto_err unwritable(struct work *w)
{
    return karto_cli_unwritable(w->cli, w->path ? w->path : "-");
}

static enum karto_err open_file(struct work *w)
{
    w->file = w->cli->out;
    if (!w->path)
        return KARTO_OK;
    if (w->cli->settings.dry_run) {
        w->file = w->nowhere = fopen("/dev/null", "w");
        return w->file ? karto_out_file_check(w->cli, w->path) : unwritable(w);
    }
    enum karto_err err = karto_out_file_open(&w->whole, w->cli, w->path);
    w->file = w->whole.file;
    if (err == KARTO_OK)
        karto_interrupt_watch();
    return err;
}

/* A terminal obeys what stands in names and notes of other people. */
static void make_harmless(struct karto_buf *text)
{
    struct karto_buf harmless = KARTO_BUF_EMPTY;
    karto_terminal_lines(&harmless, karto_buf_slice(text));
    karto_buf_fini(text);
    *text = harmless;
}

static void encode(struct work *w)
{
    struct karto_buf encoded = KARTO_BUF_EMPTY;
    karto_encoder_add(&w->encoder, karto_buf_slice(&w->text), &encoded);
    karto_buf_fini(&w->text);
    w->text = encoded;
}

static enum karto_err flush_text(struct work *w)
{
    if (!w->path && w->cli->out_is_terminal)
        make_harmless(&w->text);
    encode(w);
    errno = 0;
    if (w->text.size && fwrite(w->text.data, 1, w->text.size, w->file) != w->text.size) {
        w->stopped = errno == EPIPE;
        return w->stopped ? KARTO_E_INTERRUPTED : unwritable(w);
    }
    karto_buf_clear(&w->text);
    return KARTO_OK;
}

/* ---- records ---- */

static void show_keys(struct work *w, const struct karto_record *record)
{
    char text[KARTO_RID_TEXT];
    karto_rid_print(record->id, text);
    karto_out_key(w->out, "id");
    karto_out_str(w->out, text);
    karto_rid_print_short(record->id, text);
    karto_out_key(w->out, "short");
    karto_out_str(w->out, text);
    karto_fields_show(w->out, record);
}

static enum karto_err show_line(struct work *w, const struct karto_record *record)
{
    karto_out_begin(w->out, karto_kind(w->kind)->name, KARTO_OUT_CARD);
    show_keys(w, record);
    enum karto_err err = karto_out_end(w->out);
    return err == KARTO_OK ? KARTO_OK : unwritable(w);
}

static void show_item(struct work *w, const struct karto_record *record)
{
    karto_out_object(w->out);
    karto_out_key(w->out, "kind");
    karto_out_str(w->out, karto_kind(w->kind)->name);
    show_keys(w, record);
    karto_out_object_end(w->out);
}

static enum karto_err add_row(struct work *w, struct karto_tx *tx, const struct karto_record *record)
{
    enum karto_err err = karto_export_table_add(&w->table, tx, record);
    return err == KARTO_OK && w->text.size >= FLUSH_SIZE ? flush_text(w) : err;
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
    if (w->cli->settings.limit && w->records == w->cli->settings.limit) {
        w->more = true;
        return KARTO_E_INTERRUPTED;
    }
    w->last = entry->id;
    karto_progress_rows(&w->progress, ++w->records);
    switch (w->form) {
    case CSV: return add_row(w, tx, &entry->view);
    case JSON_LINES: return show_line(w, &entry->view);
    case JSON_ONE: show_item(w, &entry->view); break;
    }
    return KARTO_OK;
}

/* All records of the kind, in one answer or one by one. */
static enum karto_err walk(struct work *w, struct karto_tx *tx)
{
    char last[KARTO_RID_TEXT];
    if (w->form != JSON_ONE)
        return karto_page_each(tx, &w->ask.select, w->kind, w->after, visit, w);
    karto_out_begin(w->out, "export", KARTO_OUT_CARD);
    karto_out_key(w->out, "of");
    karto_out_str(w->out, karto_kind(w->kind)->name);
    karto_out_key(w->out, "items");
    karto_out_array(w->out);
    enum karto_err err = karto_page_each(tx, &w->ask.select, w->kind, w->after, visit, w);
    karto_out_array_end(w->out);
    karto_out_key(w->out, "next");
    karto_rid_print(w->last, last);
    karto_out_str(w->out, w->more ? last : NULL);
    enum karto_err out_err = karto_out_end(w->out);
    return err == KARTO_OK ? out_err : err;
}

static enum karto_err work(struct karto_tx *tx, void *context)
{
    struct work *w = context;
    enum karto_err err = karto_ask_read(w->cli, tx, w->kind, &w->ask);
    bool tabs = !w->path && w->cli->settings.form == KARTO_FORM_TSV;
    bool excel = karto_args_has(&w->cli->args, "excel");
    if (err == KARTO_OK && w->form == CSV)
        err = karto_export_table_begin(&w->table, tx, w->kind, w->cli->settings.columns, tabs ? '\t' : ',', excel,
                                       &w->text);
    if (err == KARTO_OK)
        err = walk(w, tx);
    if (err == KARTO_OK && !w->stopped)
        err = flush_text(w);
    if (w->stopped)
        err = w->path ? KARTO_E_INTERRUPTED : KARTO_OK;
    return err;
}

static void note_more(struct work *w)
{
    char last[KARTO_RID_TEXT];
    karto_rid_print(w->last, last);
    if (w->more && w->form != JSON_ONE)
        KARTO_NOTE(w->cli, KARTO_M_MORE, karto_arg_str("cursor", last));
}

/* What became of a file; what was printed speaks for itself. */
static enum karto_err answer(struct work *w)
{
    uint64_t rows = w->form == CSV ? w->table.rows : w->records;
    note_more(w);
    if (w->encoder.lost)
        KARTO_NOTE(w->cli, KARTO_M_EXPORT_LOST, karto_arg_int("n", (int64_t)w->encoder.lost));
    if (!w->path)
        return KARTO_OK;
    if (w->nowhere)
        karto_cli_note(w->cli, KARTO_M_DRY_RUN, NULL, 0);
    if (w->cli->settings.form == KARTO_FORM_AUTO || w->cli->settings.form == KARTO_FORM_TABLE) {
        KARTO_NOTE(w->cli, w->nowhere ? KARTO_M_EXPORT_TRIED : KARTO_M_EXPORT_DONE, karto_arg_int("n", (int64_t)rows),
                   karto_arg_str("file", w->path));
        return KARTO_OK;
    }
    struct karto_out *out = karto_cli_out(w->cli);
    karto_out_begin(out, "exported", KARTO_OUT_CARD);
    karto_out_key(out, "file"), karto_out_str(out, w->path);
    karto_out_key(out, "format"), karto_out_str(out, w->form == CSV ? "csv" : "json");
    karto_out_key(out, "of"), karto_out_str(out, karto_kind(w->kind)->name);
    karto_out_key(out, "records"), karto_out_int(out, (int64_t)w->records);
    karto_out_key(out, "rows"), karto_out_int(out, (int64_t)rows);
    return karto_out_end(out);
}

static void close_nowhere(struct work *w)
{
    if (w->nowhere)
        fclose(w->nowhere);
}

static enum karto_err carry_out(struct work *w)
{
    const struct karto_out_options options = {.form = KARTO_FORM_JSON, .lang = w->cli->lang};
    enum karto_err err = open_file(w);
    if (err != KARTO_OK) {
        close_nowhere(w);
        return err;
    }
    w->out = karto_out_new(w->file, &options);
    karto_progress_begin(&w->progress, w->cli);
    err = karto_cli_read(w->cli, work, w);
    karto_progress_end(&w->progress);
    karto_out_free(w->out);
    karto_export_table_fini(&w->table);
    karto_buf_fini(&w->text);
    close_nowhere(w);
    if (err == KARTO_OK)
        return karto_out_file_keep(&w->whole);
    karto_out_file_drop(&w->whole);
    return err;
}

enum karto_exit karto_cmd_export(struct karto_cli *cli)
{
    struct work w = {.cli = cli};
    enum karto_err err = choose(&w);
    if (err == KARTO_OK)
        err = carry_out(&w);
    if (err == KARTO_E_INTERRUPTED)
        karto_message(&cli->problem.hint, cli->lang, KARTO_M_EXPORT_INTERRUPTED_HINT, NULL, 0);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    return karto_cli_end(cli, answer(&w));
}
