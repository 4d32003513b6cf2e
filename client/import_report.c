#include "client/import_report.h"

#include "client/changed.h"
#include "client/encoding_guess.h"
#include "client/file_problem.h"
#include "client/formula.h"
#include "client/typed_word.h"
#include "core/base/os_posix.h"
#include "core/base/reader.h"

#include <errno.h>
#include <string.h>

void karto_import_report_begin(struct karto_import_report *report, struct karto_cli *cli,
                               const struct karto_import *import)
{
    *report = (struct karto_import_report){.cli = cli, .import = import};
    report->separator = ',';
    report->encoding = KARTO_UTF_8;
    karto_spill_init(&report->records, NULL);
}

void karto_import_report_end(struct karto_import_report *report)
{
    karto_out_file_drop(&report->errors); /* open only where nothing was changed: the next run will say the same */
    karto_buf_fini(&report->text);
    karto_buf_fini(&report->rejections);
    karto_spill_fini(&report->records);
    karto_buf_fini(&report->samples);
    karto_buf_fini(&report->repeated);
}

/* ---- the file of errors ---- */

static enum karto_err unwritable(struct karto_import_report *report)
{
    return karto_cli_unwritable(report->cli, report->errors_path);
}

/* Whether a row of this number would be another line when only some rows of its record come again. */
static bool adds_line_key(const struct karto_import *import)
{
    return import->has_lines && import->line_key == KARTO_NO_COLUMN;
}

static bool is_error_column(const struct karto_import_column *column)
{
    return column->target == KARTO_TO_NOTHING && karto_slice_is(column->name, "error");
}

static enum karto_err flush_text(struct karto_import_report *report)
{
    bool fine = fwrite(report->text.data, 1, report->text.size, report->errors.file) == report->text.size;
    karto_buf_clear(&report->text);
    return fine ? KARTO_OK : unwritable(report);
}

/* Spreadsheets see by the mark that it is UTF-8. */
static enum karto_err open_errors(struct karto_import_report *report)
{
    const struct karto_import_columns *columns = &report->import->columns;
    struct karto_csv_writer writer;
    enum karto_err err = karto_out_file_open(&report->errors, report->cli, report->errors_path);
    if (err != KARTO_OK)
        return err;
    karto_csv_write_begin(&writer, &report->text, report->separator, true);
    for (size_t i = 0; i < columns->count; i++)
        if (!is_error_column(&columns->all[i]))
            karto_csv_write(&writer, columns->all[i].name);
    if (adds_line_key(report->import))
        karto_csv_write(&writer, karto_slice_str("lines.key"));
    karto_csv_write(&writer, karto_slice_str("error"));
    karto_csv_write_end_row(&writer);
    return flush_text(report);
}

/* What the bytes of a wrong row look like; KARTO_FIND_OUT: they are right, or only those of the table are wrong. */
static enum karto_encoding like_of(const struct karto_import_row *row)
{
    struct karto_buf all = KARTO_BUF_EMPTY;
    for (size_t i = 0; i < row->cell_count; i++)
        karto_buf_add_slice(&all, row->cells[i]);
    bool is_right = karto_utf8_valid(karto_buf_slice(&all));
    enum karto_encoding like = is_right ? KARTO_FIND_OUT : karto_encoding_guess(karto_buf_slice(&all));
    karto_buf_fini(&all);
    return like;
}

static void write_cell(struct karto_csv_writer *writer, struct karto_slice cell, enum karto_encoding like)
{
    struct karto_arena arena;
    struct karto_buf text = KARTO_BUF_EMPTY, plain = KARTO_BUF_EMPTY;
    karto_arena_init(&arena);
    if (like == KARTO_FIND_OUT)
        karto_buf_add_slice(&text, cell);
    else
        karto_encoding_rescue(cell, like, &text);
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i])
            karto_buf_add_byte(&plain, text.data[i]);
    karto_csv_write(writer, karto_formula_guard(&arena, karto_buf_slice(&plain), false));
    karto_buf_fini(&plain);
    karto_buf_fini(&text);
    karto_arena_fini(&arena);
}

