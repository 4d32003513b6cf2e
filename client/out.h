/* out.h - one printer, three forms. A command says what its answer is, once; the form decides how that looks:
 *
 *     JSON    one object on one line, keys in the order they are said
 *     table   for a terminal: headings in the user's language, columns of equal width
 *     TSV     for everything else: English field names in every language, \t \n \r \\ and \xNN in values
 *
 * An answer is a card (one thing) or a list (rows of one kind). In a table and in TSV a card is a line for each value:
 * its name, dotted where objects nest (those in "fields" go without that word), and the value. A list is its rows only,
 * what stands around them is left to JSON. An object inside of a row is a cell of its values, an array one of its
 * elements; in TSV an array of texts is written as the cell of a set (set_cell.h), and any other array as JSON, so that
 * programs can take it apart.
 *
 *     karto_out_begin(out, "find", KARTO_OUT_LIST);
 *     karto_out_key(out, "query");   karto_out_text(out, query);
 *     karto_out_rows(out, "items", columns, count);
 *         karto_out_object(out);  karto_out_key(out, "name");  karto_out_text(out, name);  karto_out_object_end(out);
 *     karto_out_rows_end(out);
 *     err = karto_out_end(out);
 *
 * Text is UTF-8. Misuse (a value without its key, an end without a beginning) is a broken promise of ours, and fatal.
 * Not safe for several threads at once. */
#ifndef KARTO_CLIENT_OUT_H
#define KARTO_CLIENT_OUT_H

#include "client/problem.h"
#include "client/settings.h"

struct karto_out;

struct karto_out_options {
    enum karto_form form; /* not AUTO: karto_out_form_for */
    enum karto_lang lang;
    bool color;
    unsigned width;      /* columns of the terminal; 0: any */
    const char *columns; /* "name,city" of --columns: of a list these, of a card only these; not in JSON. NULL: the
                            command's own choice. Lives as long as the printer */
    const char *pager;   /* a command for the shell to show lists in tables with; NULL: none */
};

enum karto_out_shape { KARTO_OUT_CARD, KARTO_OUT_LIST };

struct karto_column {
    const char *name; /* a key of the rows, or a path of keys with dots */
    bool shown;       /* without --columns */
};

enum { KARTO_COLUMNS_MAX = 64 }; /* of one list */

/* Takes the next name off a comma list like that of --columns, without blanks around. False when none is left. */
bool karto_out_next_column(struct karto_slice *rest, struct karto_slice *name);

/* The form that was asked for, or else a table on a terminal and TSV elsewhere. */
enum karto_form karto_out_form_for(enum karto_form asked, bool is_terminal);

struct karto_out *karto_out_new(FILE *file, const struct karto_out_options *options);
void karto_out_free(struct karto_out *out); /* with an answer that has not ended: what came so far stays printed */
enum karto_form karto_out_form(const struct karto_out *out);
enum karto_lang karto_out_lang(const struct karto_out *out);

/* Whether --columns names only columns that there are: to be asked before any work. "attr.NAME" always is one.
 * KARTO_E_USAGE: in problem, with the nearest. */
KARTO_CHECKED enum karto_err karto_out_check_columns(const struct karto_out *out, const struct karto_column *columns,
                                                     size_t count, struct karto_problem *problem);

/* The answer: the outermost object, "schema" and "kind" included. End flushes and says what writing said: KARTO_E_FULL,
 * KARTO_E_IO; a reader who has had enough (head, less) is fine. */
void karto_out_begin(struct karto_out *out, const char *kind, enum karto_out_shape shape);
KARTO_CHECKED enum karto_err karto_out_end(struct karto_out *out);

void karto_out_key(struct karto_out *out, const char *key); /* in an object, before each value */
void karto_out_key_slice(struct karto_out *out, struct karto_slice key);
void karto_out_object(struct karto_out *out);
void karto_out_object_end(struct karto_out *out);
void karto_out_array(struct karto_out *out);
void karto_out_array_end(struct karto_out *out);

void karto_out_text(struct karto_out *out, struct karto_slice text);
void karto_out_str(struct karto_out *out, const char *text); /* NULL is null */
void karto_out_int(struct karto_out *out, int64_t number);
void karto_out_bool(struct karto_out *out, bool value);
void karto_out_null(struct karto_out *out);
/* RFC 3339 with milliseconds. Clocks of other machines say anything: what is before 1970 or behind 9999 is shown as the
 * nearest moment within. */
void karto_out_time(struct karto_out *out, int64_t utc_ms);
/* {"amount":"1234.50","currency":"UAH"}; as a number in a table. minor: hundredths. */
void karto_out_money(struct karto_out *out, int64_t minor, struct karto_slice currency);

/* key and its array of rows, each an object; at most one in a list, and directly in the answer. columns live until the
 * end of the rows. */
void karto_out_rows(struct karto_out *out, const char *key, const struct karto_column *columns, size_t count);
void karto_out_rows_end(struct karto_out *out);

/* Lines of text for people, which only a table has: JSON and TSV leave them out. Between answers or in a card. */
void karto_out_say(struct karto_out *out, struct karto_slice lines);

#endif
