/* csv.h - tables as text (RFC 4180), as people's programs really write them: with , ; | or a tab between cells, with
 * LF, CRLF or CR behind rows, with or without the UTF-8 mark at the beginning, and with an Excel line "sep=;".
 *
 * A row that is wrong is reported, with all of its cells as they stand, and reading goes on behind it. Where a quote
 * was opened and not closed, or closed in the midst of a later row, only the line with the opening quote is wrong:
 * reading goes on with the line after it. A quote in the midst of a cell that did not begin with one is just a letter:
 * ТОВ "Ромашка". No more than one row is held. */
#ifndef KARTO_CLIENT_CSV_H
#define KARTO_CLIENT_CSV_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/message.h"

enum {
    KARTO_CSV_ROW_SIZE_MAX = 1024 * 1024, /* bytes of a row as it stands in the file: a record has no more */
    KARTO_CSV_CELLS_MAX = 4096,           /* of a row; the widest spreadsheets that people import have hundreds */
};

/* Reads up to size bytes into out; 0 at the end; negative is an error, errno tells. */
struct karto_csv_source {
    void *context;
    long (*read)(void *context, void *out, size_t size);
};

struct karto_csv;

enum karto_csv_event {
    KARTO_CSV_END,
    KARTO_CSV_ROW,
    KARTO_CSV_BAD,    /* this row is wrong; the next call goes on */
    KARTO_CSV_FAILED, /* the source said no, errno tells; nothing more comes */
};

/* Valid until the next call. */
struct karto_csv_row {
    uint64_t number;                 /* of the row as a spreadsheet shows it: blank ones count, the first is 1 */
    uint64_t line;                   /* of its beginning as a text editor shows it; the first is 1 */
    const struct karto_slice *cells; /* of a bad row: as they stand, broken quotes and all; cut where it is too long */
    size_t cell_count;
    struct karto_slice raw; /* as it stands in the file, without its end; of one that is too long, the last part */

    /* Of a bad row: a message without arguments, or CSV_RAGGED_... {found} {wanted}, CSV_CELLS {max}; and where. */
    enum karto_message error;
    size_t error_column; /* from 1; 0: the row as a whole */
    size_t wanted;       /* cells of a row */

    /* Of a good row: how many lines of the file it takes, where each of them would be a row by itself, so that a quote
     * may have been closed too late; 0: nothing is suspicious. */
    size_t joined;
};

/* separator: ',' ';' '|' '\t' or any ASCII character but a quote and the ends of lines; 0: find out, from the first
 * rows. Never fails; reading does. */
struct karto_csv *karto_csv_new(const struct karto_csv_source *source, char separator);
void karto_csv_free(struct karto_csv *csv);

/* The next row; blank lines are skipped. */
enum karto_csv_event karto_csv_next(struct karto_csv *csv, struct karto_csv_row *row);

/* From now on rows with another number of cells are bad. Empty ones behind the last column are not counted. */
void karto_csv_expect(struct karto_csv *csv, size_t columns);

/* Whether there is nothing in it but white space. */
bool karto_csv_is_blank(const struct karto_csv_row *row);

char karto_csv_separator(const struct karto_csv *csv); /* known after the first karto_csv_next */

/* Appends what is wrong with a bad row, and where: "row 7, column 3 (Phone): ...". heading: of that column; empty where
 * it has none. */
void karto_csv_explain(struct karto_buf *out, enum karto_lang lang, const struct karto_csv_row *row,
                       struct karto_slice heading);

/* Writing: appends to out. Rows end with CRLF. Cells are quoted where a reader could misunderstand them, also where
 * blanks around them could get lost; a row of one empty cell is "", so that it is no blank line. */
struct karto_csv_writer {
    struct karto_buf *out;
    char separator;
    unsigned cells; /* of the row at hand */
    bool is_empty;  /* nothing but one empty cell so far */
};

/* mark: whether to begin with the UTF-8 mark, which Excel needs to see. */
void karto_csv_write_begin(struct karto_csv_writer *writer, struct karto_buf *out, char separator, bool mark);
void karto_csv_write(struct karto_csv_writer *writer, struct karto_slice cell);

/* In any case in quotes: of what is in it nothing is taken for the separator when that is found out. */
void karto_csv_write_quoted(struct karto_csv_writer *writer, struct karto_slice cell);
void karto_csv_write_end_row(struct karto_csv_writer *writer);

#endif
