/* karto client|person|activity|purchase show: a card, as it is or as it was. */
#include "client/children.h"
#include "client/cmd.h"
#include "client/field_show.h"
#include "client/noun.h"
#include "client/open.h"
#include "client/person.h"
#include "client/pick.h"
#include "client/pick_word.h"
#include "client/record_row.h"
#include "client/register_name.h"
#include "client/typed_word.h"
#include "core/base/fatal.h"
#include "core/model/day.h"
#include "core/model/lines.h"
#include "core/store/as_of.h"

struct showing {
    struct karto_cli *cli;
    struct karto_out *out;
    uint32_t kind;
    const char *word; /* which record */
    bool as_of;
    int64_t day;
    struct karto_arena arena; /* for what the transaction's own forgets while history is read */
    bool for_people;          /* a table: what is there for programs is said in words instead, or not at all */
};

/* ---- in words ---- */

static void say(struct showing *s, enum karto_message message, struct karto_tx *tx, const struct karto_stamp *stamp,
                struct karto_slice reason)
{
    struct karto_writer writer = {{NULL, 0}, {NULL, 0}};
    struct karto_buf time = KARTO_BUF_EMPTY, line = KARTO_BUF_EMPTY;
    enum karto_err err = karto_writer_of(tx, stamp->dot.node, &writer);
    karto_person_time(karto_hlc_ms(stamp->hlc), &time);
    struct karto_slice device = err == KARTO_OK && writer.device.size ? writer.device : karto_slice_str("?");
    struct karto_slice rule = karto_slice_str(karto_message_text(s->cli->lang, KARTO_M_VIA_RULE));
    KARTO_SAY(&line, s->cli->lang, message, karto_arg_text("time", karto_buf_slice(&time)),
              karto_arg_text("user", stamp->author.size ? stamp->author : rule), karto_arg_text("device", device),
              karto_arg_text("reason", reason));
    karto_out_say(s->out, karto_buf_slice(&line));
    karto_buf_fini(&time);
    karto_buf_fini(&line);
}

static void say_number(struct showing *s, enum karto_message message, int64_t n)
{
    struct karto_buf line = KARTO_BUF_EMPTY;
    KARTO_SAY(&line, s->cli->lang, message, karto_arg_int("n", n));
    karto_out_say(s->out, karto_buf_slice(&line));
    karto_buf_fini(&line);
}

/* ---- parts of the card ---- */

static struct karto_slice reason_of(const struct karto_record *record)
{
    struct karto_slice bytes = karto_record_value(record, KARTO_F_HIDDEN), parts[2] = {{NULL, 0}, {NULL, 0}};
    struct karto_value value;
    uint32_t count;
    if (bytes.size == 0 || karto_value_decode(bytes, &value) != KARTO_OK || value.type != KARTO_TUPLE ||
        karto_tuple_decode(value, parts, 2, &count) != KARTO_OK || count < 2 ||
        karto_value_decode(parts[1], &value) != KARTO_OK || value.type != KARTO_TEXT)
        return karto_slice(NULL, 0);
    return value.text;
}

static void show_hidden(struct showing *s, struct karto_tx *tx, const struct karto_record *record)
{
    const struct karto_head *head = karto_winner(karto_record_register(record, KARTO_F_HIDDEN, karto_slice(NULL, 0)));
    bool hidden = karto_record_hidden(record);
    if (s->for_people) {
        if (hidden)
            say(s, KARTO_M_CLIENT_HIDDEN, tx, &head->stamp, reason_of(record));
        return;
    }
    karto_out_key(s->out, "hidden");
    if (!hidden) {
        karto_out_null(s->out);
        return;
    }
    karto_out_object(s->out);
    karto_out_key(s->out, "reason");
    karto_text_show(s->out, reason_of(record));
    karto_out_key(s->out, "user");
    karto_text_show(s->out, head->stamp.author);
    karto_out_key(s->out, "time");
    karto_out_time(s->out, karto_hlc_ms(head->stamp.hlc));
    karto_out_object_end(s->out);
}

