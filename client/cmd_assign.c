/* karto assign: gives clients another territory or another manager, from a day on; all that one command does is one
 * batch, written many clients at a time. */
#include "client/ask.h"
#include "client/changed.h"
#include "client/cmd.h"
#include "client/field_edits.h"
#include "client/field_value.h"
#include "client/in_use.h"
#include "client/interrupt.h"
#include "client/open.h"
#include "client/pick.h"
#include "client/progress.h"
#include "client/register_name.h"
#include "client/retype.h"
#include "core/base/heading.h"
#include "core/base/limits.h"
#include "core/base/os_socket.h"
#include "core/base/reader.h"
#include "core/base/text.h"
#include "core/store/device.h"
#include "core/store/handover.h"
#include "core/store/page.h"

#include <string.h>

enum {
    SAMPLES = 5,
    TOLD = 5,        /* refusals that a person is told one by one */
    TOLD_JSON = 100, /* and that stand in an answer of JSON */
};

enum selector { BY_HOLDER, BY_NAME, BY_QUERY };

/* What is taken back where a transaction is done again, or was none. */
struct so_far {
    size_t next; /* of the clients */
    uint64_t batch, changed, unchanged, refused, permitted_not, later;
    size_t records, samples, refusals; /* bytes */
    uint32_t sampled;
};

struct refusal {
    struct karto_rid id;
    enum karto_err err;
};

struct assigning {
    struct karto_cli *cli;
    const struct karto_field_def *def;
    enum selector by;
    struct karto_handover handover;
    struct karto_slice from; /* by holder */
    struct karto_ask ask;    /* by query */
    struct karto_warnings warnings;
    struct karto_store *store;
    struct karto_buf clients; /* ids, 16 bytes each */
    struct so_far done;
    bool tried;                                  /* the trial of a page came to its end */
    struct karto_buf records, samples, refusals; /* ids; lines; struct refusal */
};

/* ---- the line ---- */

static enum karto_err refuse(struct assigning *a, enum karto_message message, enum karto_message hint)
{
    struct karto_cli *cli = a->cli;
    enum karto_err err = KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, message,
                                       karto_arg_text("what", karto_heading(cli->lang, karto_slice_str(a->def->name))));
    KARTO_SAY(&cli->problem.hint, cli->lang, hint, karto_arg_str("field", a->def->name),
              karto_arg_str("to", a->def->number == KARTO_F_TERRITORY ? "15" : "olena"),
              karto_arg_str("of", a->def->number == KARTO_F_TERRITORY ? "14" : "petro"),
              karto_arg_str("db", karto_cli_on_db(cli)));
    return err;
}

static struct karto_slice clean_option(struct assigning *a, const char *name)
{
    const char *value = karto_args_value(&a->cli->args, name);
    return value ? karto_text_clean(&a->cli->settings.arena, karto_slice_str(value)) : karto_slice(NULL, 0);
}

static enum karto_err read_selector(struct assigning *a)
{
    const struct karto_args *args = &a->cli->args;
    bool of = karto_args_has(args, "of"), client = karto_args_has(args, "client"),
         query = karto_args_has(args, "query");
    if (of + client + query != 1)
        return refuse(a, KARTO_M_ASSIGN_WHOM, KARTO_M_ASSIGN_WHOM_HINT);
    a->by = of ? BY_HOLDER : client ? BY_NAME : BY_QUERY;
    a->from = clean_option(a, "of");
    a->ask.text = clean_option(a, "query");
    if (of && a->from.size == 0)
        return refuse(a, KARTO_M_ASSIGN_OF_NONE, KARTO_M_ASSIGN_OF_NONE_HINT);
    if (query && a->ask.text.size == 0)
        return refuse(a, KARTO_M_ASSIGN_QUERY_EMPTY, KARTO_M_ASSIGN_QUERY_EMPTY_HINT);
    return KARTO_OK;
}

