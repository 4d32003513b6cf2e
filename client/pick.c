#include "client/pick.h"

#include "client/field_value.h"
#include "client/noun.h"
#include "core/base/reader.h"
#include "core/base/text.h"

#include <string.h>

enum {
    CITY = 42,
    STREET = 43,
    ROLE = 34,
    TYPE = 36,
    TEXT = 38,
    TEXT_WIDTH = 50,
    PART_MIN = 3,   /* letters: fewer are a part of everything */
    DIGITS_MIN = 4, /* the same of a phone's digits */
    PARTS_MAX = 10, /* candidates among parts */
};

/* ---- what a record is ---- */

static void add_part(struct karto_buf *out, size_t begin, struct karto_slice part)
{
    if (part.size == 0)
        return;
    karto_buf_add_str(out, out->size > begin ? ", " : "");
    karto_buf_add_slice(out, part);
}

/* Fields of each kind that say which record it is, the first first. */
static const uint32_t *telling_fields(uint32_t kind)
{
    static const uint32_t client[] = {KARTO_F_NAME, CITY, STREET, KARTO_F_EDRPOU, 0};
    static const uint32_t person[] = {KARTO_F_NAME, ROLE, KARTO_F_PHONE, 0};
    static const uint32_t activity[] = {KARTO_F_DATE, TYPE, TEXT, 0};
    static const uint32_t purchase[] = {KARTO_F_NUMBER, KARTO_F_DATE, KARTO_F_TOTAL, 0};
    switch (kind) {
    case KARTO_PERSON: return person;
    case KARTO_ACTIVITY: return activity;
    case KARTO_PURCHASE: return purchase;
    default: return client;
    }
}

/* The value of a plain field, the first of a set. */
static struct karto_slice text_of(struct karto_arena *arena, const struct karto_record *view, uint32_t number)
{
    const struct karto_field *field = karto_record_field(view, number);
    return field && field->count ? karto_field_value_text(arena, karto_winner(&field->registers[0])->value)
                                 : karto_slice(NULL, 0);
}

enum karto_err karto_pick_describe(struct karto_tx *tx, const struct karto_record *view, bool whose,
                                   struct karto_buf *out)
{
    size_t begin = out->size;
    struct karto_rid id = karto_client_of(view);
    struct karto_entry client;
    for (const uint32_t *field = telling_fields(view->kind); *field; field++) {
        struct karto_slice text = text_of(&tx->arena, view, *field);
        struct karto_slice cut = karto_text_cut(text, *field == TEXT ? TEXT_WIDTH : text.size);
        add_part(out, begin, cut);
        karto_buf_add_str(out, cut.size < text.size ? "…" : "");
    }
    if (whose && !karto_rid_is_zero(id)) {
        enum karto_err err = karto_entry_load(tx, id, &client);
        if (err != KARTO_OK)
            return err;
        add_part(out, begin, karto_text_of(&client.view, KARTO_F_NAME));
    }
    return KARTO_OK;
}

static enum karto_err describe(struct karto_tx *tx, struct karto_rid id, enum karto_lang lang, struct karto_buf *out)
{
    struct karto_entry entry;
    size_t begin = out->size;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK)
        err = karto_pick_describe(tx, &entry.view, true, out);
    if (err == KARTO_OK && karto_record_hidden(&entry.view))
        add_part(out, begin, karto_slice_str(karto_message_text(lang, KARTO_M_HIDDEN)));
    return err;
}

enum karto_err karto_pick_print(struct karto_tx *tx, struct karto_rid id, enum karto_lang lang, struct karto_buf *out)
{
    char short_id[KARTO_SHORT_TEXT];
    karto_rid_print_short(id, short_id);
    enum karto_err err = describe(tx, id, lang, out);
    karto_buf_printf(out, " (%s)", short_id);
    return err;
}

/* match: NULL, or the field by which it fits. What was typed and was not enough is no way out, so then it is the whole
 * id that can be typed instead. */
static enum karto_err add_candidate(struct karto_cli *cli, struct karto_tx *tx, struct karto_rid id, const char *typed,
                                    const char *match)
{
    char short_id[KARTO_SHORT_TEXT], whole[KARTO_RID_TEXT];
    struct karto_buf text = KARTO_BUF_EMPTY;
    enum karto_err err = describe(tx, id, cli->lang, &text);
    karto_rid_print_short(id, short_id);
    karto_rid_print(id, whole);
    bool is_enough = !typed || strcmp(typed, short_id) != 0;
    if (err == KARTO_OK)
        karto_problem_match(&cli->problem, karto_slice_str(is_enough ? short_id : whole), karto_buf_slice(&text),
                            match);
    karto_buf_fini(&text);
    return err;
}

