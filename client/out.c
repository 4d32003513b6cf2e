#include "client/out_form.h"

#include "client/suggest.h"
#include "client/synonym.h"
#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "core/base/os_process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum karto_form karto_out_form_for(enum karto_form asked, bool is_terminal)
{
    if (asked != KARTO_FORM_AUTO)
        return asked;
    return is_terminal ? KARTO_FORM_TABLE : KARTO_FORM_TSV;
}

struct karto_out *karto_out_new(FILE *file, const struct karto_out_options *options)
{
    struct karto_out *out = karto_must(calloc(1, sizeof *out));
    out->file = file;
    out->options = *options;
    switch (options->form) {
    case KARTO_FORM_JSON: out->ops = &karto_out_json; break;
    case KARTO_FORM_TABLE: out->ops = &karto_out_table; break;
    case KARTO_FORM_TSV: out->ops = &karto_out_tsv; break;
    case KARTO_FORM_AUTO: karto_fatal("printer: no form was chosen");
    }
    return out;
}

static void end_pager(struct karto_out *out)
{
    if (out->pager)
        pclose(out->pager);
    out->pager = NULL;
}

void karto_out_free(struct karto_out *out)
{
    if (!out)
        return;
    karto_out_flush(out);
    end_pager(out);
    if (out->ops->free)
        out->ops->free(out);
    karto_buf_fini(&out->text);
    free(out);
}

enum karto_form karto_out_form(const struct karto_out *out)
{
    return out->options.form;
}

enum karto_lang karto_out_lang(const struct karto_out *out)
{
    return out->options.lang;
}

void karto_out_flush(struct karto_out *out)
{
    FILE *file = out->pager ? out->pager : out->file;
    errno = 0;
    if (!out->failed && out->text.size && fwrite(out->text.data, 1, out->text.size, file) != out->text.size) {
        out->failed = true;
        out->err = errno == EPIPE ? KARTO_OK : karto_os_error(errno);
    }
    karto_buf_clear(&out->text);
}

/* -- columns -- */

bool karto_out_next_column(struct karto_slice *rest, struct karto_slice *name)
{
    while (rest->size && (rest->data[0] == ',' || rest->data[0] == ' '))
        *rest = karto_slice(rest->data + 1, rest->size - 1);
    if (rest->size == 0)
        return false;
    const uint8_t *comma = memchr(rest->data, ',', rest->size);
    *name = karto_slice(rest->data, comma ? (size_t)(comma - rest->data) : rest->size);
    *rest = karto_slice(rest->data + name->size, rest->size - name->size);
    while (name->size && name->data[name->size - 1] == ' ')
        name->size--;
    return true;
}

static bool is_column(struct karto_slice name, const struct karto_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (karto_slice_is(name, columns[i].name))
            return true;
    return name.size > 5 && memcmp(name.data, "attr.", 5) == 0;
}

/* Which columns there are: those that are shown anyway, for all of a record's are too many to read. */
static enum karto_err no_column(const struct karto_out *out, struct karto_slice name,
                                const struct karto_column *columns, size_t count, struct karto_problem *problem)
{
    struct karto_buf usual = KARTO_BUF_EMPTY, typed = KARTO_BUF_EMPTY;
    struct karto_suggestion best;
    karto_buf_add_slice(&typed, name);
    karto_buf_add_byte(&typed, 0);
    karto_suggest_init(&best, (const char *)typed.data);
    for (size_t i = 0; i < count; i++) {
        karto_suggest_try(&best, columns[i].name);
        if (!columns[i].shown)
            continue;
        karto_buf_add_str(&usual, usual.size ? ", " : "");
        karto_buf_add_str(&usual, columns[i].name);
    }
    const char *meant = karto_field_meant(name);
    const char *column = meant ? strrchr(meant, '.') : NULL;
    if (meant && is_column(karto_slice_str(meant), columns, count))
        karto_suggest_know(&best, meant);
    else if (column && is_column(karto_slice_str(column + 1), columns, count))
        karto_suggest_know(&best, column + 1);
    enum karto_err err = KARTO_PROBLEM(problem, out->options.lang, KARTO_E_USAGE, KARTO_M_UNKNOWN_COLUMN,
                                       karto_arg_text("column", name));
    if (best.best)
        karto_problem_suggest(problem, out->options.lang, best.best);
    KARTO_SAY(&problem->hint, out->options.lang, KARTO_M_COLUMNS_HINT,
              karto_arg_text("columns", karto_buf_slice(&usual)));
    karto_buf_fini(&usual);
    karto_buf_fini(&typed);
    return err;
}

