#include "client/pick_missing.h"

#include "client/noun.h"
#include "client/pick.h"
#include "client/retype.h"
#include "client/typed_word.h"
#include "client/suggest.h"
#include "core/base/text.h"
#include "core/store/words.h"

#include <string.h>

enum {
    PART_MIN = 3,   /* letters: fewer are a part of everything */
    DIGITS_MIN = 4, /* the same of the digits of a phone, a code or an id */
    NEAR_MAX = 10,  /* candidates among what is only near */
};

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

/* ---- near ---- */

static bool holds(struct karto_slice text, struct karto_slice part)
{
    for (size_t at = 0; at + part.size <= text.size; at++)
        if (memcmp(text.data + at, part.data, part.size) == 0)
            return true;
    return false;
}

static bool is_enough(const struct missing *m)
{
    return m->cli->problem.candidate_count >= NEAR_MAX;
}

static enum karto_err visit_part(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    const struct missing *m = context;
    if (!holds(value, m->part))
        return KARTO_OK;
    enum karto_err err = karto_pick_candidate(m->cli, tx, id);
    return err == KARTO_OK && is_enough(m) ? KARTO_E_INTERRUPTED : err;
}

/* An id that was cut short. */
static enum karto_err visit_id(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    const struct missing *m = context;
    char text[KARTO_RID_TEXT];
    struct karto_entry entry;
    (void)value;
    karto_rid_print(id, text);
    if (!holds(karto_slice_str(text), m->part))
        return KARTO_OK;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && entry.view.kind == m->kind)
        err = karto_pick_candidate(m->cli, tx, id);
    return err == KARTO_OK && is_enough(m) ? KARTO_E_INTERRUPTED : err;
}

/* A code with one digit that is wrong, missing or one too many. */
static enum karto_err visit_code(struct karto_tx *tx, struct karto_slice value, struct karto_rid id, void *context)
{
    enum { CODE_MAX = 16 };
    const struct missing *m = context;
    char code[CODE_MAX] = "";
    if (value.size < CODE_MAX)
        memcpy(code, value.data, value.size);
    if (!holds(value, m->part) && karto_distance(code, m->text) > 1)
        return KARTO_OK;
    enum karto_err err = karto_pick_candidate(m->cli, tx, id);
    return err == KARTO_OK && is_enough(m) ? KARTO_E_INTERRUPTED : err;
}

/* The digits of what can only be a part of a phone or a code; empty: it is something else. */
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

static enum karto_err walk(struct missing *m, struct karto_tx *tx, enum karto_index index, karto_index_visit *visit)
{
    uint32_t kind = index == KARTO_BY_SHORT ? 0 : m->kind;
    return karto_index_walk(tx, index, kind, karto_slice(NULL, 0), NULL, visit, m);
}

/* Half a phone, half a code, half an id. */
static enum karto_err look_for_digits(struct missing *m, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    m->part = digits_of(&tx->arena, m->text);
    if (m->part.size >= DIGITS_MIN) {
        err = walk(m, tx, KARTO_BY_PHONE, visit_part);
        if (err == KARTO_OK && !is_enough(m))
            err = walk(m, tx, KARTO_BY_EDRPOU, visit_code);
    }
    m->part = karto_slice_str(m->text);
    bool is_hex = m->part.size >= DIGITS_MIN && m->text[strspn(m->text, "0123456789abcdef")] == 0;
    return err == KARTO_OK && is_hex && !is_enough(m) ? walk(m, tx, KARTO_BY_SHORT, visit_id) : err;
}

/* Half a name. */
static enum karto_err look_for_name(struct missing *m, struct karto_tx *tx)
{
    m->part = karto_text_fold(&tx->arena, karto_slice_str(m->text));
    return m->part.size < PART_MIN ? KARTO_OK : walk(m, tx, KARTO_BY_NAME, visit_part);
}

