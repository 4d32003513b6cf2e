/* karto client|person|activity|purchase list: records in the order of their names or days, or of another field, a page
 * at a time. */
#include "client/ask.h"
#include "client/cmd.h"
#include "client/field_edits.h"
#include "client/field_show.h"
#include "client/noun.h"
#include "client/open.h"
#include "client/pick.h"
#include "client/record_row.h"
#include "core/base/fatal.h"
#include "core/base/reader.h"
#include "core/base/text.h"
#include "core/store/page.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, SORT_KEY_MAX = 400 };

/* A record that a list in another order than the index's holds until all have been seen. */
struct place {
    struct karto_slice value;
    struct karto_rid id;
    struct karto_why why;
};

struct listing {
    struct karto_cli *cli;
    struct karto_out *out;
    uint32_t kind;
    struct karto_ask ask;
    struct karto_rid client; /* of what hangs on clients: on which; zero: on any */
    bool by_words;           /* the index of words has found all there is */
    struct karto_found found;
    uint32_t limit; /* rows of a page */
    struct karto_row row;

    bool sorts, backwards;              /* another order than the index's */
    const struct karto_field_def *sort; /* NULL: by what is no field */
    const char *sort_other;
    struct karto_slice sort_key;

    struct karto_index_place from; /* --after */
    bool has_from;

    uint32_t shown;
    bool more;
    struct karto_index_place last; /* the last one that was shown */
    struct karto_arena arena;      /* places, and what lives as long as the list */
    struct place *places;
    size_t place_count, place_capacity;
};

/* Everything that hangs on the client that was named, or what the query means. */
static enum karto_err wanted(const struct listing *l, struct karto_tx *tx, const struct karto_entry *entry, bool *fits,
                             struct karto_why *hit)
{
    *hit = (struct karto_why){NULL, NULL};
    *fits = l->ask.hidden || !karto_record_hidden(&entry->view);
    return karto_rid_is_zero(l->client) ? karto_ask_fits(&l->ask, tx, entry, fits, hit) : KARTO_OK;
}

/* ---- in the order of the index ---- */

static void remember(struct listing *l, struct karto_tx *tx, const struct karto_record *view)
{
    karto_arena_reset(&l->arena);
    l->last = (struct karto_index_place){karto_index_order(tx, &l->arena, view), view->id};
}

static enum karto_err show_row(struct listing *l, struct karto_tx *tx, const struct karto_record *view,
                               const struct karto_why *hit)
{
    l->shown++;
    return karto_row_show(&l->row, tx, view, hit);
}

static enum karto_err visit_in_order(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct listing *l = context;
    struct karto_why hit;
    bool fits;
    enum karto_err err = wanted(l, tx, entry, &fits, &hit);
    if (err != KARTO_OK || !fits)
        return err;
    if (l->shown == l->limit) {
        l->more = true;
        return KARTO_E_INTERRUPTED;
    }
    err = show_row(l, tx, &entry->view, &hit);
    if (l->shown == l->limit)
        remember(l, tx, &entry->view);
    return err;
}

static enum karto_err show_in_order(struct listing *l, struct karto_tx *tx)
{
    const struct karto_page page = {.select = &l->ask.select,
                                    .kind = l->kind,
                                    .rows = l->limit < UINT32_MAX ? l->limit + 1 : UINT32_MAX,
                                    .from = l->has_from ? &l->from : NULL};
    return karto_page_list(tx, &page, visit_in_order, l);
}

/* ---- in another order ---- */

static void add_number(struct karto_buf *key, int64_t number)
{
    karto_buf_add_be64(key, (uint64_t)number ^ UINT64_C(1) << 63);
}

static struct karto_slice sorted_value(const struct listing *l, const struct karto_record *view)
{
    const struct karto_field *field = karto_record_field(view, l->sort->number);
    switch (l->sort->shape) {
    case KARTO_SCALAR: return karto_record_value(view, l->sort->number);
    case KARTO_SET: return field ? karto_winner(&field->registers[0])->value : karto_slice(NULL, 0);
    case KARTO_TIMELINE: {
        const struct karto_head *head = karto_timeline_at(field, l->row.today);
        return head ? head->value : karto_slice(NULL, 0);
    }
    case KARTO_MAP: {
        const struct karto_head *head = karto_winner(karto_field_register(field, l->sort_key));
        return head ? head->value : karto_slice(NULL, 0);
    }
    }
    return karto_slice(NULL, 0);
}

