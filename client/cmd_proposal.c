/* karto proposal: what laptops wanted to write and may not, at head office: the list, what stands there now beside what
 * was wanted, and yes or no. */
#include "client/change_show.h"
#include "client/changed.h"
#include "client/cmd.h"
#include "client/field_show.h"
#include "client/field_value.h"
#include "client/list_part.h"
#include "client/open.h"
#include "client/register_name.h"
#include "client/value_said.h"
#include "core/base/limits.h"
#include "core/store/hub_proposal.h"
#include "core/store/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, ID_TEXT = 32 };

static const struct karto_column columns[] = {
    {"id", true},      {"time", true},    {"user", true},     {"device", true},    {"name", true},
    {"sets", true},    {"refusal", true}, {"reason", true},   {"number", false},   {"came", false},
    {"record", false}, {"of", false},     {"creates", false}, {"rejected", false}, {"dot", false},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- one proposal ---- */

/* "17-3fa9c2d1": its number, and the name of what stands there now. */
static void print_id(uint64_t number, uint32_t mark, char out[ID_TEXT])
{
    snprintf(out, ID_TEXT, "%llu-%08lx", (unsigned long long)number, (unsigned long)mark);
}

/* Of what is not here yet, what it would be called. */
static enum karto_err find_title(struct karto_tx *tx, const struct karto_proposed *proposed, struct karto_slice *title)
{
    const struct karto_touch *touch = karto_change_touch(&proposed->change, KARTO_F_NAME);
    enum karto_err err = KARTO_OK;
    *title = karto_slice(NULL, 0);
    if (proposed->entry.exists)
        err = karto_record_title(tx, &proposed->entry.view, title);
    if (title->size == 0 && touch && touch->count)
        *title = karto_field_value_text(&tx->arena, touch->sets[0].value);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* the client that it hangs on cannot be read */
}

static void show_refusal(struct karto_out *out, enum karto_err reason)
{
    const char *text = karto_message_text(
        karto_out_lang(out), reason == KARTO_E_NOT_FOUND ? KARTO_M_PROPOSAL_ELSEWHERE : KARTO_M_PROPOSAL_NOT_PERMITTED);
    karto_out_key(out, "refusal");
    if (karto_out_form(out) == KARTO_FORM_TABLE) {
        karto_out_str(out, text);
        return;
    }
    karto_out_object(out);
    karto_text_show_as(out, "id", karto_slice_str(karto_err_id(reason)));
    karto_text_show_as(out, "text", karto_slice_str(text));
    karto_out_object_end(out);
}

static void show_rejected(struct karto_out *out, const struct karto_proposal *proposal)
{
    karto_out_key(out, "rejected");
    if (proposal->change.size) {
        karto_out_null(out);
        return;
    }
    karto_out_object(out);
    karto_text_show_as(out, "user", proposal->rejected_by);
    karto_moment_show(out, "time", proposal->rejected_ms);
    karto_text_show_as(out, "reason", proposal->why);
    karto_out_object_end(out);
}

static void show_rid(struct karto_out *out, const char *key, struct karto_rid id)
{
    char text[KARTO_RID_TEXT];
    karto_rid_print(id, text);
    karto_text_show_as(out, key, karto_slice_str(text));
}

/* What its change says. */
static enum karto_err show_change(struct karto_out *out, struct karto_tx *tx, const struct karto_proposed *proposed)
{
    const struct karto_change *change = &proposed->change;
    const struct karto_kind_def *kind = karto_kind(change->kind);
    char dot[KARTO_DOT_TEXT];
    struct karto_writer writer;
    struct karto_slice title;
    enum karto_err err = karto_writer_of(tx, change->stamp.dot.node, &writer);
    if (err == KARTO_OK)
        err = find_title(tx, proposed, &title);
    if (err != KARTO_OK)
        return err;
    karto_dot_print(change->stamp.dot, dot);
    karto_moment_show(out, "time", karto_hlc_ms(change->stamp.hlc));
    karto_text_show_as(out, "user", change->stamp.author);
    karto_text_show_as(out, "device", writer.device);
    karto_text_show_as(out, "of", karto_slice_str(kind ? kind->name : NULL));
    karto_text_show_as(out, "name", title);
    karto_out_key(out, "creates");
    karto_out_bool(out, !proposed->entry.exists || proposed->entry.stillborn);
    karto_sets_show(out, tx, change, NULL, NULL);
    karto_text_show_as(out, "reason", change->reason);
    karto_text_show_as(out, "dot", karto_slice_str(dot));
    return KARTO_OK;
}

/* The keys of an object: what there is of it, which of a rejected one (proposed NULL) is little. */
static enum karto_err show_proposal(struct karto_out *out, struct karto_tx *tx, const struct karto_proposal *proposal,
                                    const struct karto_proposed *proposed)
{
    char id[ID_TEXT] = "";
    if (proposed)
        print_id(proposal->number, proposed->mark, id);
    karto_text_show_as(out, "id", karto_slice_str(id));
    karto_out_key(out, "number");
    karto_out_int(out, (int64_t)proposal->number);
    karto_moment_show(out, "came", proposal->at_ms);
    show_rid(out, "record", proposal->record);
    show_refusal(out, proposal->reason);
    show_rejected(out, proposal);
    return proposed ? show_change(out, tx, proposed) : KARTO_OK;
}

/* ---- list ---- */

struct listing {
    struct karto_cli *cli;
    struct karto_out *out;
    uint64_t after, last; /* numbers */
    uint32_t limit, shown, missed;
    bool more;
};

/* One that cannot be read hides none of the others: it is for check to tell of. */
static enum karto_err list_one(struct listing *l, struct karto_tx *tx, uint64_t number)
{
    struct karto_proposal proposal;
    struct karto_proposed proposed;
    enum karto_err err = karto_hub_proposal(tx, number, &proposal);
    if (err == KARTO_OK)
        err = karto_hub_proposed(tx, &proposal, &proposed);
    if (err != KARTO_OK)
        return err == KARTO_E_CORRUPT || err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    l->shown++;
    l->last = number;
    karto_out_object(l->out);
    err = show_proposal(l->out, tx, &proposal, &proposed);
    karto_out_object_end(l->out);
    return err;
}

static enum karto_err list_all(struct listing *l, struct karto_tx *tx)
{
    uint64_t *numbers;
    uint32_t count;
    enum karto_err err = karto_hub_proposals(tx, &numbers, &count);
    for (uint32_t i = 0; i < count && err == KARTO_OK && !l->more; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        if (numbers[i] <= l->after)
            continue;
        l->more = l->shown == l->limit;
        if (!l->more)
            err = list_one(l, tx, numbers[i]);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

static enum karto_err list(struct karto_tx *tx, void *context)
{
    static const struct karto_rid all;
    struct listing *l = context;
    struct karto_proposal_tally tally;
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_ROLE;
    enum karto_err err = karto_hub_proposal_tally(tx, all, &tally);
    if (err != KARTO_OK)
        return err;
    l->missed = tally.missed;
    karto_out_begin(l->out, "proposals", KARTO_OUT_LIST);
    karto_out_rows(l->out, "items", columns, COLUMNS);
    err = list_all(l, tx);
    karto_out_rows_end(l->out);
    karto_out_key(l->out, "missed");
    karto_out_int(l->out, l->missed);
    karto_list_next(l->out, l->more, l->last);
    enum karto_err end = karto_out_end(l->out);
    return err == KARTO_OK ? end : err;
}

static void note_list(struct listing *l)
{
    struct karto_cli *cli = l->cli;
    const struct karto_arg db = karto_arg_str("db", karto_cli_on_db(cli));
    karto_list_note(cli, l->more, l->last);
    if (l->shown == 0)
        karto_cli_note(cli, KARTO_M_PROPOSAL_NONE, NULL, 0);
    else if (karto_out_form(l->out) == KARTO_FORM_TABLE)
        KARTO_NOTE(cli, KARTO_M_PROPOSAL_HOW, db);
    if (l->missed)
        KARTO_NOTE(cli, KARTO_M_PROPOSAL_MISSED, karto_arg_int("n", l->missed));
}

enum karto_exit karto_cmd_proposal_list(struct karto_cli *cli)
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
    if (karto_out_form(l.out) != KARTO_FORM_JSON)
        note_list(&l);
    return KARTO_EXIT_DONE;
}

/* ---- which one is meant ---- */

/* What was typed: a number, with or without what stood there. */
struct meant {
    uint64_t number;
    uint32_t mark;
    bool has_mark;
};

static enum karto_err not_found(struct karto_cli *cli, const char *word)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_PROPOSAL_NOT_FOUND, karto_arg_str("id", word));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_PROPOSAL_LIST_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    return KARTO_E_NOT_FOUND;
}

