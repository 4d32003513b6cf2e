#include "client/pick.h"

#include "client/value_said.h"
#include "client/noun.h"
#include "client/pick_missing.h"
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
static struct karto_slice text_of(struct karto_arena *arena, const struct karto_record *view, uint32_t number,
                                  enum karto_lang lang)
{
    const struct karto_field *field = karto_record_field(view, number);
    if (!field || !field->count)
        return karto_slice(NULL, 0);
    return karto_value_said(arena, karto_field_def(view->kind, number), karto_winner(&field->registers[0])->value,
                            lang);
}

enum karto_err karto_pick_describe(struct karto_tx *tx, const struct karto_record *view, bool whose,
                                   enum karto_lang lang, struct karto_buf *out)
{
    size_t begin = out->size;
    struct karto_rid id = karto_client_of(view);
    struct karto_entry client;
    for (const uint32_t *field = telling_fields(view->kind); *field; field++) {
        struct karto_slice text = text_of(&tx->arena, view, *field, lang);
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
        err = karto_pick_describe(tx, &entry.view, true, lang, out);
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
        return karto_pick_missing(cli, tx, kind, text);
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
    karto_pick_again(cli, text);
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
