#include "client/conflict.h"

#include "client/field_show.h"
#include "client/field_text.h"
#include "client/field_value.h"
#include "client/person.h"
#include "client/register_name.h"
#include "client/value_said.h"
#include "core/store/history.h"
#include "core/store/query.h"

/* ---- finding ---- */

static struct karto_slice old_of(const struct karto_change *change, uint32_t field, struct karto_slice key)
{
    const struct karto_touch *touch = karto_change_touch(change, field);
    for (uint32_t i = 0; touch && i < touch->count; i++)
        if (karto_slice_equal(touch->sets[i].key, key))
            return touch->sets[i].old;
    return karto_slice(NULL, 0);
}

/* What the author of a head saw there, of the first head whose change is known here. */
static enum karto_err find_base(struct karto_tx *tx, struct karto_conflict *conflict)
{
    for (uint32_t i = 0; i < conflict->reg->count && conflict->base.size == 0; i++) {
        struct karto_change change;
        enum karto_err err = karto_history_of(tx, conflict->record->id, conflict->reg->heads[i].stamp.dot, &change);
        if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
            return err;
        if (err == KARTO_OK)
            conflict->base = old_of(&change, conflict->field, conflict->reg->key);
    }
    return KARTO_OK;
}

static enum karto_err complete(struct karto_tx *tx, struct karto_conflict *conflict)
{
    enum karto_err err = find_base(tx, conflict);
    return err == KARTO_OK ? karto_record_title(tx, conflict->record, &conflict->title) : err;
}

static enum karto_err visit_field(struct karto_tx *tx, const struct karto_record *record,
                                  const struct karto_field *field, karto_conflict_visit *visit, void *context)
{
    const struct karto_field_def *def = karto_field_def(record->kind, field->number);
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < field->count && err == KARTO_OK; i++) {
        struct karto_conflict conflict = {record, field->number, def, &field->registers[i], {NULL, 0}, {NULL, 0}};
        if (!karto_is_conflict(def, conflict.reg))
            continue;
        err = complete(tx, &conflict);
        if (err == KARTO_OK)
            err = visit(tx, &conflict, context);
    }
    return err;
}

enum karto_err karto_conflict_each(struct karto_tx *tx, const struct karto_record *record, karto_conflict_visit *visit,
                                   void *context)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < record->count && err == KARTO_OK; i++)
        err = visit_field(tx, record, &record->fields[i], visit, context);
    return err;
}

struct finding {
    struct karto_slice name; /* as it is written everywhere */
    struct karto_conflict *found;
    bool done;
};

static enum karto_err visit_named(struct karto_tx *tx, const struct karto_conflict *conflict, void *context)
{
    struct finding *finding = context;
    struct karto_buf name = KARTO_BUF_EMPTY;
    (void)tx;
    karto_register_name(&name, conflict->record, conflict->field, conflict->reg->key);
    finding->done = karto_slice_equal(karto_buf_slice(&name), finding->name);
    if (finding->done)
        *finding->found = *conflict;
    karto_buf_fini(&name);
    return finding->done ? KARTO_E_INTERRUPTED : KARTO_OK;
}

enum karto_err karto_conflict_find(struct karto_tx *tx, struct karto_slice text, struct karto_conflict *conflict)
{
    struct finding finding = {.name = text, .found = conflict};
    struct karto_slice rest;
    struct karto_rid id;
    struct karto_entry *entry = karto_arena_alloc(&tx->arena, sizeof *entry);
    if (karto_register_name_split(text, &id, &rest) != KARTO_OK)
        return KARTO_E_NOT_FOUND;
    enum karto_err err = karto_entry_load(tx, id, entry);
    if (err == KARTO_OK)
        err = karto_conflict_each(tx, &entry->view, visit_named, &finding);
    if (err != KARTO_OK && err != KARTO_E_INTERRUPTED)
        return err;
    return finding.done ? KARTO_OK : KARTO_E_NOT_FOUND;
}

/* ---- for programs ---- */