static bool is_utf8(const struct karto_args *args)
{
    bool valid = karto_utf8_valid(karto_slice_str(args->words[0]));
    for (size_t i = 0; i < args->given_count && valid; i++)
        valid = !args->given[i].value || karto_utf8_valid(karto_slice_str(args->given[i].value));
    return valid;
}

static enum karto_err read_line(struct assigning *a)
{
    struct karto_cli *cli = a->cli;
    a->def = karto_field_named(KARTO_CLIENT, karto_slice_str(cli->args.command->verb));
    if (!is_utf8(&cli->args))
        return karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_FIELD_UTF8, NULL, 0);
    a->handover.field = a->def->number;
    a->handover.to = karto_text_clean(&cli->settings.arena, karto_slice_str(cli->args.words[0]));
    if (a->handover.to.size == 0)
        return refuse(a, KARTO_M_ASSIGN_NOTHING, KARTO_M_ASSIGN_NOTHING_HINT);
    enum karto_err err = read_selector(a);
    return err == KARTO_OK ? karto_cli_reason(cli, &a->handover.reason) : err;
}

/* ---- from when, and what ---- */

static enum karto_err read_since(struct assigning *a, struct karto_tx *tx)
{
    struct karto_cli *cli = a->cli;
    const char *since = karto_args_value(&cli->args, "since");
    a->handover.since = karto_today(tx);
    if (!since || karto_day_meant(karto_slice_str(since), karto_today(tx), &a->handover.since))
        return KARTO_OK;
    return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_OPTION_DAY,
                         karto_arg_str("option", "--since"), karto_arg_str("value", since));
}

/* As karto client set would take it. */
static enum karto_err check_value(struct assigning *a, struct karto_tx *tx)
{
    struct karto_field_edits edits = {
        .kind = KARTO_CLIENT, .today = karto_today(tx), .lang = a->cli->lang, .arena = &tx->arena};
    const struct karto_fieldexpr expr = {.name = karto_slice_str(a->def->name),
                                         .field = karto_slice_str(a->def->name),
                                         .op = KARTO_FIELD_SET,
                                         .has_date = true,
                                         .date = a->handover.since,
                                         .value = a->handover.to};
    return karto_field_edits_add(&edits, &expr, &a->cli->problem);
}

static struct karto_slice day_text(struct karto_arena *arena, int64_t day)
{
    return karto_field_value_text(arena, karto_value_bytes(arena, karto_value_date(day)));
}

/* ---- whom ---- */

static void add_client(struct assigning *a, struct karto_rid id)
{
    for (size_t at = 0; a->by == BY_NAME && at < a->clients.size; at += sizeof id.b)
        if (memcmp(a->clients.data + at, id.b, sizeof id.b) == 0)
            return;
    karto_buf_add(&a->clients, id.b, sizeof id.b);
}

static enum karto_err is_meant(const struct assigning *a, struct karto_tx *tx, const struct karto_entry *entry,
                               bool *meant)
{
    *meant = true;
    switch (a->by) {
    case BY_HOLDER: *meant = karto_handover_means(&a->handover, &entry->view, a->from); break;
    case BY_QUERY: return karto_ask_fits(&a->ask, tx, entry, meant, NULL);
    case BY_NAME: break;
    }
    return KARTO_OK;
}

static enum karto_err visit_client(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct assigning *a = context;
    bool meant;
    if (karto_interrupted())
        return karto_problem_begin(&a->cli->problem, KARTO_E_INTERRUPTED);
    enum karto_err err = is_meant(a, tx, entry, &meant);
    if (err == KARTO_OK && meant)
        add_client(a, entry->id);
    return err;
}

static enum karto_err each(struct assigning *a, struct karto_tx *tx, const struct karto_select *select)
{
    enum karto_err err = karto_page_each(tx, select, KARTO_CLIENT, (struct karto_rid){{0}}, visit_client, a);
    return err == KARTO_OK && karto_interrupted() ? KARTO_E_INTERRUPTED : err;
}

