/* karto hub held: what devices brought to a head office that was put back, and what waits for the administrator's word:
 * the list, and yes or no to a record or to all of a device. */
#include "client/cmd.h"
#include "client/device_row.h"
#include "client/field_show.h"
#include "client/open.h"
#include "client/pick.h"
#include "client/register_name.h"
#include "client/suggest.h"
#include "client/typed_word.h"
#include "client/value_said.h"
#include "core/store/hub_heal.h"

#include <string.h>

enum { PAGE = 100 };

static const struct karto_column columns[] = {
    {"id", true},   {"record", false}, {"of", false},    {"name", true},
    {"here", true}, {"user", true},    {"device", true}, {"fields", true},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- what is held ---- */

struct holding {
    struct karto_cli *cli;
    struct karto_out *out;
    bool for_people;
    struct karto_rid after_record, after_device; /* --after; zero: from the beginning */
    uint32_t limit, shown;
    bool more;
    struct karto_buf cursor, text;
};

/* One state, beside what stands here. */
struct row {
    const struct karto_held *held;
    struct karto_device device;
    struct karto_entry here;
    struct karto_record state, rest;
    struct karto_slice title;
};

static enum karto_err read_row(struct karto_tx *tx, const struct karto_held *key, struct karto_held *held,
                               struct row *row)
{
    row->held = held;
    enum karto_err err = karto_hub_held(tx, key->record, key->device, held);
    if (err == KARTO_OK)
        err = karto_hub_device(tx, key->device, &row->device);
    if (err == KARTO_OK)
        err = karto_hub_heal_rest(tx, held, &row->here, &row->state, &row->rest);
    if (err != KARTO_OK)
        return err;
    err = karto_record_title(tx, row->here.exists ? &row->here.view : &row->state, &row->title);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* the client that it hangs on cannot be read */
}

/* ---- for programs ---- */

static void show_side(struct karto_out *out, const char *key, const struct karto_field_def *def,
                      const struct karto_record *record)
{
    karto_out_key(out, key);
    if (def)
        karto_field_show(out, def, record);
    else
        karto_out_null(out); /* of a newer version */
}

static void show_field(struct karto_out *out, const struct row *row, const struct karto_field *field)
{
    struct karto_buf label = KARTO_BUF_EMPTY;
    const struct karto_field_def *def = karto_field_def(row->state.kind, field->number);
    karto_register_label(&label, row->state.kind, field->number, karto_slice(NULL, 0));
    karto_out_object(out);
    karto_text_show_as(out, "field", karto_buf_slice(&label));
    show_side(out, "here", def, &row->here.view);
    show_side(out, "held", def, &row->state);
    karto_out_object_end(out);
    karto_buf_fini(&label);
}

static void show_row(struct karto_out *out, const struct row *row)
{
    char record[KARTO_RID_TEXT], id[KARTO_SHORT_TEXT], device[KARTO_SHORT_TEXT];
    const struct karto_kind_def *kind = karto_kind(row->state.kind);
    karto_rid_print(row->held->record, record);
    karto_rid_print_short(row->held->record, id);
    karto_rid_print_short(row->held->device, device);
    karto_out_object(out);
    karto_text_show_as(out, "id", karto_slice_str(id));
    karto_text_show_as(out, "record", karto_slice_str(record));
    karto_text_show_as(out, "of", karto_slice_str(kind ? kind->name : NULL));
    karto_text_show_as(out, "name", row->title);
    karto_out_key(out, "here");
    karto_out_bool(out, row->here.exists);
    karto_text_show_as(out, "user", row->device.user);
    karto_text_show_as(out, "device", karto_slice_str(device));
    karto_out_key(out, "fields");
    karto_out_array(out);
    for (uint32_t i = 0; i < row->rest.count; i++)
        show_field(out, row, &row->rest.fields[i]);
    karto_out_array_end(out);
    karto_out_object_end(out);
}

/* ---- for people ---- */

/* Another record by its title; where that cannot be read, its id is there all the same. */
static void add_value(struct holding *h, struct karto_tx *tx, const struct karto_field_def *def,
                      struct karto_slice bytes, struct karto_buf *out)
{
    struct karto_value value;
    bool refers = karto_value_decode(bytes, &value) == KARTO_OK && value.type == KARTO_REFERENCE;
    if (refers && karto_pick_print(tx, value.rid, h->cli->lang, out) == KARTO_OK)
        return;
    karto_buf_add_slice(out, karto_value_said(&tx->arena, def, bytes, karto_out_lang(h->out)));
}

/* All of its values: one that is no longer beside another is a difference, too. */
static struct karto_slice said(struct holding *h, struct karto_tx *tx, const struct row *row, uint32_t field,
                               const struct karto_register *reg)
{
    struct karto_buf all = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; reg && i < reg->count; i++) {
        karto_buf_add_str(&all, all.size ? " / " : "");
        add_value(h, tx, karto_field_def(row->state.kind, field), reg->heads[i].value, &all);
    }
    struct karto_slice text = karto_arena_copy(&tx->arena, karto_buf_slice(&all));
    karto_buf_fini(&all);
    return text.size ? text : karto_slice_str(karto_message_text(h->cli->lang, KARTO_M_EMPTY_VALUE));
}

