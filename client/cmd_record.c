/* karto client|person|activity|purchase add, set, hide, restore: what changes a record. */
#include "client/changed.h"
#include "client/cmd.h"
#include "client/field_words.h"
#include "client/noun.h"
#include "client/open.h"
#include "client/pick.h"
#include "client/pick_word.h"
#include "client/record_rules.h"
#include "core/store/edit.h"
#include "core/store/namesake.h"

#include <string.h>

/* One change on its way, from the words to the answer. */
struct saving {
    struct karto_cli *cli;
    const struct karto_noun *noun;
    const char *word; /* the record that is changed, or the client of a new one; NULL: a new client */
    struct karto_fieldexpr *exprs;
    size_t expr_count;
    struct karto_slice reason;
    struct karto_warnings warnings;
    bool hide;                  /* of hide and restore: which */
    enum karto_message message; /* for people, of {name}, {short} and {n} */

    struct karto_rid id, client;
    uint64_t batch;
    struct karto_buf name; /* of the record, for the answer */
};

static void init_saving(struct saving *s, struct karto_cli *cli)
{
    *s = (struct saving){.cli = cli, .noun = karto_cli_noun(cli)};
    karto_warnings_init(&s->warnings);
}

/* ---- the line ---- */

/* Words before the first FIELD=VALUE name a record. */
static enum karto_err read_line(struct saving *s, bool names)
{
    struct karto_cli *cli = s->cli;
    size_t count = 0;
    while (names && count < cli->args.word_count && !strchr(cli->args.words[count], '='))
        count++;
    if (strcmp(cli->args.command->verb, "set") == 0 && count == cli->args.word_count)
        count = 1; /* what lacks a = is a field rather than a name */
    else if (count > 1 && count < cli->args.word_count && cli->args.words[count][0] == '=')
        count--; /* and so is what stands before its = */
    enum karto_err err = names ? karto_pick_word(cli, count, &s->word) : KARTO_OK;
    return err == KARTO_OK ? karto_field_words(cli, count, &s->exprs, &s->expr_count) : err;
}

/* Work may be done more than once; every time from the beginning. */
static void begin_work(struct saving *s)
{
    karto_warnings_clear(&s->warnings);
    karto_buf_clear(&s->name);
    karto_problem_begin(&s->cli->problem, KARTO_OK);
}

static enum karto_err add_exprs(struct saving *s, struct karto_field_edits *edits)
{
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < s->expr_count && err == KARTO_OK; i++) {
        struct karto_fieldexpr expr = karto_record_meant(edits->arena, edits->kind, s->exprs[i], edits->today);
        err = karto_field_edits_add(edits, &expr, &s->cli->problem);
    }
    return err;
}

static enum karto_err save(struct saving *s, struct karto_tx *tx, const struct karto_field_edits *edits, bool create)
{
    struct karto_cli *cli = s->cli;
    struct karto_entry entry;
    struct karto_save job = {.kind = s->noun->kind,
                             .record = s->id,
                             .create = create,
                             .edits = edits->edits,
                             .count = edits->count,
                             .via = KARTO_VIA_CLI,
                             .reason = s->reason};
    enum karto_err err = karto_save(tx, &job, &s->batch);
    if (err == KARTO_E_NOT_PERMITTED)
        return karto_record_refused(cli, tx, edits);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, s->id, &entry);
    if (err == KARTO_OK && s->noun->kind == KARTO_CLIENT)
        karto_buf_add_slice(&s->name, karto_text_of(&entry.view, KARTO_F_NAME));
    else if (err == KARTO_OK)
        err = karto_pick_describe(tx, &entry.view, true, cli->lang, &s->name);
    return err;
}

/* ---- the answer ---- */

