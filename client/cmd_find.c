/* karto find: whatever has these words in it, the best first; with conditions, which then decide. */
#include "client/ask.h"
#include "client/cmd.h"
#include "client/field_show.h"
#include "client/noun.h"
#include "client/open.h"
#include "client/record_row.h"
#include "core/store/page.h"
#include "core/store/words.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 50, CITY = 42 };

struct finding {
    struct karto_cli *cli;
    struct karto_out *out;
    struct karto_ask ask;
    uint32_t kinds;       /* 1 << kind for each; 0: all */
    uint32_t skip, limit; /* rows of former pages, rows of this one */
    uint32_t shown;
    int64_t today;
    struct karto_slice read_as;
    bool more;
    enum karto_err err; /* of a callback that cannot return it */
};

static const struct karto_column columns[] = {
    {"kind", true},       {"id", false},           {"short", true},       {"name", true},       {"client", false},
    {"client.id", false}, {"client.short", false}, {"client.name", true}, {"edrpou", true},     {"city", true},
    {"territory", true},  {"manager", false},      {"match", true},       {"conflicts", false}, {"hidden", false},
};

/* ---- rows ---- */

/* What tells one of its kind apart. */
static struct karto_slice name_of(const struct karto_record *view)
{
    const char *telling = karto_noun(view->kind)->telling;
    return karto_text_of(view, karto_field_named(view->kind, karto_slice_str(telling))->number);
}

/* Of a client itself, or of that on which a record hangs. */
static void show_client(const struct finding *f, const struct karto_record *client)
{
    karto_text_show_as(f->out, "edrpou", karto_text_of(client, KARTO_F_EDRPOU));
    karto_text_show_as(f->out, "city", karto_text_of(client, CITY));
    karto_text_show_as(f->out, "territory", karto_text_at(client, KARTO_F_TERRITORY, f->today));
    karto_text_show_as(f->out, "manager", karto_text_at(client, KARTO_F_MANAGER, f->today));
}

static enum karto_err show_row(struct finding *f, struct karto_tx *tx, const struct karto_record *view,
                               const struct karto_why *why)
{
    char id[KARTO_RID_TEXT], short_id[KARTO_SHORT_TEXT];
    struct karto_entry parent = {.view = *view};
    bool hangs = view->kind != KARTO_CLIENT;
    enum karto_err err = hangs ? karto_entry_load(tx, karto_client_of(view), &parent) : KARTO_OK;
    karto_rid_print(view->id, id);
    karto_rid_print_short(view->id, short_id);
    karto_out_object(f->out);
    karto_text_show_as(f->out, "kind", karto_slice_str(karto_kind(view->kind)->name));
    karto_text_show_as(f->out, "id", karto_slice_str(id));
    karto_text_show_as(f->out, "short", karto_slice_str(short_id));
    karto_text_show_as(f->out, "name", name_of(view));
    if (hangs) {
        karto_out_key(f->out, "client");
        if (err == KARTO_OK)
            err = karto_client_show(f->out, tx, view);
        else
            karto_out_null(f->out);
    }
    show_client(f, &parent.view);
    karto_out_key(f->out, "match");
    karto_match_show(f->out, why);
    karto_out_key(f->out, "conflicts");
    karto_out_int(f->out, karto_record_conflicts(view));
    karto_out_key(f->out, "hidden");
    karto_out_bool(f->out, karto_record_hidden(view));
    karto_out_object_end(f->out);
    f->shown++;
    return err;
}

/* ---- by words ---- */

static bool accept(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct finding *f = context;
    bool fits = false;
    if (f->err == KARTO_OK)
        f->err = karto_ask_fits(&f->ask, tx, entry, &fits, NULL);
    return fits;
}

static enum karto_err show_hits(struct finding *f, struct karto_tx *tx, const struct karto_found *found)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = f->skip; i < found->count && err == KARTO_OK; i++) {
        const struct karto_hit *hit = &found->hits[i];
        const struct karto_why why = karto_ask_why(hit);
        struct karto_entry entry;
        f->more = f->shown == f->limit;
        if (f->more)
            break;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = karto_entry_load(tx, hit->id, &entry);
        if (err == KARTO_OK)
            err = show_row(f, tx, &entry.view, &why);
        karto_arena_release(&tx->arena, mark);
    }
    return err;
}

static enum karto_err ask_index(struct finding *f, struct karto_tx *tx, struct karto_slice words,
                                struct karto_found *found)
{
    uint64_t limit = (uint64_t)f->skip + f->limit + 1;
    const struct karto_asked asked = {.text = words,
                                      .kinds = f->kinds,
                                      .hidden = f->ask.hidden || f->ask.select.asks_hidden,
                                      .limit = limit < KARTO_HITS_MAX ? (uint32_t)limit : KARTO_HITS_MAX,
                                      .accept = accept,
                                      .context = f};
    enum karto_err err = karto_words_find(tx, &asked, found);
    return err == KARTO_OK ? f->err : err;
}

/* ---- by conditions alone: clients in the order of their names ---- */