enum karto_err karto_conflict_show(struct karto_out *out, struct karto_tx *tx, const struct karto_conflict *conflict)
{
    char id[KARTO_RID_TEXT];
    struct karto_buf name = KARTO_BUF_EMPTY, field = KARTO_BUF_EMPTY;
    const struct karto_record *record = conflict->record;
    const struct karto_kind_def *kind = karto_kind(record->kind);
    enum karto_err err = KARTO_OK;
    karto_rid_print(record->id, id);
    karto_register_name(&name, record, conflict->field, conflict->reg->key);
    karto_register_label(&field, record->kind, conflict->field, karto_slice(NULL, 0));
    karto_text_show_as(out, "id", karto_buf_slice(&name));
    karto_text_show_as(out, "record", karto_slice_str(id));
    karto_text_show_as(out, "of", karto_slice_str(kind ? kind->name : NULL));
    karto_text_show_as(out, "name", conflict->title);
    karto_text_show_as(out, "field", karto_buf_slice(&field));
    karto_out_key(out, "key");
    karto_key_show(out, conflict->def, conflict->reg->key);
    karto_out_key(out, "base");
    karto_value_show(out, conflict->def, conflict->base);
    karto_out_key(out, "values");
    karto_out_array(out);
    for (uint32_t i = 0; i < conflict->reg->count && err == KARTO_OK; i++) {
        const struct karto_head *head = &conflict->reg->heads[i];
        err = karto_head_show(out, tx, conflict->def, head, head == karto_winner(conflict->reg));
    }
    karto_out_array_end(out);
    karto_buf_fini(&name);
    karto_buf_fini(&field);
    return err;
}

/* ---- for people ---- */

static struct karto_slice value_text(struct karto_cli *cli, struct karto_tx *tx, const struct karto_conflict *conflict,
                                     struct karto_slice value)
{
    struct karto_slice text = karto_value_said(&tx->arena, conflict->def, value, cli->lang);
    return text.size ? text : karto_slice_str(karto_message_text(cli->lang, KARTO_M_EMPTY_VALUE));
}

enum karto_err karto_conflict_say_value(struct karto_cli *cli, struct karto_tx *tx,
                                        const struct karto_conflict *conflict, uint32_t number, struct karto_buf *out)
{
    const struct karto_head *head = &conflict->reg->heads[number - 1];
    struct karto_writer writer;
    struct karto_buf time = KARTO_BUF_EMPTY;
    enum karto_err err = karto_writer_of(tx, head->stamp.dot.node, &writer);
    if (writer.device.size == 0)
        writer.device = karto_slice_str(karto_message_text(cli->lang, KARTO_M_UNKNOWN_DEVICE));
    struct karto_slice author = head->stamp.author;
    if (author.size == 0)
        author = karto_slice_str(karto_message_text(cli->lang, KARTO_M_VIA_RULE));
    karto_person_time(karto_hlc_ms(head->stamp.hlc), &time);
    KARTO_SAY(out, cli->lang, KARTO_M_CONFLICT_VALUE, karto_arg_int("n", number),
              karto_arg_text("value", value_text(cli, tx, conflict, head->value)), karto_arg_text("user", author),
              karto_arg_text("time", karto_buf_slice(&time)), karto_arg_text("device", writer.device));
    karto_buf_fini(&time);
    return err;
}

/* "Ромашка · Сайт" */
static void say_heading(struct karto_cli *cli, const struct karto_conflict *conflict, struct karto_buf *out)
{
    karto_buf_add_slice(out, conflict->title);
    karto_buf_add_str(out, conflict->title.size ? " · " : "");
    karto_register_heading(out, cli->lang, conflict->record->kind, conflict->field, conflict->reg->key);
    karto_buf_add_byte(out, '\n');
}

enum karto_err karto_conflict_say(struct karto_cli *cli, struct karto_tx *tx, const struct karto_conflict *conflict,
                                  struct karto_buf *out)
{
    struct karto_buf name = KARTO_BUF_EMPTY;
    enum karto_err err = KARTO_OK;
    say_heading(cli, conflict, out);
    for (uint32_t i = 1; i <= conflict->reg->count && err == KARTO_OK; i++) {
        karto_buf_add_str(out, "  ");
        err = karto_conflict_say_value(cli, tx, conflict, i, out);
        karto_buf_add_byte(out, '\n');
    }
    karto_buf_add_str(out, "  ");
    if (conflict->base.size) {
        KARTO_SAY(out, cli->lang, KARTO_M_CONFLICT_BASE,
                  karto_arg_text("value", value_text(cli, tx, conflict, conflict->base)));
        karto_buf_add_str(out, "\n  ");
    }
    karto_register_name(&name, conflict->record, conflict->field, conflict->reg->key);
    KARTO_SAY(out, cli->lang, KARTO_M_CONFLICT_TAKE, karto_arg_text("conflict", karto_buf_slice(&name)));
    karto_buf_fini(&name);
    return err;
}