enum karto_err karto_pick_candidate(struct karto_cli *cli, struct karto_tx *tx, struct karto_rid id)
{
    return add_candidate(cli, tx, id, NULL, NULL);
}

static enum karto_err add_match(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const char *text,
                                struct karto_rid id)
{
    const char *how;
    enum karto_err err = karto_find_how(tx, kind, karto_slice_str(text), id, &how);
    return err == KARTO_OK ? add_candidate(cli, tx, id, text, how) : err;
}

/* ---- not found, but ---- */

/* What was not found, and what it may be instead. */
struct missing {
    struct karto_cli *cli;
    uint32_t kind;
    const char *text;
    struct karto_slice part; /* folded, or digits */
};

static void hint(const struct missing *m, enum karto_message message, uint32_t kind, struct karto_rid id)
{
    char short_id[KARTO_SHORT_TEXT];
    karto_rid_print_short(id, short_id);
    karto_buf_clear(&m->cli->problem.hint);
    KARTO_SAY(&m->cli->problem.hint, m->cli->lang, message, karto_arg_str("noun", karto_kind(kind)->name),
              karto_arg_str("verb", m->cli->args.command->verb ? m->cli->args.command->verb : "show"),
              karto_arg_str("short", short_id));
}

static enum karto_err add_child(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct karto_cli *cli = context;
    if (cli->problem.candidate_count == KARTO_CANDIDATES_MAX)
        return KARTO_E_INTERRUPTED;
    return karto_record_hidden(&entry->view) ? KARTO_OK : karto_pick_candidate(cli, tx, entry->id);
}

/* A client where a person is needed: those of that client. */
static enum karto_err offer_children(const struct missing *m, struct karto_tx *tx, struct karto_rid client)
{
    enum karto_err err = karto_each_child(tx, m->kind, client, add_child, m->cli);
    hint(m, m->cli->problem.candidate_count ? KARTO_M_PICK_ITS_CHILDREN : KARTO_M_PICK_NO_CHILDREN, m->kind, client);
    return err;
}

/* text names a record of another kind. */
static enum karto_err offer_other(const struct missing *m, struct karto_tx *tx, const struct karto_noun *noun,
                                  struct karto_rid id)
{
    struct karto_cli *cli = m->cli;
    struct karto_entry entry;
    struct karto_buf label = KARTO_BUF_EMPTY;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK)
        err = karto_pick_print(tx, id, cli->lang, &label);
    if (err == KARTO_OK)
        KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_PICK_OTHER_KIND,
                      karto_arg_str("text", m->text), karto_arg_str("what", karto_message_text(cli->lang, noun->what)),
                      karto_arg_text("label", karto_buf_slice(&label)));
    karto_buf_fini(&label);
    if (err != KARTO_OK)
        return err;
    struct karto_rid client = karto_client_of(&entry.view);
    if (noun->kind == KARTO_CLIENT)
        return offer_children(m, tx, id);
    if (m->kind == KARTO_CLIENT && !karto_rid_is_zero(client)) {
        hint(m, KARTO_M_PICK_ITS_CLIENT, KARTO_CLIENT, client);
        return karto_pick_candidate(cli, tx, client);
    }
    hint(m, KARTO_M_PICK_COMMAND, noun->kind, id);
    return karto_pick_candidate(cli, tx, id);
}

static enum karto_err look_elsewhere(const struct missing *m, struct karto_tx *tx, bool *offered)
{
    const struct karto_noun *noun;
    struct karto_rid found;
    uint32_t count;
    for (unsigned i = 0; (noun = karto_noun_at(i)) != NULL && !*offered; i++) {
        if (noun->kind == m->kind)
            continue;
        enum karto_err err = karto_find(tx, noun->kind, karto_slice_str(m->text), &found, 1, &count);
        if (err == KARTO_OK && count == 1) {
            *offered = true;
            return offer_other(m, tx, noun, found);
        }
        if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
            return err;
    }
    return KARTO_OK;
}

static bool holds(struct karto_slice text, struct karto_slice part)
{
    for (size_t at = 0; at + part.size <= text.size; at++)
        if (memcmp(text.data + at, part.data, part.size) == 0)
            return true;
    return false;
}

static enum karto_err visit_part(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    const struct missing *m = context;
    if (!holds(value, m->part))
        return KARTO_OK;
    enum karto_err err = karto_pick_candidate(m->cli, tx, id);
    return err == KARTO_OK && m->cli->problem.candidate_count >= PARTS_MAX ? KARTO_E_INTERRUPTED : err;
}

