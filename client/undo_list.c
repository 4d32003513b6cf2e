#include "client/list_part.h"
#include "client/undo_list.h"

#include "client/field_show.h"
#include "client/open.h"
#include "client/person.h"
#include "client/register_name.h"
#include "core/store/query.h"
#include "core/store/undo.h"

#include <stdlib.h>

enum {
    PAGE = 20,
    NAMES = 3,       /* of records, as a sample */
    LOOKED_AT = 200, /* changes, for the sample */
};

static const struct karto_column columns[] = {
    {"undo", true},    {"time", true},  {"user", true},    {"device", false}, {"via", true},        {"changes", true},
    {"records", true}, {"names", true}, {"reason", false}, {"undone", true},  {"undone_by", false}, {"undoes", false},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

struct listing {
    struct karto_cli *cli;
    struct karto_out *out;
    bool for_people;
    struct karto_slice user; /* empty: anybody's */
    uint64_t after;          /* position; 0: from the newest */
    uint32_t limit, shown;
    bool more;
    uint64_t last; /* position of the last one shown */
};

/* ---- a sample of names ---- */

struct sample {
    struct karto_rid records[NAMES];
    uint32_t count;
};

static enum karto_err take_name(struct listing *l, struct karto_tx *tx, const struct karto_change *change,
                                struct sample *sample)
{
    struct karto_entry entry;
    struct karto_slice title = {NULL, 0};
    for (uint32_t i = 0; i < sample->count; i++)
        if (karto_rid_equal(sample->records[i], change->record))
            return KARTO_OK;
    sample->records[sample->count++] = change->record;
    enum karto_err err = karto_entry_load(tx, change->record, &entry);
    if (err == KARTO_OK && entry.exists)
        err = karto_record_title(tx, &entry.view, &title);
    if (title.size)
        karto_out_text(l->out, title);
    return err;
}

static enum karto_err show_names(struct listing *l, struct karto_tx *tx, const struct karto_batch *batch)
{
    struct sample sample = {.count = 0};
    enum karto_err err = KARTO_OK;
    uint64_t end = batch->last - batch->first < LOOKED_AT ? batch->last : batch->first + LOOKED_AT;
    karto_out_key(l->out, "names");
    karto_out_array(l->out);
    for (uint64_t at = batch->first; at <= end && sample.count < NAMES && err == KARTO_OK; at++) {
        struct karto_history_item item;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_history_at(tx, at, &item);
        if (err == KARTO_OK && item.change.batch == batch->batch &&
            karto_slice_equal(item.change.stamp.author, batch->author))
            err = take_name(l, tx, &item.change, &sample);
        err = err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
        karto_arena_release(&tx->arena, mark);
    }
    if (sample.count < batch->records && l->for_people && sample.count == NAMES)
        karto_out_str(l->out, "…");
    karto_out_array_end(l->out);
    return err;
}

/* ---- one batch ---- */

static void show_number(struct karto_out *out, const char *key, uint64_t batch)
{
    char text[KARTO_BATCH_TEXT];
    karto_batch_print(batch, text);
    karto_out_key(out, key);
    karto_out_str(out, karto_batch_number(batch) ? text : NULL);
}

static void show_time(struct listing *l, int64_t utc_ms)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_out_key(l->out, "time");
    karto_person_time(utc_ms, &text);
    if (l->for_people)
        karto_out_text(l->out, karto_buf_slice(&text));
    else
        karto_out_time(l->out, utc_ms);
    karto_buf_fini(&text);
}

static void show_via(struct listing *l, enum karto_via via)
{
    static const enum karto_message messages[] = {
        [KARTO_VIA_CLI] = KARTO_M_VIA_CLI,       [KARTO_VIA_WEB] = KARTO_M_VIA_WEB,
        [KARTO_VIA_IMPORT] = KARTO_M_VIA_IMPORT, [KARTO_VIA_RULE] = KARTO_M_VIA_RULE,
        [KARTO_VIA_MERGE] = KARTO_M_VIA_MERGE,
    };
    const char *word = karto_via_name(via);
    karto_out_key(l->out, "via");
    karto_out_str(l->out, word && l->for_people ? karto_message_text(l->cli->lang, messages[via]) : word);
}