/* Columns that are no fields, and can be an order. */
static const char *const others[] = {"id", "short", "conflicts", "hidden"};

static void add_other_key(const struct listing *l, const struct karto_record *view, struct karto_buf *key)
{
    char short_id[KARTO_SHORT_TEXT];
    karto_buf_add_byte(key, 0);
    if (strcmp(l->sort_other, "id") == 0) {
        karto_buf_add(key, view->id.b, sizeof view->id.b);
    } else if (strcmp(l->sort_other, "short") == 0) {
        karto_rid_print_short(view->id, short_id);
        karto_buf_add_str(key, short_id);
    } else {
        bool conflicts = strcmp(l->sort_other, "conflicts") == 0;
        add_number(key, conflicts ? karto_record_conflicts(view) : karto_record_hidden(view));
    }
}

/* A byte that puts what is empty last, and a key in byte order. */
static void add_key(const struct listing *l, const struct karto_record *view, struct karto_buf *key)
{
    struct karto_value value;
    if (!l->sort) {
        add_other_key(l, view, key);
        return;
    }
    struct karto_slice bytes = sorted_value(l, view);
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type == KARTO_NIL) {
        karto_buf_add_byte(key, 1);
        return;
    }
    karto_buf_add_byte(key, 0);
    switch (value.type) {
    case KARTO_TEXT:
    case KARTO_ENUM: karto_text_sort_key(key, value.text, SORT_KEY_MAX); break;
    case KARTO_INTEGER:
    case KARTO_BOOL:
    case KARTO_MONEY:
    case KARTO_DATE:
    case KARTO_INSTANT: add_number(key, value.integer); break;
    case KARTO_NIL:
    case KARTO_REFERENCE:
    case KARTO_TUPLE:
    case KARTO_UNKNOWN: break;
    }
}

/* Names decide between equals; 0 is less than any byte of a key. */
static void make_key(const struct listing *l, const struct karto_record *view, struct karto_buf *key)
{
    add_key(l, view, key);
    karto_buf_add_byte(key, 0);
    karto_text_sort_key(key, karto_text_of(view, KARTO_F_NAME), SORT_KEY_MAX);
}

static void add_place(struct listing *l, const struct karto_record *view, struct karto_why why)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    if (l->place_count == l->place_capacity) {
        l->place_capacity = l->place_capacity ? 2 * l->place_capacity : 256;
        l->places = karto_must(realloc(l->places, l->place_capacity * sizeof *l->places));
    }
    make_key(l, view, &key);
    l->places[l->place_count++] = (struct place){karto_arena_copy(&l->arena, karto_buf_slice(&key)), view->id, why};
    karto_buf_fini(&key);
}

static enum karto_err visit_to_sort(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct listing *l = context;
    struct karto_why why;
    bool fits;
    enum karto_err err = wanted(l, tx, entry, &fits, &why);
    if (err == KARTO_OK && fits)
        add_place(l, &entry->view, why);
    return err;
}