static enum karto_err pick_all(struct assigning *a, struct karto_tx *tx)
{
    size_t at = 0;
    const char *text;
    enum karto_err err = KARTO_OK;
    while (err == KARTO_OK && (text = karto_args_each(&a->cli->args, "client", &at)) != NULL) {
        struct karto_rid id;
        err = karto_pick(a->cli, tx, KARTO_CLIENT, text, &id);
        if (err == KARTO_OK)
            add_client(a, id);
    }
    return err;
}

static enum karto_err read_query(struct assigning *a, struct karto_tx *tx)
{
    enum karto_err err = karto_ask_read(a->cli, tx, KARTO_CLIENT, &a->ask);
    if (err == KARTO_OK && a->ask.select.query->type == KARTO_Q_ALL)
        return refuse(a, KARTO_M_ASSIGN_QUERY_EMPTY, KARTO_M_ASSIGN_QUERY_EMPTY_HINT);
    return err == KARTO_OK ? each(a, tx, &a->ask.select) : err;
}

static enum karto_err select_holders(struct assigning *a, struct karto_tx *tx)
{
    struct karto_select select;
    karto_select_init(&select, karto_handover_query(&tx->arena, &a->handover, a->from), karto_today(tx));
    return each(a, tx, &select);
}

/* ---- names that nobody has ---- */

static enum karto_err say_nobody(struct assigning *a, const struct karto_in_use *in_use)
{
    struct karto_cli *cli = a->cli;
    struct karto_slice what = karto_heading(cli->lang, karto_slice_str(a->def->name));
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_ASSIGN_NOBODY, karto_arg_text("what", what),
                  karto_arg_text("of", a->from));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_ASSIGN_NOBODY_HINT, karto_arg_str("field", a->def->name),
              karto_arg_str("db", karto_cli_on_db(cli)));
    karto_in_use_offer(in_use, cli, a->from);
    return KARTO_E_NOT_FOUND;
}

/* Nobody has it on that day: is it known at all? */
static enum karto_err look_for_holder(struct assigning *a, struct karto_tx *tx)
{
    struct karto_in_use in_use;
    enum karto_err err = karto_in_use_read(&in_use, tx, a->handover.field, a->handover.since, a->from);
    if (err == KARTO_OK && !in_use.has)
        err = say_nobody(a, &in_use);
    karto_in_use_fini(&in_use);
    return err;
}

struct seeking {
    const struct karto_handover *handover;
    bool found;
};

static enum karto_err visit_holder(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct seeking *seeking = context;
    (void)tx;
    seeking->found = karto_handover_means(seeking->handover, &entry->view, seeking->handover->to);
    return seeking->found ? KARTO_E_INTERRUPTED : KARTO_OK;
}

static enum karto_err say_unknown(struct assigning *a, const struct karto_in_use *in_use)
{
    struct karto_cli *cli = a->cli;
    struct karto_buf value = KARTO_BUF_EMPTY, command = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&value, karto_heading(cli->lang, karto_slice_str(a->def->name)));
    karto_buf_add_byte(&value, ' ');
    karto_buf_add_slice(&value, a->handover.to);
    karto_warnings_add(&a->warnings, "E-ASSIGN-UNKNOWN", a->def->name, karto_buf_slice(&value));
    if (!cli->settings.yes && !cli->settings.dry_run) {
        KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_E_ASSIGN_UNKNOWN,
                      karto_arg_text("value", karto_buf_slice(&value)));
        cli->problem.id = "E-ASSIGN-UNKNOWN";
        karto_retype(cli, 0, 0, karto_slice(NULL, 0), &command);
        KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_ASSIGN_SURE,
                  karto_arg_text("command", karto_buf_slice(&command)));
        karto_in_use_offer(in_use, cli, a->handover.to);
    }
    karto_buf_fini(&command);
    karto_buf_fini(&value);
    return cli->settings.yes || cli->settings.dry_run ? KARTO_OK : KARTO_E_USAGE;
}

/* A representative has not got what others have, and may not hand over anyway. */
static bool sees_all(struct karto_tx *tx)
{
    struct karto_rights rights;
    return tx->ledger.role != KARTO_ON_DEVICE || karto_device_rights(tx, &rights) != KARTO_OK ||
           karto_role_is_head_office(rights.role);
}