enum karto_err karto_out_check_columns(const struct karto_out *out, const struct karto_column *columns, size_t count,
                                       struct karto_problem *problem)
{
    struct karto_slice rest = karto_slice_str(out->options.columns), name;
    for (unsigned asked = 0; karto_out_next_column(&rest, &name); asked++)
        if (asked == KARTO_COLUMNS_MAX || !is_column(name, columns, count))
            return no_column(out, name, columns, count, problem);
    return KARTO_OK;
}

static void choose_columns(struct karto_out *out, const struct karto_column *columns, size_t count)
{
    struct karto_slice rest = karto_slice_str(out->options.columns), name;
    out->column_count = 0;
    while (out->column_count < KARTO_COLUMNS_MAX && karto_out_next_column(&rest, &name))
        out->columns[out->column_count++] = name;
    if (out->column_count)
        return;
    for (size_t i = 0; i < count && out->column_count < KARTO_COLUMNS_MAX; i++)
        if (columns[i].shown)
            out->columns[out->column_count++] = karto_slice_str(columns[i].name);
}

/* -- nesting -- */

/* A value may come now. */
static void before_value(struct karto_out *out)
{
    KARTO_ASSERT(out->depth > 0 && (out->has_key || out->is_array[out->depth - 1]));
    out->has_key = false;
}

static void leaf(struct karto_out *out, enum karto_leaf kind, struct karto_slice text)
{
    before_value(out);
    out->ops->leaf(out, kind, text);
}

static void push(struct karto_out *out, bool is_array)
{
    KARTO_ASSERT(out->depth < KARTO_OUT_DEPTH_MAX);
    out->is_array[out->depth++] = is_array;
}

static void pop(struct karto_out *out, bool is_array)
{
    KARTO_ASSERT(out->depth > 0 && !out->has_key && out->is_array[out->depth - 1] == is_array);
    out->depth--;
}

void karto_out_begin(struct karto_out *out, const char *kind, enum karto_out_shape shape)
{
    KARTO_ASSERT(out->depth == 0);
    bool paged = shape == KARTO_OUT_LIST && out->options.form == KARTO_FORM_TABLE && out->options.pager &&
                 karto_can_run(out->options.pager);
    if (paged) {
        fflush(out->file);
        out->pager = popen(out->options.pager, "w"); /* without one the list is simply printed */
    }
    push(out, false);
    out->ops->begin(out, shape);
    karto_out_key(out, "schema");
    karto_out_int(out, 1);
    karto_out_key(out, "kind");
    karto_out_str(out, kind);
}

enum karto_err karto_out_end(struct karto_out *out)
{
    pop(out, false);
    KARTO_ASSERT(out->depth == 0);
    out->ops->end(out);
    karto_out_flush(out);
    errno = 0;
    if (!out->failed && fflush(out->pager ? out->pager : out->file) != 0) {
        out->failed = true;
        out->err = errno == EPIPE ? KARTO_OK : karto_os_error(errno);
    }
    end_pager(out);
    return out->err;
}

void karto_out_key(struct karto_out *out, const char *key)
{
    karto_out_key_slice(out, karto_slice_str(key));
}

void karto_out_key_slice(struct karto_out *out, struct karto_slice key)
{
    KARTO_ASSERT(out->depth > 0 && !out->has_key && !out->is_array[out->depth - 1]);
    out->has_key = true;
    out->ops->key(out, key);
}

