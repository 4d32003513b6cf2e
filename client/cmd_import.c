/* karto import: a table in a file, row by row. */
#include "client/cmd.h"
#include "client/csv.h"
#include "client/encoding.h"
#include "client/file_problem.h"
#include "client/import_heading.h"
#include "client/import_report.h"
#include "client/interrupt.h"
#include "client/json_table.h"
#include "client/noun.h"
#include "client/open.h"
#include "client/progress.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/base/os_socket.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a run of it works with. */
struct work {
    struct karto_cli *cli;
    const char *path; /* as typed; "-" is standard input */
    FILE *file;
    enum karto_encoding encoding;
    char separator; /* 0: found out */
    struct karto_decoder decoder;
    enum karto_encoding looks; /* like which encoding, although it was said to be another */
    struct karto_buf text;     /* what was read to see what it is, or all of JSON */
    size_t given;              /* of it, to the table */
    struct karto_json_table json;
    struct karto_csv *csv;
    struct karto_import import;
    struct karto_import_report report;
    struct karto_progress progress;
    struct karto_store *store;
};

static const char *option(const struct work *w, const char *name)
{
    return karto_args_value(&w->cli->args, name);
}

static enum karto_err refuse(struct work *w, enum karto_err err, enum karto_message message, const char *value)
{
    return KARTO_PROBLEM(&w->cli->problem, w->cli->lang, err, message, karto_arg_str("value", value),
                         karto_arg_str("file", value));
}

/* ---- options ---- */

static enum karto_err choose_form(struct work *w)
{
    const char *encoding = option(w, "encoding"), *separator = option(w, "separator");
    w->encoding = KARTO_FIND_OUT;
    if (encoding && !karto_encoding_parse(encoding, &w->encoding))
        return KARTO_PROBLEM(&w->cli->problem, w->cli->lang, KARTO_E_USAGE, KARTO_M_OPTION_CHOICE,
                             karto_arg_str("option", "--encoding"), karto_arg_str("value", encoding),
                             karto_arg_str("choices", KARTO_ENCODINGS));
    w->separator = 0;
    if (!separator)
        return KARTO_OK;
    if (strcasecmp(separator, "tab") == 0 || strcmp(separator, "\\t") == 0)
        separator = "\t";
    w->separator = separator[0];
    bool fits = strlen(separator) == 1 && (separator[0] == '\t' || (separator[0] > ' ' && separator[0] < 0x7F)) &&
                separator[0] != '"';
    return fits ? KARTO_OK : refuse(w, KARTO_E_USAGE, KARTO_M_IMPORT_SEPARATOR, separator);
}

static enum karto_err choose_switches(struct work *w)
{
    w->import.new_only = karto_args_has(&w->cli->args, "new-only");
    w->import.update_only = karto_args_has(&w->cli->args, "update");
    w->import.dry_run = w->cli->settings.dry_run;
    if (w->import.new_only && w->import.update_only)
        return refuse(w, KARTO_E_USAGE, KARTO_M_IMPORT_BOTH, NULL);
    return KARTO_OK;
}

/* ---- which record a row is about ---- */

static const struct {
    const char *name;
    uint32_t field; /* 0: the id */
    bool by_itself; /* taken without --match, in this order */
} ways[] = {
    {"id", 0, true},
    {"external_id", KARTO_F_EXTERNAL_ID, true},
    {"edrpou", KARTO_F_EDRPOU, true},
    {"number", KARTO_F_NUMBER, false},
    {"phone", KARTO_F_PHONE, false},
    {"name", KARTO_F_NAME, false},
};
enum { WAYS = sizeof ways / sizeof *ways };

static int way_column(const struct karto_import *import, unsigned way)
{
    if (ways[way].field == 0)
        return karto_import_column_find(&import->columns, KARTO_TO_ID, NULL);
    const struct karto_field_def *def = karto_field_def(import->columns.kind, ways[way].field);
    return def ? karto_import_column_find(&import->columns, KARTO_TO_FIELD, def) : KARTO_NO_COLUMN;
}

