/* karto undo: takes back what one command did, and lists what can be taken back. */
#include "client/changed.h"
#include "client/cmd.h"
#include "client/field_value.h"
#include "client/interrupt.h"
#include "client/open.h"
#include "client/person.h"
#include "client/progress.h"
#include "client/register_name.h"
#include "client/undo_left.h"
#include "client/undo_list.h"
#include "core/base/os_socket.h"

enum { SAMPLES = 5, CANDIDATES = 8 };

struct running {
    struct karto_cli *cli;
    uint32_t number; /* 0: the last */
    struct karto_slice user, reason;
    struct karto_store *store;
    struct karto_undo undo;
    uint64_t passed; /* the first batch that left nothing to be taken back; 0: none */
    bool begun, tried;
    struct karto_lefts lefts;
    struct karto_buf records; /* ids, 16 bytes each */
    struct karto_buf samples; /* a line each */
    uint32_t sampled;
};

/* ---- which one ---- */

static enum karto_err ask_whose(struct running *r, struct karto_tx *tx)
{
    struct karto_cli *cli = r->cli;
    struct karto_batch batches[CANDIDATES];
    uint32_t count;
    enum karto_err err = karto_batch_find(tx, r->number, batches, CANDIDATES, &count);
    if (err != KARTO_OK)
        return err;
    err = KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_AMBIGUOUS, KARTO_M_UNDO_AMBIGUOUS,
                        karto_arg_str("undo", cli->args.words[0]));
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_UNDO_AMBIGUOUS_HINT, NULL, 0);
    for (uint32_t i = 0; i < count && i < CANDIDATES; i++)
        karto_problem_candidate(&cli->problem, batches[i].author, karto_slice(NULL, 0));
    return err;
}

/* What the log here does not have, and since when it has anything. */
static enum karto_err not_here(struct running *r, struct karto_tx *tx)
{
    int64_t at_ms;
    struct karto_cli *cli = r->cli;
    struct karto_buf time = KARTO_BUF_EMPTY;
    bool on_device = tx->ledger.role == KARTO_ON_DEVICE;
    enum karto_err err = karto_history_begins(tx, &at_ms);
    if (err != KARTO_OK)
        return err;
    karto_person_time(at_ms, &time);
    err = KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND,
                        r->number ? KARTO_M_UNDO_NOT_FOUND : KARTO_M_UNDO_NOTHING,
                        karto_arg_str("undo", r->number ? cli->args.words[0] : NULL));
    KARTO_SAY(&cli->problem.hint, cli->lang,
              r->number && on_device ? KARTO_M_UNDO_NOT_FOUND_DEVICE_HINT : KARTO_M_UNDO_NOT_FOUND_HINT,
              karto_arg_text("time", karto_buf_slice(&time)));
    karto_buf_fini(&time);
    return err;
}

/* before: as of karto_undo_last; the position of the last change of the one that is begun. */
static enum karto_err begin(struct running *r, struct karto_tx *tx, uint64_t *before)
{
    struct karto_batch batch = {.last = 0};
    enum karto_err err =
        r->number ? karto_undo_find(tx, r->number, r->user, &batch) : karto_undo_last(tx, *before, &batch);
    *before = batch.last;
    if (err == KARTO_E_NOT_FOUND)
        return not_here(r, tx);
    if (err == KARTO_E_AMBIGUOUS)
        return ask_whose(r, tx);
    return err == KARTO_OK ? karto_undo_begin(tx, &batch, &r->undo) : err;
}

/* ---- one transaction ---- */

static void say_value(struct running *r, struct karto_slice text)
{
    karto_buf_add_slice(&r->samples,
                        text.size ? text : karto_slice_str(karto_message_text(r->cli->lang, KARTO_M_EMPTY_VALUE)));
}

