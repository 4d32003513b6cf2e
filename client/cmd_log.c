/* karto log: who changed what, when, where and why, the newest first. */
#include "client/change_show.h"
#include "client/cmd.h"
#include "client/field_edits.h"
#include "client/field_show.h"
#include "client/field_value.h"
#include "client/list_part.h"
#include "client/open.h"
#include "client/person.h"
#include "client/pick.h"
#include "client/register_name.h"
#include "core/base/fatal.h"
#include "core/base/text.h"
#include "core/model/batch.h"
#include "core/store/history.h"
#include "core/store/hub_recovery.h"
#include "core/store/past.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

static const struct karto_column columns[] = {
    {"time", true},    {"user", true},  {"device", true}, {"name", true},     {"sets", true},
    {"reason", true},  {"state", true}, {"via", false},   {"refusal", false}, {"undo", false},
    {"record", false}, {"of", false},   {"dot", false},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* What a record was called at some time. */
struct called {
    struct karto_rid id;
    struct karto_slice name;
    size_t age; /* 0: the newest of all */
};

struct names {
    struct karto_arena *arena; /* not the transaction's, which forgets behind each item */
    struct called *all;
    size_t count, room;
};

struct listing {
    struct karto_cli *cli;
    struct karto_out *out;
    bool has_record;
    struct karto_rid record;

    /* What is wanted; empty: any. */
    struct karto_slice field, user, device; /* the last two folded */
    bool has_since;
    int64_t since; /* days */

    uint64_t after; /* position; 0: from the newest */
    uint32_t limit, shown;
    bool more;
    uint64_t last;      /* position of the last one shown */
    int64_t first_ms;   /* when the oldest came here */
    int64_t lacks_ms;   /* when head office was put back, after which something of the record came without lines */
    struct names names; /* of all records, once one has left */
};

/* ---- what is wanted ---- */

/* A field by its name, an element of it, or a group of fields: "attr", "attr.area", "address". */
static bool is_field(struct karto_slice wanted, uint32_t kind, uint32_t field, struct karto_slice key)
{
    struct karto_buf label = KARTO_BUF_EMPTY;
    const struct karto_field_def *def = karto_field_def(kind, field);
    karto_register_label(&label, kind, field, key);
    struct karto_slice name = karto_buf_slice(&label);
    bool fits =
        (def && karto_slice_is(wanted, def->name)) || karto_slice_equal(name, wanted) ||
        (name.size > wanted.size && memcmp(name.data, wanted.data, wanted.size) == 0 && name.data[wanted.size] == '.');
    karto_buf_fini(&label);
    return fits;
}

static bool set_is_wanted(const struct karto_change *change, const struct karto_touch *touch, struct karto_slice key,
                          const void *context)
{
    const struct listing *l = context;
    return l->field.size == 0 || is_field(l->field, change->kind, touch->field, key);
}

static bool touches_field(const struct listing *l, const struct karto_change *change)
{
    for (uint32_t i = 0; i < change->count; i++) {
        const struct karto_touch *touch = &change->touches[i];
        if (touch->count == 0 && set_is_wanted(change, touch, karto_slice(NULL, 0), l))
            return true;
        for (uint32_t j = 0; j < touch->count; j++)
            if (set_is_wanted(change, touch, touch->sets[j].key, l))
                return true;
    }
    return false;
}

static bool is_wanted(const struct listing *l, struct karto_tx *tx, const struct karto_change *change,
                      const struct karto_writer *writer)
{
    char node[KARTO_NODE_TEXT];
    karto_node_print(change->stamp.dot.node, node);
    if (change->kind == KARTO_DEVICE && tx->ledger.role == KARTO_ON_DEVICE && !l->has_record)
        return false; /* an administrator's business */
    if (l->user.size && !karto_slice_equal(karto_text_fold(&tx->arena, change->stamp.author), l->user))
        return false;
    if (l->device.size && !karto_slice_is(l->device, node) &&
        !karto_slice_equal(karto_text_fold(&tx->arena, writer->device), l->device))
        return false;
    if (l->has_since && tx->sys->day(tx->sys->context, karto_hlc_ms(change->stamp.hlc)) < l->since)
        return false;
    return touches_field(l, change);
}

/* ---- one change ---- */

/* For people with its reason: "refused: There is no such thing here." */
static void show_state(struct listing *l, const struct karto_history_item *item)
{
    static const struct {
        const char *word;
        enum karto_message message;
    } states[] = {
        [KARTO_IS_CONFIRMED] = {"confirmed", KARTO_M_CHANGE_CONFIRMED},
        [KARTO_IS_PENDING] = {"pending", KARTO_M_CHANGE_PENDING},
        [KARTO_IS_REFUSED] = {"refused", KARTO_M_CHANGE_REFUSED},
        [KARTO_IS_WAITING] = {"waiting", KARTO_M_CHANGE_WAITING},
    };
    bool for_people = karto_out_form(l->out) == KARTO_FORM_TABLE;
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_out_key(l->out, "state");
    if (!for_people) {
        karto_out_str(l->out, states[item->state].word);
        return;
    }
    karto_buf_add_str(&text, karto_message_text(l->cli->lang, states[item->state].message));
    if (item->state == KARTO_IS_REFUSED && item->reason.size) {
        karto_buf_add_str(&text, ": ");
        karto_buf_add_slice(&text, karto_refusal_text(l->cli->lang, item->reason, true));
    }
    karto_out_text(l->out, karto_buf_slice(&text));
    karto_buf_fini(&text);
}

/* A rule gives the id of a sentence as its reason, which is said here. */
static void show_reason(struct listing *l, const struct karto_change *change)
{
    enum karto_message message;
    struct karto_arena arena;
    karto_arena_init(&arena);
    const char *id = karto_arena_string(&arena, change->reason);
    karto_out_key(l->out, "reason");
    if (change->via == KARTO_VIA_RULE && karto_message_find(id, &message))
        karto_out_str(l->out, karto_message_text(l->cli->lang, message));
    else
        karto_text_show(l->out, change->reason);
    karto_arena_fini(&arena);
}

/* A rule of head office has no name. */
static void show_user(struct listing *l, const struct karto_change *change)
{
    bool for_people = karto_out_form(l->out) == KARTO_FORM_TABLE;
    struct karto_slice rule = karto_slice_str(for_people ? karto_message_text(l->cli->lang, KARTO_M_VIA_RULE) : "rule");
    karto_text_show_as(l->out, "user", change->stamp.author.size ? change->stamp.author : rule);
}

/* ---- the record of a change ---- */

static enum karto_err visit_name(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct names *names = context;
    const struct karto_touch *touch = karto_change_touch(&item->change, KARTO_F_NAME);
    (void)tx;
    if (!touch || touch->count == 0)
        return KARTO_OK;
    if (names->count == names->room) {
        names->room = names->room ? 2 * names->room : 256;
        names->all = karto_must(realloc(names->all, names->room * sizeof *names->all));
    }
    names->all[names->count] =
        (struct called){item->change.record, karto_field_value_text(names->arena, touch->sets[0].value), names->count};
    names->count++;
    return KARTO_OK;
}

static int compare_called(const void *a, const void *b)
{
    const struct called *x = a, *y = b;
    int order = karto_rid_compare(x->id, y->id);
    return order ? order : x->age < y->age ? -1 : x->age > y->age;
}

/* Of a record that has left nothing leads to its entries any more: all of the log is read, once. */
static enum karto_err find_left(struct listing *l, struct karto_tx *tx, struct karto_rid id, struct karto_slice *title)
{
    enum karto_err err = KARTO_OK;
    if (!l->names.arena) {
        l->names.arena = &l->cli->settings.arena;
        err = karto_history(tx, NULL, 0, visit_name, &l->names);
        if (l->names.count > 1)
            qsort(l->names.all, l->names.count, sizeof *l->names.all, compare_called);
    }
    size_t low = 0, high = l->names.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (karto_rid_compare(l->names.all[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < l->names.count && karto_rid_equal(l->names.all[low].id, id);
    *title = found ? l->names.all[low].name : karto_slice(NULL, 0);
    return err;
}

/* What people call it; of one that has left, what it was called last. */
static enum karto_err find_title(struct listing *l, struct karto_tx *tx, struct karto_rid id, struct karto_slice *title)
{
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err != KARTO_OK)
        return err;
    return entry.exists ? karto_record_title(tx, &entry.view, title) : find_left(l, tx, id, title);
}

static enum karto_err show_record(struct listing *l, struct karto_tx *tx, const struct karto_change *change)
{
    char id[KARTO_RID_TEXT];
    struct karto_slice title;
    const struct karto_kind_def *kind = karto_kind(change->kind);
    enum karto_err err = find_title(l, tx, change->record, &title);
    karto_rid_print(change->record, id);
    karto_text_show_as(l->out, "record", karto_slice_str(id));
    karto_text_show_as(l->out, "of", karto_slice_str(kind ? kind->name : NULL));
    karto_text_show_as(l->out, "name", title);
    return err;
}

static enum karto_err show_item(struct listing *l, struct karto_tx *tx, const struct karto_history_item *item,
                                const struct karto_writer *writer)
{
    const struct karto_change *change = &item->change;
    char dot[KARTO_DOT_TEXT], undo[KARTO_BATCH_TEXT];
    karto_dot_print(change->stamp.dot, dot);
    karto_batch_print(change->batch, undo);
    karto_out_object(l->out);
    karto_text_show_as(l->out, "dot", karto_slice_str(dot));
    karto_moment_show(l->out, "time", karto_hlc_ms(change->stamp.hlc));
    show_user(l, change);
    karto_text_show_as(l->out, "device", writer->device);
    karto_out_key(l->out, "via");
    karto_out_str(l->out, karto_via_name(change->via));
    show_reason(l, change);
    karto_text_show_as(l->out, "undo", karto_slice_str(undo));
    enum karto_err err = show_record(l, tx, change);
    show_state(l, item);
    karto_refusal_show(l->out, item->state == KARTO_IS_REFUSED ? item->reason : karto_slice(NULL, 0));
    karto_sets_show(l->out, tx, change, set_is_wanted, l);
    karto_out_object_end(l->out);
    return err;
}

/* ---- the walk ---- */

static enum karto_err visit(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct listing *l = context;
    struct karto_writer writer;
    enum karto_err err = karto_writer_of(tx, item->change.stamp.dot.node, &writer);
    if (err != KARTO_OK || !is_wanted(l, tx, &item->change, &writer))
        return err;
    if (l->shown == l->limit) {
        l->more = true;
        return KARTO_E_INTERRUPTED;
    }
    l->shown++;
    l->last = item->position;
    return show_item(l, tx, item, &writer);
}

static enum karto_err visit_oldest(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct listing *l = context;
    (void)tx;
    l->first_ms = item->at_ms;
    return KARTO_OK;
}

/* Before anything was fetched, a device knows what came to it since it joined. Of all records the oldest entry is the
 * first of the log. */
static enum karto_err show_since_first(struct listing *l, struct karto_tx *tx)
{
    enum { FIRST_FEW = 2 };
    l->first_ms = karto_now_ms(tx);
    enum karto_err err =
        karto_history(tx, l->has_record ? &l->record : NULL, l->has_record ? 0 : FIRST_FEW, visit_oldest, l);
    karto_out_time(l->out, l->first_ms);
    return err;
}

static enum karto_err hub_since(struct listing *l, struct karto_tx *tx, bool *complete, int64_t *since)
{
    struct karto_entry entry;
    enum karto_err err = l->has_record ? karto_entry_load(tx, l->record, &entry) : KARTO_OK;
    if (err == KARTO_OK)
        err = karto_hub_history(tx, l->has_record ? &entry.view : NULL, complete, since);
    l->lacks_ms = err == KARTO_OK && l->has_record && !*complete ? *since : 0;
    return err;
}

/* Where everything is made or passes through, all is known, but for what came with states when head office was put
 * back; on a device, as far as the past is fetched. */
static enum karto_err show_complete(struct listing *l, struct karto_tx *tx)
{
    int64_t since = 0;
    bool complete = true;
    enum karto_err err = KARTO_OK;
    karto_out_key(l->out, "complete_since");
    if (tx->ledger.role == KARTO_ON_HUB)
        err = hub_since(l, tx, &complete, &since);
    else if (tx->ledger.role == KARTO_ON_DEVICE)
        err = karto_past_since(tx, l->has_record ? &l->record : NULL, &complete, &since);
    if (err == KARTO_E_NOT_FOUND)
        return show_since_first(l, tx);
    if (complete)
        karto_out_null(l->out);
    else
        karto_out_time(l->out, since);
    return err;
}

static enum karto_err read_since(struct listing *l, struct karto_tx *tx)
{
    const char *since = karto_args_value(&l->cli->args, "since");
    if (!since || karto_day_meant(karto_slice_str(since), karto_today(tx), &l->since))
        return KARTO_OK;
    return KARTO_PROBLEM(&l->cli->problem, l->cli->lang, KARTO_E_USAGE, KARTO_M_OPTION_DAY,
                         karto_arg_str("option", "--since"), karto_arg_str("value", since));
}

static enum karto_err work(struct karto_tx *tx, void *context)
{
    struct listing *l = context;
    l->has_record = l->cli->args.word_count > 0;
    enum karto_err err = read_since(l, tx);
    if (err == KARTO_OK && l->has_record)
        err = karto_pick_any(l->cli, tx, l->cli->args.words[0], &l->record);
    if (err != KARTO_OK)
        return err;
    karto_out_begin(l->out, "log", KARTO_OUT_LIST);
    err = show_complete(l, tx);
    karto_out_rows(l->out, "items", columns, COLUMNS);
    if (err == KARTO_OK)
        err = karto_history(tx, l->has_record ? &l->record : NULL, l->after, visit, l);
    karto_out_rows_end(l->out);
    karto_list_next(l->out, l->more, l->last);
    enum karto_err out_err = karto_out_end(l->out);
    return err == KARTO_OK ? out_err : err;
}

/* ---- options ---- */

static struct karto_slice folded(struct listing *l, const char *name)
{
    const char *value = karto_args_value(&l->cli->args, name);
    struct karto_arena *arena = &l->cli->settings.arena;
    return value ? karto_text_fold(arena, karto_slice_str(value)) : karto_slice(NULL, 0);
}

/* Whether some kind has this field, or a group of fields of that name; else the nearest of a client's. */
static enum karto_err check_field(struct listing *l)
{
    const struct karto_field_def *nearest;
    struct karto_slice key;
    const char *field = karto_args_value(&l->cli->args, "field");
    l->field = karto_slice_str(field);
    if (l->field.size == 0)
        return KARTO_OK;
    size_t size = strcspn(field, ".");
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++)
        for (const struct karto_field_def *def = (*kind)->fields; def->name; def++)
            if (strcmp(def->name, field) == 0 ||
                (strncmp(def->name, field, size) == 0 && (def->name[size] == '.' || def->shape == KARTO_MAP) &&
                 (field[size] == 0 || def->shape == KARTO_MAP)))
                return KARTO_OK;
    return karto_field_choose(KARTO_CLIENT, l->field, l->cli->lang, &nearest, &key, &l->cli->problem);
}

static enum karto_err read_options(struct listing *l)
{
    struct karto_cli *cli = l->cli;
    const char *sort = cli->settings.sort;
    if (sort && strcmp(sort, "-time") != 0) /* what happened has one order, and is read backwards */
        return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_OPTION_CHOICE,
                             karto_arg_str("option", "--sort"), karto_arg_str("value", sort),
                             karto_arg_str("choices", "-time"));
    l->limit = cli->settings.limit ? cli->settings.limit : PAGE;
    l->user = folded(l, "user");
    l->device = folded(l, "device");
    l->has_since = karto_args_has(&cli->args, "since");
    enum karto_err err = karto_list_after(cli, &l->after);
    return err == KARTO_OK ? check_field(l) : err;
}

static void note_lack(struct karto_cli *cli, int64_t ms)
{
    struct karto_buf time = KARTO_BUF_EMPTY;
    karto_person_time(ms, &time);
    KARTO_NOTE(cli, KARTO_M_LOG_LACKS, karto_arg_text("time", karto_buf_slice(&time)));
    karto_buf_fini(&time);
}

enum karto_exit karto_cmd_log(struct karto_cli *cli)
{
    struct listing l = {.cli = cli, .out = karto_cli_out(cli)};
    enum karto_err err = karto_out_check_columns(l.out, columns, COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = read_options(&l);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, work, &l);
    free(l.names.all);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    karto_list_note(cli, l.more, l.last);
    if (l.lacks_ms && karto_out_form(l.out) != KARTO_FORM_JSON)
        note_lack(cli, l.lacks_ms);
    return KARTO_EXIT_DONE;
}
