#include "client/csv.h"

#include "core/base/fatal.h"
#include "core/base/reader.h"

#include <stdlib.h>
#include <string.h>

enum {
    READ_SIZE = 64 * 1024,
    SAMPLE_SIZE = 64 * 1024, /* what the separator is found out from */
    SAMPLE_ROWS = 20,
};

struct karto_csv {
    struct karto_csv_source source;
    char separator;
    bool began, at_end, failed;
    struct karto_buf input; /* what was read and is not done with */
    size_t at;              /* in input: where the row at hand begins */
    uint64_t number, line;  /* of that row */
    size_t wanted;          /* cells of a row; 0: as many as it has */
    struct karto_buf text;  /* the cells of the row at hand, one behind the other */
    size_t ends[KARTO_CSV_CELLS_MAX];
    struct karto_slice cells[KARTO_CSV_CELLS_MAX];
};

struct karto_csv *karto_csv_new(const struct karto_csv_source *source, char separator)
{
    struct karto_csv *csv = karto_must(calloc(1, sizeof *csv));
    csv->source = *source;
    csv->separator = separator;
    csv->line = 1;
    return csv;
}

void karto_csv_free(struct karto_csv *csv)
{
    if (!csv)
        return;
    karto_buf_fini(&csv->input);
    karto_buf_fini(&csv->text);
    free(csv);
}

char karto_csv_separator(const struct karto_csv *csv)
{
    return csv->separator;
}

/* -- input -- */

static void read_more(struct karto_csv *csv)
{
    uint8_t *room = karto_buf_reserve(&csv->input, READ_SIZE);
    long got = csv->source.read(csv->source.context, room, READ_SIZE);
    if (got > 0)
        csv->input.size += (size_t)got;
    csv->failed = got < 0;
    csv->at_end = got <= 0;
}

/* The byte at a place of the input, or -1 behind the last. */
static int byte_at(struct karto_csv *csv, size_t at)
{
    while (at >= csv->input.size && !csv->at_end)
        read_more(csv);
    return at < csv->input.size ? csv->input.data[at] : -1;
}

static void forget_before(struct karto_csv *csv, size_t at)
{
    memmove(csv->input.data, csv->input.data + at, csv->input.size - at);
    csv->input.size -= at;
    csv->at = 0;
}

/* Where the line ends whose end, or the input's, is at: behind LF, CRLF or CR. */
static size_t behind_end(struct karto_csv *csv, size_t at)
{
    int byte = byte_at(csv, at);
    if (byte == '\r' && byte_at(csv, at + 1) == '\n')
        return at + 2;
    return byte == -1 ? at : at + 1;
}

/* -- the separator -- */

/* How many of a separator each of the first rows of the sample has. Quoted ones do not count. */
static unsigned count_in_rows(const struct karto_csv *csv, char separator, unsigned long counts[SAMPLE_ROWS])
{
    unsigned rows = 0;
    unsigned long count = 0;
    bool quoted = false;
    size_t end = csv->input.size < csv->at + SAMPLE_SIZE ? csv->input.size : csv->at + SAMPLE_SIZE;
    for (size_t i = csv->at; i <= end && rows < SAMPLE_ROWS; i++) {
        uint8_t byte = i < end ? csv->input.data[i] : '\n';
        if (byte == '"')
            quoted = !quoted;
        else if (byte == (uint8_t)separator && !quoted)
            count++;
        if (i < end && ((byte != '\n' && byte != '\r') || quoted))
            continue;
        counts[rows++] = count;
        count = 0;
    }
    return rows;
}

/* How well a separator explains the sample: the most rows that have equally many of it, then how many those are. The
 * first rows may be a title and not have any. */
static unsigned long score(const struct karto_csv *csv, char separator)
{
    unsigned long counts[SAMPLE_ROWS], best = 0;
    unsigned rows = count_in_rows(csv, separator, counts);
    for (unsigned i = 0; i < rows; i++) {
        unsigned long same = 0;
        for (unsigned j = 0; j < rows; j++)
            same += counts[j] == counts[i];
        unsigned long explained = counts[i] ? same * SAMPLE_SIZE + counts[i] : 0;
        best = explained > best ? explained : best;
    }
    return best;
}

static char find_separator(const struct karto_csv *csv)
{
    static const char candidates[] = {';', '\t', ',', '|'};
    char best = ',';
    unsigned long best_score = 0;
    for (size_t i = 0; i < sizeof candidates; i++) {
        unsigned long candidate_score = score(csv, candidates[i]);
        if (candidate_score > best_score) {
            best_score = candidate_score;
            best = candidates[i];
        }
    }
    return best;
}