/* "b.ua → a.ua"; of a hide only whether it is one. */
static void say_step(struct running *r, struct karto_tx *tx, const struct karto_record *view,
                     const struct karto_undo_step *step)
{
    const struct karto_head *head = karto_winner(karto_record_register(view, step->field, step->key));
    struct karto_slice now = karto_field_value_text(&tx->arena, head ? head->value : karto_slice(NULL, 0));
    struct karto_slice would = karto_field_value_text(&tx->arena, step->would);
    if (step->field == KARTO_F_HIDDEN) {
        bool hidden = karto_record_hidden(view);
        now = karto_slice_str(karto_message_text(r->cli->lang, hidden ? KARTO_M_YES : KARTO_M_NO));
        would = karto_slice_str(karto_message_text(r->cli->lang, hidden ? KARTO_M_NO : KARTO_M_YES));
    }
    say_value(r, now);
    karto_buf_add_str(&r->samples, " → ");
    say_value(r, would);
}

/* "Ромашка · Сайт: b.ua → a.ua" */
static enum karto_err add_sample(struct running *r, struct karto_tx *tx, const struct karto_undo_record *record,
                                 const struct karto_undo_step *step)
{
    struct karto_slice title;
    enum karto_err err = karto_record_title(tx, &record->entry->view, &title);
    karto_buf_add_slice(&r->samples, title);
    karto_buf_add_str(&r->samples, title.size ? " · " : "");
    if (karto_out_form(karto_cli_out(r->cli)) == KARTO_FORM_TABLE)
        karto_register_heading(&r->samples, r->cli->lang, record->kind, step->field, step->key);
    else
        karto_register_label(&r->samples, record->kind, step->field, step->key);
    karto_buf_add_str(&r->samples, ": ");
    say_step(r, tx, &record->entry->view, step);
    karto_buf_add_byte(&r->samples, '\n');
    r->sampled++;
    return err;
}

static enum karto_err visit(struct karto_tx *tx, const struct karto_undo_record *record, void *context)
{
    struct running *r = context;
    enum karto_err err = KARTO_OK;
    karto_lefts_add(&r->lefts, record);
    if (record->written)
        karto_buf_add(&r->records, record->id.b, sizeof record->id.b);
    for (uint32_t i = 0; i < record->plan->count && r->cli->settings.dry_run && err == KARTO_OK; i++)
        if (record->plan->steps[i].fate == KARTO_UNDO_REVERT && r->sampled < SAMPLES)
            err = add_sample(r, tx, record, &record->plan->steps[i]);
    return err == KARTO_OK && karto_interrupted() ? KARTO_E_INTERRUPTED : err;
}