/* The ways of a kind, for people: "id, external_id". */
static void name_ways(const struct karto_import *import, bool by_itself, struct karto_buf *out)
{
    for (unsigned i = 0; i < WAYS; i++) {
        if ((ways[i].field && !karto_field_def(import->columns.kind, ways[i].field)) ||
            (by_itself && !ways[i].by_itself))
            continue;
        karto_buf_add_str(out, out->size ? ", " : "");
        karto_buf_add_str(out, ways[i].name);
    }
}

/* Those that have a column in this file. */
static void name_columns(const struct karto_import *import, struct karto_buf *out)
{
    for (unsigned i = 0; i < WAYS; i++)
        if (way_column(import, i) != KARTO_NO_COLUMN) {
            karto_buf_add_str(out, out->size ? ", " : "");
            karto_buf_add_str(out, ways[i].name);
        }
}

static enum karto_err no_way(struct work *w, enum karto_message message, struct karto_slice value, bool by_itself)
{
    struct karto_buf names = KARTO_BUF_EMPTY, others = KARTO_BUF_EMPTY;
    name_ways(&w->import, by_itself, &names);
    name_columns(&w->import, &others);
    enum karto_err err =
        KARTO_PROBLEM(&w->cli->problem, w->cli->lang, KARTO_E_USAGE, message, karto_arg_text("value", value),
                      karto_arg_text("choices", karto_buf_slice(&names)));
    KARTO_SAY(&w->cli->problem.hint, w->cli->lang,
              others.size ? KARTO_M_IMPORT_MATCH_HINT : KARTO_M_IMPORT_MATCH_NO_WAY_HINT,
              karto_arg_text("choices", karto_buf_slice(others.size ? &others : &names)));
    karto_buf_fini(&others);
    karto_buf_fini(&names);
    return err;
}

static enum karto_err add_way(struct work *w, struct karto_slice name)
{
    struct karto_import *import = &w->import;
    unsigned way = 0;
    while (way < WAYS && !karto_slice_is(name, ways[way].name))
        way++;
    if (way == WAYS || (ways[way].field && !karto_field_def(import->columns.kind, ways[way].field)) ||
        import->match_count == KARTO_MATCHES_MAX)
        return no_way(w, KARTO_M_IMPORT_MATCH_FIELD, name, false);
    int column = way_column(import, way);
    if (column == KARTO_NO_COLUMN)
        return no_way(w, KARTO_M_IMPORT_MATCH_COLUMN, name, false);
    import->matches[import->match_count++] = (struct karto_import_match){ways[way].field, column};
    return KARTO_OK;
}

static enum karto_err choose_match(struct work *w)
{
    struct karto_import *import = &w->import;
    const char *match = option(w, "match");
    enum karto_err err = KARTO_OK;
    if (match && strcmp(match, "-") == 0)
        return KARTO_OK;
    while (match && *match && err == KARTO_OK) {
        size_t size = strcspn(match, ",");
        err = add_way(w, karto_slice(match, size));
        match += size + (match[size] == ',');
    }
    if (err != KARTO_OK || import->match_count)
        return err;
    for (unsigned i = 0; i < WAYS; i++) {
        int column = ways[i].by_itself ? way_column(import, i) : KARTO_NO_COLUMN;
        if (column != KARTO_NO_COLUMN)
            import->matches[import->match_count++] = (struct karto_import_match){ways[i].field, column};
    }
    return import->match_count ? KARTO_OK : no_way(w, KARTO_M_IMPORT_MATCH_NONE, karto_slice_str(NULL), true);
}

/* ---- files ---- */

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

/* Beside the file that is read; a name of its own where a run before has left one that somebody may be mending. */
static const char *own_errors_path(struct work *w)
{
    enum { TRIES = 1000 };
    struct karto_arena *arena = &w->cli->settings.arena;
    const char *base = strcmp(w->path, "-") != 0 ? w->path : "import";
    const char *path = karto_arena_printf(arena, "%s.errors.csv", base);
    for (int i = 2; i < TRIES && !w->cli->settings.yes && is_there(path); i++)
        path = karto_arena_printf(arena, "%s.errors-%d.csv", base, i);
    return path;
}