/* What karto find would find: mistyped, on the other keyboard layout, in the other alphabet, some of its words. */
static enum karto_err look_for_words(struct missing *m, struct karto_tx *tx)
{
    const struct karto_asked asked = {
        .text = karto_slice_str(m->text), .kinds = 1u << m->kind, .hidden = true, .limit = NEAR_MAX};
    struct karto_found found;
    enum karto_err err = karto_words_find(tx, &asked, &found);
    for (uint32_t i = 0; err == KARTO_OK && i < found.count; i++)
        err = karto_pick_candidate(m->cli, tx, found.hits[i].id);
    return err;
}

static enum karto_err look_near(struct missing *m, struct karto_tx *tx)
{
    static enum karto_err (*const ways[])(struct missing *, struct karto_tx *) = {look_for_digits, look_for_name,
                                                                                  look_for_words};
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < sizeof ways / sizeof *ways && err == KARTO_OK; i++) {
        KARTO_PROBLEM(&m->cli->problem, m->cli->lang, KARTO_E_NOT_FOUND, KARTO_M_PICK_NEAR,
                      karto_arg_str("text", m->text));
        err = ways[i](m, tx);
        if (m->cli->problem.candidate_count)
            break;
    }
    karto_pick_again(m->cli, m->text);
    return err;
}

/* ---- nothing ---- */

/* Where a client is looked for that is not here: who is, and how a new one is entered. */
static void hint_at_clients(const struct missing *m, struct karto_tx *tx)
{
    struct karto_buf *out = &m->cli->problem.hint, word = KARTO_BUF_EMPTY;
    if (tx->ledger.role == KARTO_ON_DEVICE) {
        karto_message(out, m->cli->lang, KARTO_M_PICK_SYNC, NULL, 0);
        karto_buf_add_byte(out, ' ');
    }
    karto_typed_word(&word, karto_slice_str(m->text));
    bool is_name = digits_of(&tx->arena, m->text).size == 0;
    KARTO_SAY(out, m->cli->lang, is_name ? KARTO_M_PICK_NEW : KARTO_M_PICK_ALL,
              karto_arg_text("name", karto_buf_slice(&word)));
    karto_buf_fini(&word);
}

enum karto_err karto_pick_missing(struct karto_cli *cli, struct karto_tx *tx, uint32_t kind, const char *text)
{
    struct missing m = {.cli = cli, .kind = kind, .text = text};
    const struct karto_noun *noun = karto_noun(kind);
    bool offered = false;
    enum karto_err err = look_elsewhere(&m, tx, &offered);
    if (err == KARTO_OK && !offered)
        err = look_near(&m, tx);
    if (err != KARTO_OK)
        return karto_problem_begin(&cli->problem, err);
    if (offered || cli->problem.candidate_count)
        return KARTO_E_NOT_FOUND;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, noun ? noun->not_found : KARTO_M_RECORD_NOT_FOUND,
                  karto_arg_str("text", text));
    if (kind == KARTO_CLIENT)
        hint_at_clients(&m, tx);
    else if (noun)
        KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_PICK_LIST_HINT, karto_arg_str("noun", karto_kind(kind)->name));
    return KARTO_E_NOT_FOUND;
}

/* ---- again ---- */

/* The one record that it can be, or a place for its id. */
void karto_pick_again(struct karto_cli *cli, const char *text)
{
    struct karto_problem *problem = &cli->problem;
    struct karto_buf command = KARTO_BUF_EMPTY;
    bool is_one = problem->candidate_count == 1;
    struct karto_slice id =
        is_one ? problem->candidates[0].value : karto_slice_str(karto_message_text(cli->lang, KARTO_M_PICK_PLACE));
    size_t at = 0;
    while (at < cli->args.word_count && strcmp(cli->args.words[at], text) != 0)
        at++;
    karto_buf_clear(&problem->hint);
    if (at == cli->args.word_count) {
        karto_message(&problem->hint, cli->lang, KARTO_M_E_AMBIGUOUS_HINT, NULL, 0);
        return;
    }
    karto_retype(cli, at, at + 1, id, &command);
    KARTO_SAY(&problem->hint, cli->lang, is_one ? KARTO_M_PICK_ONE : KARTO_M_PICK_AGAIN,
              karto_arg_text("command", karto_buf_slice(&command)));
    karto_buf_fini(&command);
}