/* The digits of what can only be a part of a phone; empty: it is something else. */
static struct karto_slice digits_of(struct karto_arena *arena, const char *text)
{
    uint8_t *digits = karto_arena_alloc(arena, strlen(text) + 1);
    size_t size = 0;
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9')
            digits[size++] = (uint8_t)*text;
        else if (!strchr(" +-()", *text))
            return karto_slice(NULL, 0);
    }
    return karto_slice(digits, size);
}

/* Half a phone, half a name. */
static enum karto_err look_for_parts(struct missing *m, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    struct karto_slice digits = digits_of(&tx->arena, m->text);
    m->part = digits.size ? digits : karto_text_fold(&tx->arena, karto_slice_str(m->text));
    if (m->part.size < (digits.size ? DIGITS_MIN : PART_MIN))
        return KARTO_OK;
    KARTO_PROBLEM(&m->cli->problem, m->cli->lang, KARTO_E_NOT_FOUND, KARTO_M_PICK_PART, karto_arg_str("text", m->text));
    karto_message(&m->cli->problem.hint, m->cli->lang, KARTO_M_E_AMBIGUOUS_HINT, NULL, 0);
    if (digits.size)
        err = karto_index_walk(tx, KARTO_BY_PHONE, m->kind, karto_slice(NULL, 0), NULL, visit_part, m);
    if (err == KARTO_OK && m->cli->problem.candidate_count == 0)
        err = karto_index_walk(tx, KARTO_BY_NAME, m->kind, karto_slice(NULL, 0), NULL, visit_part, m);
    return err;
}

static enum karto_err not_found(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const char *text)
{
    struct missing m = {.cli = cli, .kind = kind, .text = text};
    const struct karto_noun *noun = karto_noun(kind);
    bool offered = false;
    enum karto_err err = look_elsewhere(&m, tx, &offered);
    if (err == KARTO_OK && !offered)
        err = look_for_parts(&m, tx);
    if (err != KARTO_OK)
        return karto_problem_begin(&cli->problem, err);
    if (offered || cli->problem.candidate_count)
        return KARTO_E_NOT_FOUND;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, noun ? noun->not_found : KARTO_M_RECORD_NOT_FOUND,
                  karto_arg_str("text", text));
    if (noun && kind != KARTO_CLIENT)
        KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_PICK_LIST_HINT, karto_arg_str("noun", karto_kind(kind)->name));
    return KARTO_E_NOT_FOUND;
}

/* ---- found ---- */

enum karto_err karto_pick(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const char *text,
                          struct karto_rid *id)
{
    struct karto_rid found[KARTO_CANDIDATES_MAX];
    const struct karto_noun *noun = karto_noun(kind);
    uint32_t count;
    memset(id, 0, sizeof *id);
    if (!karto_utf8_valid(karto_slice_str(text)))
        return karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_FIELD_UTF8, NULL, 0);
    enum karto_err err = karto_find(tx, kind, karto_slice_str(text), found, KARTO_CANDIDATES_MAX, &count);
    if (err == KARTO_E_NOT_FOUND)
        return not_found(cli, tx, kind, text);
    if (err != KARTO_OK)
        return karto_problem_begin(&cli->problem, err);
    if (count == 1) {
        *id = found[0];
        return KARTO_OK;
    }
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_AMBIGUOUS, noun ? noun->ambiguous : KARTO_M_RECORD_AMBIGUOUS,
                  karto_arg_str("text", text), karto_arg_int("n", count));
    for (uint32_t i = 0; i < count && i < KARTO_CANDIDATES_MAX; i++) {
        err = add_match(cli, tx, kind, text, found[i]);
        if (err != KARTO_OK)
            return karto_problem_begin(&cli->problem, err);
    }
    return KARTO_E_AMBIGUOUS;
}

enum karto_err karto_pick_entry(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const char *text,
                                struct karto_entry *entry)
{
    struct karto_rid id;
    enum karto_err err = karto_pick(cli, tx, kind, text, &id);
    return err == KARTO_OK ? karto_entry_load(tx, id, entry) : err;
}

enum karto_err karto_pick_any(struct karto_cli *cli, struct karto_tx *tx, const char *text, struct karto_rid *id)
{
    enum karto_err err = karto_pick(cli, tx, KARTO_CLIENT, text, id);
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind && err == KARTO_E_NOT_FOUND; kind++) {
        uint32_t count;
        if (karto_find(tx, (*kind)->number, karto_slice_str(text), id, 1, &count) == KARTO_OK && count == 1)
            err = KARTO_OK;
    }
    return err;
}