static enum karto_err read_word(struct karto_cli *cli, const char *word, struct meant *meant)
{
    enum { MARK_DIGITS = 8 };
    char *end;
    errno = 0;
    *meant = (struct meant){.number = strtoull(word, &end, 10)};
    if (*word < '1' || *word > '9' || errno)
        return not_found(cli, word);
    meant->has_mark = *end == '-' && strspn(end + 1, "0123456789abcdef") == MARK_DIGITS && end[1 + MARK_DIGITS] == 0;
    if (meant->has_mark)
        meant->mark = (uint32_t)strtoul(end + 1, NULL, 16);
    return meant->has_mark || *end == 0 ? KARTO_OK : not_found(cli, word);
}

static enum karto_err find(struct karto_cli *cli, struct karto_tx *tx, const char *word, struct meant *meant,
                           struct karto_proposal *proposal)
{
    enum karto_err err = tx->ledger.role == KARTO_ON_HUB ? read_word(cli, word, meant) : KARTO_E_ROLE;
    if (err != KARTO_OK)
        return err;
    err = karto_hub_proposal(tx, meant->number, proposal);
    return err == KARTO_E_NOT_FOUND ? not_found(cli, word) : err;
}

static enum karto_err show(struct karto_tx *tx, void *context)
{
    struct karto_cli *cli = context;
    struct karto_out *out = karto_cli_out(cli);
    struct karto_proposal proposal = {.number = 0};
    struct karto_proposed proposed;
    struct meant meant;
    enum karto_err err = find(cli, tx, cli->args.words[0], &meant, &proposal);
    bool is_open = proposal.change.size > 0;
    if (err == KARTO_OK && is_open)
        err = karto_hub_proposed(tx, &proposal, &proposed);
    if (err != KARTO_OK)
        return err;
    karto_out_begin(out, "proposal", KARTO_OUT_CARD);
    err = show_proposal(out, tx, &proposal, is_open ? &proposed : NULL);
    enum karto_err end = karto_out_end(out);
    return err == KARTO_OK ? end : err;
}

