#include "client/import_report.h"

#include "client/changed.h"
#include "client/file_problem.h"

#include <string.h>

void karto_import_report_begin(struct karto_import_report *report, struct karto_cli *cli,
                               const struct karto_import *import)
{
    *report = (struct karto_import_report){.cli = cli, .import = import};
    report->separator = ',';
    report->encoding = KARTO_UTF_8;
}

void karto_import_report_end(struct karto_import_report *report)
{
    karto_out_file_drop(&report->errors); /* open only where nothing was changed: the next run will say the same */
    karto_buf_fini(&report->text);
    karto_buf_fini(&report->rejections);
    karto_buf_fini(&report->records);
    karto_buf_fini(&report->samples);
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
    return karto_slice_is(column->name, "error");
}

static void end_row(struct karto_import_report *report, struct karto_csv_writer *writer, struct karto_slice line,
                    struct karto_slice why)
{
    if (adds_line_key(report->import))
        karto_csv_write(writer, line);
    karto_csv_write(writer, why);
    karto_csv_write_end_row(writer);
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
    end_row(report, &writer, karto_slice_str("lines.key"), karto_slice_str("error"));
    return flush_text(report);
}

static enum karto_err write_error(struct karto_import_report *report, const struct karto_import_row *row)
{
    const struct karto_import_columns *columns = &report->import->columns;
    struct karto_csv_writer writer;
    char line[24] = "";
    enum karto_err err = report->errors.file ? KARTO_OK : open_errors(report);
    if (err != KARTO_OK)
        return err;
    karto_csv_write_begin(&writer, &report->text, report->separator, false);
    for (size_t i = 0; i < columns->count; i++)
        if (!is_error_column(&columns->all[i]))
            karto_csv_write(&writer, row->cells[i]);
    if (row->line)
        snprintf(line, sizeof line, "%llu", (unsigned long long)row->line);
    end_row(report, &writer, karto_slice_str(line), row->why);
    return flush_text(report);
}

/* ---- rows ---- */

/* The number, the size of the reason, the reason. */
static void add_rejection(struct karto_import_report *report, const struct karto_import_row *row)
{
    karto_buf_add(&report->rejections, &row->number, sizeof row->number);
    karto_buf_add(&report->rejections, &row->why.size, sizeof row->why.size);
    karto_buf_add_slice(&report->rejections, row->why);
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

static void add_change(struct karto_import_report *report, const struct karto_import_row *row, uint64_t *number)
{
    ++*number;
    add_sample(report, row);
    if (report->import->dry_run)
        return;
    report->changes++;
    karto_buf_add(&report->records, row->record.b, sizeof row->record.b);
}

enum karto_err karto_import_report_rows(struct karto_import_report *report)
{
    const struct karto_import *import = report->import;
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < import->row_count && err == KARTO_OK; i++) {
        const struct karto_import_row *row = &import->rows[i];
        switch (row->outcome) {
        case KARTO_IMPORT_ADDED: add_change(report, row, &report->added); break;
        case KARTO_IMPORT_UPDATED: add_change(report, row, &report->updated); break;
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

/* ---- the answer ---- */

static void show_rejections(struct karto_out *out, struct karto_slice rejections)
{
    uint64_t number;
    size_t size;
    karto_out_key(out, "rejections");
    karto_out_array(out);
    for (const uint8_t *at = rejections.data; rejections.size && at < rejections.data + rejections.size; at += size) {
        memcpy(&number, at, sizeof number);
        memcpy(&size, at + sizeof number, sizeof size);
        at += sizeof number + sizeof size;
        karto_out_object(out);
        karto_out_key(out, "row");
        karto_out_int(out, (int64_t)number);
        karto_out_key(out, "text");
        karto_out_text(out, karto_slice(at, size));
        karto_out_object_end(out);
    }
    karto_out_array_end(out);
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
    if (!report->errors.file)
        return KARTO_OK;
    enum karto_err err = karto_out_file_keep(&report->errors);
    if (err == KARTO_OK && report->cli->settings.form != KARTO_FORM_JSON)
        KARTO_NOTE(report->cli, KARTO_M_IMPORT_ERRORS, karto_arg_int("n", (int64_t)report->rejected),
                   karto_arg_str("file", report->errors_path));
    report->has_errors = err == KARTO_OK;
    return err;
}

enum karto_err karto_import_report_show(struct karto_import_report *report)
{
    struct karto_cli *cli = report->cli;
    size_t count = report->records.size / sizeof(struct karto_rid);
    enum karto_err err = close_errors(report);
    if (err != KARTO_OK)
        return err;
    if (report->import->warnings.dropped && cli->settings.form != KARTO_FORM_JSON)
        KARTO_NOTE(cli, KARTO_M_IMPORT_DOUBTFUL,
                   karto_arg_int("n", (int64_t)(report->import->warnings.count + report->import->warnings.dropped)));
    if (karto_out_form(karto_cli_out(cli)) == KARTO_FORM_TABLE)
        karto_warnings_tell(cli, &report->import->warnings);
    if (karto_out_form(karto_cli_out(cli)) == KARTO_FORM_TABLE)
        return cli->settings.quiet ? KARTO_OK : say_all(report);
    const struct karto_changed changed = {
        .records = (const struct karto_rid *)report->records.data, /* bytes only: any alignment */
        .record_count = count,
        .changes = report->changes,
        .warnings = &report->import->warnings,
        .batch = report->changes ? report->import->batch : 0,
        .more = show_more,
        .more_context = report,
    };
    return karto_changed_show(cli, &changed);
}