static enum karto_err show_conflict(struct showing *s, struct karto_tx *tx, const struct karto_record *record,
                                    const struct karto_field *field, const struct karto_register *reg)
{
    const struct karto_field_def *def = karto_field_def(record->kind, field->number);
    const struct karto_head *winner = karto_winner(reg);
    struct karto_buf id = KARTO_BUF_EMPTY;
    enum karto_err err = KARTO_OK;
    karto_register_name(&id, record, field->number, reg->key);
    karto_out_object(s->out);
    karto_out_key(s->out, "id");
    karto_out_text(s->out, karto_buf_slice(&id));
    karto_out_key(s->out, "field");
    karto_out_str(s->out, def ? def->name : NULL);
    karto_out_key(s->out, "key");
    karto_key_show(s->out, def, reg->key);
    karto_out_key(s->out, "values");
    karto_out_array(s->out);
    for (uint32_t i = 0; i < reg->count && err == KARTO_OK; i++)
        err = karto_head_show(s->out, tx, def, &reg->heads[i], &reg->heads[i] == winner);
    karto_out_array_end(s->out);
    karto_out_object_end(s->out);
    karto_buf_fini(&id);
    return err;
}

static enum karto_err show_conflicts(struct showing *s, struct karto_tx *tx, const struct karto_record *record)
{
    uint32_t conflicts = karto_record_conflicts(record);
    enum karto_err err = KARTO_OK;
    if (s->for_people) {
        if (conflicts)
            say_number(s, KARTO_M_CONFLICTS_OPEN, conflicts);
        return KARTO_OK;
    }
    karto_out_key(s->out, "conflicts");
    karto_out_array(s->out);
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_field *field = &record->fields[i];
        const struct karto_field_def *def = karto_field_def(record->kind, field->number);
        for (uint32_t j = 0; j < field->count && err == KARTO_OK; j++)
            if (karto_is_conflict(def, &field->registers[j]))
                err = show_conflict(s, tx, record, field, &field->registers[j]);
    }
    karto_out_array_end(s->out);
    return err;
}

/* When a record was made, its id tells, and the same everywhere. Who made it is in the history, or, where that begins
 * too late, beside a value that was written in that moment and still stands; else nobody here knows. */
static struct karto_stamp made_by(const struct karto_record *record, const struct karto_past *past)
{
    enum { MOMENT_MS = 1000 };
    struct karto_stamp made = {.hlc = karto_hlc_make(karto_rid_ms(record->id))};
    const struct karto_stamp *oldest = past->made ? &past->first : karto_record_oldest(record);
    int64_t later_ms = oldest ? karto_hlc_ms(oldest->hlc) - karto_rid_ms(record->id) : 0;
    if (oldest && (past->made || (later_ms >= -MOMENT_MS && later_ms <= MOMENT_MS))) {
        made.author = oldest->author;
        made.dot = oldest->dot;
    }
    return made;
}

static enum karto_err show_writers(struct showing *s, struct karto_tx *tx, const struct karto_entry *entry,
                                   const struct karto_record *record, const struct karto_past *past)
{
    const struct karto_stamp *youngest = karto_record_youngest(record);
    struct karto_stamp made = made_by(&entry->view, past);
    if (youngest && !youngest->dot.node.v)
        youngest = NULL; /* of a day before the history begins */
    enum karto_err err;
    if (s->for_people) {
        if (made.author.size)
            say(s, KARTO_M_CREATED_BY, tx, &made, karto_slice(NULL, 0));
        if (youngest)
            say(s, KARTO_M_CHANGED_BY, tx, youngest, karto_slice(NULL, 0));
        return KARTO_OK;
    }
    karto_out_key(s->out, "created");
    karto_out_object(s->out);
    err = karto_stamp_show(s->out, tx, &made);
    karto_out_object_end(s->out);
    karto_out_key(s->out, "changed");
    if (!youngest) {
        karto_out_null(s->out);
        return err;
    }
    karto_out_object(s->out);
    if (err == KARTO_OK)
        err = karto_stamp_show(s->out, tx, youngest);
    karto_out_object_end(s->out);
    return err;
}

static void show_pending(struct showing *s, const struct karto_entry *entry)
{
    if (!s->for_people) {
        karto_out_key(s->out, "pending");
        karto_out_bool(s->out, entry->pending > 0);
    } else if (entry->pending > 0) {
        karto_out_say(s->out, karto_slice_str(karto_message_text(s->cli->lang, KARTO_M_CLIENT_PENDING)));
    }
}

static void show_names(struct showing *s, struct karto_rid id)
{
    char text[KARTO_RID_TEXT], short_id[KARTO_SHORT_TEXT];
    karto_rid_print(id, text);
    karto_rid_print_short(id, short_id);
    if (!s->for_people) {
        karto_out_key(s->out, "id");
        karto_out_str(s->out, text);
    }
    karto_out_key(s->out, "short");
    karto_out_str(s->out, short_id);
}