/* A typing mistake would take clients away from everybody who works with them. */
static enum karto_err check_new(struct assigning *a, struct karto_tx *tx)
{
    struct karto_select select;
    struct karto_in_use in_use;
    struct seeking seeking = {&a->handover, false};
    karto_select_init(&select, karto_handover_query(&tx->arena, &a->handover, a->handover.to), karto_today(tx));
    enum karto_err err = karto_page_each(tx, &select, KARTO_CLIENT, (struct karto_rid){{0}}, visit_holder, &seeking);
    if (err != KARTO_OK || seeking.found)
        return err;
    err = karto_in_use_read(&in_use, tx, a->handover.field, a->handover.since, a->handover.to);
    if (err == KARTO_OK && !in_use.has)
        err = say_unknown(a, &in_use);
    karto_in_use_fini(&in_use);
    return err;
}

static enum karto_err select_work(struct karto_tx *tx, void *context)
{
    struct assigning *a = context;
    enum karto_err err = read_since(a, tx);
    if (err == KARTO_OK)
        err = check_value(a, tx);
    if (err != KARTO_OK)
        return err;
    switch (a->by) {
    case BY_HOLDER: err = select_holders(a, tx); break;
    case BY_NAME: err = pick_all(a, tx); break;
    case BY_QUERY: err = read_query(a, tx); break;
    }
    if (err == KARTO_OK && a->clients.size)
        return sees_all(tx) ? check_new(a, tx) : KARTO_OK;
    return err == KARTO_OK && a->by == BY_HOLDER ? look_for_holder(a, tx) : err;
}

/* ---- one page ---- */

static bool is_table(const struct assigning *a)
{
    return karto_out_form(karto_cli_out(a->cli)) == KARTO_FORM_TABLE;
}

/* "Ромашка · Територія: 14 → 15" */
static enum karto_err add_sample(struct assigning *a, struct karto_tx *tx, const struct karto_entry *entry,
                                 struct karto_slice was)
{
    struct karto_slice title, name = karto_slice_str(a->def->name);
    enum karto_err err = karto_record_title(tx, &entry->view, &title);
    karto_buf_add_slice(&a->samples, title);
    karto_buf_add_str(&a->samples, " · ");
    karto_buf_add_slice(&a->samples, is_table(a) ? karto_heading(a->cli->lang, name) : name);
    karto_buf_add_str(&a->samples, ": ");
    karto_buf_add_slice(&a->samples,
                        was.size ? was : karto_slice_str(karto_message_text(a->cli->lang, KARTO_M_EMPTY_VALUE)));
    karto_buf_add_str(&a->samples, " → ");
    karto_buf_add_slice(&a->samples, a->handover.to);
    karto_buf_add_byte(&a->samples, '\n');
    a->done.sampled++;
    return err;
}

static void count(struct assigning *a, struct karto_rid id, const struct karto_handed *handed)
{
    struct so_far *done = &a->done;
    done->changed += handed->changed;
    done->refused += handed->refused != KARTO_OK;
    done->permitted_not += handed->refused == KARTO_E_NOT_PERMITTED;
    done->unchanged += !handed->changed && handed->refused == KARTO_OK;
    done->later += handed->later && handed->refused == KARTO_OK;
    if (handed->changed)
        karto_buf_add(&a->records, id.b, sizeof id.b);
    const struct refusal refusal = {id, handed->refused};
    if (handed->refused && done->refused <= TOLD_JSON)
        karto_buf_add(&a->refusals, &refusal, sizeof refusal);
}

static enum karto_err hand_over(struct assigning *a, struct karto_tx *tx, struct karto_rid id)
{
    struct karto_entry entry;
    struct karto_handed handed;
    bool meant = false;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && entry.exists)
        err = is_meant(a, tx, &entry, &meant);
    if (err != KARTO_OK || !meant)
        return err; /* somebody else was faster */
    err = karto_hand_over(tx, &a->handover, &entry, &handed);
    if (err != KARTO_OK)
        return err;
    count(a, id, &handed);
    if (handed.changed && a->cli->settings.dry_run && a->done.sampled < SAMPLES)
        err = add_sample(a, tx, &entry, handed.was);
    return err;
}

