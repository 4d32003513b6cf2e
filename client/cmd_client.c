/* karto client add, set, hide, restore: what changes a client. */
#include "client/changed.h"
#include "client/cmd.h"
#include "client/field_edits.h"
#include "client/open.h"
#include "client/pick.h"
#include "core/base/reader.h"
#include "core/base/text.h"
#include "core/store/device.h"
#include "core/store/edit.h"

/* One change on its way, from the words to the answer. */
struct saving {
    struct karto_cli *cli;
    struct karto_fieldexpr *exprs;
    size_t expr_count;
    struct karto_slice reason;
    struct karto_warnings warnings;
    bool hide;                  /* of hide and restore: which */
    enum karto_message message; /* for people, of {name} and {short} */

    struct karto_rid id;
    uint64_t batch;
    struct karto_buf name; /* of the client, for the answer */
};

static void init_saving(struct saving *s, struct karto_cli *cli, enum karto_message message)
{
    *s = (struct saving){.cli = cli, .message = message};
    karto_warnings_init(&s->warnings);
}

static enum karto_err read_reason(struct saving *s)
{
    struct karto_cli *cli = s->cli;
    struct karto_slice reason = karto_slice_str(karto_args_value(&cli->args, "reason"));
    if (!karto_utf8_valid(reason))
        return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_VALUE_UTF8,
                             karto_arg_str("field", "--reason"));
    s->reason = karto_text_clean(&cli->settings.arena, reason);
    return KARTO_OK;
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
    for (size_t i = 0; i < s->expr_count && err == KARTO_OK; i++)
        err = karto_field_edits_add(edits, &s->exprs[i], &s->cli->problem);
    return err;
}

static const struct karto_edit *last_edit(const struct karto_field_edits *edits, uint32_t field)
{
    for (uint32_t i = edits->count; i-- > 0;)
        if (edits->edits[i].field == field)
            return &edits->edits[i];
    return NULL;
}

static enum karto_err save(struct saving *s, struct karto_tx *tx, const struct karto_field_edits *edits, bool create)
{
    struct karto_cli *cli = s->cli;
    struct karto_entry entry;
    struct karto_save job = {.kind = KARTO_CLIENT,
                             .record = s->id,
                             .create = create,
                             .edits = edits->edits,
                             .count = edits->count,
                             .via = KARTO_VIA_CLI,
                             .reason = s->reason};
    enum karto_err err = karto_save(tx, &job, &s->batch);
    if (err == KARTO_E_NOT_PERMITTED)
        return karto_problem_set(&cli->problem, cli->lang, err, KARTO_M_OFFICE_FIELDS, NULL, 0);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, s->id, &entry);
    if (err == KARTO_OK)
        karto_buf_add_slice(&s->name, karto_text_of(&entry.view, KARTO_F_NAME));
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

/* Where a representative has several territories, he says which. */
static enum karto_err ask_territory(struct saving *s, const struct karto_rights *rights)
{
    struct karto_cli *cli = s->cli;
    enum karto_err err = karto_problem_set(&cli->problem, cli->lang, KARTO_E_INVALID, KARTO_M_ADD_TERRITORY, NULL, 0);
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_ADD_TERRITORY_HINT, NULL, 0);
    for (uint32_t i = 0; i < rights->territory_count; i++) {
        struct karto_buf typed = KARTO_BUF_EMPTY;
        karto_buf_add_str(&typed, "territory=");
        karto_buf_add_slice(&typed, rights->territories[i]);
        karto_problem_candidate(&cli->problem, karto_buf_slice(&typed), karto_slice(NULL, 0));
        karto_buf_fini(&typed);
    }
    return err;
}

static void put_from_beginning(struct karto_field_edits *edits, uint32_t field, struct karto_slice text)
{
    karto_field_edits_put(edits, (struct karto_edit){field, karto_date_key(edits->arena, KARTO_DATE_MIN),
                                                     karto_value_bytes(edits->arena, karto_value_text(text))});
}

/* What goes without saying for a representative: the territory is his, and so is the client. */
static enum karto_err add_own(struct saving *s, struct karto_tx *tx, struct karto_field_edits *edits)
{
    struct karto_rights rights;
    struct karto_slice user;
    enum karto_err err = tx->ledger.role == KARTO_ON_DEVICE ? karto_device_rights(tx, &rights) : KARTO_E_NOT_FOUND;
    if (err != KARTO_OK || rights.role != KARTO_ROLE_REPRESENTATIVE)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (!last_edit(edits, KARTO_F_TERRITORY)) {
        if (rights.territory_count != 1)
            return ask_territory(s, &rights);
        put_from_beginning(edits, KARTO_F_TERRITORY, rights.territories[0]);
    }
    err = karto_meta_get(tx, "user", &user);
    if (err == KARTO_OK && !last_edit(edits, KARTO_F_MANAGER))
        put_from_beginning(edits, KARTO_F_MANAGER, user);
    return err;
}

static enum karto_err need_name(struct saving *s, const struct karto_field_edits *edits)
{
    const struct karto_edit *name = last_edit(edits, KARTO_F_NAME);
    if (name && !karto_value_is_nil(name->value))
        return KARTO_OK;
    struct karto_cli *cli = s->cli;
    enum karto_err err = karto_problem_set(&cli->problem, cli->lang, KARTO_E_INVALID, KARTO_M_NAME_NEEDED, NULL, 0);
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_NAME_NEEDED_HINT, NULL, 0);
    return err;
}

