/* karto refused: what head office has refused of the changes made here, with the reason, until their author dismisses
 * them. They stay in the log all the same. */
#include "client/change_show.h"
#include "client/cmd.h"
#include "client/field_show.h"
#include "client/field_value.h"
#include "client/list_part.h"
#include "client/open.h"
#include "client/register_name.h"
#include "core/model/batch.h"
#include "core/store/entry.h"
#include "core/store/history.h"
#include "core/store/refused.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

static const struct karto_column columns[] = {
    {"number", true},  {"time", true}, {"name", true}, {"sets", true},  {"refusal", true}, {"reason", true},
    {"record", false}, {"of", false},  {"via", false}, {"undo", false}, {"dot", false},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- list ---- */

struct listing {
    struct karto_cli *cli;
    struct karto_out *out;
    uint64_t after; /* position; 0: from the newest */
    uint32_t limit, shown;
    bool more;
    uint64_t last; /* position of the last one shown */
};

/* What people call its record; of one that has left, what the changes made here called it last. */
static enum karto_err find_title(struct karto_tx *tx, const struct karto_history_item *item, struct karto_slice *title)
{
    struct karto_entry entry;
    struct karto_history_item earlier = *item;
    enum karto_err err = karto_entry_load(tx, item->change.record, &entry);
    *title = karto_slice(NULL, 0);
    if (err == KARTO_OK && entry.exists)
        return karto_record_title(tx, &entry.view, title);
    while (err == KARTO_OK) {
        const struct karto_touch *touch = karto_change_touch(&earlier.change, KARTO_F_NAME);
        uint64_t at = earlier.previous;
        if (touch && touch->count) {
            *title = karto_field_value_text(&tx->arena, touch->sets[0].value);
            return KARTO_OK;
        }
        if (at == 0)
            return KARTO_OK;
        err = karto_history_at(tx, at, &earlier);
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err show_item(struct listing *l, struct karto_tx *tx, const struct karto_history_item *item)
{
    const struct karto_change *change = &item->change;
    const struct karto_kind_def *kind = karto_kind(change->kind);
    char id[KARTO_RID_TEXT], dot[KARTO_DOT_TEXT], undo[KARTO_BATCH_TEXT];
    struct karto_slice title;
    enum karto_err err = find_title(tx, item, &title);
    karto_rid_print(change->record, id);
    karto_dot_print(change->stamp.dot, dot);
    karto_batch_print(change->batch, undo);
    karto_out_object(l->out);
    karto_out_key(l->out, "number");
    karto_out_int(l->out, (int64_t)item->position);
    karto_moment_show(l->out, "time", karto_hlc_ms(change->stamp.hlc));
    karto_text_show_as(l->out, "record", karto_slice_str(id));
    karto_text_show_as(l->out, "of", karto_slice_str(kind ? kind->name : NULL));
    karto_text_show_as(l->out, "name", title);
    karto_sets_show(l->out, tx, change, NULL, NULL);
    karto_refusal_show(l->out, item->reason);
    karto_text_show_as(l->out, "reason", change->reason);
    karto_out_key(l->out, "via");
    karto_out_str(l->out, karto_via_name(change->via));
    karto_text_show_as(l->out, "undo", karto_slice_str(undo));
    karto_text_show_as(l->out, "dot", karto_slice_str(dot));
    karto_out_object_end(l->out);
    return err;
}

static enum karto_err list_all(struct listing *l, struct karto_tx *tx)
{
    struct karto_refused *list;
    uint32_t count;
    enum karto_err err = karto_refused_list(tx, &list, &count);
    for (uint32_t i = 0; i < count && err == KARTO_OK && !l->more; i++) {
        struct karto_history_item item;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        if (l->after && list[i].position >= l->after)
            continue;
        l->more = l->shown == l->limit;
        if (!l->more)
            err = karto_history_at(tx, list[i].position, &item);
        if (!l->more && err == KARTO_OK)
            err = show_item(l, tx, &item);
        l->shown += !l->more;
        l->last = l->more ? l->last : list[i].position;
        karto_arena_release(&tx->arena, mark);
    }
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

static enum karto_err list(struct karto_tx *tx, void *context)
{
    struct listing *l = context;
    if (tx->ledger.role == KARTO_ON_HUB)
        return KARTO_E_ROLE;
    karto_out_begin(l->out, "refused", KARTO_OUT_LIST);
    karto_out_rows(l->out, "items", columns, COLUMNS);
    enum karto_err err = list_all(l, tx);
    karto_out_rows_end(l->out);
    karto_list_next(l->out, l->more, l->last);
    enum karto_err end = karto_out_end(l->out);
    return err == KARTO_OK ? end : err;
}

enum karto_exit karto_cmd_refused_list(struct karto_cli *cli)
{
    struct listing l = {.cli = cli, .out = karto_cli_out(cli)};
    l.limit = cli->settings.limit ? cli->settings.limit : PAGE;
    enum karto_err err = karto_out_check_columns(l.out, columns, COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = karto_list_after(cli, &l.after);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, list, &l);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    karto_list_note(cli, l.more, l.last);
    if (l.shown == 0)
        karto_cli_note(cli, KARTO_M_REFUSED_NONE, NULL, 0);
    else if (karto_out_form(l.out) == KARTO_FORM_TABLE)
        KARTO_NOTE(cli, KARTO_M_REFUSED_HOW, karto_arg_str("db", karto_cli_on_db(cli)));
    return KARTO_EXIT_DONE;
}

/* ---- dismiss ---- */

struct dismissing {
    struct karto_cli *cli;
    bool all;
    uint32_t count;
    uint64_t left;
};

static bool is_meant(const struct karto_refused *refused, const char *word)
{
    char number[24], dot[KARTO_DOT_TEXT];
    snprintf(number, sizeof number, "%llu", (unsigned long long)refused->position);
    karto_dot_print(refused->dot, dot);
    return strcmp(number, word) == 0 || strcmp(dot, word) == 0;
}

static enum karto_err not_found(struct karto_cli *cli, const char *word)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_REFUSED_NOT_FOUND,
                  karto_arg_str("number", word));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_REFUSED_NOT_FOUND_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    return KARTO_E_NOT_FOUND;
}

/* Of a word that is typed twice the second finds what the first has dismissed. */
static enum karto_err dismiss_word(struct dismissing *d, struct karto_tx *tx, const struct karto_refused *list,
                                   uint32_t count, const char *word)
{
    for (uint32_t i = 0; i < count; i++)
        if (is_meant(&list[i], word))
            return karto_refused_dismiss(tx, list[i].dot);
    return not_found(d->cli, word);
}

static enum karto_err dismiss(struct karto_tx *tx, void *context)
{
    struct dismissing *d = context;
    const struct karto_args *args = &d->cli->args;
    struct karto_refused *list;
    uint64_t before;
    uint32_t count;
    if (tx->ledger.role == KARTO_ON_HUB)
        return KARTO_E_ROLE;
    enum karto_err err = karto_refused_list(tx, &list, &count);
    if (err == KARTO_OK)
        err = karto_refused_count(tx, &before);
    for (uint32_t i = 0; i < count && d->all && err == KARTO_OK; i++)
        err = karto_refused_dismiss(tx, list[i].dot);
    for (unsigned i = 0; i < args->word_count && err == KARTO_OK; i++)
        err = dismiss_word(d, tx, list, count, args->words[i]);
    if (err == KARTO_OK)
        err = karto_refused_count(tx, &d->left);
    d->count = err == KARTO_OK ? (uint32_t)(before - d->left) : 0;
    return err;
}

enum karto_exit karto_cmd_refused_dismiss(struct karto_cli *cli)
{
    struct dismissing d = {.cli = cli, .all = karto_args_has(&cli->args, "all")};
    if (d.all == (cli->args.word_count > 0)) {
        karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_REFUSED_WHICH, NULL, 0);
        KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_REFUSED_NOT_FOUND_HINT,
                  karto_arg_str("db", karto_cli_on_db(cli)));
        return karto_cli_fail(cli);
    }
    if (karto_cli_write(cli, dismiss, &d) != KARTO_OK)
        return karto_cli_fail(cli);
    struct karto_out *out = karto_cli_out(cli);
    karto_out_begin(out, "dismissed", KARTO_OUT_CARD);
    karto_out_key(out, "changes");
    karto_out_int(out, d.count);
    karto_out_key(out, "refused");
    karto_out_int(out, (int64_t)d.left);
    enum karto_err err = karto_out_end(out);
    KARTO_NOTE_DONE(cli, KARTO_M_REFUSED_DISMISSED, karto_arg_int("n", d.count));
    return karto_cli_end(cli, err);
}
