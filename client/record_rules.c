#include "client/record_rules.h"

#include "client/code_doubt.h"
#include "client/field_value.h"
#include "client/lines_total.h"
#include "client/person.h"
#include "core/model/day.h"
#include "core/store/device.h"

enum { TYPE = 36 };

struct karto_fieldexpr karto_record_meant(struct karto_arena *arena, uint32_t kind, struct karto_fieldexpr expr,
                                          int64_t today)
{
    const struct karto_field_def *def = karto_field_named(kind, expr.name);
    bool is_next = kind == KARTO_ACTIVITY && expr.op == KARTO_FIELD_SET && karto_slice_is(expr.name, "next");
    int64_t day;
    if ((!is_next && (!def || def->type != KARTO_DATE)) || !karto_day_meant(expr.value, today, &day))
        return expr;
    if (is_next)
        expr.name = expr.field = karto_slice_str("next_date");
    expr.value = karto_field_value_text(arena, karto_value_bytes(arena, karto_value_date(day)));
    return expr;
}

/* ---- names ---- */

static enum karto_err need_name(struct karto_cli *cli, const struct karto_field_edits *edits, enum karto_message needed)
{
    const struct karto_edit *name = karto_field_edits_last(edits, KARTO_F_NAME);
    if (name ? !karto_value_is_nil(name->value) : edits->view != NULL)
        return KARTO_OK;
    enum karto_err err = karto_problem_set(&cli->problem, cli->lang, KARTO_E_INVALID, needed, NULL, 0);
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_NAME_NEEDED_HINT, NULL, 0);
    return err;
}

/* ---- a representative's own ---- */

/* Where a representative has several territories, he says which. */
static enum karto_err ask_territory(struct karto_cli *cli, const struct karto_rights *rights)
{
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

/* A client whose territory only begins some day is in none until then: head office would take it away again. */
static enum karto_err need_territory_today(struct karto_cli *cli, const struct karto_field_edits *edits)
{
    int64_t first = KARTO_DATE_MAX, day;
    for (uint32_t i = 0; i < edits->count; i++)
        if (edits->edits[i].field == KARTO_F_TERRITORY && karto_date_of_key(edits->edits[i].key, &day))
            first = day < first ? day : first;
    if (first <= edits->today)
        return KARTO_OK;
    struct karto_slice date =
        karto_field_value_text(edits->arena, karto_value_bytes(edits->arena, karto_value_date(first)));
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_INVALID, KARTO_M_ADD_TERRITORY_TODAY, karto_arg_text("date", date));
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_ADD_TERRITORY_TODAY_HINT, NULL, 0);
    return KARTO_E_INVALID;
}

/* What goes without saying for whoever has territories of his own: the territory is his, and so is the client. */
static enum karto_err add_own(struct karto_cli *cli, struct karto_tx *tx, struct karto_field_edits *edits)
{
    struct karto_rights rights;
    struct karto_slice user;
    enum karto_err err = tx->ledger.role == KARTO_ON_DEVICE ? karto_device_rights(tx, &rights) : KARTO_E_NOT_FOUND;
    if (err != KARTO_OK || karto_role_is_everywhere(rights.role))
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (!karto_field_edits_last(edits, KARTO_F_TERRITORY)) {
        if (rights.territory_count != 1)
            return ask_territory(cli, &rights);
        put_from_beginning(edits, KARTO_F_TERRITORY, rights.territories[0]);
    }
    err = need_territory_today(cli, edits);
    if (err != KARTO_OK)
        return err;
    err = karto_meta_get(tx, "user", &user);
    if (err == KARTO_OK && !karto_field_edits_last(edits, KARTO_F_MANAGER))
        put_from_beginning(edits, KARTO_F_MANAGER, user);
    return err;
}

/* ---- days ---- */

static void put_default(struct karto_field_edits *edits, uint32_t field, struct karto_value value)
{
    if (!karto_field_edits_last(edits, field))
        karto_field_edits_put(edits,
                              (struct karto_edit){field, karto_slice(NULL, 0), karto_value_bytes(edits->arena, value)});
}