/* Says who is here already under the same name, code or phone. */
static enum karto_err warn_of_similar(struct saving *s, struct karto_tx *tx)
{
    enum { SHOWN = 3 };
    struct karto_rid found[SHOWN];
    uint32_t count;
    for (size_t i = 0; i < s->expr_count; i++) {
        const struct karto_field_def *def = karto_field_named(KARTO_CLIENT, s->exprs[i].name);
        if (!def || (def->number != KARTO_F_NAME && def->number != KARTO_F_EDRPOU && def->number != KARTO_F_PHONE))
            continue;
        enum karto_err err = karto_find(tx, KARTO_CLIENT, s->exprs[i].value, found, SHOWN, &count);
        if (err == KARTO_E_NOT_FOUND)
            continue;
        for (uint32_t j = 0; err == KARTO_OK && j < count && j < SHOWN; j++) {
            struct karto_buf who = KARTO_BUF_EMPTY;
            err = karto_pick_print(tx, found[j], s->cli->lang, &who);
            karto_warnings_add(&s->warnings, "E-SIMILAR", def->name, karto_buf_slice(&who));
            karto_buf_fini(&who);
        }
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

static enum karto_err add_work(struct karto_tx *tx, void *context)
{
    struct saving *s = context;
    struct karto_field_edits edits = {
        .kind = KARTO_CLIENT, .lang = s->cli->lang, .warnings = &s->warnings, .arena = &tx->arena};
    begin_work(s);
    enum karto_err err = add_exprs(s, &edits);
    if (err == KARTO_OK)
        err = need_name(s, &edits);
    if (err == KARTO_OK)
        err = add_own(s, tx, &edits);
    if (err == KARTO_OK)
        err = warn_of_similar(s, tx);
    s->id = karto_rid_make(tx->sys);
    return err == KARTO_OK ? save(s, tx, &edits, true) : err;
}

enum karto_exit karto_cmd_client_add(struct karto_cli *cli)
{
    struct saving s;
    init_saving(&s, cli, KARTO_M_ADDED_CLIENT);
    enum karto_err err = karto_field_words(cli, 0, &s.exprs, &s.expr_count);
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
    enum karto_err err = karto_pick(s->cli, tx, KARTO_CLIENT, s->cli->args.words[0], &s->id);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, s->id, &entry);
    if (err != KARTO_OK)
        return err;
    struct karto_field_edits edits = {.kind = KARTO_CLIENT,
                                      .view = &entry.view,
                                      .today = tx->sys->day(tx->sys->context, karto_now_ms(tx)),
                                      .lang = s->cli->lang,
                                      .warnings = &s->warnings,
                                      .arena = &tx->arena};
    err = add_exprs(s, &edits);
    if (err == KARTO_OK && last_edit(&edits, KARTO_F_NAME))
        err = need_name(s, &edits);
    return err == KARTO_OK ? save(s, tx, &edits, false) : err;
}

enum karto_exit karto_cmd_client_set(struct karto_cli *cli)
{
    struct saving s;
    init_saving(&s, cli, KARTO_M_CHANGED_CLIENTS);
    enum karto_err err = karto_field_words(cli, 1, &s.exprs, &s.expr_count);
    if (err == KARTO_OK)
        err = read_reason(&s);
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
    struct karto_field_edits edits = {.kind = KARTO_CLIENT, .arena = &tx->arena};
    begin_work(s);
    enum karto_err err = karto_pick(s->cli, tx, KARTO_CLIENT, s->cli->args.words[0], &s->id);
    if (err == KARTO_OK)
        err = karto_entry_load(tx, s->id, &entry);
    if (err != KARTO_OK)
        return err;
    struct karto_slice parts[] = {
        karto_value_bytes(&tx->arena, karto_value_bool(s->hide)),
        karto_value_bytes(&tx->arena, s->reason.size ? karto_value_text(s->reason) : karto_value_nil())};
    if (!is_so(&entry.view, s->hide))
        karto_field_edits_put(
            &edits, (struct karto_edit){KARTO_F_HIDDEN, karto_slice(NULL, 0), karto_tuple_bytes(&tx->arena, parts, 2)});
    return save(s, tx, &edits, false);
}

enum karto_exit karto_cmd_client_hide(struct karto_cli *cli)
{
    struct saving s;
    init_saving(&s, cli, KARTO_M_HIDDEN_CLIENT);
    s.hide = true;
    enum karto_err err = read_reason(&s);
    if (err == KARTO_OK && s.reason.size == 0) {
        err = karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_HIDE_REASON, NULL, 0);
        karto_message(&cli->problem.hint, cli->lang, KARTO_M_HIDE_REASON_HINT, NULL, 0);
    }
    if (err == KARTO_OK)
        err = karto_cli_write(cli, hide_work, &s);
    return answer(&s, err);
}

enum karto_exit karto_cmd_client_restore(struct karto_cli *cli)
{
    struct saving s;
    init_saving(&s, cli, KARTO_M_RESTORED_CLIENT);
    enum karto_err err = read_reason(&s);
    if (err == KARTO_OK)
        err = karto_cli_write(cli, hide_work, &s);
    return answer(&s, err);
}
