#include "client/import.h"

#include "client/field_value.h"
#include "client/formula.h"
#include "client/import_record.h"
#include "client/set_cell.h"
#include "client/shortened.h"
#include "client/table_day.h"
#include "core/base/codes.h"
#include "core/base/fatal.h"
#include "core/base/hash.h"
#include "core/base/os_posix.h"
#include "core/base/reader.h"
#include "core/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 5 };

void karto_import_begin(struct karto_import *import, const char *dir)
{
    karto_spill_init(&import->spill, dir);
    karto_tally_init(&import->seen, &import->spill);
    karto_problem_init(&import->problem);
    karto_warnings_init(&import->warnings);
    import->warnings.most = import->cli->settings.form == KARTO_FORM_JSON ? KARTO_IMPORT_TOLD_JSON : KARTO_IMPORT_TOLD;
    karto_arena_init(&import->arena);
    import->rows = karto_must(calloc(KARTO_IMPORT_ROWS_MAX, sizeof *import->rows));
    import->row_count = 0;
    import->chunk = 1;
    import->samples = import->dry_run ? SAMPLES : 0;
}

void karto_import_end(struct karto_import *import)
{
    karto_spill_fini(&import->spill);
    karto_problem_fini(&import->problem);
    karto_warnings_fini(&import->warnings);
    karto_arena_fini(&import->arena);
    free(import->rows);
}

/* ---- which record a row is about ---- */

/* The key under which an index has this text. */
static struct karto_slice key_of(struct karto_arena *arena, uint32_t field, struct karto_slice text)
{
    struct karto_slice element;
    switch (field) {
    case KARTO_F_EDRPOU: return karto_edrpou_normal(arena, text, NULL);
    case KARTO_F_NAME: return karto_text_fold(arena, text);
    case KARTO_F_PHONE:
        return karto_set_cell_next(arena, &text, &element) ? karto_phone_normal(arena, element, NULL) : text;
    default: return karto_text_normal(arena, text);
    }
}

/* The first of the columns that decide which has something in it. */
static void find_match(struct karto_import *import, struct karto_arena *arena, const struct karto_slice *cells,
                       struct karto_import_row *row)
{
    for (unsigned i = 0; i < import->match_count && row->match.size == 0; i++) {
        row->match = karto_text_clean(arena, cells[import->matches[i].column]);
        row->match_field = import->matches[i].field;
        row->match_column = import->matches[i].column;
    }
    if (row->match.size)
        row->match_key = key_of(arena, row->match_field, row->match);
}

bool karto_import_has_room(struct karto_import *import, const struct karto_slice *cells)
{
    if (import->row_count < KARTO_IMPORT_ROWS)
        return true;
    const struct karto_import_row *last = &import->rows[import->row_count - 1];
    if (!import->has_lines || import->row_count == KARTO_IMPORT_ROWS_MAX || last->match.size == 0)
        return false;
    struct karto_import_row next = {.number = 0};
    find_match(import, &import->arena, cells, &next);
    return next.match_field == last->match_field && karto_slice_equal(next.match_key, last->match_key);
}

/* Before the store is asked. column: the one that it is about; message: with its name. */
static void reject(struct karto_import *import, struct karto_import_row *row, size_t column, const char *id,
                   enum karto_message message, uint64_t other_row)
{
    struct karto_buf why = KARTO_BUF_EMPTY;
    struct karto_slice name = import->columns.all[column].name;
    KARTO_SAY(&why, import->cli->lang, message, karto_arg_text("column", name),
              karto_arg_text("value", row->cells[column]), karto_arg_int("n", (int64_t)column + 1),
              karto_arg_int("row", (int64_t)other_row));
    row->why = karto_arena_copy(&import->arena, karto_buf_slice(&why));
    row->column = name;
    row->id = id;
    row->excluded = true;
    karto_buf_fini(&why);
}

/* ---- cells that cannot be what was meant ---- */

/* Digits of which each counts. */
static bool is_code(const struct karto_import *import, const struct karto_import_column *column)
{
    const struct karto_field_def *def = column->def;
    const char *part = def ? strrchr(def->name, '.') : NULL;
    if (column->target == KARTO_TO_ID || column->target == KARTO_TO_LINE_KEY)
        return true;
    if (column->target != KARTO_TO_FIELD)
        return false;
    return def->normal == KARTO_N_EDRPOU || def->normal == KARTO_N_IBAN || def->normal == KARTO_N_PHONE ||
           def->number == KARTO_F_EXTERNAL_ID || def->number == KARTO_F_CLIENT || strcmp(def->name, "vat") == 0 ||
           (part && strcmp(part, ".index") == 0) ||
           (import->columns.kind == KARTO_PURCHASE && strcmp(def->name, "number") == 0);
}

/* Whether one of the values of a cell is a code that a spreadsheet has shortened. */
static bool has_shortened(struct karto_import *import, struct karto_slice cell)
{
    struct karto_slice element;
    if (!cell.size || (!memchr(cell.data, 'E', cell.size) && !memchr(cell.data, 'e', cell.size)))
        return false;
    while (karto_set_cell_next(&import->arena, &cell, &element))
        if (karto_is_shortened(element))
            return true;
    return false;
}