enum karto_exit karto_cmd_proposal_show(struct karto_cli *cli)
{
    return karto_cli_read(cli, show, cli) == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- accept ---- */

struct accepting {
    struct karto_cli *cli;
    struct karto_rid *records; /* in the arena of settings */
    uint32_t count, written;   /* proposals; and of these, what was not so already */
    uint64_t batch;
};

/* Adds what stands there now, and what is proposed, each as what could be typed next. */
static enum karto_err changed_meanwhile(struct karto_cli *cli, struct karto_tx *tx,
                                        const struct karto_proposal *proposal)
{
    struct karto_proposed proposed;
    char id[ID_TEXT];
    struct karto_buf text = KARTO_BUF_EMPTY;
    enum karto_err err = karto_hub_proposed(tx, proposal, &proposed);
    if (err != KARTO_OK)
        return err;
    print_id(proposal->number, proposed.mark, id);
    karto_problem_begin(&cli->problem, KARTO_E_CHANGED);
    for (uint32_t i = 0; i < proposed.change.count; i++)
        for (uint32_t j = 0; j < proposed.change.touches[i].count; j++) {
            const struct karto_touch *touch = &proposed.change.touches[i];
            const struct karto_field_def *def = karto_field_def(proposed.change.kind, touch->field);
            struct karto_slice now = karto_value_said(&tx->arena, def, touch->sets[j].old, cli->lang);
            if (now.size == 0)
                now = karto_slice_str(karto_message_text(cli->lang, KARTO_M_EMPTY_VALUE));
            karto_buf_add_str(&text, text.size ? "; " : "");
            karto_register_heading(&text, cli->lang, proposed.change.kind, touch->field, touch->sets[j].key);
            karto_buf_add_str(&text, ": ");
            karto_buf_add_slice(&text, now);
        }
    karto_problem_candidate(&cli->problem, karto_slice_str(id), karto_buf_slice(&text));
    karto_buf_fini(&text);
    return KARTO_E_CHANGED;
}

static enum karto_err refuse(struct karto_cli *cli, enum karto_err err, enum karto_message message, const char *word)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, err, message, karto_arg_str("id", word));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_PROPOSAL_LIST_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    return err;
}