/* What is the same on both sides is not worth a line; whether it was. */
static bool say_register(struct holding *h, struct karto_tx *tx, const struct row *row, uint32_t field,
                         struct karto_slice key)
{
    struct karto_buf label = KARTO_BUF_EMPTY;
    struct karto_slice here = said(h, tx, row, field, karto_record_register(&row->here.view, field, key));
    struct karto_slice there = said(h, tx, row, field, karto_record_register(&row->state, field, key));
    if (karto_slice_equal(here, there))
        return false;
    karto_register_heading(&label, h->cli->lang, row->state.kind, field, key);
    karto_buf_add_str(&h->text, "\n  ");
    KARTO_SAY(&h->text, h->cli->lang, KARTO_M_HELD_FIELD, karto_arg_text("field", karto_buf_slice(&label)),
              karto_arg_text("here", here), karto_arg_text("there", there));
    karto_buf_fini(&label);
    return true;
}

/* Each register that one of the two has. */
static bool say_field(struct holding *h, struct karto_tx *tx, const struct row *row, const struct karto_field *field)
{
    const struct karto_field *here = karto_record_field(&row->here.view, field->number);
    bool some = false;
    for (uint32_t i = 0; i < field->count; i++)
        some = say_register(h, tx, row, field->number, field->registers[i].key) || some;
    for (uint32_t i = 0; here && i < here->count; i++)
        if (!karto_field_register(field, here->registers[i].key))
            some = say_register(h, tx, row, field->number, here->registers[i].key) || some;
    return some;
}

/* What it is, and whose word. */
static enum karto_err say_title(struct karto_cli *cli, struct karto_tx *tx, const struct row *row,
                                struct karto_buf *out)
{
    char id[KARTO_SHORT_TEXT], device[KARTO_SHORT_TEXT];
    struct karto_buf what = KARTO_BUF_EMPTY;
    enum karto_message message = row->here.exists ? KARTO_M_HELD_STATE : KARTO_M_HELD_STATE_NEW;
    karto_rid_print_short(row->held->record, id);
    karto_rid_print_short(row->held->device, device);
    enum karto_err err =
        karto_pick_describe(tx, row->here.exists ? &row->here.view : &row->state, true, cli->lang, &what);
    KARTO_SAY(out, cli->lang, message, karto_arg_text("name", karto_buf_slice(&what)), karto_arg_str("id", id),
              karto_arg_text("user", row->device.user), karto_arg_str("device", device));
    karto_buf_fini(&what);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* as above */
}

static enum karto_err say_row(struct holding *h, struct karto_tx *tx, const struct row *row)
{
    karto_buf_add_str(&h->text, h->text.size ? "\n\n" : "");
    enum karto_err err = say_title(h->cli, tx, row, &h->text);
    bool some = false;
    for (uint32_t i = 0; i < row->rest.count; i++)
        some = say_field(h, tx, row, &row->rest.fields[i]) || some;
    if (!some) {
        karto_buf_add_str(&h->text, "\n  ");
        karto_message(&h->text, h->cli->lang, row->rest.count ? KARTO_M_HELD_SAME : KARTO_M_HELD_NOTHING, NULL, 0);
    }
    return err;
}

/* ---- list ---- */

static void set_cursor(struct holding *h, const struct karto_held *held)
{
    char record[KARTO_RID_TEXT], device[KARTO_RID_TEXT];
    karto_rid_print(held->record, record);
    karto_rid_print(held->device, device);
    karto_buf_clear(&h->cursor);
    karto_buf_printf(&h->cursor, "%s/%s", record, device);
}