static void refuse_cells(struct karto_import *import, struct karto_import_row *row)
{
    for (size_t i = 0; i < import->columns.count && !row->excluded; i++) {
        const struct karto_import_column *column = &import->columns.all[i];
        if (column->name.size == 0 && karto_text_clean(&import->arena, row->cells[i]).size)
            reject(import, row, i, "E-INVALID", KARTO_M_IMPORT_NO_HEADING, 0);
        else if (is_code(import, column) && has_shortened(import, row->cells[i]))
            reject(import, row, i, "E-CODE-SHORTENED", KARTO_M_E_CODE_SHORTENED, 0);
    }
}

/* Codes of different fields are different, also where they are written alike. */
static struct karto_tally_entry *seen_of(struct karto_import *import, const struct karto_import_row *row)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_buf_add_be32(&text, row->match_field);
    karto_buf_add_slice(&text, row->match_key);
    struct karto_tally_entry *entry = karto_tally_of(&import->seen, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return entry;
}

/* ---- rows that contradict each other ---- */

/* What a row said of its record that no row before it did. Of a value its hash is enough; 0: it said nothing. */
struct said {
    const struct said *before;
    uint64_t row;
    uint32_t hashes[]; /* one for each column */
};

/* Only one value fits there. Where rows of one record have days of their own, or lines, each says its part. */
static bool is_single(const struct karto_import *import, const struct karto_import_column *column)
{
    if (column->target != KARTO_TO_FIELD || column->def->shape == KARTO_SET)
        return false;
    return column->def->shape != KARTO_TIMELINE || column->has_date ||
           karto_import_column_find(&import->columns, KARTO_TO_SINCE, column->def) == KARTO_NO_COLUMN;
}

static bool is_match(const struct karto_import *import, size_t column)
{
    for (unsigned i = 0; i < import->match_count; i++)
        if (import->matches[i].column == (int)column)
            return true;
    return false;
}

/* The first row that said something in this column; NULL: none did. */
static const struct said *said_before(const struct karto_import_row *row, size_t column)
{
    const struct said *said = row->seen->list;
    while (said && said->hashes[column] == 0)
        said = said->before;
    return said;
}

/* What is written in two ways may be one value. Empty: it is none. */
static struct karto_slice value_of(struct karto_arena *arena, const struct karto_field_def *def,
                                   struct karto_slice cell)
{
    int64_t day;
    struct karto_slice text = karto_text_normal(arena, cell), bytes = {NULL, 0};
    if (def->type == KARTO_DATE) {
        enum karto_table_day read = karto_table_day_read(text, &day);
        return read == KARTO_DAY_READ || read == KARTO_DAY_NUMBER ? karto_value_bytes(arena, karto_value_date(day))
                                                                  : bytes;
    }
    if (def->normal == KARTO_N_EDRPOU)
        return karto_edrpou_normal(arena, text, NULL);
    if (def->type != KARTO_MONEY)
        return text;
    struct karto_problem nobody_hears;
    karto_problem_init(&nobody_hears);
    enum karto_err err = karto_field_value_parse(arena, def, text, KARTO_LANG_EN, &bytes, &nobody_hears);
    karto_problem_fini(&nobody_hears);
    return err == KARTO_OK ? bytes : karto_slice(NULL, 0);
}

static uint32_t hash_of(struct karto_import *import, size_t column, struct karto_slice cell)
{
    struct karto_slice value = value_of(&import->arena, import->columns.all[column].def, cell);
    uint32_t hash = value.size ? (uint32_t)karto_sum_of(value).low : 0;
    return hash || value.size == 0 ? hash : 1;
}

static bool says(const struct karto_import *import, const struct karto_import_row *row, size_t column)
{
    return row->cells[column].size && is_single(import, &import->columns.all[column]) && !is_match(import, column);
}

/* Remembers what the row says. Of rows that say different things of one record the first counts: else the file would
 * change something each time. */
static enum karto_err remember(struct karto_import *import, struct karto_import_row *row)
{
    size_t count = import->columns.count, news = 0;
    uint32_t *hashes = karto_arena_array(&import->arena, count, sizeof *hashes);
    for (size_t i = 0; i < count; i++) {
        uint32_t hash = says(import, row, i) ? hash_of(import, i, row->cells[i]) : 0;
        const struct said *before = hash ? said_before(row, i) : NULL;
        if (before && before->hashes[i] != hash) {
            reject(import, row, i, "E-INVALID", KARTO_M_IMPORT_OTHER_ROW, before->row);
            return KARTO_OK;
        }
        hashes[i] = before ? 0 : hash;
        news += hashes[i] != 0;
    }
    if (news == 0)
        return KARTO_OK;
    struct said *said = karto_spill_take(&import->spill, sizeof *said + count * sizeof *hashes);
    if (!said)
        return karto_os_error(errno);
    said->before = row->seen->list;
    said->row = row->number;
    memcpy(said->hashes, hashes, count * sizeof *hashes);
    row->seen->list = said;
    return KARTO_OK;
}