static void complete_dated(struct karto_field_edits *edits)
{
    if (edits->view)
        return;
    put_default(edits, KARTO_F_DATE, karto_value_date(edits->today));
    if (edits->kind == KARTO_ACTIVITY)
        put_default(edits, TYPE, karto_value_enum(karto_slice_str("note")));
}

enum karto_err karto_record_complete(struct karto_cli *cli, struct karto_tx *tx, struct karto_field_edits *edits)
{
    enum karto_err err = KARTO_OK;
    switch (edits->kind) {
    case KARTO_CLIENT:
        karto_code_doubts(edits);
        err = need_name(cli, edits, KARTO_M_NAME_NEEDED);
        return err == KARTO_OK && !edits->view ? add_own(cli, tx, edits) : err;
    case KARTO_PERSON: return need_name(cli, edits, KARTO_M_PERSON_NAME_NEEDED);
    case KARTO_ACTIVITY: complete_dated(edits); return KARTO_OK;
    case KARTO_PURCHASE:
        complete_dated(edits);
        karto_lines_total_follow(edits);
        return KARTO_OK;
    default: return KARTO_OK;
    }
}

/* ---- what a representative may not ---- */

static void add_name(struct karto_buf *out, const char *name)
{
    karto_buf_add_str(out, out->size ? ", " : "");
    karto_buf_add_str(out, name);
}

/* A new client's territory and manager are its author's own choice, but a territory has to be one of his. */
static enum karto_err refuse_territory(struct karto_cli *cli, struct karto_tx *tx)
{
    struct karto_rights rights;
    struct karto_buf own = KARTO_BUF_EMPTY;
    if (karto_device_rights(tx, &rights) != KARTO_OK)
        rights.territory_count = 0;
    for (uint32_t i = 0; i < rights.territory_count; i++) {
        karto_buf_add_str(&own, own.size ? ", " : "");
        karto_buf_add_slice(&own, rights.territories[i]);
    }
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_PERMITTED, KARTO_M_OWN_TERRITORIES,
                  karto_arg_text("own", karto_buf_slice(&own)));
    if (rights.territory_count)
        KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_OWN_TERRITORIES_HINT,
                  karto_arg_text("first", rights.territories[0]));
    karto_buf_fini(&own);
    return KARTO_E_NOT_PERMITTED;
}

/* Of the fields that are set those which the user may not write. */
static void add_fields(struct karto_buf *names, const struct karto_rights *rights,
                       const struct karto_field_edits *edits)
{
    const struct karto_kind_def *kind = karto_kind(edits->kind);
    for (const struct karto_field_def *def = kind->fields; def->name; def++)
        if (karto_field_edits_last(edits, def->number) &&
            !karto_rights_write(rights, edits->kind, def->number, !edits->view))
            add_name(names, def->name);
}

static enum karto_err refuse(struct karto_cli *cli, const struct karto_rights *rights, enum karto_message message,
                             struct karto_slice fields)
{
    const char *role = karto_role_name(rights->role);
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_PERMITTED, message, karto_arg_text("fields", fields),
                  karto_arg_str("role", karto_person_role(cli->lang, role)));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_ROLE_REFUSES_HINT, karto_arg_str("role", role));
    return KARTO_E_NOT_PERMITTED;
}

enum karto_err karto_record_refused(struct karto_cli *cli, struct karto_tx *tx, const struct karto_field_edits *edits)
{
    struct karto_rights rights;
    struct karto_buf names = KARTO_BUF_EMPTY;
    if (karto_device_rights(tx, &rights) != KARTO_OK)
        return karto_problem_begin(&cli->problem, KARTO_E_NOT_PERMITTED);
    add_fields(&names, &rights, edits);
    enum karto_err err = KARTO_E_NOT_PERMITTED;
    if (!edits->view && !karto_role_makes(rights.role, edits->kind))
        err = refuse(cli, &rights, KARTO_M_ROLE_MAKES_NONE, karto_slice(NULL, 0));
    else if (names.size)
        err = refuse(cli, &rights, KARTO_M_ROLE_WRITES_NOT, karto_buf_slice(&names));
    else if (karto_field_edits_last(edits, KARTO_F_TERRITORY))
        err = refuse_territory(cli, tx);
    else
        karto_problem_begin(&cli->problem, KARTO_E_NOT_PERMITTED);
    karto_buf_fini(&names);
    return err;
}
