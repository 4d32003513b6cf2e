#include "client/pick.h"

#include "core/base/reader.h"

#include <string.h>

enum { CITY = 42, STREET = 43 };

static void add_part(struct karto_buf *out, struct karto_slice part)
{
    if (part.size == 0)
        return;
    karto_buf_add_str(out, out->size ? ", " : "");
    karto_buf_add_slice(out, part);
}

static enum karto_err describe(struct karto_tx *tx, struct karto_rid id, enum karto_lang lang, struct karto_buf *out)
{
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err != KARTO_OK)
        return err;
    add_part(out, karto_text_of(&entry.view, KARTO_F_NAME));
    if (entry.view.kind == KARTO_CLIENT) {
        add_part(out, karto_text_of(&entry.view, CITY));
        add_part(out, karto_text_of(&entry.view, STREET));
        add_part(out, karto_text_of(&entry.view, KARTO_F_EDRPOU));
    }
    if (karto_record_hidden(&entry.view))
        add_part(out, karto_slice_str(karto_message_text(lang, KARTO_M_HIDDEN)));
    return KARTO_OK;
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
    uint32_t count;
    memset(id, 0, sizeof *id);
    if (!karto_utf8_valid(karto_slice_str(text)))
        return karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_FIELD_UTF8, NULL, 0);
    enum karto_err err = karto_find(tx, kind, karto_slice_str(text), found, KARTO_CANDIDATES_MAX, &count);
    if (err == KARTO_E_NOT_FOUND)
        return KARTO_PROBLEM(&cli->problem, cli->lang, err,
                             kind == KARTO_CLIENT ? KARTO_M_CLIENT_NOT_FOUND : KARTO_M_RECORD_NOT_FOUND,
                             karto_arg_str("text", text));
    if (err != KARTO_OK)
        return karto_problem_begin(&cli->problem, err);
    if (count == 1) {
        *id = found[0];
        return KARTO_OK;
    }
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_AMBIGUOUS,
                  kind == KARTO_CLIENT ? KARTO_M_CLIENT_AMBIGUOUS : KARTO_M_RECORD_AMBIGUOUS,
                  karto_arg_str("text", text), karto_arg_int("n", count));
    for (uint32_t i = 0; i < count && i < KARTO_CANDIDATES_MAX; i++) {
        err = add_match(cli, tx, kind, text, found[i]);
        if (err != KARTO_OK)
            return karto_problem_begin(&cli->problem, err);
    }
    return KARTO_E_AMBIGUOUS;
}