static struct so_far note(const struct assigning *a)
{
    struct so_far done = a->done;
    done.batch = a->handover.batch;
    done.records = a->records.size;
    done.samples = a->samples.size;
    done.refusals = a->refusals.size;
    return done;
}

static void go_back(struct assigning *a, const struct so_far *done)
{
    a->done = *done;
    a->handover.batch = done->batch;
    a->records.size = done->records;
    a->samples.size = done->samples;
    a->refusals.size = done->refusals;
}

struct page {
    struct assigning *a;
    struct so_far before;
};

static enum karto_err page_work(struct karto_tx *tx, void *context)
{
    const struct page *page = context;
    struct assigning *a = page->a;
    enum karto_err err = KARTO_OK;
    go_back(a, &page->before);
    karto_problem_begin(&a->cli->problem, KARTO_OK);
    for (uint32_t i = 0; i < KARTO_ASSIGN_CLIENTS && a->done.next < a->clients.size && err == KARTO_OK; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = hand_over(a, tx, karto_rid_read(a->clients.data + a->done.next));
        a->done.next += sizeof(struct karto_rid);
        karto_arena_release(&tx->arena, mark);
    }
    a->tried = err == KARTO_OK && a->cli->settings.dry_run;
    return a->tried ? KARTO_E_INTERRUPTED : err;
}

static enum karto_err write_page(struct assigning *a)
{
    struct page page = {a, note(a)};
    enum karto_err err = karto_store_write(a->store, page_work, &page);
    err = err == KARTO_E_INTERRUPTED && a->tried ? KARTO_OK : err;
    if (a->tried)
        a->handover.batch = 0;
    if (err != KARTO_OK) {
        if (a->cli->problem.err != err)
            karto_problem_begin(&a->cli->problem, err);
        go_back(a, &page.before); /* what was not committed did not happen */
    }
    return err;
}

static enum karto_err write_all(struct assigning *a)
{
    struct karto_progress progress;
    enum karto_err err = KARTO_OK;
    karto_progress_begin(&progress, a->cli);
    while (err == KARTO_OK && a->done.next < a->clients.size) {
        err = write_page(a);
        karto_progress_rows(&progress, a->done.next / sizeof(struct karto_rid));
        if (err == KARTO_OK && karto_interrupted() && a->done.next < a->clients.size)
            err = karto_problem_begin(&a->cli->problem, KARTO_E_INTERRUPTED);
    }
    karto_progress_end(&progress);
    return err;
}

/* ---- the answer ---- */

/* Why a client was refused, as the same is said of one alone. */
static void say_why(const struct assigning *a, enum karto_err why, struct karto_buf *out)
{
    if (why == KARTO_E_NOT_PERMITTED)
        KARTO_SAY(out, a->cli->lang, KARTO_M_OFFICE_FIELDS, karto_arg_str("fields", a->def->name));
    else
        karto_buf_add_str(out, karto_err_text(a->cli->lang, why));
}

struct answer {
    struct assigning *a;
    struct karto_tx *tx;
    enum karto_err err;
};

static void show_refusal(struct karto_out *out, struct answer *answer, const struct refusal *refusal)
{
    char id[KARTO_RID_TEXT];
    struct karto_entry entry;
    struct karto_buf why = KARTO_BUF_EMPTY;
    if (answer->err == KARTO_OK)
        answer->err = karto_entry_load(answer->tx, refusal->id, &entry);
    if (answer->err == KARTO_OK) {
        karto_rid_print(refusal->id, id);
        say_why(answer->a, refusal->err, &why);
        karto_out_object(out);
        karto_out_key(out, "record"), karto_out_str(out, id);
        karto_out_key(out, "name"), karto_out_text(out, karto_text_of(&entry.view, KARTO_F_NAME));
        karto_out_key(out, "id"), karto_out_str(out, karto_err_id(refusal->err));
        karto_out_key(out, "text"), karto_out_text(out, karto_buf_slice(&why));
        karto_out_object_end(out);
    }
    karto_buf_fini(&why);
}