static enum karto_err choose_errors(struct work *w)
{
    const char *asked = option(w, "errors");
    struct stat input, errors;
    w->report.errors_path = asked ? asked : own_errors_path(w);
    if (asked && stat(w->path, &input) == 0 && stat(asked, &errors) == 0 && errors.st_dev == input.st_dev &&
        errors.st_ino == input.st_ino)
        return refuse(w, KARTO_E_USAGE, KARTO_M_IMPORT_SAME_FILE, asked);
    return w->import.dry_run ? KARTO_OK : karto_out_file_check(w->cli, w->report.errors_path);
}

static enum karto_err unreadable(struct work *w, int number)
{
    errno = number;
    return karto_cli_unreadable(w->cli, w->path);
}

/* As it comes, and with an end when somebody wants one: stdio would wait until it has enough. */
static long read_input(void *context, void *out, size_t size)
{
    FILE *file = context;
    errno = EINTR;
    return karto_interrupted() ? -1 : (long)read(fileno(file), out, size);
}

/* What looks like a table to the person but is a workbook or a page. */
static enum karto_err refuse_binary(struct work *w)
{
    static const struct {
        const char *magic;
        size_t size;
    } binaries[] = {{"PK\3\4", 4}, {"\xD0\xCF\x11\xE0", 4}, {"%PDF", 4}};
    char bytes[4];
    if (pread(fileno(w->file), bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return KARTO_OK; /* too short, or no file that one can look into */
    for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
        if (memcmp(bytes, binaries[i].magic, binaries[i].size) == 0) {
            enum karto_err err = refuse(w, KARTO_E_INVALID, KARTO_M_IMPORT_BINARY, w->path);
            karto_message(&w->cli->problem.hint, w->cli->lang, KARTO_M_IMPORT_BINARY_HINT, NULL, 0);
            return err;
        }
    return KARTO_OK;
}

static bool is_json(const struct work *w)
{
    return w->json.records.size > 0;
}

static enum karto_err stop_reading(struct work *w)
{
    int number = errno;
    return karto_interrupted() ? karto_problem_begin(&w->cli->problem, KARTO_E_INTERRUPTED) : unreadable(w, number);
}

/* What was read already, and then the rest. */
static long read_on(void *context, void *out, size_t size)
{
    struct work *w = context;
    size_t left = w->text.size - w->given, taken = left < size ? left : size;
    const struct karto_csv_source decoded = karto_decoder_source(&w->decoder);
    if (taken == 0)
        return is_json(w) ? 0 : decoded.read(decoded.context, out, size);
    memcpy(out, w->text.data + w->given, taken);
    w->given += taken;
    return (long)taken;
}

/* Adds a piece to the text. False: there is none, or reading failed (*failed). */
static bool read_piece(struct work *w, bool *failed)
{
    enum { PIECE = 64 * 1024 };
    const struct karto_csv_source decoded = karto_decoder_source(&w->decoder);
    long got = decoded.read(decoded.context, karto_buf_reserve(&w->text, PIECE), PIECE);
    *failed = got < 0;
    w->text.size += got > 0 ? (size_t)got : 0;
    return got > 0;
}

static enum karto_err refuse_json(struct work *w, enum karto_err err)
{
    struct karto_problem *problem = &w->cli->problem;
    const char *kind = option(w, "kind");
    switch (err) {
    case KARTO_E_NOT_FOUND: return refuse(w, KARTO_E_INVALID, KARTO_M_IMPORT_JSON_EMPTY, w->path);
    case KARTO_E_EXISTS:
        return KARTO_PROBLEM(problem, w->cli->lang, KARTO_E_INVALID, KARTO_M_IMPORT_JSON_KIND,
                             karto_arg_str("file", w->path), karto_arg_int("row", (int64_t)w->json.line),
                             karto_arg_str("kind", kind ? kind : karto_kind(w->json.kind)->name));
    case KARTO_E_INVALID:
        return KARTO_PROBLEM(problem, w->cli->lang, err, KARTO_M_IMPORT_JSON, karto_arg_str("file", w->path),
                             karto_arg_int("row", (int64_t)w->json.line));
    default: return karto_problem_begin(problem, err);
    }
}

/* All of it at once: what columns there are is known at the end. */
static enum karto_err read_json(struct work *w, uint32_t kind)
{
    bool failed = false;
    while (w->text.size <= KARTO_IMPORT_JSON_SIZE_MAX && read_piece(w, &failed))
        ;
    if (failed)
        return stop_reading(w);
    if (w->text.size > KARTO_IMPORT_JSON_SIZE_MAX)
        return karto_problem_begin(&w->cli->problem, KARTO_E_LIMIT);
    w->json.kind = kind;
    enum karto_err err = karto_json_table_make(&w->json, karto_buf_slice(&w->text));
    if (err != KARTO_OK)
        return refuse_json(w, err);
    karto_buf_fini(&w->text);
    w->text = w->json.csv;
    memset(&w->json.csv, 0, sizeof w->json.csv); /* whose bytes are ours now */
    return KARTO_OK;
}

/* A table, or JSON: the first letter tells. Only JSON says by itself of what kind its records are. */
static enum karto_err see_what_it_is(struct work *w, uint32_t *kind)
{
    bool failed;
    const struct karto_csv_source source = {w, read_on};
    if (!read_piece(w, &failed) && failed)
        return stop_reading(w);
    enum karto_err err = KARTO_OK;
    char separator = w->separator;
    if (karto_json_table_begins(karto_buf_slice(&w->text))) {
        err = read_json(w, *kind);
        *kind = w->json.kind;
        separator = ',';
    } else if (*kind == 0) {
        err = refuse(w, KARTO_E_USAGE, KARTO_M_IMPORT_KIND, NULL);
    }
    if (err == KARTO_OK)
        w->csv = karto_csv_new(&source, separator);
    return err;
}

static enum karto_err open_file(struct work *w)
{
    struct stat input;
    w->file = strcmp(w->path, "-") == 0 ? w->cli->in : fopen(w->path, "rb");
    if (!w->file)
        return unreadable(w, errno);
    if (fstat(fileno(w->file), &input) == 0 && S_ISDIR(input.st_mode))
        return unreadable(w, EISDIR);
    enum karto_err err = refuse_binary(w);
    if (err != KARTO_OK)
        return err;
    const struct karto_csv_source source = {w->file, read_input};
    karto_decoder_init(&w->decoder, &source, w->encoding);
    return KARTO_OK;
}

static void close_file(struct work *w)
{
    karto_csv_free(w->csv);
    karto_json_table_fini(&w->json);
    karto_buf_fini(&w->text);
    karto_decoder_fini(&w->decoder);
    if (w->file && w->file != w->cli->in)
        fclose(w->file);
}

/* It may be found out late, where the first rows are ASCII. Somebody who sees wrong letters should know why. */
static void note_encoding(struct work *w)
{
    enum karto_encoding encoding = karto_decoder_encoding(&w->decoder), looks = karto_decoder_doubt(&w->decoder);
    if (encoding == w->report.encoding && looks == w->looks)
        return;
    w->report.encoding = encoding;
    w->looks = looks;
    if (w->cli->settings.form == KARTO_FORM_JSON)
        return;
    if (looks != KARTO_FIND_OUT)
        KARTO_NOTE(w->cli, KARTO_M_IMPORT_ENCODING_DOUBT, karto_arg_str("encoding", karto_encoding_name(encoding)),
                   karto_arg_str("value", karto_encoding_name(looks)));
    else if (!option(w, "encoding"))
        KARTO_NOTE(w->cli, KARTO_M_IMPORT_ENCODING, karto_arg_str("encoding", karto_encoding_name(encoding)));
}

/* ---- the heading ---- */

static enum karto_err find_heading(struct work *w, uint32_t kind, struct karto_import_heading *heading)
{
    struct karto_csv_row bad;
    switch (karto_import_heading_find(heading, &w->cli->settings.arena, w->cli, kind, w->csv, &bad)) {
    case KARTO_CSV_END: return refuse(w, KARTO_E_INVALID, KARTO_M_IMPORT_EMPTY, w->path);
    case KARTO_CSV_FAILED: return stop_reading(w);
    case KARTO_CSV_BAD:
        karto_problem_begin(&w->cli->problem, KARTO_E_INVALID);
        karto_csv_explain(&w->cli->problem.message, w->cli->lang, &bad, karto_slice(NULL, 0));
        return KARTO_E_INVALID;
    case KARTO_CSV_ROW: break;
    }
    return KARTO_OK;
}

static enum karto_err read_heading(struct work *w, uint32_t kind)
{
    struct karto_import *import = &w->import;
    struct karto_import_heading heading;
    enum karto_err err = find_heading(w, kind, &heading);
    note_encoding(w);
    if (err != KARTO_OK)
        return err;
    err = karto_import_columns_read(&import->columns, w->cli, kind, heading.cells, heading.count);
    karto_csv_expect(w->csv, import->columns.count);
    import->line_key = karto_import_column_find(&import->columns, KARTO_TO_LINE_KEY, NULL);
    import->has_lines = karto_import_column_find(&import->columns, KARTO_TO_LINE_PART, NULL) != KARTO_NO_COLUMN;
    const struct karto_field_def *client = karto_field_def(kind, KARTO_F_CLIENT);
    import->client = client ? karto_import_column_find(&import->columns, KARTO_TO_FIELD, client) : KARTO_NO_COLUMN;
    w->report.separator = karto_csv_separator(w->csv);
    w->report.heading = heading.row;
    w->report.is_json = is_json(w);
    import->is_text = !is_json(w);
    if (err == KARTO_OK && heading.row > 1 && w->cli->settings.form != KARTO_FORM_JSON)
        KARTO_NOTE(w->cli, KARTO_M_IMPORT_TITLE, karto_arg_int("row", (int64_t)heading.row));
    return err;
}

/* ---- rows ---- */

static enum karto_err flush(struct work *w)
{
    enum karto_err err = karto_import_flush(&w->import, w->store);
    if (err != KARTO_OK)
        return karto_problem_begin(&w->cli->problem, err);
    err = karto_import_report_rows(&w->report);
    karto_import_clear(&w->import);
    karto_progress_rows(&w->progress, w->report.rows);
    return err;
}

static enum karto_err add_row(struct work *w, const struct karto_csv_row *row, bool is_bad)
{
    const struct karto_import_columns *columns = &w->import.columns;
    struct karto_buf why = KARTO_BUF_EMPTY;
    struct karto_slice column = {NULL, 0};
    bool has_room = is_bad ? w->import.row_count < KARTO_IMPORT_ROWS : karto_import_has_room(&w->import, row->cells);
    enum karto_err err = has_room ? KARTO_OK : flush(w);
    if (is_bad && row->error_column && row->error_column <= columns->count)
        column = columns->all[row->error_column - 1].name;
    if (is_bad)
        karto_csv_explain(&why, w->cli->lang, row, column);
    if (err == KARTO_OK) {
        uint64_t number = is_json(w) ? karto_json_table_record(&w->json, row->number) : row->number;
        err = karto_import_add(&w->import, number, row->cells, row->cell_count, karto_buf_slice(&why), column);
        if (err != KARTO_OK)
            karto_problem_begin(&w->cli->problem, err);
    }
    karto_buf_fini(&why);
    return err;
}

/* What spreadsheets leave below a table is nothing, and what they print above each page of it is said once. */
static enum karto_err take_row(struct work *w, const struct karto_csv_row *row, bool is_bad)
{
    bool is_ragged = row->error == KARTO_M_CSV_RAGGED_LESS;
    if (!is_json(w) && (!is_bad || is_ragged) && karto_csv_is_blank(row))
        return KARTO_OK;
    if (!is_json(w) && !is_bad && karto_import_columns_again(&w->import.columns, row->cells, row->cell_count)) {
        karto_import_report_repeated(&w->report, row->number);
        return KARTO_OK;
    }
    if (row->joined && !is_json(w)) {
        char lines[24];
        snprintf(lines, sizeof lines, "%zu", row->joined);
        w->import.warnings.row = row->number;
        karto_warnings_add(&w->import.warnings, "E-ROWS-JOINED", NULL, karto_slice_str(lines));
    }
    return add_row(w, row, is_bad);
}

static enum karto_err take_rows(struct work *w)
{
    struct karto_csv_row row;
    enum karto_err err = KARTO_OK;
    while (err == KARTO_OK && !karto_interrupted()) {
        enum karto_csv_event event = karto_csv_next(w->csv, &row);
        if (event == KARTO_CSV_END || event == KARTO_CSV_FAILED) {
            err = event == KARTO_CSV_FAILED ? stop_reading(w) : KARTO_OK;
            break;
        }
        err = take_row(w, &row, event == KARTO_CSV_BAD);
    }
    if (err != KARTO_OK && err != KARTO_E_INTERRUPTED)
        return err;
    err = flush(w);
    return err == KARTO_OK && karto_interrupted() ? karto_problem_begin(&w->cli->problem, KARTO_E_INTERRUPTED) : err;
}

/* ---- a run ---- */

static enum karto_err set_up(struct work *w)
{
    uint32_t kind = 0;
    enum karto_err err = karto_cli_kind(w->cli, &kind);
    if (err == KARTO_OK)
        err = choose_form(w);
    if (err == KARTO_OK)
        err = choose_switches(w);
    if (err == KARTO_OK)
        err = choose_errors(w);
    if (err == KARTO_OK)
        err = open_file(w);
    if (err == KARTO_OK)
        err = see_what_it_is(w, &kind);
    if (err == KARTO_OK)
        err = read_heading(w, kind);
    if (err == KARTO_OK)
        err = choose_match(w);
    return err == KARTO_OK ? karto_cli_open(w->cli, false, &w->store) : err;
}

/* The answer comes also where the work broke off: what was done is done. */
static enum karto_exit carry_out(struct work *w)
{
    const struct karto_sys *sys = karto_os_sys();
    while (w->import.batch == 0)
        w->import.batch = karto_sys_random64(sys) >> 32;
    karto_interrupt_watch();
    karto_import_begin(&w->import, karto_store_dir(w->store));
    karto_spill_init(&w->report.records, karto_store_dir(w->store));
    karto_progress_begin(&w->progress, w->cli);
    enum karto_err err = take_rows(w);
    karto_progress_end(&w->progress);
    note_encoding(w);
    if (w->report.changes)
        karto_notify_daemon(karto_store_dir(w->store));
    if (err == KARTO_OK || w->report.changes) {
        enum karto_err show_err = karto_import_report_show(&w->report);
        if (err == KARTO_OK && show_err != KARTO_OK && w->cli->problem.err != show_err)
            karto_problem_begin(&w->cli->problem, show_err);
        err = err == KARTO_OK ? show_err : err;
    }
    karto_import_end(&w->import);
    if (err == KARTO_E_FULL)
        KARTO_SAY(&w->cli->problem.hint, w->cli->lang, KARTO_M_IMPORT_DISK_FULL_HINT,
                  karto_arg_int("n", (int64_t)w->report.changes));
    if (err != KARTO_OK)
        return karto_cli_fail(w->cli);
    return w->report.rejected ? KARTO_EXIT_PARTLY : KARTO_EXIT_DONE;
}

enum karto_exit karto_cmd_import(struct karto_cli *cli)
{
    struct work w = {.cli = cli, .path = cli->args.words[0], .import.cli = cli};
    karto_import_report_begin(&w.report, cli, &w.import);
    karto_problem_begin(&cli->problem, KARTO_OK);
    enum karto_err err = set_up(&w);
    enum karto_exit code = err == KARTO_OK ? carry_out(&w) : karto_cli_fail(cli);
    karto_import_report_end(&w.report);
    karto_import_columns_fini(&w.import.columns);
    close_file(&w);
    karto_store_close(w.store);
    return code;
}