static enum karto_exit answer(struct saving *s, enum karto_err err)
{
    struct karto_cli *cli = s->cli;
    char short_id[KARTO_SHORT_TEXT];
    struct karto_buf said = KARTO_BUF_EMPTY;
    if (err == KARTO_OK) {
        karto_rid_print_short(s->id, short_id);
        KARTO_SAY(&said, cli->lang, s->message, karto_arg_int("n", 1), karto_arg_str("short", short_id),
                  karto_arg_text("name", karto_buf_slice(&s->name)));
        struct karto_changed changed = {.records = &s->id,
                                        .record_count = s->batch ? 1 : 0,
                                        .changes = s->batch ? 1 : 0,
                                        .batch = cli->settings.dry_run ? 0 : s->batch,
                                        .warnings = &s->warnings,
                                        .said = karto_buf_slice(&said)};
        err = karto_changed_show(cli, &changed);
        if (err != KARTO_OK)
            karto_problem_begin(&cli->problem, err);
    }
    karto_buf_fini(&said);
    karto_buf_fini(&s->name);
    karto_warnings_fini(&s->warnings);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- add ---- */

/* Whether a field says that two records are probably one. */
static bool tells(uint32_t field)
{
    return field == KARTO_F_NAME || field == KARTO_F_EDRPOU || field == KARTO_F_PHONE || field == KARTO_F_NUMBER;
}

/* A name or a number can be that of another at another client. */
static enum karto_err is_similar(const struct saving *s, struct karto_tx *tx, struct karto_rid id, bool *similar)
{
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    *similar = err == KARTO_OK && karto_rid_equal(karto_client_of(&entry.view), s->client);
    return err;
}

static enum karto_err warn_of(struct saving *s, struct karto_tx *tx, const char *field, struct karto_rid id)
{
    struct karto_buf who = KARTO_BUF_EMPTY;
    bool similar;
    enum karto_err err = is_similar(s, tx, id, &similar);
    if (err == KARTO_OK && similar) {
        err = karto_pick_print(tx, id, s->cli->lang, &who);
        if (!karto_warnings_has(&s->warnings, "E-SIMILAR", karto_buf_slice(&who)))
            karto_warnings_add(&s->warnings, "E-SIMILAR", field, karto_buf_slice(&who));
    }
    karto_buf_fini(&who);
    return err;
}

enum { SIMILAR_SHOWN = 3 };

static enum karto_err warn_of_all(struct saving *s, struct karto_tx *tx, const char *field,
                                  const struct karto_rid *found, uint32_t count)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; err == KARTO_OK && i < count && i < SIMILAR_SHOWN; i++)
        err = warn_of(s, tx, field, found[i]);
    return err;
}

static enum karto_err warn_of_value(struct saving *s, struct karto_tx *tx, const struct karto_field_def *def,
                                    struct karto_slice value)
{
    struct karto_rid found[SIMILAR_SHOWN];
    uint32_t count;
    enum karto_err err = karto_find(tx, s->noun->kind, value, found, SIMILAR_SHOWN, &count);
    err = err == KARTO_E_NOT_FOUND ? KARTO_OK : err == KARTO_OK ? warn_of_all(s, tx, def->name, found, count) : err;
    if (err != KARTO_OK || s->noun->kind != KARTO_CLIENT || def->number != KARTO_F_NAME)
        return err;
    err = karto_namesakes(tx, KARTO_CLIENT, value, found, SIMILAR_SHOWN, &count);
    return err == KARTO_OK ? warn_of_all(s, tx, def->name, found, count) : err;
}

/* Says who is here already under the same name, code or phone, or what under the same number. */
static enum karto_err warn_of_similar(struct saving *s, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; err == KARTO_OK && i < s->expr_count; i++) {
        const struct karto_field_def *def = karto_field_named(s->noun->kind, s->exprs[i].name);
        if (def && tells(def->number))
            err = warn_of_value(s, tx, def, s->exprs[i].value);
    }
    return err;
}

static void warn_of_hidden(struct saving *s, const struct karto_entry *client)
{
    char short_id[KARTO_SHORT_TEXT];
    struct karto_buf who = KARTO_BUF_EMPTY;
    karto_rid_print_short(client->id, short_id);
    karto_buf_add_slice(&who, karto_text_of(&client->view, KARTO_F_NAME));
    karto_buf_printf(&who, " (%s)", short_id);
    karto_warnings_add(&s->warnings, "E-CLIENT-HIDDEN", "client", karto_buf_slice(&who));
    karto_buf_fini(&who);
}

/* What hangs on a client needs one. */
static enum karto_err add_client(struct saving *s, struct karto_tx *tx, struct karto_field_edits *edits)
{
    struct karto_entry client;
    if (!s->word)
        return KARTO_OK;
    enum karto_err err = karto_pick_entry(s->cli, tx, KARTO_CLIENT, s->word, &client);
    if (err != KARTO_OK)
        return err;
    s->client = client.id;
    karto_field_edits_put(edits, (struct karto_edit){KARTO_F_CLIENT, karto_slice(NULL, 0),
                                                     karto_value_bytes(&tx->arena, karto_value_reference(s->client))});
    if (karto_record_hidden(&client.view))
        warn_of_hidden(s, &client);
    return KARTO_OK;
}