static enum karto_err accept_one(struct accepting *a, struct karto_tx *tx, const char *word)
{
    struct karto_cli *cli = a->cli;
    struct karto_proposal proposal = {.number = 0};
    struct karto_proposed proposed;
    struct meant meant;
    struct karto_buf reason = KARTO_BUF_EMPTY;
    uint64_t position = tx->ledger.position;
    enum karto_err err = find(cli, tx, word, &meant, &proposal);
    if (err == KARTO_OK && proposal.change.size == 0)
        err = not_found(cli, word);
    if (err == KARTO_OK && !meant.has_mark)
        err = refuse(cli, KARTO_E_USAGE, KARTO_M_PROPOSAL_MARK, word);
    if (err == KARTO_OK)
        err = karto_hub_proposed(tx, &proposal, &proposed);
    if (err != KARTO_OK)
        return err;
    KARTO_SAY(&reason, cli->lang, KARTO_M_PROPOSAL_REASON, karto_arg_text("user", proposed.change.stamp.author));
    err = karto_hub_proposal_accept(tx, &proposal, meant.mark, karto_buf_slice(&reason), &a->batch);
    karto_buf_fini(&reason);
    if (err == KARTO_E_CHANGED)
        return changed_meanwhile(cli, tx, &proposal);
    if (err == KARTO_E_NOT_FOUND)
        return refuse(cli, err, KARTO_M_PROPOSAL_FIRST, word);
    if (err == KARTO_E_INVALID || err == KARTO_E_LIMIT)
        return refuse(cli, err, KARTO_M_PROPOSAL_NO_ROOM, word);
    if (err == KARTO_OK && tx->ledger.position != position)
        a->records[a->written++] = proposal.record;
    a->count += err == KARTO_OK;
    return err;
}

static enum karto_err accept_all(struct karto_tx *tx, void *context)
{
    struct accepting *a = context;
    const struct karto_args *args = &a->cli->args;
    enum karto_err err = KARTO_OK;
    a->count = a->written = 0;
    a->batch = 0;
    for (unsigned i = 0; i < args->word_count && err == KARTO_OK; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = accept_one(a, tx, args->words[i]);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

static void show_count(struct karto_out *out, void *context)
{
    const struct accepting *a = context;
    karto_out_key(out, "accepted");
    karto_out_int(out, a->count);
}

enum karto_exit karto_cmd_proposal_accept(struct karto_cli *cli)
{
    struct accepting a = {.cli = cli};
    struct karto_buf said = KARTO_BUF_EMPTY;
    a.records = karto_arena_array(&cli->settings.arena, cli->args.word_count, sizeof *a.records);
    enum karto_err err = karto_cli_write(cli, accept_all, &a);
    if (err == KARTO_OK) {
        KARTO_SAY(&said, cli->lang, KARTO_M_PROPOSAL_ACCEPTED, karto_arg_int("n", a.count));
        const struct karto_changed changed = {.records = a.records,
                                              .record_count = a.written,
                                              .changes = a.written,
                                              .batch = cli->settings.dry_run ? 0 : a.batch,
                                              .said = karto_buf_slice(&said),
                                              .more = show_count,
                                              .more_context = &a};
        err = karto_changed_show(cli, &changed);
    }
    karto_buf_fini(&said);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- reject ---- */

struct rejecting {
    struct karto_cli *cli;
    struct karto_slice reason;
};

static enum karto_err reject_one(struct rejecting *r, struct karto_tx *tx, const char *word)
{
    struct karto_proposal proposal;
    struct meant meant;
    enum karto_err err = find(r->cli, tx, word, &meant, &proposal);
    if (err == KARTO_OK)
        err = karto_hub_proposal_reject(tx, &proposal, r->reason);
    return err == KARTO_E_NOT_FOUND ? not_found(r->cli, word) : err;
}

static enum karto_err reject_all(struct karto_tx *tx, void *context)
{
    struct rejecting *r = context;
    const struct karto_args *args = &r->cli->args;
    enum karto_err err = r->reason.size > KARTO_REASON_SIZE_MAX ? KARTO_E_LIMIT : KARTO_OK;
    for (unsigned i = 0; i < args->word_count && err == KARTO_OK; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = reject_one(r, tx, args->words[i]);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

enum karto_exit karto_cmd_proposal_reject(struct karto_cli *cli)
{
    struct rejecting r = {.cli = cli};
    enum karto_err err = karto_cli_reason(cli, &r.reason);
    if (err == KARTO_OK)
        err = karto_cli_write(cli, reject_all, &r);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    struct karto_out *out = karto_cli_out(cli);
    karto_out_begin(out, "rejected", KARTO_OUT_CARD);
    karto_out_key(out, "proposals");
    karto_out_int(out, (int64_t)cli->args.word_count);
    err = karto_out_end(out);
    KARTO_NOTE_DONE(cli, KARTO_M_PROPOSAL_REJECTED, karto_arg_int("n", (int64_t)cli->args.word_count));
    return karto_cli_end(cli, err);
}