/* Excel's own line before the first: "sep=;". */
static void take_sep_line(struct karto_csv *csv)
{
    static const char sep[] = "sep=";
    size_t size = sizeof sep - 1;
    int end = byte_at(csv, csv->at + size + 1);
    if (csv->input.size < csv->at + size + 1 || memcmp(csv->input.data + csv->at, sep, size) != 0)
        return;
    if (end != '\n' && end != '\r' && end != -1)
        return;
    if (!csv->separator)
        csv->separator = (char)csv->input.data[csv->at + size];
    csv->at = behind_end(csv, csv->at + size + 1);
    csv->line++;
}

static void begin(struct karto_csv *csv)
{
    csv->began = true;
    while (csv->input.size < SAMPLE_SIZE && !csv->at_end)
        read_more(csv);
    if (csv->input.size >= 3 && memcmp(csv->input.data, "\xEF\xBB\xBF", 3) == 0)
        csv->at = 3;
    take_sep_line(csv);
    if (!csv->separator)
        csv->separator = find_separator(csv);
}

/* -- a row -- */

/* A row being read. Places are in csv->input. */
struct scan {
    struct karto_csv *csv;
    size_t at;
    size_t cell_count;
    size_t lines;           /* ends of lines inside of quotes */
    size_t quote_at;        /* of the cell at hand, if quoted */
    size_t quote_lines;     /* lines before that quote */
    bool bad, broken_quote; /* of the row; of the cell at hand */
    bool one_line;          /* no quote goes over lines */
    bool cut;               /* too long: what comes is not kept */
    enum karto_message error;
    size_t error_column;
};

static void fail(struct scan *scan, enum karto_message error)
{
    if (scan->bad)
        return;
    scan->bad = true;
    scan->error = error;
    scan->error_column = scan->cell_count + 1;
}

static bool is_line_end(int byte)
{
    return byte == '\n' || byte == '\r' || byte == -1;
}

/* Whether the byte at hand is one too many. */
static bool is_too_long(const struct scan *scan)
{
    return scan->at - scan->csv->at >= KARTO_CSV_ROW_SIZE_MAX;
}

/* The rest of a row must not be collected only to find its end. */
static void give_up(struct scan *scan)
{
    fail(scan, KARTO_M_CSV_LONG);
    scan->cut = true;
    forget_before(scan->csv, scan->at);
    scan->at = 0;
}

/* A quote that goes on over lines and ends nowhere, or in the midst of a cell, was never closed. */
static void fail_quote(struct scan *scan, enum karto_message otherwise)
{
    fail(scan, scan->lines > scan->quote_lines ? KARTO_M_CSV_QUOTE_OPEN : otherwise);
    scan->broken_quote = true;
}

/* Up to the closing quote and behind it. */
static void take_quoted(struct scan *scan)
{
    struct karto_csv *csv = scan->csv;
    scan->quote_at = scan->at++;
    scan->quote_lines = scan->lines;
    for (;;) {
        int byte = byte_at(csv, scan->at);
        if ((byte == -1 || is_too_long(scan)) || (scan->one_line && is_line_end(byte))) {
            fail_quote(scan, is_line_end(byte) ? KARTO_M_CSV_QUOTE_OPEN : KARTO_M_CSV_LONG);
            return;
        }
        scan->at++;
        if (byte == '"' && byte_at(csv, scan->at) != '"')
            break;
        if (byte == '"')
            scan->at++;
        if (byte == '\n' || (byte == '\r' && byte_at(csv, scan->at) != '\n'))
            scan->lines++;
        karto_buf_add_byte(&csv->text, (uint8_t)byte);
    }
    int next = byte_at(csv, scan->at);
    if (next != (uint8_t)csv->separator && !is_line_end(next))
        fail_quote(scan, KARTO_M_CSV_QUOTE_AFTER);
}

/* Up to the separator or the end of the line. What is too long is not kept. */
static void take_plain(struct scan *scan)
{
    struct karto_csv *csv = scan->csv;
    for (;; scan->at++) {
        int byte = byte_at(csv, scan->at);
        if (is_line_end(byte) || byte == (uint8_t)csv->separator)
            return;
        if (is_too_long(scan))
            give_up(scan);
        if (!scan->cut)
            karto_buf_add_byte(&csv->text, (uint8_t)byte);
    }
}

