#include "client/undo_left.h"

#include "client/field_show.h"
#include "client/field_value.h"
#include "client/person.h"
#include "client/register_name.h"
#include "core/store/query.h"

struct karto_left {
    struct karto_left *next;
    struct karto_rid record;
    uint32_t kind;
    bool is_new; /* the record is the batch's own */
    struct karto_undo_step step;
    struct karto_head now; /* of step */
};

/* ---- keeping ---- */

void karto_lefts_init(struct karto_lefts *lefts)
{
    *lefts = (struct karto_lefts){.first = NULL};
    lefts->end = &lefts->first;
    karto_arena_init(&lefts->arena);
}

void karto_lefts_fini(struct karto_lefts *lefts)
{
    karto_arena_fini(&lefts->arena);
}

static struct karto_slice keep(struct karto_lefts *lefts, struct karto_slice bytes)
{
    lefts->size += bytes.size;
    return karto_arena_copy(&lefts->arena, bytes);
}

static void add(struct karto_lefts *lefts, const struct karto_undo_record *record, const struct karto_undo_step *step)
{
    struct karto_left *left = karto_arena_alloc(&lefts->arena, sizeof *left);
    *left = (struct karto_left){.record = record->id, .kind = record->kind, .is_new = record->plan->makes};
    left->step = *step;
    left->step.key = keep(lefts, step->key);
    left->step.would = keep(lefts, step->would);
    if (step->now) {
        left->now = *step->now;
        left->now.value = keep(lefts, step->now->value);
        left->now.stamp.author = keep(lefts, step->now->stamp.author);
        left->step.now = &left->now;
    }
    *lefts->end = left;
    lefts->end = &left->next;
    lefts->size += sizeof *left;
    lefts->count++;
}

void karto_lefts_add(struct karto_lefts *lefts, const struct karto_undo_record *record)
{
    for (uint32_t i = 0; i < record->plan->count; i++) {
        const struct karto_undo_step *step = &record->plan->steps[i];
        bool has_room = lefts->count < KARTO_LEFT_MAX && lefts->size < KARTO_LEFT_SIZE_MAX;
        if (step->fate != KARTO_UNDO_REVERT && step->fate != KARTO_UNDO_DONE && has_room)
            add(lefts, record, step);
    }
}

struct karto_lefts_mark karto_lefts_mark(const struct karto_lefts *lefts)
{
    return (struct karto_lefts_mark){karto_arena_mark(&lefts->arena), lefts->end, lefts->count, lefts->size};
}

void karto_lefts_release(struct karto_lefts *lefts, struct karto_lefts_mark mark)
{
    lefts->end = mark.end;
    lefts->count = mark.count;
    lefts->size = mark.size;
    *lefts->end = NULL;
    karto_arena_release(&lefts->arena, mark.arena);
}

static enum karto_err title_of(struct karto_tx *tx, const struct karto_left *left, struct karto_slice *title)
{
    struct karto_entry entry;
    *title = karto_slice(NULL, 0);
    enum karto_err err = karto_entry_load(tx, left->record, &entry);
    return err == KARTO_OK && entry.exists ? karto_record_title(tx, &entry.view, title) : err;
}

/* ---- for programs ---- */

static const char *why_word(enum karto_undo_fate fate)
{
    switch (fate) {
    case KARTO_UNDO_CHANGED: return "changed";
    case KARTO_UNDO_HANGS: return "hangs";
    case KARTO_UNDO_REFUSED: return "refused";
    case KARTO_UNDO_UNKNOWN: return "unknown";
    case KARTO_UNDO_GONE: return "gone";
    case KARTO_UNDO_REVERT:
    case KARTO_UNDO_DONE: break;
    }
    return NULL;
}

static void show_field(struct karto_out *out, const struct karto_left *left)
{
    struct karto_buf field = KARTO_BUF_EMPTY;
    if (left->step.field)
        karto_register_label(&field, left->kind, left->step.field, karto_slice(NULL, 0));
    karto_out_key(out, "field");
    karto_text_show(out, karto_buf_slice(&field));
    karto_out_key(out, "key");
    karto_key_show(out, karto_field_def(left->kind, left->step.field), left->step.key);
    karto_buf_fini(&field);
}

static enum karto_err show_left(struct karto_out *out, struct karto_tx *tx, const struct karto_left *left)
{
    char id[KARTO_RID_TEXT];
    struct karto_slice title;
    const struct karto_kind_def *kind = karto_kind(left->kind);
    const struct karto_field_def *def = karto_field_def(left->kind, left->step.field);
    enum karto_err err = title_of(tx, left, &title);
    karto_rid_print(left->record, id);
    karto_out_object(out);
    karto_out_key(out, "record");
    karto_out_str(out, id);
    karto_out_key(out, "of");
    karto_out_str(out, kind ? kind->name : NULL);
    karto_out_key(out, "name");
    karto_text_show(out, title);
    show_field(out, left);
    karto_out_key(out, "now");
    if (err == KARTO_OK && left->step.now)
        err = karto_head_show(out, tx, def, left->step.now, left->step.wins);
    else
        karto_out_null(out);
    karto_out_key(out, "would");
    karto_value_show(out, def, left->step.would);
    karto_out_key(out, "why");
    karto_out_str(out, why_word(left->step.fate));
    karto_out_object_end(out);
    return err;
}