static enum karto_err write_error(struct karto_import_report *report, const struct karto_import_row *row)
{
    const struct karto_import_columns *columns = &report->import->columns;
    struct karto_csv_writer writer;
    char line[24] = "";
    enum karto_err err = report->errors.file ? KARTO_OK : open_errors(report);
    if (err != KARTO_OK)
        return err;
    enum karto_encoding like = row->says_where ? like_of(row) : KARTO_FIND_OUT;
    karto_csv_write_begin(&writer, &report->text, report->separator, false);
    for (size_t i = 0; i < columns->count; i++)
        if (!is_error_column(&columns->all[i]))
            write_cell(&writer, row->cells[i], like);
    if (row->line)
        snprintf(line, sizeof line, "%llu", (unsigned long long)row->line);
    if (adds_line_key(report->import))
        karto_csv_write(&writer, karto_slice_str(line));
    if (row->says_where) /* it may have too many cells, and then what is in the reason looks like the separator */
        karto_csv_write_quoted(&writer, row->why);
    else
        karto_csv_write(&writer, row->why);
    for (size_t i = columns->count; i < row->cell_count; i++)
        write_cell(&writer, row->cells[i], like);
    karto_csv_write_end_row(&writer);
    return flush_text(report);
}

/* ---- rows ---- */

/* A rejected row in an answer of JSON; the reason and the column follow it. */
struct rejection {
    uint64_t number;
    const char *id;
    size_t why_size, column_size;
};

static void add_rejection(struct karto_import_report *report, const struct karto_import_row *row)
{
    const struct rejection head = {row->number, row->id, row->why.size, row->column.size};
    karto_buf_add(&report->rejections, &head, sizeof head);
    karto_buf_add_slice(&report->rejections, row->why);
    karto_buf_add_slice(&report->rejections, row->column);
}

static void tell_rejected(struct karto_import_report *report, const struct karto_import_row *row)
{
    if (report->cli->settings.form == KARTO_FORM_JSON) {
        if (report->rejected <= KARTO_IMPORT_TOLD_JSON)
            add_rejection(report, row);
        return;
    }
    if (report->rejected > KARTO_IMPORT_TOLD)
        return;
    KARTO_NOTE(report->cli, row->says_where ? KARTO_M_IMPORT_WHY : KARTO_M_IMPORT_ROW,
               karto_arg_int("row", (int64_t)row->number), karto_arg_text("text", row->why));
}

static void add_sample(struct karto_import_report *report, const struct karto_import_row *row)
{
    if (row->said.size == 0)
        return;
    karto_buf_printf(&report->samples, "%s", row->outcome == KARTO_IMPORT_ADDED ? "+ " : "~ ");
    karto_buf_add_slice(&report->samples, row->match);
    karto_buf_add_str(&report->samples, row->match.size ? ": " : "");
    karto_buf_add_slice(&report->samples, row->said);
    karto_buf_add_byte(&report->samples, '\n');
}

static enum karto_err add_change(struct karto_import_report *report, const struct karto_import_row *row,
                                 uint64_t *number)
{
    ++*number;
    add_sample(report, row);
    if (report->import->dry_run)
        return KARTO_OK;
    report->changes++;
    if (karto_out_form(karto_cli_out(report->cli)) == KARTO_FORM_TABLE) /* which does not say which they are */
        return KARTO_OK;
    void *id = karto_spill_take(&report->records, sizeof row->record.b);
    if (!id)
        return karto_problem_begin(&report->cli->problem, karto_os_error(errno));
    memcpy(id, row->record.b, sizeof row->record.b);
    return KARTO_OK;
}

enum karto_err karto_import_report_rows(struct karto_import_report *report)
{
    const struct karto_import *import = report->import;
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < import->row_count && err == KARTO_OK; i++) {
        const struct karto_import_row *row = &import->rows[i];
        switch (row->outcome) {
        case KARTO_IMPORT_ADDED: err = add_change(report, row, &report->added); break;
        case KARTO_IMPORT_UPDATED: err = add_change(report, row, &report->updated); break;
        case KARTO_IMPORT_SAME: report->same++; break;
        case KARTO_IMPORT_SKIPPED: report->skipped++; break;
        case KARTO_IMPORT_REJECTED:
            report->rejected++;
            tell_rejected(report, row);
            err = import->dry_run ? KARTO_OK : write_error(report, row);
            break;
        case KARTO_IMPORT_MORE:
        case KARTO_IMPORT_WAITS: break;
        }
    }
    report->rows += import->row_count;
    return err;
}

void karto_import_report_repeated(struct karto_import_report *report, uint64_t row)
{
    if (report->repeated_count++ < KARTO_IMPORT_TOLD_JSON)
        karto_buf_add(&report->repeated, &row, sizeof row);
    report->skipped++;
    report->rows++;
}

/* ---- the answer ---- */