static enum karto_err read_after(struct holding *h)
{
    struct karto_cli *cli = h->cli;
    struct karto_slice text = karto_slice_str(cli->settings.after);
    enum { DIGITS = KARTO_RID_TEXT - 1 };
    if (text.size == 0)
        return KARTO_OK;
    bool fine = text.size == 2 * DIGITS + 1 && text.data[DIGITS] == '/' &&
                karto_rid_parse(karto_slice(text.data, DIGITS), &h->after_record) == KARTO_OK &&
                karto_rid_parse(karto_slice(text.data + DIGITS + 1, DIGITS), &h->after_device) == KARTO_OK;
    return fine ? KARTO_OK
                : KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_AFTER_FORM,
                                karto_arg_text("value", text));
}

static bool was_shown(const struct holding *h, const struct karto_held *held)
{
    int order = karto_rid_compare(held->record, h->after_record);
    return order < 0 || (order == 0 && karto_rid_compare(held->device, h->after_device) <= 0);
}

static enum karto_err list_one(struct holding *h, struct karto_tx *tx, const struct karto_held *key)
{
    struct karto_held held;
    struct row row;
    enum karto_err err = read_row(tx, key, &held, &row);
    if (err != KARTO_OK)
        return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* for check to tell of: it hides none of the others */
    set_cursor(h, key);
    h->shown++;
    if (h->for_people)
        return say_row(h, tx, &row);
    show_row(h->out, &row);
    return KARTO_OK;
}