static void show_undone(struct listing *l, bool undone)
{
    karto_out_key(l->out, "undone");
    if (l->for_people)
        karto_out_str(l->out, undone ? karto_message_text(l->cli->lang, KARTO_M_YES) : NULL);
    else
        karto_out_bool(l->out, undone);
}

static enum karto_err show_batch(struct listing *l, struct karto_tx *tx, const struct karto_batch *batch,
                                 const struct karto_change *change)
{
    struct karto_writer writer;
    bool holds = true;
    enum karto_err err = karto_writer_of(tx, change->stamp.dot.node, &writer);
    if (err == KARTO_OK)
        err = karto_batch_holds(tx, batch, &holds);
    if (err != KARTO_OK)
        return err;
    karto_out_object(l->out);
    show_number(l->out, "undo", batch->batch);
    show_time(l, karto_hlc_ms(change->stamp.hlc));
    karto_text_show_as(l->out, "user", batch->author);
    karto_text_show_as(l->out, "device", writer.device);
    show_via(l, change->via);
    karto_out_key(l->out, "changes");
    karto_out_int(l->out, (int64_t)batch->changes);
    karto_out_key(l->out, "records");
    karto_out_int(l->out, (int64_t)batch->records);
    err = show_names(l, tx, batch);
    karto_text_show_as(l->out, "reason", change->reason);
    show_undone(l, !holds);
    show_number(l->out, "undone_by", batch->undone);
    show_number(l->out, "undoes", karto_batch_undoes(batch->batch));
    karto_out_object_end(l->out);
    return err;
}

/* What head office's rules have done by themselves is not for people to take back. */
static enum karto_err visit(struct karto_tx *tx, const struct karto_batch *batch, const struct karto_history_item *last,
                            void *context)
{
    struct listing *l = context;
    bool possible;
    bool nobodys = last->change.via == KARTO_VIA_RULE && batch->author.size == 0;
    if (nobodys || (l->user.size && !karto_slice_equal(batch->author, l->user)))
        return KARTO_OK;
    enum karto_err err = karto_undo_possible(tx, batch, &possible);
    if (err != KARTO_OK || !possible)
        return err;
    if (l->shown == l->limit) {
        l->more = true;
        return KARTO_E_INTERRUPTED;
    }
    l->shown++;
    l->last = batch->last;
    return show_batch(l, tx, batch, &last->change);
}

/* A device has only what was made on it or came to it since it joined. */
static enum karto_err show_complete(struct listing *l, struct karto_tx *tx)
{
    int64_t at_ms;
    karto_out_key(l->out, "complete_since");
    if (tx->ledger.role != KARTO_ON_DEVICE) {
        karto_out_null(l->out);
        return KARTO_OK;
    }
    enum karto_err err = karto_history_begins(tx, &at_ms);
    if (err == KARTO_OK)
        karto_out_time(l->out, at_ms);
    else
        karto_out_null(l->out);
    return err;
}

static enum karto_err work(struct karto_tx *tx, void *context)
{
    struct listing *l = context;
    karto_out_begin(l->out, "undo-list", KARTO_OUT_LIST);
    enum karto_err err = show_complete(l, tx);
    karto_out_rows(l->out, "items", columns, COLUMNS);
    if (err == KARTO_OK)
        err = karto_batches_walk(tx, l->after, visit, l);
    karto_out_rows_end(l->out);
    karto_list_next(l->out, l->more, l->last);
    enum karto_err out_err = karto_out_end(l->out);
    return err == KARTO_OK ? out_err : err;
}

/* ---- the command ---- */

static enum karto_err read_options(struct listing *l)
{
    struct karto_cli *cli = l->cli;
    l->limit = cli->settings.limit ? cli->settings.limit : PAGE;
    l->user = karto_slice_str(karto_args_value(&cli->args, "user"));
    return karto_list_after(cli, &l->after);
}

enum karto_exit karto_undo_list(struct karto_cli *cli)
{
    struct listing l = {.cli = cli, .out = karto_cli_out(cli)};
    l.for_people = karto_out_form(l.out) == KARTO_FORM_TABLE;
    enum karto_err err = karto_out_check_columns(l.out, columns, COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = read_options(&l);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, work, &l);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    karto_list_note(cli, l.more, l.last);
    if (l.shown == 0 && l.for_people && !cli->settings.quiet)
        karto_cli_note(cli, KARTO_M_UNDO_NOTHING, NULL, 0);
    return KARTO_EXIT_DONE;
}