static void show_text(struct karto_out *out, const char *key, struct karto_slice text)
{
    karto_out_key(out, key);
    if (text.size)
        karto_out_text(out, text);
    else
        karto_out_null(out);
}

static void show_rejections(struct karto_out *out, struct karto_slice rejections)
{
    struct rejection head;
    karto_out_key(out, "rejections");
    karto_out_array(out);
    for (const uint8_t *at = rejections.data; rejections.size && at < rejections.data + rejections.size;) {
        memcpy(&head, at, sizeof head);
        at += sizeof head;
        karto_out_object(out);
        karto_out_key(out, "row");
        karto_out_int(out, (int64_t)head.number);
        karto_out_key(out, "text");
        karto_out_text(out, karto_slice(at, head.why_size));
        at += head.why_size;
        show_text(out, "column", karto_slice(at, head.column_size));
        show_text(out, "id", karto_slice_str(head.id));
        at += head.column_size;
        karto_out_object_end(out);
    }
    karto_out_array_end(out);
}

static void show_repeated(struct karto_out *out, struct karto_slice rows)
{
    uint64_t row;
    karto_out_key(out, "repeated");
    karto_out_array(out);
    for (size_t at = 0; at < rows.size; at += sizeof row) {
        memcpy(&row, rows.data + at, sizeof row);
        karto_out_int(out, (int64_t)row);
    }
    karto_out_array_end(out);
}

/* The command that enters the file of errors once it is mended: this one, for that file, whose encoding is known. */
static void print_command(const struct karto_import_report *report, struct karto_buf *out)
{
    static const char *const left_out[] = {"encoding", "errors", "yes", "dry-run", "json", "tsv"};
    const struct karto_args *args = &report->cli->args;
    karto_buf_add_str(out, "karto import ");
    karto_typed_word(out, karto_slice_str(report->errors_path));
    for (size_t i = 0; i < args->given_count; i++) {
        const struct karto_given *given = &args->given[i];
        bool leave = false;
        for (size_t j = 0; j < sizeof left_out / sizeof *left_out; j++)
            leave = leave || strcmp(given->option->name, left_out[j]) == 0;
        if (leave)
            continue;
        karto_buf_printf(out, " --%s", given->option->name);
        if (given->value)
            karto_buf_add_byte(out, ' ');
        if (given->value)
            karto_typed_word(out, karto_slice_str(given->value));
    }
    if (!karto_args_has(args, "kind"))
        karto_buf_printf(out, " --kind %s", karto_kind(report->import->columns.kind)->name);
}

static void show_next(const struct karto_import_report *report, struct karto_out *out)
{
    struct karto_buf command = KARTO_BUF_EMPTY;
    karto_out_key(out, "next");
    karto_out_array(out);
    print_command(report, &command);
    karto_out_text(out, karto_buf_slice(&command));
    karto_out_array_end(out);
    karto_buf_fini(&command);
}

static void show_more(struct karto_out *out, void *context)
{
    const struct karto_import_report *report = context;
    const struct {
        const char *key;
        uint64_t number;
    } numbers[] = {{"added", report->added},
                   {"updated", report->updated},
                   {"same", report->same},
                   {"skipped", report->skipped},
                   {"rejected", report->rejected}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        karto_out_key(out, numbers[i].key);
        karto_out_int(out, (int64_t)numbers[i].number);
    }
    karto_out_key(out, "errors");
    karto_out_str(out, report->has_errors ? report->errors_path : NULL);
    const char separator[] = {report->separator, 0};
    karto_out_key(out, "encoding");
    karto_out_str(out, karto_encoding_name(report->encoding));
    karto_out_key(out, "separator");
    karto_out_str(out, report->is_json ? NULL : report->separator == '\t' ? "tab" : separator);
    karto_out_key(out, "doubtful");
    karto_out_int(out, (int64_t)(report->import->warnings.count + report->import->warnings.dropped));
    if (report->cli->settings.form == KARTO_FORM_JSON)
        show_rejections(out, karto_buf_slice(&report->rejections));
    if (report->heading > 1) {
        karto_out_key(out, "heading");
        karto_out_int(out, (int64_t)report->heading);
    }
    if (report->repeated_count)
        show_repeated(out, karto_buf_slice(&report->repeated));
    if (report->has_errors)
        show_next(report, out);
    if (report->import->dry_run)
        karto_samples_show(out, karto_buf_slice(&report->samples));
}