static void open_value(struct karto_out *out, bool is_array)
{
    before_value(out);
    push(out, is_array);
    out->ops->open(out, is_array);
}

static void close_value(struct karto_out *out, bool is_array)
{
    pop(out, is_array);
    KARTO_ASSERT(out->depth > 0);
    out->ops->close(out, is_array);
}

void karto_out_object(struct karto_out *out)
{
    open_value(out, false);
}

void karto_out_object_end(struct karto_out *out)
{
    close_value(out, false);
}

void karto_out_array(struct karto_out *out)
{
    open_value(out, true);
}

void karto_out_array_end(struct karto_out *out)
{
    close_value(out, true);
}

void karto_out_rows(struct karto_out *out, const char *key, const struct karto_column *columns, size_t count)
{
    KARTO_ASSERT(out->depth == 1);
    karto_out_key(out, key);
    before_value(out);
    push(out, true);
    choose_columns(out, columns, count);
    out->ops->rows(out);
}

void karto_out_rows_end(struct karto_out *out)
{
    pop(out, true);
    KARTO_ASSERT(out->depth == 1);
    out->ops->rows_end(out);
}

/* -- values -- */

void karto_out_text(struct karto_out *out, struct karto_slice text)
{
    leaf(out, KARTO_LEAF_TEXT, text);
}

void karto_out_str(struct karto_out *out, const char *text)
{
    leaf(out, text ? KARTO_LEAF_TEXT : KARTO_LEAF_NULL, karto_slice_str(text));
}

void karto_out_int(struct karto_out *out, int64_t number)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%lld", (long long)number);
    leaf(out, KARTO_LEAF_NUMBER, karto_slice(text, (size_t)size));
}

void karto_out_bool(struct karto_out *out, bool value)
{
    leaf(out, KARTO_LEAF_BOOL, karto_slice_str(value ? "true" : "false"));
}

void karto_out_null(struct karto_out *out)
{
    leaf(out, KARTO_LEAF_NULL, karto_slice_str(NULL));
}

void karto_out_time(struct karto_out *out, int64_t utc_ms)
{
    char text[64];
    struct tm tm;
    const int64_t last = 253402300799999; /* of the year 9999 */
    utc_ms = utc_ms < 0 ? 0 : utc_ms > last ? last : utc_ms;
    time_t seconds = (time_t)(utc_ms / 1000);
    KARTO_ASSERT(gmtime_r(&seconds, &tm));
    size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    size += (size_t)snprintf(text + size, sizeof text - size, ".%03dZ", (int)(utc_ms % 1000));
    leaf(out, KARTO_LEAF_TEXT, karto_slice(text, size));
}

void karto_out_money(struct karto_out *out, int64_t minor, struct karto_slice currency)
{
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    struct karto_buf amount = KARTO_BUF_EMPTY;
    if (out->options.form == KARTO_FORM_TABLE)
        karto_number_print(&amount, out->options.lang, minor, 2);
    else
        karto_buf_printf(&amount, "%s%llu.%02u", minor < 0 ? "-" : "", (unsigned long long)(size / 100),
                         (unsigned)(size % 100));
    if (out->options.form == KARTO_FORM_JSON) {
        karto_out_object(out);
        karto_out_key(out, "amount");
        karto_out_text(out, karto_buf_slice(&amount));
        karto_out_key(out, "currency");
        karto_out_text(out, currency);
        karto_out_object_end(out);
    } else {
        karto_buf_add_byte(&amount, ' ');
        karto_buf_add_slice(&amount, currency);
        leaf(out, KARTO_LEAF_NUMBER, karto_buf_slice(&amount));
    }
    karto_buf_fini(&amount);
}

void karto_out_say(struct karto_out *out, struct karto_slice lines)
{
    if (!out->ops->say || (out->depth > 0 && out->options.columns))
        return; /* who asks for certain lines of a card wants no others */
    out->ops->say(out, lines);
    karto_out_flush(out);
}