static bool is_readable(const struct karto_import *import, const struct karto_import_row *row)
{
    for (unsigned i = 0; i < import->match_count; i++)
        if (!karto_utf8_valid(row->cells[import->matches[i].column]))
            return false;
    return true;
}

/* Finds out of which record the row is, and which line of it. That counts also where the row is wrong, so that it is
 * the same line when it comes again. */
static enum karto_err take_part(struct karto_import *import, struct karto_import_row *row)
{
    if (row->excluded && (!import->has_lines || !is_readable(import, row)))
        return KARTO_OK;
    find_match(import, &import->arena, row->cells, row);
    if (row->match.size == 0) {
        if (import->match_count && !row->excluded)
            reject(import, row, (size_t)import->matches[0].column, "E-INVALID", KARTO_M_IMPORT_NO_MATCH, 0);
        return KARTO_OK;
    }
    row->seen = seen_of(import, row);
    enum karto_err err = row->seen ? KARTO_OK : karto_os_error(errno);
    if (err == KARTO_OK && !row->excluded)
        err = remember(import, row);
    if (err == KARTO_OK)
        row->line = ++row->seen->count;
    else
        import->row_count--;
    return err;
}

enum karto_err karto_import_add(struct karto_import *import, uint64_t number, const struct karto_slice *cells,
                                size_t count, struct karto_slice why, struct karto_slice column)
{
    KARTO_ASSERT(import->row_count < KARTO_IMPORT_ROWS_MAX);
    struct karto_import_row *row = &import->rows[import->row_count++];
    size_t columns = import->columns.count, most = count > columns ? count : columns;
    struct karto_slice *own = karto_arena_array(&import->arena, most, sizeof *own);
    for (size_t i = 0; i < count; i++)
        own[i] = karto_arena_copy(&import->arena, import->is_text ? karto_formula_read(cells[i]) : cells[i]);
    *row = (struct karto_import_row){.number = number, .cells = own, .cell_count = most, .excluded = why.size > 0};
    row->why = karto_arena_copy(&import->arena, why);
    row->says_where = row->excluded;
    row->id = "E-INVALID";
    row->column = column;
    if (!row->excluded)
        refuse_cells(import, row);
    return take_part(import, row);
}

/* ---- a transaction ---- */

/* Rows from at on that are one record, wrong ones in between with them: several only where it has lines. */
static size_t rows_of_record(const struct karto_import *import, size_t at)
{
    const struct karto_import_row *first = &import->rows[at];
    size_t count = 1;
    if (!import->has_lines || first->excluded || first->match.size == 0)
        return 1;
    while (at + count < import->row_count && import->rows[at + count].seen == first->seen)
        count++;
    return count;
}

/* What was said before this transaction, which may begin more than once. */
struct writing {
    struct karto_import *import;
    unsigned samples;
    size_t warnings;
    uint64_t dropped;
};

static void begin_again(const struct writing *before)
{
    struct karto_import *import = before->import;
    import->samples = before->samples;
    import->warnings.count = before->warnings;
    import->warnings.dropped = before->dropped;
    for (size_t i = 0; i < import->row_count; i++) {
        struct karto_import_row *row = &import->rows[i];
        row->outcome = row->excluded ? KARTO_IMPORT_REJECTED : KARTO_IMPORT_WAITS;
        if (row->seen && row->seen->mark == import->chunk)
            row->seen->mark = 0;
    }
    import->again = false;
}

static enum karto_err write_rows(struct karto_tx *tx, void *context)
{
    const struct writing *writing = context;
    struct karto_import *import = writing->import;
    begin_again(writing);
    import->today = karto_today(tx);
    for (size_t at = 0; at < import->row_count;) {
        size_t count = rows_of_record(import, at);
        if (!import->rows[at].excluded) {
            struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
            enum karto_err err = karto_import_record(import, tx, &import->rows[at], count);
            karto_arena_release(&tx->arena, mark);
            if (err != KARTO_OK)
                return err;
        }
        at += count;
    }
    return import->dry_run ? KARTO_E_INTERRUPTED : KARTO_OK;
}

enum karto_err karto_import_flush(struct karto_import *import, struct karto_store *store)
{
    enum karto_err err;
    if (import->row_count == 0)
        return KARTO_OK;
    struct writing writing = {import, import->samples, import->warnings.count, import->warnings.dropped};
    do
        err = karto_store_write(store, write_rows, &writing);
    while (err == KARTO_E_INTERRUPTED && import->again);
    return err == KARTO_E_INTERRUPTED && import->dry_run ? KARTO_OK : err;
}

void karto_import_clear(struct karto_import *import)
{
    import->row_count = 0;
    import->chunk++;
    karto_arena_reset(&import->arena);
}
