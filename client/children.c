#include "client/children.h"

#include "client/noun.h"
#include "client/pick.h"
#include "client/record_row.h"
#include "core/base/fatal.h"

#include <stdlib.h>

struct child {
    uint32_t day; /* of its date; 0: none, or not of this kind */
    struct karto_rid id;
};

/* Those of one kind. */
struct children {
    const struct karto_noun *noun;
    bool hidden; /* these too */
    struct child *all;
    size_t count, room;
};

static enum karto_err collect(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct children *c = context;
    struct child child = {0, entry->id};
    if (!c->hidden && karto_record_hidden(&entry->view))
        return KARTO_OK;
    if (karto_index_is_by_day(c->noun->kind))
        child.day = karto_be32(karto_index_order(tx, &tx->arena, &entry->view).data);
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : 32;
        c->all = karto_must(realloc(c->all, c->room * sizeof *c->all));
    }
    c->all[c->count++] = child;
    return KARTO_OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct child *one = a, *other = b;
    if (one->day != other->day)
        return one->day > other->day ? -1 : 1;
    return karto_rid_compare(other->id, one->id);
}

/* ---- for programs ---- */

static enum karto_err show_rows(struct karto_cli *cli, struct karto_tx *tx, const struct children *c, size_t shown)
{
    struct karto_out *out = karto_cli_out(cli);
    struct karto_row row;
    enum karto_err err = KARTO_OK;
    karto_row_init(&row, out, c->noun->kind, karto_today(tx), NULL);
    karto_out_key(out, c->noun->plural);
    karto_out_array(out);
    for (size_t i = 0; i < shown && err == KARTO_OK; i++) {
        struct karto_entry entry;
        err = karto_entry_load(tx, c->all[i].id, &entry);
        if (err == KARTO_OK)
            err = karto_row_show(&row, tx, &entry.view, NULL);
    }
    karto_out_array_end(out);
    return err;
}

/* ---- for people ---- */

static enum karto_err say_child(struct karto_cli *cli, struct karto_tx *tx, struct karto_rid id, struct karto_buf *out)
{
    char short_id[KARTO_SHORT_TEXT];
    struct karto_buf text = KARTO_BUF_EMPTY;
    struct karto_entry entry;
    enum karto_err err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK)
        err = karto_pick_describe(tx, &entry.view, false, cli->lang, &text);
    if (err == KARTO_OK && karto_record_hidden(&entry.view))
        karto_buf_printf(&text, ", %s", karto_message_text(cli->lang, KARTO_M_HIDDEN));
    karto_rid_print_short(id, short_id);
    karto_buf_printf(out, "  %s  ", short_id);
    karto_buf_add_slice(out, karto_buf_slice(&text));
    karto_buf_add_byte(out, '\n');
    karto_buf_fini(&text);
    return err;
}

static enum karto_err say_block(struct karto_cli *cli, struct karto_tx *tx, const struct children *c, size_t shown,
                                struct karto_rid client)
{
    char short_id[KARTO_SHORT_TEXT];
    struct karto_buf out = KARTO_BUF_EMPTY;
    enum karto_err err = KARTO_OK;
    if (c->count == 0)
        return KARTO_OK;
    karto_rid_print_short(client, short_id);
    karto_buf_add_byte(&out, '\n');
    KARTO_SAY(&out, cli->lang, c->noun->some, karto_arg_int("n", (int64_t)c->count));
    karto_buf_add_byte(&out, '\n');
    for (size_t i = 0; i < shown && err == KARTO_OK; i++)
        err = say_child(cli, tx, c->all[i].id, &out);
    if (shown < c->count) {
        karto_buf_add_str(&out, "  ");
        KARTO_SAY(&out, cli->lang, KARTO_M_ALL_OF_THEM, karto_arg_str("noun", karto_kind(c->noun->kind)->name),
                  karto_arg_str("short", short_id));
    }
    karto_out_say(karto_cli_out(cli), karto_buf_slice(&out));
    karto_buf_fini(&out);
    return err;
}

/* ---- all kinds ---- */

enum { KINDS = 3 };

static void show_counts(struct karto_out *out, const struct children *all)
{
    karto_out_key(out, "counts");
    karto_out_object(out);
    for (unsigned i = 0; i < KINDS; i++) {
        karto_out_key(out, all[i].noun->plural);
        karto_out_int(out, (int64_t)all[i].count);
    }
    karto_out_object_end(out);
}

static enum karto_err show_all(struct karto_cli *cli, struct karto_tx *tx, const struct children *all,
                               struct karto_rid client)
{
    bool for_people = karto_out_form(karto_cli_out(cli)) == KARTO_FORM_TABLE;
    size_t limit = cli->settings.limit ? cli->settings.limit : KARTO_CHILDREN_SHOWN;
    enum karto_err err = KARTO_OK;
    if (!for_people)
        show_counts(karto_cli_out(cli), all);
    for (unsigned i = 0; i < KINDS && err == KARTO_OK; i++) {
        size_t shown = all[i].count < limit ? all[i].count : limit;
        err = for_people ? say_block(cli, tx, &all[i], shown, client) : show_rows(cli, tx, &all[i], shown);
    }
    return err;
}

enum karto_err karto_children_show(struct karto_cli *cli, struct karto_tx *tx, struct karto_rid client, bool hidden)
{
    struct children all[KINDS] = {{.noun = NULL}};
    enum karto_err err = KARTO_OK;
    for (unsigned i = 0; i < KINDS && err == KARTO_OK; i++) {
        all[i] = (struct children){.noun = karto_noun_at(i + 1), .hidden = hidden};
        err = karto_each_child(tx, all[i].noun->kind, client, collect, &all[i]);
        if (all[i].count > 1)
            qsort(all[i].all, all[i].count, sizeof *all[i].all, newest_first);
    }
    if (err == KARTO_OK)
        err = show_all(cli, tx, all, client);
    for (unsigned i = 0; i < KINDS; i++)
        free(all[i].all);
    return err;
}