static struct refusal refusal_at(const struct assigning *a, size_t at)
{
    struct refusal refusal;
    memcpy(&refusal, a->refusals.data + at * sizeof refusal, sizeof refusal);
    return refusal;
}

static void show_refusals(struct karto_out *out, struct answer *answer)
{
    karto_out_key(out, "refusals");
    karto_out_array(out);
    for (size_t i = 0; i < answer->a->refusals.size / sizeof(struct refusal); i++) {
        const struct refusal refusal = refusal_at(answer->a, i);
        show_refusal(out, answer, &refusal);
    }
    karto_out_array_end(out);
}

static void show_more(struct karto_out *out, void *context)
{
    struct answer *answer = context;
    struct assigning *a = answer->a;
    const struct {
        const char *key;
        uint64_t number;
    } numbers[] = {{"changed", a->done.changed},
                   {"unchanged", a->done.unchanged},
                   {"refused", a->done.refused},
                   {"later", a->done.later},
                   {"left", (a->clients.size - a->done.next) / sizeof(struct karto_rid)}};
    karto_out_key(out, "field"), karto_out_str(out, a->def->name);
    karto_out_key(out, "to"), karto_out_text(out, a->handover.to);
    karto_out_key(out, "since"), karto_out_text(out, day_text(&answer->tx->arena, a->handover.since));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        karto_out_key(out, numbers[i].key);
        karto_out_int(out, (int64_t)numbers[i].number);
    }
    karto_out_key(out, "dry_run"), karto_out_bool(out, a->cli->settings.dry_run);
    if (karto_out_form(out) == KARTO_FORM_JSON)
        show_refusals(out, answer);
    if (a->cli->settings.dry_run)
        karto_samples_show(out, karto_buf_slice(&a->samples));
}

static enum karto_err show_changed(struct assigning *a, struct karto_tx *tx)
{
    struct answer answer = {a, tx, KARTO_OK};
    struct karto_buf said = KARTO_BUF_EMPTY;
    struct karto_cli *cli = a->cli;
    karto_buf_add_slice(&said, karto_buf_slice(&a->samples));
    KARTO_SAY(&said, cli->lang, KARTO_M_ASSIGN_DONE,
              karto_arg_text("what", karto_heading(cli->lang, karto_slice_str(a->def->name))),
              karto_arg_text("to", a->handover.to), karto_arg_text("date", day_text(&tx->arena, a->handover.since)),
              karto_arg_int("n", (int64_t)a->done.changed));
    const struct karto_changed changed = {
        .records = (const struct karto_rid *)a->records.data, /* bytes only: any alignment */
        .record_count = a->records.size / sizeof(struct karto_rid),
        .changes = a->done.changed,
        .batch = a->done.changed && !cli->settings.dry_run ? a->handover.batch : 0,
        .warnings = &a->warnings,
        .said = karto_buf_slice(&said),
        .more = show_more,
        .more_context = &answer,
    };
    enum karto_err err = karto_changed_show(cli, &changed);
    karto_buf_fini(&said);
    return err == KARTO_OK ? answer.err : err;
}

/* Those that were refused, one by one, as far as anybody reads them. */
static enum karto_err tell_refused(struct assigning *a, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    if (a->done.refused)
        KARTO_NOTE(a->cli, KARTO_M_ASSIGN_REFUSED, karto_arg_int("n", (int64_t)a->done.refused));
    for (size_t i = 0; i < a->refusals.size / sizeof(struct refusal) && i < TOLD && err == KARTO_OK; i++) {
        const struct refusal refusal = refusal_at(a, i);
        struct karto_buf what = KARTO_BUF_EMPTY, why = KARTO_BUF_EMPTY;
        err = karto_pick_print(tx, refusal.id, a->cli->lang, &what);
        say_why(a, refusal.err, &why);
        if (err == KARTO_OK)
            KARTO_NOTE(a->cli, KARTO_M_UNDO_LEFT_REFUSED, karto_arg_text("what", karto_buf_slice(&what)),
                       karto_arg_text("text", karto_buf_slice(&why)));
        karto_buf_fini(&what);
        karto_buf_fini(&why);
    }
    return err;
}