/* Whose it is: for people its name with the id to type, behind which fields have no more to say. */
static enum karto_err show_client(struct showing *s, struct karto_tx *tx, const struct karto_record *view)
{
    struct karto_rid client = karto_client_of(view);
    struct karto_buf text = KARTO_BUF_EMPTY;
    if (s->kind == KARTO_CLIENT)
        return KARTO_OK;
    karto_out_key(s->out, "client");
    if (!s->for_people || karto_rid_is_zero(client))
        return karto_client_show(s->out, tx, view);
    enum karto_err err = karto_pick_print(tx, client, s->cli->lang, &text);
    karto_out_text(s->out, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return err;
}

/* Lines of a purchase for programs, with quantity and discount (per cent) as decimal fractions. */
static void show_lines(struct showing *s, struct karto_tx *tx, const struct karto_record *view)
{
    uint32_t count;
    const struct karto_field_def *def = karto_field_named(KARTO_PURCHASE, karto_slice_str("lines"));
    const struct karto_register **lines = karto_lines_in_order(&tx->arena, view, &count);
    karto_out_key(s->out, "lines");
    karto_out_array(s->out);
    for (uint32_t i = 0; i < count; i++) {
        karto_out_object(s->out);
        karto_out_key(s->out, "key");
        karto_out_text(s->out, lines[i]->key);
        karto_parts_show(s->out, def, karto_winner(lines[i])->value);
        karto_out_object_end(s->out);
    }
    karto_out_array_end(s->out);
}

/* What this kind's card has besides. */
static enum karto_err show_more(struct showing *s, struct karto_tx *tx, const struct karto_entry *entry)
{
    if (s->kind == KARTO_CLIENT)
        return karto_children_show(s->cli, tx, entry->id, karto_args_has(&s->cli->args, "hidden"));
    if (s->kind == KARTO_PURCHASE && karto_out_form(s->out) == KARTO_FORM_JSON)
        show_lines(s, tx, &entry->view);
    return KARTO_OK;
}

/* ---- the card ---- */

static enum karto_err show_now(struct showing *s, struct karto_tx *tx, const struct karto_entry *entry,
                               const struct karto_past *past)
{
    karto_out_begin(s->out, karto_kind(s->kind)->name, KARTO_OUT_CARD);
    show_names(s, entry->id);
    enum karto_err err = show_client(s, tx, &entry->view);
    if (!s->for_people)
        show_hidden(s, tx, &entry->view);
    karto_fields_show(s->out, &entry->view);
    if (s->for_people)
        show_hidden(s, tx, &entry->view);
    if (err == KARTO_OK)
        err = show_conflicts(s, tx, &entry->view);
    if (err == KARTO_OK)
        err = show_writers(s, tx, entry, &entry->view, past);
    show_pending(s, entry);
    if (err == KARTO_OK)
        err = show_more(s, tx, entry);
    enum karto_err end = karto_out_end(s->out);
    return err == KARTO_OK ? end : err;
}

static enum karto_err not_yet(struct showing *s, const struct karto_past *past)
{
    struct karto_cli *cli = s->cli;
    const char *date = karto_args_value(&cli->args, "as-of");
    struct karto_buf time = KARTO_BUF_EMPTY, word = KARTO_BUF_EMPTY;
    karto_person_time(past->since_ms, &time);
    enum karto_message never = s->kind == KARTO_CLIENT ? KARTO_M_AS_OF_NOT_YET : KARTO_M_AS_OF_NO_RECORD;
    enum karto_err err =
        KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, past->complete ? never : KARTO_M_AS_OF_UNKNOWN,
                      karto_arg_str("date", date), karto_arg_text("time", karto_buf_slice(&time)));
    karto_typed_word(&word, karto_slice_str(s->word));
    KARTO_SAY(&cli->problem.hint, cli->lang, past->complete ? KARTO_M_AS_OF_LATER : KARTO_M_AS_OF_HINT,
              karto_arg_str("noun", karto_kind(s->kind)->name), karto_arg_text("word", karto_buf_slice(&word)));
    karto_buf_fini(&time);
    karto_buf_fini(&word);
    return err;
}

/* What every card has. Of what was written without knowing of each other only the last is told of a day. */
static enum karto_err show_then_more(struct showing *s, struct karto_tx *tx, const struct karto_entry *entry,
                                     const struct karto_record *then, const struct karto_past *past)
{
    enum karto_err err = show_conflicts(s, tx, then);
    if (err == KARTO_OK)
        err = show_writers(s, tx, entry, then, past);
    show_pending(s, entry);
    return err;
}