static void give_reason(struct running *r)
{
    char number[KARTO_BATCH_TEXT];
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_batch_print(r->undo.batch, number);
    KARTO_SAY(&text, r->cli->lang, KARTO_M_UNDO_REASON, karto_arg_str("undo", number));
    r->reason = karto_arena_copy(&r->cli->settings.arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
}

/* Of the last thing done nothing is left to be taken back, as of a conflict that was settled for what stood there: then
 * the one before is meant. */
static bool is_idle(const struct running *r)
{
    return r->number == 0 && !r->begun && r->undo.next == 0 && r->undo.changes == 0 && r->undo.left == 0;
}

/* Work may be done more than once; every time from where the transaction before has left off. */
struct part {
    struct running *r;
    struct karto_undo undo;
    struct karto_lefts_mark lefts;
    size_t records, samples;
    uint32_t sampled;
};

static struct part begin_part(struct running *r)
{
    return (struct part){r, r->undo, karto_lefts_mark(&r->lefts), r->records.size, r->samples.size, r->sampled};
}

static void again(const struct part *part)
{
    struct running *r = part->r;
    r->undo = part->undo;
    r->records.size = part->records;
    r->samples.size = part->samples;
    r->sampled = part->sampled;
    karto_lefts_release(&r->lefts, part->lefts);
    karto_problem_begin(&r->cli->problem, KARTO_OK);
}

/* The batch that was passed over first, for it is the one whose undo somebody expected. */
static void note_passed(struct running *r, enum karto_err err)
{
    if (err == KARTO_OK && is_idle(r) && r->passed == 0)
        r->passed = r->undo.batch;
}

static enum karto_err take_some(struct running *r, struct karto_tx *tx, uint64_t *before)
{
    bool has_reason = r->reason.size > 0;
    enum karto_err err = r->begun ? KARTO_OK : begin(r, tx, before);
    if (err == KARTO_OK && !has_reason)
        give_reason(r);
    if (err == KARTO_OK)
        err = karto_undo_some(tx, &r->undo, r->reason, KARTO_UNDO_RECORDS, visit, r);
    if (!has_reason && !r->begun && is_idle(r))
        r->reason = karto_slice(NULL, 0);
    return err;
}

static enum karto_err work(struct karto_tx *tx, void *context)
{
    struct part *part = context;
    struct running *r = part->r;
    uint64_t before = 0;
    again(part);
    enum karto_err err;
    do {
        err = take_some(r, tx, &before);
        note_passed(r, err);
    } while (err == KARTO_OK && is_idle(r));
    r->tried = err == KARTO_OK && r->cli->settings.dry_run;
    return r->tried ? KARTO_E_INTERRUPTED : err;
}

static enum karto_err take_back(struct running *r)
{
    struct karto_progress progress;
    enum karto_err err = KARTO_OK;
    karto_progress_begin(&progress, r->cli);
    do {
        struct part part = begin_part(r);
        err = karto_store_write(r->store, work, &part);
        err = err == KARTO_E_INTERRUPTED && r->tried ? KARTO_OK : err;
        if (err != KARTO_OK) {
            const struct karto_problem *problem = &r->cli->problem;
            if (problem->err != err)
                karto_problem_begin(&r->cli->problem, err);
            r->undo = part.undo; /* what was not committed did not happen */
            r->records.size = part.records;
            karto_lefts_release(&r->lefts, part.lefts);
        }
        r->begun |= err == KARTO_OK;
        karto_progress_rows(&progress, r->undo.records);
    } while (err == KARTO_OK && r->undo.next != 0 && !karto_interrupted());
    karto_progress_end(&progress);
    if (err == KARTO_OK && r->undo.next != 0)
        err = karto_problem_begin(&r->cli->problem, KARTO_E_INTERRUPTED);
    return err;
}

/* ---- the answer ---- */

struct answer {
    struct running *r;
    struct karto_tx *tx;
    enum karto_err err;
};

static void show_more(struct karto_out *out, void *context)
{
    struct answer *answer = context;
    struct running *r = answer->r;
    char number[KARTO_BATCH_TEXT];
    karto_batch_print(r->undo.batch, number);
    karto_out_key(out, "undoes");
    karto_out_str(out, number);
    karto_out_key(out, "registers");
    karto_out_int(out, (int64_t)r->undo.registers);
    karto_out_key(out, "left_count");
    karto_out_int(out, (int64_t)r->undo.left);
    answer->err = karto_lefts_show(out, answer->tx, &r->lefts);
    karto_out_key(out, "complete");
    karto_out_bool(out, r->undo.complete);
    if (r->cli->settings.dry_run)
        karto_samples_show(out, karto_buf_slice(&r->samples));
}

static enum karto_err say_lefts(struct running *r, struct karto_tx *tx)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    if (r->undo.left == 0 || karto_out_form(karto_cli_out(r->cli)) != KARTO_FORM_TABLE)
        return KARTO_OK;
    KARTO_SAY(&text, r->cli->lang, KARTO_M_UNDO_LEFT, karto_arg_int("n", (int64_t)r->undo.left));
    enum karto_err err = karto_lefts_say(r->cli, tx, &r->lefts, &text);
    karto_out_say(karto_cli_out(r->cli), karto_buf_slice(&text));
    karto_buf_fini(&text);
    return err;
}

static enum karto_err show_changed(struct running *r, struct karto_tx *tx)
{
    struct answer answer = {r, tx, KARTO_OK};
    struct karto_buf said = KARTO_BUF_EMPTY;
    bool only_left = r->undo.changes == 0 && r->undo.left > 0;
    if (only_left && karto_out_form(karto_cli_out(r->cli)) == KARTO_FORM_TABLE)
        return KARTO_OK;
    karto_buf_add_slice(&said, karto_buf_slice(&r->samples));
    KARTO_SAY(&said, r->cli->lang, KARTO_M_UNDO_DONE, karto_arg_int("n", (int64_t)r->undo.records));
    const struct karto_changed changed = {
        .records = (const struct karto_rid *)r->records.data, /* bytes only: any alignment */
        .record_count = r->records.size / sizeof(struct karto_rid),
        .changes = r->undo.changes,
        .batch = r->undo.changes && !r->cli->settings.dry_run ? r->undo.as : 0,
        .said = karto_buf_slice(&said),
        .more = show_more,
        .more_context = &answer,
    };
    enum karto_err err = karto_changed_show(r->cli, &changed);
    karto_buf_fini(&said);
    return err == KARTO_OK ? answer.err : err;
}