static size_t cell_begin(const struct scan *scan)
{
    return scan->cell_count ? scan->csv->ends[scan->cell_count - 1] : 0;
}

/* Back to the quote, which is a letter like others, and what follows ends with its line. */
static void take_broken(struct scan *scan)
{
    scan->csv->text.size = cell_begin(scan);
    scan->lines = scan->quote_lines;
    scan->at = scan->quote_at;
    scan->broken_quote = false;
    take_plain(scan);
}

static void end_cell(struct scan *scan)
{
    struct karto_csv *csv = scan->csv;
    size_t from = cell_begin(scan);
    size_t size = csv->text.size - from;
    struct karto_slice cell = size ? karto_slice(csv->text.data + from, size) : karto_slice(NULL, 0);
    if (scan->cell_count == KARTO_CSV_CELLS_MAX) {
        fail(scan, KARTO_M_CSV_CELLS);
        csv->text.size = from;
        return;
    }
    if (cell.size && memchr(cell.data, 0, cell.size))
        fail(scan, KARTO_M_CSV_NUL);
    else if (cell.size && !karto_utf8_valid(cell))
        fail(scan, KARTO_M_CSV_UTF8);
    csv->ends[scan->cell_count++] = csv->text.size;
}

/* One row, up to its end but not over it. */
static void take_row(struct scan *scan)
{
    struct karto_csv *csv = scan->csv;
    for (;; scan->at++) {
        if (byte_at(csv, scan->at) == '"')
            take_quoted(scan);
        if (scan->broken_quote)
            take_broken(scan);
        else
            take_plain(scan);
        end_cell(scan);
        if (is_line_end(byte_at(csv, scan->at)))
            return;
    }
}

/* Cells that are empty behind the last column are none: spreadsheets write them where something once stood. */
static void count_cells(struct scan *scan)
{
    const struct karto_csv *csv = scan->csv;
    if (!csv->wanted)
        return;
    while (scan->cell_count > csv->wanted && csv->ends[scan->cell_count - 1] == csv->ends[scan->cell_count - 2])
        scan->cell_count--;
    if (scan->bad || scan->cell_count == csv->wanted)
        return;
    fail(scan, scan->cell_count > csv->wanted ? KARTO_M_CSV_RAGGED_MORE : KARTO_M_CSV_RAGGED_LESS);
    scan->error_column = 0;
}

/* Lines in quotes that look like rows. */
static size_t joined_lines(const struct scan *scan)
{
    const struct karto_csv *csv = scan->csv;
    size_t cells = 1, lines = 0;
    if (scan->bad || scan->lines == 0 || csv->wanted < 2)
        return 0;
    for (size_t i = csv->at; i < scan->at; i++) {
        uint8_t byte = csv->input.data[i];
        cells += byte == (uint8_t)csv->separator;
        if (byte != '\n')
            continue;
        if (cells != csv->wanted)
            return 0;
        cells = 1;
        lines++;
    }
    return cells == csv->wanted ? lines + 1 : 0;
}

static void fill_row(const struct scan *scan, struct karto_csv_row *row)
{
    struct karto_csv *csv = scan->csv;
    for (size_t i = 0, from = 0; i < scan->cell_count; from = csv->ends[i++])
        csv->cells[i] = karto_slice(csv->text.data + from, csv->ends[i] - from);
    *row = (struct karto_csv_row){
        .number = csv->number,
        .line = csv->line,
        .cells = csv->cells,
        .cell_count = scan->cell_count,
        .raw = karto_slice(csv->input.data + csv->at, scan->at - csv->at),
        .error = scan->error,
        .error_column = scan->error_column,
        .wanted = csv->wanted,
        .joined = joined_lines(scan),
    };
}

/* Blank lines are rows to a spreadsheet, so they count; true when a row begins here. */
static bool skip_blank(struct karto_csv *csv)
{
    for (;;) {
        int byte = byte_at(csv, csv->at);
        if (byte == -1)
            return false;
        csv->number++;
        if (byte != '\n' && byte != '\r')
            return true;
        csv->line++;
        csv->at = behind_end(csv, csv->at);
        if (csv->at >= READ_SIZE)
            forget_before(csv, csv->at);
    }
}

enum karto_csv_event karto_csv_next(struct karto_csv *csv, struct karto_csv_row *row)
{
    if (!csv->began)
        begin(csv);
    else if (csv->at >= READ_SIZE) /* not each time: what is behind would be moved for every row */
        forget_before(csv, csv->at);
    if (csv->failed)
        return KARTO_CSV_FAILED;
    karto_buf_clear(&csv->text);
    if (!skip_blank(csv))
        return csv->failed ? KARTO_CSV_FAILED : KARTO_CSV_END;

