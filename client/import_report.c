#include "client/import_report.h"

#include "client/changed.h"
#include "client/file_problem.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { TOLD_MAX = 5 }; /* rejected rows that are shown at once; the rest is in the file */

void karto_import_report_begin(struct karto_import_report *report, struct karto_cli *cli,
                               const struct karto_import *import, const char *errors_path)
{
    *report = (struct karto_import_report){.cli = cli, .import = import, .errors_path = errors_path};
    report->separator = ',';
}

void karto_import_report_end(struct karto_import_report *report)
{
    if (report->errors)
        fclose(report->errors);
    karto_buf_fini(&report->text);
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
    bool fine = fwrite(report->text.data, 1, report->text.size, report->errors) == report->text.size;
    karto_buf_clear(&report->text);
    return fine ? KARTO_OK : unwritable(report);
}

/* Spreadsheets see by the mark that it is UTF-8. There are people and phones in it, so it is its owner's only. */
static enum karto_err open_errors(struct karto_import_report *report)
{
    const struct karto_import_columns *columns = &report->import->columns;
    struct karto_csv_writer writer;
    int fd = open(report->errors_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    report->errors = fd < 0 ? NULL : fdopen(fd, "w");
    if (!report->errors)
        return unwritable(report);
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
    enum karto_err err = report->errors ? KARTO_OK : open_errors(report);
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

static void tell_rejected(const struct karto_import_report *report, const struct karto_import_row *row)
{
    if (report->rejected > TOLD_MAX || report->cli->settings.form == KARTO_FORM_JSON)
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
    karto_out_str(out, report->errors ? report->errors_path : NULL);
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

static enum karto_err close_errors(struct karto_import_report *report)
{
    if (!report->errors)
        return KARTO_OK;
    if (report->cli->settings.form != KARTO_FORM_JSON)
        KARTO_NOTE(report->cli, KARTO_M_IMPORT_ERRORS, karto_arg_int("n", (int64_t)report->rejected),
                   karto_arg_str("file", report->errors_path));
    return fflush(report->errors) == 0 ? KARTO_OK : unwritable(report);
}

enum karto_err karto_import_report_show(struct karto_import_report *report)
{
    struct karto_cli *cli = report->cli;
    size_t count = report->records.size / sizeof(struct karto_rid);
    enum karto_err err = close_errors(report);
    if (err != KARTO_OK)
        return err;
    if (karto_out_form(karto_cli_out(cli)) == KARTO_FORM_TABLE)
        return cli->settings.quiet ? KARTO_OK : say_all(report);
    const struct karto_changed changed = {
        .records = (const struct karto_rid *)report->records.data, /* bytes only: any alignment */
        .record_count = count,
        .changes = report->changes,
        .batch = report->changes ? report->import->batch : 0,
        .more = show_more,
        .more_context = report,
    };
    return karto_changed_show(cli, &changed);
}