static enum karto_err visit(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct finding *f = context;
    struct karto_why why;
    bool fits;
    enum karto_err err = karto_ask_fits(&f->ask, tx, entry, &fits, &why);
    if (err != KARTO_OK || !fits)
        return err;
    if (f->skip > 0) {
        f->skip--;
        return KARTO_OK;
    }
    f->more = f->shown == f->limit;
    return f->more ? KARTO_E_INTERRUPTED : show_row(f, tx, &entry->view, &why);
}

static enum karto_err list_fitting(struct finding *f, struct karto_tx *tx, uint32_t kind)
{
    uint64_t rows = (uint64_t)f->skip + f->limit + 1;
    const struct karto_page page = {
        .select = &f->ask.select, .kind = kind, .rows = rows < UINT32_MAX ? (uint32_t)rows : UINT32_MAX};
    return karto_page_list(tx, &page, visit, f);
}

/* ---- the answer ---- */

static uint32_t kind_to_list(const struct finding *f)
{
    for (uint32_t kind = KARTO_CLIENT; kind <= KARTO_PURCHASE; kind++)
        if (f->kinds == 1u << kind)
            return kind;
    return KARTO_CLIENT;
}

static void show_next(struct finding *f, uint32_t skipped)
{
    char next[16];
    snprintf(next, sizeof next, "%u", skipped + f->shown);
    karto_out_key(f->out, "next");
    karto_out_str(f->out, f->more ? next : NULL);
}

static void note(struct finding *f, uint32_t skipped, const struct karto_found *found)
{
    char next[16];
    snprintf(next, sizeof next, "%u", skipped + f->shown);
    if (f->read_as.size && karto_out_form(f->out) != KARTO_FORM_JSON)
        KARTO_NOTE(f->cli, KARTO_M_FIND_READ_AS, karto_arg_text("text", f->read_as));
    if (found->incomplete)
        karto_cli_note(f->cli, KARTO_M_FIND_INCOMPLETE, NULL, 0);
    if (f->more && karto_out_form(f->out) != KARTO_FORM_JSON)
        KARTO_NOTE(f->cli, KARTO_M_MORE, karto_arg_str("cursor", next));
    else if (found->more && !f->more)
        KARTO_NOTE(f->cli, KARTO_M_FIND_MANY, karto_arg_int("n", KARTO_HITS_MAX));
    else if (f->shown == 0 && karto_out_form(f->out) == KARTO_FORM_TABLE)
        karto_cli_note(f->cli, KARTO_M_NOTHING_FOUND, NULL, 0);
}

static enum karto_err work(struct karto_tx *tx, void *context)
{
    struct finding *f = context;
    struct karto_found found = {.count = 0};
    struct karto_slice words;
    uint32_t skipped = f->skip;
    bool doubtful;
    enum karto_err err = karto_ask_for_words(f->cli, tx, kind_to_list(f), &f->ask, &words, &doubtful);
    if (err == KARTO_OK && words.size)
        err = ask_index(f, tx, words, &found);
    if (err == KARTO_OK && doubtful && found.count == 0)
        return KARTO_E_USAGE; /* it stands in the problem already */
    if (err != KARTO_OK)
        return err;
    f->today = karto_today(tx);
    f->read_as = found.read_as;
    karto_out_begin(f->out, "find", KARTO_OUT_LIST);
    karto_text_show_as(f->out, "query", f->ask.text);
    karto_text_show_as(f->out, "read_as", f->read_as);
    karto_out_rows(f->out, "items", columns, sizeof columns / sizeof *columns);
    err = words.size ? show_hits(f, tx, &found) : list_fitting(f, tx, kind_to_list(f));
    karto_out_rows_end(f->out);
    show_next(f, skipped);
    enum karto_err end = karto_out_end(f->out);
    note(f, skipped, &found);
    return err == KARTO_OK ? end : err;
}

/* ---- options ---- */

static enum karto_err read_kind(struct finding *f)
{
    uint32_t asked = 0;
    enum karto_err err = karto_cli_kind(f->cli, &asked);
    for (unsigned i = 0; karto_noun_at(i); i++)
        f->kinds |= !asked || karto_noun_at(i)->kind == asked ? 1u << karto_noun_at(i)->kind : 0;
    return err;
}

static enum karto_err read_after(struct finding *f)
{
    const char *after = f->cli->settings.after;
    char *end;
    unsigned long skip = after ? strtoul(after, &end, 10) : 0;
    if (after && (*end || end == after || skip > UINT32_MAX))
        return KARTO_PROBLEM(&f->cli->problem, f->cli->lang, KARTO_E_USAGE, KARTO_M_AFTER_FORM,
                             karto_arg_str("value", after));
    f->skip = (uint32_t)skip;
    return KARTO_OK;
}

enum karto_exit karto_cmd_find(struct karto_cli *cli)
{
    struct finding f = {.cli = cli, .out = karto_cli_out(cli), .ask.hidden = karto_args_has(&cli->args, "hidden")};
    f.limit = cli->settings.limit ? cli->settings.limit : PAGE;
    enum karto_err err = karto_out_check_columns(f.out, columns, sizeof columns / sizeof *columns, &cli->problem);
    if (err == KARTO_OK)
        err = read_kind(&f);
    if (err == KARTO_OK)
        err = read_after(&f);
    if (err == KARTO_OK)
        err = karto_ask_words(cli, &f.ask);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, work, &f);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}