static void say_numbers(const struct karto_import_report *report, struct karto_buf *line)
{
    KARTO_SAY(line, report->cli->lang, KARTO_M_IMPORT_DONE, karto_arg_int("added", (int64_t)report->added),
              karto_arg_int("updated", (int64_t)report->updated), karto_arg_int("same", (int64_t)report->same),
              karto_arg_int("skipped", (int64_t)report->skipped), karto_arg_int("rejected", (int64_t)report->rejected));
}

/* For people, in the form of a table: samples, numbers, and whether it was only a trial. */
static enum karto_err say_all(const struct karto_import_report *report)
{
    struct karto_out *out = karto_cli_out(report->cli);
    struct karto_buf line = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&line, karto_buf_slice(&report->samples));
    say_numbers(report, &line);
    if (report->changes)
        karto_changed_say_back(&line, report->cli->lang, report->import->batch);
    karto_out_say(out, karto_buf_slice(&line));
    karto_buf_fini(&line);
    if (report->import->dry_run)
        karto_cli_note(report->cli, KARTO_M_DRY_RUN, NULL, 0);
    return KARTO_OK;
}

/* What was written stays also where the import broke off: these rows were not entered. */
static enum karto_err close_errors(struct karto_import_report *report)
{
    struct karto_buf command = KARTO_BUF_EMPTY;
    if (!report->errors.file)
        return KARTO_OK;
    enum karto_err err = karto_out_file_keep(&report->errors);
    report->has_errors = err == KARTO_OK;
    if (err != KARTO_OK || report->cli->settings.form == KARTO_FORM_JSON)
        return err;
    KARTO_NOTE(report->cli, KARTO_M_IMPORT_ERRORS, karto_arg_int("n", (int64_t)report->rejected),
               karto_arg_str("file", report->errors_path));
    print_command(report, &command);
    KARTO_NOTE(report->cli, KARTO_M_IMPORT_ERRORS_HINT, karto_arg_text("command", karto_buf_slice(&command)));
    karto_buf_fini(&command);
    return KARTO_OK;
}

/* What there is to be said of the table besides its rows. */
static void tell_more(const struct karto_import_report *report)
{
    const struct karto_warnings *warnings = &report->import->warnings;
    if (report->repeated_count) {
        struct karto_buf rows = KARTO_BUF_EMPTY;
        for (size_t i = 0; i < report->repeated.size / sizeof(uint64_t) && i < KARTO_IMPORT_TOLD; i++)
            karto_buf_printf(&rows, "%s%llu", i ? ", " : "",
                             (unsigned long long)((const uint64_t *)report->repeated.data)[i]);
        karto_buf_add_str(&rows, report->repeated_count > KARTO_IMPORT_TOLD ? ", …" : "");
        KARTO_NOTE(report->cli, KARTO_M_IMPORT_AGAIN, karto_arg_int("n", (int64_t)report->repeated_count),
                   karto_arg_text("rows", karto_buf_slice(&rows)));
        karto_buf_fini(&rows);
    }
    if (report->import->dry_run && report->rejected > KARTO_IMPORT_TOLD)
        KARTO_NOTE(report->cli, KARTO_M_IMPORT_MORE_ERRORS, karto_arg_int("n", (int64_t)report->rejected),
                   karto_arg_str("file", report->errors_path));
    if (warnings->dropped)
        KARTO_NOTE(report->cli, KARTO_M_IMPORT_DOUBTFUL,
                   karto_arg_int("n", (int64_t)(warnings->count + warnings->dropped)));
}

enum karto_err karto_import_report_show(struct karto_import_report *report)
{
    struct karto_cli *cli = report->cli;
    size_t count = report->records.size / sizeof(struct karto_rid);
    enum karto_err err = close_errors(report);
    if (err != KARTO_OK)
        return err;
    if (cli->settings.form != KARTO_FORM_JSON)
        tell_more(report);
    if (karto_out_form(karto_cli_out(cli)) == KARTO_FORM_TABLE)
        karto_warnings_tell(cli, &report->import->warnings);
    if (karto_out_form(karto_cli_out(cli)) == KARTO_FORM_TABLE)
        return cli->settings.quiet ? KARTO_OK : say_all(report);
    const struct karto_changed changed = {
        .records = (const struct karto_rid *)report->records.base,
        .record_count = count,
        .changes = report->changes,
        .warnings = &report->import->warnings,
        .batch = report->changes ? report->import->batch : 0,
        .more = show_more,
        .more_context = report,
    };
    return karto_changed_show(cli, &changed);
}