static enum karto_err list_all(struct holding *h, struct karto_tx *tx)
{
    struct karto_held *list;
    uint32_t count;
    enum karto_err err = karto_hub_held_list(tx, NULL, NULL, &list, &count);
    for (uint32_t i = 0; i < count && err == KARTO_OK && !h->more; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        if (was_shown(h, &list[i]))
            continue;
        h->more = h->shown == h->limit;
        if (!h->more)
            err = list_one(h, tx, &list[i]);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

static enum karto_err list(struct karto_tx *tx, void *context)
{
    struct holding *h = context;
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_ROLE;
    if (h->for_people)
        return list_all(h, tx);
    karto_out_begin(h->out, "held", KARTO_OUT_LIST);
    karto_out_rows(h->out, "items", columns, COLUMNS);
    enum karto_err err = list_all(h, tx);
    karto_out_rows_end(h->out);
    karto_text_show_as(h->out, "next", h->more ? karto_buf_slice(&h->cursor) : karto_slice(NULL, 0));
    enum karto_err end = karto_out_end(h->out);
    return err == KARTO_OK ? end : err;
}

static void say_list(struct holding *h)
{
    if (h->shown) {
        karto_buf_add_str(&h->text, "\n\n");
        KARTO_SAY(&h->text, h->cli->lang, KARTO_M_HELD_HOW, karto_arg_str("db", karto_cli_on_db(h->cli)));
        karto_out_say(h->out, karto_buf_slice(&h->text));
    } else if (!h->cli->settings.quiet) {
        karto_out_say(h->out, karto_slice_str(karto_message_text(h->cli->lang, KARTO_M_HELD_NONE)));
    }
}

static enum karto_exit run_list(struct karto_cli *cli)
{
    struct holding h = {.cli = cli, .out = karto_cli_out(cli)};
    h.for_people = karto_out_form(h.out) == KARTO_FORM_TABLE && !cli->settings.columns;
    h.limit = cli->settings.limit ? cli->settings.limit : PAGE;
    enum karto_err err = karto_out_check_columns(h.out, columns, COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = read_after(&h);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, list, &h);
    if (err == KARTO_OK && h.for_people)
        say_list(&h);
    if (err == KARTO_OK && h.more && karto_out_form(h.out) != KARTO_FORM_JSON)
        KARTO_NOTE(cli, KARTO_M_MORE, karto_arg_text("cursor", karto_buf_slice(&h.cursor)));
    enum karto_exit code = err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
    karto_buf_fini(&h.cursor);
    karto_buf_fini(&h.text);
    return code;
}

/* ---- yes or no ---- */

struct deciding {
    struct karto_cli *cli;
    struct karto_slice text;
    bool accepts;
    uint32_t count;
};

static bool is_id(struct karto_rid id, struct karto_slice text)
{
    char whole[KARTO_RID_TEXT], brief[KARTO_SHORT_TEXT];
    karto_rid_print(id, whole);
    karto_rid_print_short(id, brief);
    return karto_slice_is(text, whole) || karto_slice_is(text, brief);
}

/* What was typed: a record, a device or its user, or RECORD/DEVICE. */
enum meaning { NOT_MEANT, BY_DEVICE, BY_RECORD };

static enum karto_err is_of(struct karto_tx *tx, const struct karto_held *held, struct karto_slice text, bool *of)
{
    struct karto_device device;
    *of = is_id(held->device, text);
    if (*of)
        return KARTO_OK;
    enum karto_err err = karto_hub_device(tx, held->device, &device);
    *of = err == KARTO_OK && karto_slice_equal(device.user, text);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err what_is_meant(struct karto_tx *tx, const struct karto_held *held, struct karto_slice text,
                                    enum meaning *meaning)
{
    const uint8_t *slash = text.size ? memchr(text.data, '/', text.size) : NULL;
    size_t size = slash ? (size_t)(slash - text.data) : text.size;
    bool of = false, about = is_id(held->record, karto_slice(text.data, size));
    enum karto_err err = KARTO_OK;
    if (slash && about)
        err = is_of(tx, held, karto_slice(slash + 1, text.size - size - 1), &about);
    else if (!slash && !about)
        err = is_of(tx, held, text, &of);
    *meaning = about ? BY_RECORD : of ? BY_DEVICE : NOT_MEANT;
    return err;
}

static void hint_at_list(struct karto_cli *cli)
{
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_HELD_NOT_FOUND_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
}

/* One record as one device has it, or all of one device: a name that two bear is no decision on both. */
static bool is_one(const struct deciding *d, const struct karto_held *found, bool by_record)
{
    bool one = d->count <= 1 || !by_record;
    for (uint32_t i = 1; i < d->count; i++)
        one = one && karto_rid_equal(found[i].device, found[0].device);
    return one;
}

/* whole: short ids are not enough. */
static enum karto_err add_candidate(struct deciding *d, struct karto_tx *tx, const struct karto_held *key, bool whole)
{
    struct karto_held held;
    struct row row;
    char record[KARTO_RID_TEXT], device[KARTO_SHORT_TEXT];
    struct karto_buf value = KARTO_BUF_EMPTY, text = KARTO_BUF_EMPTY;
    enum karto_err err = read_row(tx, key, &held, &row);
    if (err == KARTO_OK)
        err = say_title(d->cli, tx, &row, &text);
    if (whole)
        karto_rid_print(key->record, record);
    else
        karto_rid_print_short(key->record, record);
    karto_rid_print_short(key->device, device);
    karto_buf_printf(&value, "%s/%s", record, device);
    if (err == KARTO_OK || err == KARTO_E_CORRUPT)
        karto_problem_candidate(&d->cli->problem, karto_buf_slice(&value), karto_buf_slice(&text));
    karto_buf_fini(&value);
    karto_buf_fini(&text);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err;
}

static enum karto_err add_device(struct deciding *d, struct karto_tx *tx, struct karto_rid id)
{
    struct karto_device_row row;
    char device[KARTO_SHORT_TEXT];
    struct karto_buf text = KARTO_BUF_EMPTY;
    enum karto_err err = karto_device_row_of(tx, id, &row);
    karto_rid_print_short(id, device);
    if (err == KARTO_OK)
        karto_device_row_say(d->cli, &row, &text);
    if (err == KARTO_OK)
        karto_problem_candidate(&d->cli->problem, karto_slice_str(device), karto_buf_slice(&text));
    karto_buf_fini(&text);
    return err;
}

static enum karto_err refuse_several(struct deciding *d, struct karto_tx *tx, const struct karto_held *found,
                                     bool by_record)
{
    bool whole = false;
    enum karto_err err = KARTO_OK;
    KARTO_PROBLEM(&d->cli->problem, d->cli->lang, KARTO_E_AMBIGUOUS, KARTO_M_HELD_AMBIGUOUS,
                  karto_arg_text("text", d->text));
    for (uint32_t i = 1; i < d->count; i++)
        whole = whole || !karto_rid_equal(found[i].record, found[0].record);
    for (uint32_t i = 0; i < d->count && err == KARTO_OK; i++) {
        bool was = false;
        for (uint32_t j = 0; j < i && !by_record; j++)
            was = was || karto_rid_equal(found[i].device, found[j].device);
        if (!was)
            err = by_record ? add_candidate(d, tx, &found[i], whole) : add_device(d, tx, found[i].device);
    }
    return err == KARTO_OK ? KARTO_E_AMBIGUOUS : err;
}

/* Leaves those that are meant. */
static enum karto_err find_meant(struct deciding *d, struct karto_tx *tx, struct karto_held **found)
{
    uint32_t count;
    bool by_record = false;
    enum karto_err err = karto_hub_held_list(tx, NULL, NULL, found, &count);
    d->count = 0;
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++) {
        enum meaning meaning;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = what_is_meant(tx, &(*found)[i], d->text, &meaning);
        karto_arena_release(&tx->arena, mark);
        by_record = by_record || meaning == BY_RECORD;
        if (err == KARTO_OK && meaning != NOT_MEANT)
            (*found)[d->count++] = (*found)[i];
    }
    if (err == KARTO_OK && d->count == 0) {
        err = KARTO_PROBLEM(&d->cli->problem, d->cli->lang, KARTO_E_NOT_FOUND, KARTO_M_HELD_NOT_FOUND,
                            karto_arg_text("text", d->text));
        hint_at_list(d->cli);
    }
    return err == KARTO_OK && !is_one(d, *found, by_record) ? refuse_several(d, tx, *found, by_record) : err;
}

/* What is dropped is gone: no laptop brings it a second time. */
static enum karto_err refuse_drop(struct deciding *d)
{
    struct karto_cli *cli = d->cli;
    struct karto_buf word = KARTO_BUF_EMPTY;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_HELD_DROP, karto_arg_int("n", d->count));
    karto_typed_word(&word, d->text);
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_HELD_DROP_HINT, karto_arg_text("text", karto_buf_slice(&word)),
              karto_arg_str("db", karto_cli_on_db(cli)));
    karto_buf_fini(&word);
    return KARTO_E_USAGE;
}