static enum karto_err show_then(struct showing *s, struct karto_tx *tx, const struct karto_entry *entry,
                                const struct karto_past *past)
{
    struct karto_record then;
    enum karto_err err = karto_record_as_of(tx, entry, s->day, &s->arena, &then);
    if (err != KARTO_OK)
        return err;
    if (then.count == 0)
        return not_yet(s, past);
    karto_out_begin(s->out, karto_kind(s->kind)->name, KARTO_OUT_CARD);
    show_names(s, entry->id);
    err = show_client(s, tx, &then);
    karto_out_key(s->out, "as_of");
    karto_day_show(s->out, s->day);
    if (!s->for_people)
        show_hidden(s, tx, &then);
    karto_fields_show_on(s->out, &then, s->day);
    if (s->for_people)
        show_hidden(s, tx, &then);
    else if (err == KARTO_OK)
        err = show_then_more(s, tx, entry, &then, past);
    karto_out_key(s->out, "complete_since");
    if (past->complete)
        karto_out_null(s->out);
    else
        karto_out_time(s->out, past->since_ms);
    if (!past->complete && tx->sys->day(tx->sys->context, past->since_ms) > s->day) {
        struct karto_buf time = KARTO_BUF_EMPTY;
        karto_person_time(past->since_ms, &time);
        KARTO_NOTE(s->cli, KARTO_M_AS_OF_INCOMPLETE, karto_arg_text("time", karto_buf_slice(&time)));
        karto_buf_fini(&time);
    }
    enum karto_err end = karto_out_end(s->out);
    return err == KARTO_OK ? end : err;
}

static enum karto_err read_day(struct showing *s, struct karto_tx *tx)
{
    const char *date = karto_args_value(&s->cli->args, "as-of");
    if (!date || karto_day_meant(karto_slice_str(date), karto_today(tx), &s->day))
        return KARTO_OK;
    return KARTO_PROBLEM(&s->cli->problem, s->cli->lang, KARTO_E_USAGE, KARTO_M_OPTION_DAY,
                         karto_arg_str("option", "--as-of"), karto_arg_str("value", date));
}

static enum karto_err show_work(struct karto_tx *tx, void *context)
{
    struct showing *s = context;
    struct karto_entry entry;
    struct karto_past past;
    enum karto_err err = read_day(s, tx);
    if (err == KARTO_OK)
        err = karto_pick_entry(s->cli, tx, s->kind, s->word, &entry);
    if (err == KARTO_OK)
        err = karto_past_of(tx, &entry, &s->arena, &past);
    if (err != KARTO_OK)
        return err;
    return s->as_of ? show_then(s, tx, &entry, &past) : show_now(s, tx, &entry, &past);
}

/* --columns names fields, or what else a card has. */
static enum karto_err check_columns(const struct showing *s)
{
    static const char *const others[] = {"id",      "short",      "hidden",   "conflicts",      "created",
                                         "changed", "pending",    "as_of",    "complete_since", "counts",
                                         "persons", "activities", "purchases"};
    enum { OTHERS = sizeof others / sizeof *others };
    struct karto_column columns[KARTO_ROW_COLUMNS_MAX];
    size_t count = 0;
    for (; count < OTHERS; count++)
        columns[count] = (struct karto_column){others[count], true};
    for (const struct karto_field_def *def = karto_kind(s->kind)->fields; def->name; def++) {
        KARTO_ASSERT(count < KARTO_ROW_COLUMNS_MAX);
        columns[count++] = (struct karto_column){def->name, false};
    }
    return karto_out_check_columns(s->out, columns, count, &s->cli->problem);
}

enum karto_exit karto_cmd_record_show(struct karto_cli *cli)
{
    struct showing s = {.cli = cli, .out = karto_cli_out(cli)};
    s.kind = karto_cli_noun(cli)->kind;
    s.for_people = karto_out_form(s.out) == KARTO_FORM_TABLE;
    s.as_of = karto_args_has(&cli->args, "as-of");
    karto_arena_init(&s.arena);
    enum karto_err err = check_columns(&s);
    if (err == KARTO_OK)
        err = karto_pick_word(cli, cli->args.word_count, &s.word);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, show_work, &s);
    karto_arena_fini(&s.arena);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}