enum karto_err karto_lefts_show(struct karto_out *out, struct karto_tx *tx, const struct karto_lefts *lefts)
{
    enum karto_err err = KARTO_OK;
    karto_out_key(out, "left");
    karto_out_array(out);
    for (const struct karto_left *left = lefts->first; left && err == KARTO_OK; left = left->next) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = show_left(out, tx, left);
        karto_arena_release(&tx->arena, mark);
    }
    karto_out_array_end(out);
    return err;
}

/* ---- for people ---- */

static enum karto_message why_message(const struct karto_left *left)
{
    switch (left->step.fate) {
    case KARTO_UNDO_CHANGED:
        if (!left->step.now)
            return KARTO_M_UNDO_LEFT_CHANGED_UNKNOWN;
        return left->is_new ? KARTO_M_UNDO_LEFT_NEW : KARTO_M_UNDO_LEFT_CHANGED;
    case KARTO_UNDO_HANGS: return KARTO_M_UNDO_LEFT_HANGS;
    case KARTO_UNDO_REFUSED: return KARTO_M_UNDO_LEFT_REFUSED;
    case KARTO_UNDO_GONE: return KARTO_M_UNDO_LEFT_GONE;
    case KARTO_UNDO_UNKNOWN:
    case KARTO_UNDO_REVERT:
    case KARTO_UNDO_DONE: break;
    }
    return KARTO_M_UNDO_LEFT_UNKNOWN;
}

static struct karto_slice value_text(struct karto_cli *cli, struct karto_tx *tx, struct karto_slice value)
{
    struct karto_slice text = karto_field_value_text(&tx->arena, value);
    return text.size ? text : karto_slice_str(karto_message_text(cli->lang, KARTO_M_EMPTY_VALUE));
}

/* "Ромашка · Сайт" */
static enum karto_err say_what(struct karto_cli *cli, struct karto_tx *tx, const struct karto_left *left,
                               struct karto_buf *out)
{
    struct karto_slice title;
    char short_id[KARTO_SHORT_TEXT];
    enum karto_err err = title_of(tx, left, &title);
    karto_rid_print_short(left->record, short_id);
    karto_buf_add_slice(out, title.size ? title : karto_slice_str(short_id));
    if (left->step.field) {
        karto_buf_add_str(out, " · ");
        karto_register_heading(out, cli->lang, left->kind, left->step.field, left->step.key);
    }
    return err;
}

static enum karto_err say_left(struct karto_cli *cli, struct karto_tx *tx, const struct karto_left *left,
                               struct karto_buf *out)
{
    const struct karto_head *now = &left->now;
    struct karto_writer writer = {{NULL, 0}, {NULL, 0}};
    struct karto_buf what = KARTO_BUF_EMPTY, time = KARTO_BUF_EMPTY;
    enum karto_err err = say_what(cli, tx, left, &what);
    if (err == KARTO_OK && left->step.now)
        err = karto_writer_of(tx, now->stamp.dot.node, &writer);
    if (writer.device.size == 0)
        writer.device = karto_slice_str(karto_message_text(cli->lang, KARTO_M_UNKNOWN_DEVICE));
    struct karto_slice author = now->stamp.author;
    if (author.size == 0)
        author = karto_slice_str(karto_message_text(cli->lang, KARTO_M_VIA_RULE));
    karto_person_time(karto_hlc_ms(now->stamp.hlc), &time);
    KARTO_SAY(out, cli->lang, why_message(left), karto_arg_text("what", karto_buf_slice(&what)),
              karto_arg_text("value", value_text(cli, tx, now->value)), karto_arg_text("user", author),
              karto_arg_text("time", karto_buf_slice(&time)), karto_arg_text("device", writer.device),
              karto_arg_text("would", value_text(cli, tx, left->step.would)),
              karto_arg_str("text", karto_err_text(cli->lang, left->step.err)));
    karto_buf_fini(&what);
    karto_buf_fini(&time);
    return err;
}

enum karto_err karto_lefts_say(struct karto_cli *cli, struct karto_tx *tx, const struct karto_lefts *lefts,
                               struct karto_buf *out)
{
    enum karto_err err = KARTO_OK;
    for (const struct karto_left *left = lefts->first; left && err == KARTO_OK; left = left->next) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        karto_buf_add_str(out, "\n  ");
        err = say_left(cli, tx, left, out);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}