static enum karto_err refuse_accept(struct deciding *d, const struct karto_held *held)
{
    char id[KARTO_SHORT_TEXT];
    karto_rid_print_short(held->record, id);
    KARTO_PROBLEM(&d->cli->problem, d->cli->lang, KARTO_E_INVALID, KARTO_M_HELD_NO_ROOM, karto_arg_str("id", id));
    KARTO_SAY(&d->cli->problem.hint, d->cli->lang, KARTO_M_HELD_NO_ROOM_HINT, karto_arg_str("id", id),
              karto_arg_str("db", karto_cli_on_db(d->cli)));
    return KARTO_E_INVALID;
}

/* Of one that another has made needless there is nothing left to accept. */
static enum karto_err accept_one(struct deciding *d, struct karto_tx *tx, const struct karto_held *held)
{
    enum karto_err err = karto_hub_heal_accept(tx, held->record, held->device);
    if (err == KARTO_E_INVALID)
        err = refuse_accept(d, held);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err decide(struct karto_tx *tx, void *context)
{
    struct deciding *d = context;
    struct karto_held *found;
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_ROLE;
    enum karto_err err = find_meant(d, tx, &found);
    if (err == KARTO_OK && !d->accepts && !d->cli->settings.yes)
        err = refuse_drop(d);
    for (uint32_t i = 0; i < d->count && err == KARTO_OK; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = d->accepts ? accept_one(d, tx, &found[i]) : karto_hub_release(tx, found[i].record, found[i].device);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

static enum karto_exit run_decision(struct karto_cli *cli, bool accepts)
{
    struct deciding d = {.cli = cli, .accepts = accepts};
    if (cli->args.word_count < 2) {
        karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_HELD_WHICH, NULL, 0);
        hint_at_list(cli);
        return karto_cli_fail(cli);
    }
    d.text = karto_slice_str(cli->args.words[1]);
    enum karto_err err = karto_cli_write(cli, decide, &d);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    struct karto_out *out = karto_cli_out(cli);
    karto_out_begin(out, "held-decided", KARTO_OUT_CARD);
    karto_text_show_as(out, "decision", karto_slice_str(accepts ? "accepted" : "dropped"));
    karto_out_key(out, "states");
    karto_out_int(out, d.count);
    err = karto_out_end(out);
    KARTO_NOTE_DONE(cli, accepts ? KARTO_M_HELD_ACCEPTED : KARTO_M_HELD_DROPPED, karto_arg_int("n", d.count));
    return karto_cli_end(cli, err);
}

/* ---- the command ---- */

static enum karto_exit unknown_word(struct karto_cli *cli, const char *word)
{
    static const char *const words[] = {"list", "accept", "drop"};
    struct karto_suggestion best;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_HELD_WORD, karto_arg_str("word", word));
    karto_suggest_init(&best, word);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        karto_suggest_try(&best, words[i]);
    if (best.best)
        karto_problem_suggest(&cli->problem, cli->lang, best.best);
    return karto_cli_fail(cli);
}

enum karto_exit karto_cmd_hub_held(struct karto_cli *cli)
{
    const char *word = cli->args.word_count ? cli->args.words[0] : "list";
    if (strcmp(word, "accept") == 0)
        return run_decision(cli, true);
    if (strcmp(word, "drop") == 0)
        return run_decision(cli, false);
    return strcmp(word, "list") == 0 && cli->args.word_count < 2 ? run_list(cli) : unknown_word(cli, word);
}