    struct scan scan = {.csv = csv, .at = csv->at};
    take_row(&scan);
    if (!scan.bad && scan.cell_count != csv->wanted && joined_lines(&scan)) { /* rows of their own, but for a quote */
        karto_buf_clear(&csv->text);
        scan = (struct scan){.csv = csv, .at = csv->at, .one_line = true};
        take_row(&scan);
    }
    if (csv->failed)
        return KARTO_CSV_FAILED;
    count_cells(&scan);
    size_t next = behind_end(csv, scan.at); /* may move the input, so it comes before the slices of the row */
    fill_row(&scan, row);
    csv->line += scan.lines + 1;
    csv->at = next;
    return scan.bad ? KARTO_CSV_BAD : KARTO_CSV_ROW;
}

bool karto_csv_is_blank(const struct karto_csv_row *row)
{
    for (size_t i = 0; i < row->cell_count; i++)
        for (size_t j = 0; j < row->cells[i].size; j++)
            if (row->cells[i].data[j] != ' ' && row->cells[i].data[j] != '\t')
                return false;
    return true;
}

void karto_csv_expect(struct karto_csv *csv, size_t columns)
{
    csv->wanted = columns;
}

void karto_csv_explain(struct karto_buf *out, enum karto_lang lang, const struct karto_csv_row *row,
                       struct karto_slice heading)
{
    enum karto_message where = row->error_column == 0 ? KARTO_M_CSV_AT_ROW
                               : heading.size         ? KARTO_M_CSV_AT_HEADING
                                                      : KARTO_M_CSV_AT;
    const struct karto_arg args[] = {
        karto_arg_int("row", (int64_t)row->number),       karto_arg_int("column", (int64_t)row->error_column),
        karto_arg_int("found", (int64_t)row->cell_count), karto_arg_int("wanted", (int64_t)row->wanted),
        karto_arg_int("max", KARTO_CSV_CELLS_MAX),        karto_arg_text("heading", heading),
    };
    size_t count = sizeof args / sizeof *args;
    karto_message(out, lang, where, args, count);
    karto_buf_add_str(out, ": ");
    karto_message(out, lang, row->error, args, count);
}

/* -- writing -- */

void karto_csv_write_begin(struct karto_csv_writer *writer, struct karto_buf *out, char separator, bool mark)
{
    *writer = (struct karto_csv_writer){.out = out, .separator = separator};
    if (mark)
        karto_buf_add_str(out, "\xEF\xBB\xBF");
}

static bool needs_quotes(struct karto_slice cell, char separator)
{
    if (cell.size == 0)
        return false;
    uint8_t first = cell.data[0], last = cell.data[cell.size - 1];
    if (first == ' ' || last == ' ' || first == '\t' || last == '\t')
        return true;
    for (size_t i = 0; i < cell.size; i++) {
        uint8_t byte = cell.data[i];
        if (byte == '"' || byte == '\n' || byte == '\r' || byte == (uint8_t)separator)
            return true;
    }
    return false;
}

static void begin_cell(struct karto_csv_writer *writer, bool is_empty)
{
    if (writer->cells > 0)
        karto_buf_add_byte(writer->out, (uint8_t)writer->separator);
    writer->is_empty = writer->cells++ == 0 && is_empty;
}

void karto_csv_write(struct karto_csv_writer *writer, struct karto_slice cell)
{
    if (needs_quotes(cell, writer->separator)) {
        karto_csv_write_quoted(writer, cell);
        return;
    }
    begin_cell(writer, cell.size == 0);
    karto_buf_add_slice(writer->out, cell);
}

void karto_csv_write_quoted(struct karto_csv_writer *writer, struct karto_slice cell)
{
    begin_cell(writer, false);
    karto_buf_add_byte(writer->out, '"');
    for (size_t i = 0; i < cell.size; i++) {
        if (cell.data[i] == '"')
            karto_buf_add_byte(writer->out, '"');
        karto_buf_add_byte(writer->out, cell.data[i]);
    }
    karto_buf_add_byte(writer->out, '"');
}

void karto_csv_write_end_row(struct karto_csv_writer *writer)
{
    karto_buf_add_str(writer->out, writer->is_empty ? "\"\"\r\n" : "\r\n");
    writer->cells = 0;
    writer->is_empty = false;
}