/* What a person should know besides. */
static enum karto_err tell_more(struct assigning *a, struct karto_tx *tx)
{
    struct karto_cli *cli = a->cli;
    if (a->clients.size == 0 && a->by == BY_HOLDER)
        KARTO_NOTE(cli, KARTO_M_ASSIGN_NOBODY_NOW,
                   karto_arg_text("what", karto_heading(cli->lang, karto_slice_str(a->def->name))),
                   karto_arg_text("of", a->from), karto_arg_text("date", day_text(&tx->arena, a->handover.since)));
    else if (a->clients.size == 0)
        karto_cli_note(cli, KARTO_M_NOTHING_FOUND, NULL, 0);
    if (a->done.changed && a->done.unchanged)
        KARTO_NOTE(cli, KARTO_M_ASSIGN_SAME, karto_arg_int("n", (int64_t)a->done.unchanged));
    if (a->done.later)
        KARTO_NOTE(cli, KARTO_M_ASSIGN_LATER, karto_arg_int("n", (int64_t)a->done.later));
    return tell_refused(a, tx);
}

static enum karto_err show_answer(struct karto_tx *tx, void *context)
{
    struct assigning *a = context;
    bool only_refused = a->done.changed == 0 && (a->done.refused || a->clients.size == 0);
    enum karto_err err = only_refused && is_table(a) ? KARTO_OK : show_changed(a, tx);
    if (err == KARTO_OK && a->cli->settings.form != KARTO_FORM_JSON)
        err = tell_more(a, tx);
    return err;
}

static enum karto_exit answer_with(struct assigning *a, enum karto_err err)
{
    struct karto_cli *cli = a->cli;
    if (err == KARTO_OK || a->done.changed) {
        enum karto_err show_err = karto_store_read(a->store, show_answer, a);
        if (err == KARTO_OK && show_err != KARTO_OK)
            err = karto_problem_begin(&cli->problem, show_err);
    }
    if (err == KARTO_OK && a->done.changed == 0 && a->done.permitted_not && a->done.permitted_not == a->done.refused)
        err = KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_PERMITTED, KARTO_M_OFFICE_FIELDS,
                            karto_arg_str("fields", a->def->name));
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    return a->done.refused ? KARTO_EXIT_PARTLY : KARTO_EXIT_DONE;
}

/* ---- the command ---- */

static enum karto_exit carry_out(struct assigning *a)
{
    karto_interrupt_watch();
    enum karto_err err = karto_store_read(a->store, select_work, a);
    if (err != KARTO_OK) {
        if (a->cli->problem.err != err)
            karto_problem_begin(&a->cli->problem, err);
        return karto_cli_fail(a->cli);
    }
    err = write_all(a);
    if (a->done.changed && !a->cli->settings.dry_run)
        karto_notify_daemon(karto_store_dir(a->store));
    return answer_with(a, err);
}

enum karto_exit karto_cmd_assign(struct karto_cli *cli)
{
    struct assigning a = {.cli = cli};
    karto_problem_begin(&cli->problem, KARTO_OK);
    karto_warnings_init(&a.warnings);
    enum karto_err err = read_line(&a);
    if (err == KARTO_OK)
        err = karto_cli_open(cli, false, &a.store);
    enum karto_exit code = err == KARTO_OK ? carry_out(&a) : karto_cli_fail(cli);
    karto_store_close(a.store);
    karto_warnings_fini(&a.warnings);
    karto_buf_fini(&a.clients);
    karto_buf_fini(&a.records);
    karto_buf_fini(&a.samples);
    karto_buf_fini(&a.refusals);
    return code;
}