static enum karto_err show_answer(struct karto_tx *tx, void *context)
{
    struct running *r = context;
    enum karto_err err = show_changed(r, tx);
    if (err == KARTO_OK && !r->cli->settings.quiet)
        err = say_lefts(r, tx);
    return err;
}

/* Nothing but what may not be: that is a refusal, and no part of anything. */
static bool is_refused(const struct running *r)
{
    return r->undo.changes == 0 && r->undo.refused > 0 && r->undo.refused == r->undo.left;
}

/* Nobody is to believe that what he did last was taken back. */
static void say_passed(const struct running *r)
{
    char passed[KARTO_BATCH_TEXT], before[KARTO_BATCH_TEXT];
    karto_batch_print(r->passed, passed);
    karto_batch_print(r->undo.batch, before);
    if (r->cli->settings.form != KARTO_FORM_JSON)
        KARTO_NOTE(r->cli, KARTO_M_UNDO_PASSED, karto_arg_str("undo", passed), karto_arg_str("before", before));
}

static enum karto_exit answer_with(struct running *r, enum karto_err err)
{
    struct karto_cli *cli = r->cli;
    if (err == KARTO_OK && is_refused(r))
        err = karto_problem_set(&cli->problem, cli->lang, KARTO_E_NOT_PERMITTED, KARTO_M_OFFICE_FIELDS, NULL, 0);
    else if (err == KARTO_OK || r->undo.changes) {
        enum karto_err show_err = karto_store_read(r->store, show_answer, r);
        if (err == KARTO_OK && show_err != KARTO_OK)
            err = karto_problem_begin(&cli->problem, show_err);
    }
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    if (r->passed)
        say_passed(r);
    if (!r->undo.complete && cli->settings.form != KARTO_FORM_JSON)
        karto_cli_note(cli, KARTO_M_UNDO_INCOMPLETE, NULL, 0);
    return r->undo.left ? KARTO_EXIT_PARTLY : KARTO_EXIT_DONE;
}

/* ---- the command ---- */

static enum karto_err read_words(struct running *r)
{
    struct karto_cli *cli = r->cli;
    const char *word = cli->args.word_count ? cli->args.words[0] : NULL;
    r->user = karto_slice_str(karto_args_value(&cli->args, "user"));
    if (word && karto_batch_parse(karto_slice_str(word), &r->number) != KARTO_OK) {
        enum karto_err err =
            KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_UNDO_FORM, karto_arg_str("undo", word));
        karto_message(&cli->problem.hint, cli->lang, KARTO_M_UNDO_NOT_FOUND_HINT, NULL, 0);
        return err;
    }
    if (r->user.size && !word)
        return karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_UNDO_USER, NULL, 0);
    return karto_cli_reason(cli, &r->reason);
}

static enum karto_exit carry_out(struct running *r)
{
    karto_interrupt_watch();
    enum karto_err err = take_back(r);
    if (r->undo.changes && !r->cli->settings.dry_run)
        karto_notify_daemon(karto_store_dir(r->store));
    return answer_with(r, err);
}

enum karto_exit karto_cmd_undo(struct karto_cli *cli)
{
    struct running r = {.cli = cli};
    if (karto_args_has(&cli->args, "list") && cli->args.word_count == 0)
        return karto_undo_list(cli);
    karto_problem_begin(&cli->problem, KARTO_OK);
    karto_lefts_init(&r.lefts);
    enum karto_err err = read_words(&r);
    if (err == KARTO_OK && karto_args_has(&cli->args, "list"))
        err = karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_UNDO_LIST_WORD, NULL, 0);
    if (err == KARTO_OK)
        err = karto_cli_open(cli, false, &r.store);
    enum karto_exit code = err == KARTO_OK ? carry_out(&r) : karto_cli_fail(cli);
    karto_store_close(r.store);
    karto_lefts_fini(&r.lefts);
    karto_buf_fini(&r.records);
    karto_buf_fini(&r.samples);
    return code;
}