/* What the index of words has found, to be put into order like all else. */
static enum karto_err add_found(struct listing *l, struct karto_tx *tx, const struct karto_found *found)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < found->count && err == KARTO_OK; i++) {
        const struct karto_hit *hit = &found->hits[i];
        struct karto_entry entry;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_entry_load(tx, hit->id, &entry);
        if (err == KARTO_OK)
            add_place(l, &entry.view, karto_ask_why(hit));
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

/* Empty ones are last in either direction. */
static int compare_places(const struct place *x, const struct place *y, bool backwards)
{
    int order = x->value.data[0] - y->value.data[0];
    if (order)
        return order;
    order = karto_slice_compare(x->value, y->value);
    if (!order)
        order = karto_rid_compare(x->id, y->id);
    return backwards ? -order : order;
}

static int forwards(const void *a, const void *b)
{
    return compare_places(a, b, false);
}

static int backwards(const void *a, const void *b)
{
    return compare_places(a, b, true);
}

static enum karto_err show_place(struct listing *l, struct karto_tx *tx, const struct place *place)
{
    struct karto_entry entry;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = karto_entry_load(tx, place->id, &entry);
    if (err == KARTO_OK)
        err = show_row(l, tx, &entry.view, &place->why);
    karto_arena_release(&tx->arena, mark);
    return err;
}

static enum karto_err collect(struct listing *l, struct karto_tx *tx)
{
    if (l->by_words)
        return add_found(l, tx, &l->found);
    if (!karto_rid_is_zero(l->client))
        return karto_each_child(tx, l->kind, l->client, visit_to_sort, l);
    return karto_page_each(tx, &l->ask.select, l->kind, (struct karto_rid){{0}}, visit_to_sort, l);
}

static enum karto_err show_sorted(struct listing *l, struct karto_tx *tx)
{
    const struct place from = {.value = l->from.value, .id = l->from.id};
    enum karto_err err = collect(l, tx);
    if (err == KARTO_OK && l->place_count > 1)
        qsort(l->places, l->place_count, sizeof *l->places, l->backwards ? backwards : forwards);
    for (size_t i = 0; i < l->place_count && err == KARTO_OK; i++) {
        if (l->has_from && compare_places(&l->places[i], &from, l->backwards) <= 0)
            continue;
        if (l->shown == l->limit) {
            l->more = true;
            break;
        }
        err = show_place(l, tx, &l->places[i]);
        l->last = (struct karto_index_place){l->places[i].value, l->places[i].id};
    }
    return err;
}

/* ---- what was asked ---- */

/* The order without --sort, which the index has for all of a kind. */
static const char *order_of(uint32_t kind)
{
    return karto_index_is_by_day(kind) ? "-date" : "name";
}

static enum karto_err read_sort(struct listing *l)
{
    struct karto_cli *cli = l->cli;
    bool is_part = l->kind != KARTO_CLIENT && cli->args.word_count; /* of one client: few */
    const char *sort = cli->settings.sort ? cli->settings.sort : order_of(l->kind);
    l->sorts = is_part || strcmp(sort, order_of(l->kind)) != 0;
    l->backwards = *sort == '-';
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(sort + l->backwards, others[i]) == 0) {
            l->sort_other = others[i];
            return KARTO_OK;
        }
    return karto_field_choose(l->kind, karto_slice_str(karto_row_field(sort + l->backwards)), cli->lang, &l->sort,
                              &l->sort_key, &cli->problem);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum karto_err bad_after(struct listing *l)
{
    return KARTO_PROBLEM(&l->cli->problem, l->cli->lang, KARTO_E_USAGE, KARTO_M_AFTER_FORM,
                         karto_arg_str("value", l->cli->settings.after));
}

/* A cursor: the id of the last row, and its value in the order of the list, in hexadecimal digits. */
static enum karto_err read_after(struct listing *l)
{
    struct karto_cli *cli = l->cli;
    const char *after = cli->settings.after;
    if (!after)
        return KARTO_OK;
    size_t size = strlen(after) / 2;
    uint8_t *bytes = karto_arena_alloc(&cli->settings.arena, size + 1);
    bool good = strlen(after) % 2 == 0 && size >= 16 + (size_t)l->sorts && size <= 16 + 2 + 2 * SORT_KEY_MAX;
    for (size_t i = 0; i < size && good; i++) {
        int high = hex_digit(after[2 * i]), low = hex_digit(after[2 * i + 1]);
        good = high >= 0 && low >= 0;
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    if (!good)
        return bad_after(l);
    l->from = (struct karto_index_place){karto_slice(bytes + 16, size - 16), karto_rid_read(bytes)};
    l->has_from = true;
    return KARTO_OK;
}

/* ---- the list ---- */

static void print_cursor(const struct karto_index_place *place, struct karto_buf *out)
{
    char id[KARTO_RID_TEXT];
    karto_rid_print(place->id, id);
    karto_buf_add_str(out, id);
    for (size_t i = 0; i < place->value.size; i++)
        karto_buf_printf(out, "%02x", place->value.data[i]);
}

static void show_next(struct listing *l, struct karto_buf *cursor)
{
    karto_out_key(l->out, "next");
    if (l->more) {
        print_cursor(&l->last, cursor);
        karto_out_text(l->out, karto_buf_slice(cursor));
    } else {
        karto_out_null(l->out);
    }
}

/* What words have found is put into order here, whether the index has found it or a look at everything: so that a place
 * in the list means the same on every page. */
static enum karto_err read_words(struct listing *l, struct karto_tx *tx)
{
    const struct karto_query *rest;
    if (karto_query_words(&l->cli->settings.arena, l->ask.select.query, &rest).size == 0)
        return KARTO_OK;
    l->sorts = true;
    if (l->has_from && l->from.value.size == 0)
        return bad_after(l);
    return karto_ask_index(l->cli, tx, l->kind, &l->ask, &l->found, &l->by_words);
}

/* Of clients words are looked for; of what hangs on them words alone name one client. */
static enum karto_err read_query(struct listing *l, struct karto_tx *tx)
{
    enum karto_err err = karto_ask_read(l->cli, tx, l->kind, &l->ask);
    if (err == KARTO_OK && l->kind == KARTO_CLIENT)
        return read_words(l, tx);
    if (err != KARTO_OK || !l->ask.named)
        return err;
    return karto_pick(l->cli, tx, KARTO_CLIENT, karto_arena_string(&l->cli->settings.arena, l->ask.text), &l->client);
}

static enum karto_err list_work(struct karto_tx *tx, void *context)
{
    struct listing *l = context;
    struct karto_buf cursor = KARTO_BUF_EMPTY;
    enum karto_err err = read_query(l, tx);
    if (err != KARTO_OK)
        return err;
    l->row.today = karto_today(tx);
    karto_out_begin(l->out, "find", KARTO_OUT_LIST);
    karto_out_key(l->out, "query");
    karto_out_text(l->out, l->ask.text);
    karto_out_key(l->out, "read_as");
    karto_text_show(l->out, l->found.read_as);
    karto_out_rows(l->out, "items", l->row.columns, l->row.column_count);
    err = l->sorts ? show_sorted(l, tx) : show_in_order(l, tx);
    karto_out_rows_end(l->out);
    show_next(l, &cursor);
    enum karto_err end = karto_out_end(l->out);
    if (l->more && karto_out_form(l->out) != KARTO_FORM_JSON)
        KARTO_NOTE(l->cli, KARTO_M_MORE, karto_arg_text("cursor", karto_buf_slice(&cursor)));
    else if (l->shown == 0 && karto_out_form(l->out) == KARTO_FORM_TABLE)
        karto_cli_note(l->cli, KARTO_M_NOTHING_FOUND, NULL, 0);
    karto_buf_fini(&cursor);
    return err == KARTO_OK ? end : err;
}

enum karto_exit karto_cmd_record_list(struct karto_cli *cli)
{
    struct listing l = {.cli = cli, .out = karto_cli_out(cli), .ask.hidden = karto_args_has(&cli->args, "hidden")};
    bool is_table = karto_out_form(l.out) == KARTO_FORM_TABLE;
    l.kind = karto_cli_noun(cli)->kind;
    l.limit = cli->settings.limit ? cli->settings.limit : is_table ? PAGE : UINT32_MAX;
    karto_row_init(&l.row, l.out, l.kind, 0, cli->settings.columns);
    enum karto_err err = karto_out_check_columns(l.out, l.row.columns, l.row.column_count, &cli->problem);
    if (err == KARTO_OK)
        err = read_sort(&l);
    if (err == KARTO_OK)
        err = read_after(&l);
    if (err == KARTO_OK)
        err = karto_ask_words(cli, &l.ask);
    karto_arena_init(&l.arena);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, list_work, &l);
    free(l.places);
    karto_arena_fini(&l.arena);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}