static enum karto_err add_work(struct karto_tx *tx, void *context)
{
    struct saving *s = context;
    struct karto_field_edits edits = {.kind = s->noun->kind,
                                      .today = karto_today(tx),
                                      .each_once = true,
                                      .lang = s->cli->lang,
                                      .warnings = &s->warnings,
                                      .arena = &tx->arena};
    begin_work(s);
    enum karto_err err = add_client(s, tx, &edits);
    if (err == KARTO_OK)
        err = add_exprs(s, &edits);
    if (err == KARTO_OK)
        err = karto_record_complete(s->cli, tx, &edits);
    if (err == KARTO_OK)
        err = warn_of_similar(s, tx);
    s->id = karto_rid_make(tx->sys);
    return err == KARTO_OK ? save(s, tx, &edits, true) : err;
}

enum karto_exit karto_cmd_record_add(struct karto_cli *cli)
{
    struct saving s;
    init_saving(&s, cli);
    s.message = s.noun->added;
    enum karto_err err = read_line(&s, s.noun->kind != KARTO_CLIENT);
    if (err == KARTO_OK)
        err = karto_cli_write(cli, add_work, &s);
    return answer(&s, err);
}

/* ---- set ---- */

static enum karto_err set_work(struct karto_tx *tx, void *context)
{
    struct saving *s = context;
    struct karto_entry entry;
    begin_work(s);
    enum karto_err err = karto_pick_entry(s->cli, tx, s->noun->kind, s->word, &entry);
    if (err != KARTO_OK)
        return err;
    s->id = entry.id;
    struct karto_field_edits edits = {.kind = s->noun->kind,
                                      .view = &entry.view,
                                      .today = karto_today(tx),
                                      .each_once = true,
                                      .lang = s->cli->lang,
                                      .warnings = &s->warnings,
                                      .arena = &tx->arena};
    err = add_exprs(s, &edits);
    if (err == KARTO_OK)
        err = karto_record_complete(s->cli, tx, &edits);
    return err == KARTO_OK ? save(s, tx, &edits, false) : err;
}

enum karto_exit karto_cmd_record_set(struct karto_cli *cli)
{
    struct saving s;
    init_saving(&s, cli);
    s.message = s.noun->changed;
    enum karto_err err = read_line(&s, true);
    if (err == KARTO_OK)
        err = karto_cli_reason(cli, &s.reason);
    if (err == KARTO_OK)
        err = karto_cli_write(cli, set_work, &s);
    return answer(&s, err);
}

/* ---- hide and restore ---- */

/* Whether it is so already, by one head that everybody agrees on. */
static bool is_so(const struct karto_record *view, bool hidden)
{
    const struct karto_register *reg = karto_record_register(view, KARTO_F_HIDDEN, karto_slice(NULL, 0));
    return karto_record_hidden(view) == hidden && (!reg || reg->count == 1);
}

static enum karto_err hide_work(struct karto_tx *tx, void *context)
{
    struct saving *s = context;
    struct karto_entry entry;
    struct karto_field_edits edits = {.kind = s->noun->kind, .arena = &tx->arena};
    begin_work(s);
    enum karto_err err = karto_pick_entry(s->cli, tx, s->noun->kind, s->word, &entry);
    if (err != KARTO_OK)
        return err;
    s->id = entry.id;
    if (!is_so(&entry.view, s->hide))
        karto_field_edits_put(&edits, (struct karto_edit){KARTO_F_HIDDEN, karto_slice(NULL, 0),
                                                          karto_hidden_bytes(&tx->arena, s->hide, s->reason)});
    return save(s, tx, &edits, false);
}

static enum karto_exit hide_or_restore(struct saving *s)
{
    struct karto_cli *cli = s->cli;
    enum karto_err err = karto_pick_word(cli, cli->args.word_count, &s->word);
    if (err == KARTO_OK)
        err = karto_cli_reason(cli, &s->reason);
    if (err == KARTO_OK && s->hide && s->reason.size == 0) {
        err = karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, s->noun->hide_reason, NULL, 0);
        karto_message(&cli->problem.hint, cli->lang, KARTO_M_HIDE_REASON_HINT, NULL, 0);
    }
    if (err == KARTO_OK)
        err = karto_cli_write(cli, hide_work, s);
    return answer(s, err);
}

enum karto_exit karto_cmd_record_hide(struct karto_cli *cli)
{
    struct saving s;
    init_saving(&s, cli);
    s.message = s.noun->hidden;
    s.hide = true;
    return hide_or_restore(&s);
}

enum karto_exit karto_cmd_record_restore(struct karto_cli *cli)
{
    struct saving s;
    init_saving(&s, cli);
    s.message = s.noun->restored;
    return hide_or_restore(&s);
}
