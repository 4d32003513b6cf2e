/* karto conflict: what two people wrote in one place without knowing of each other, and the choice between them. */
#include "client/changed.h"
#include "client/cmd.h"
#include "client/conflict.h"
#include "client/field_show.h"
#include "client/field_text.h"
#include "client/open.h"
#include "client/pick.h"
#include "client/register_name.h"
#include "client/typed_word.h"
#include "client/value_said.h"
#include "core/base/reader.h"
#include "core/store/edit.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 };

static const struct karto_column columns[] = {
    {"id", true},   {"of", false},  {"name", true},   {"field", true},
    {"key", false}, {"base", true}, {"values", true}, {"record", false},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* ---- list ---- */

struct listing {
    struct karto_cli *cli;
    struct karto_out *out;
    bool for_people;
    struct karto_rid client;  /* zero: of all */
    struct karto_buf records; /* ids of those with conflicts, 16 bytes each */
    struct karto_rid last;    /* --after: the record, and which of its conflicts */
    struct karto_slice after;
    bool skips; /* conflicts of that record, up to it */
    uint32_t limit, shown;
    uint64_t count; /* of all there are, shown or not */
    bool more;
    struct karto_buf cursor, text;
};

static bool hangs_on(const struct karto_record *record, struct karto_rid client)
{
    return karto_rid_equal(record->id, client) || karto_rid_equal(karto_client_of(record), client);
}

static enum karto_err collect(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct listing *l = context;
    (void)tx;
    if (karto_rid_is_zero(l->client) || hangs_on(&entry->view, l->client)) {
        karto_buf_add(&l->records, entry->id.b, sizeof entry->id.b);
        l->count += karto_record_conflicts(&entry->view);
    }
    return KARTO_OK;
}

static int compare_records(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct karto_rid));
}

static enum karto_err collect_all(struct listing *l, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind && err == KARTO_OK; kind++)
        err = karto_each_conflict(tx, (*kind)->number, collect, l);
    if (l->records.size)
        qsort(l->records.data, l->records.size / sizeof(struct karto_rid), sizeof(struct karto_rid), compare_records);
    return err;
}

static enum karto_err list_one(struct karto_tx *tx, const struct karto_conflict *conflict, void *context)
{
    struct listing *l = context;
    struct karto_buf name = KARTO_BUF_EMPTY;
    enum karto_err err = KARTO_OK;
    karto_register_name(&name, conflict->record, conflict->field, conflict->reg->key);
    if (l->skips) {
        l->skips = !karto_slice_equal(karto_buf_slice(&name), l->after);
    } else if (l->shown == l->limit) {
        l->more = true;
        err = KARTO_E_INTERRUPTED;
    } else {
        l->shown++;
        karto_buf_clear(&l->cursor);
        karto_buf_add_slice(&l->cursor, karto_buf_slice(&name));
        if (l->for_people) {
            karto_buf_add_str(&l->text, l->text.size ? "\n\n" : "");
            err = karto_conflict_say(l->cli, tx, conflict, &l->text);
        } else {
            karto_out_object(l->out);
            err = karto_conflict_show(l->out, tx, conflict);
            karto_out_object_end(l->out);
        }
    }
    karto_buf_fini(&name);
    return err;
}

static enum karto_err list_records(struct listing *l, struct karto_tx *tx)
{
    enum karto_err err = KARTO_OK;
    for (size_t at = 0; at < l->records.size && err == KARTO_OK; at += sizeof(struct karto_rid)) {
        struct karto_entry entry;
        struct karto_rid id = karto_rid_read(l->records.data + at);
        int order = karto_rid_compare(id, l->last);
        if (order < 0)
            continue;
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        struct karto_conflict last;
        l->skips = order == 0 && l->after.size && karto_conflict_find(tx, l->after, &last) == KARTO_OK;
        err = karto_entry_load(tx, id, &entry);
        if (err == KARTO_OK)
            err = karto_conflict_each(tx, &entry.view, list_one, l);
        karto_arena_release(&tx->arena, mark);
    }
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

static enum karto_err print_answer(struct listing *l, struct karto_tx *tx)
{
    karto_out_begin(l->out, "conflicts", KARTO_OUT_LIST);
    karto_out_rows(l->out, "items", columns, COLUMNS);
    enum karto_err err = list_records(l, tx);
    karto_out_rows_end(l->out);
    karto_out_key(l->out, "next");
    if (l->more)
        karto_out_text(l->out, karto_buf_slice(&l->cursor));
    else
        karto_out_null(l->out);
    enum karto_err out_err = karto_out_end(l->out);
    return err == KARTO_OK ? out_err : err;
}

static enum karto_err list(struct karto_tx *tx, void *context)
{
    struct listing *l = context;
    enum karto_err err = KARTO_OK;
    if (l->cli->args.word_count)
        err = karto_pick(l->cli, tx, KARTO_CLIENT, l->cli->args.words[0], &l->client);
    if (err == KARTO_OK)
        err = collect_all(l, tx);
    if (err != KARTO_OK)
        return err;
    return l->for_people ? list_records(l, tx) : print_answer(l, tx);
}

/* Pages need an order that does not change: that of ids. */
static enum karto_err check_sort(struct karto_cli *cli)
{
    const char *sort = cli->settings.sort;
    if (!sort || strcmp(sort, "id") == 0)
        return KARTO_OK;
    return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_OPTION_CHOICE,
                         karto_arg_str("option", "--sort"), karto_arg_str("value", sort),
                         karto_arg_str("choices", "id"));
}

static enum karto_err read_after(struct listing *l)
{
    struct karto_cli *cli = l->cli;
    struct karto_slice rest;
    l->after = karto_slice_str(cli->settings.after);
    if (l->after.size == 0 || karto_register_name_split(l->after, &l->last, &rest) == KARTO_OK)
        return KARTO_OK;
    return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_AFTER_FORM,
                         karto_arg_text("value", l->after));
}

static void say_list(struct listing *l)
{
    if (l->shown)
        karto_out_say(l->out, karto_buf_slice(&l->text));
    else if (!l->cli->settings.quiet)
        karto_out_say(l->out, karto_slice_str(karto_message_text(l->cli->lang, KARTO_M_NO_CONFLICTS)));
}

enum karto_exit karto_cmd_conflict_list(struct karto_cli *cli)
{
    struct listing l = {.cli = cli, .out = karto_cli_out(cli)};
    l.for_people = karto_out_form(l.out) == KARTO_FORM_TABLE && !cli->settings.columns;
    l.limit = cli->settings.limit ? cli->settings.limit : PAGE;
    enum karto_err err = karto_out_check_columns(l.out, columns, COLUMNS, &cli->problem);
    if (err == KARTO_OK)
        err = check_sort(cli);
    if (err == KARTO_OK)
        err = read_after(&l);
    if (err == KARTO_OK)
        err = karto_cli_read(cli, list, &l);
    if (err == KARTO_OK && l.for_people)
        say_list(&l);
    if (err == KARTO_OK && l.more && karto_out_form(l.out) != KARTO_FORM_JSON)
        KARTO_NOTE(cli, KARTO_M_MORE, karto_arg_text("cursor", karto_buf_slice(&l.cursor)));
    enum karto_exit code = err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
    if (code == KARTO_EXIT_DONE && l.count && karto_args_has(&cli->args, "fail-if-any"))
        code = KARTO_EXIT_CONFLICTS;
    karto_buf_fini(&l.records);
    karto_buf_fini(&l.cursor);
    karto_buf_fini(&l.text);
    return code;
}

/* ---- one conflict ---- */

/* A field that only a newer version has a name for goes by its number. */
static bool begins_field(const char *text)
{
    struct karto_slice name = karto_slice(text, strcspn(text, "/"));
    if (name.size && strspn(text, "0123456789") == name.size)
        return true;
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++)
        if (karto_field_named((*kind)->number, name))
            return true;
    return false;
}

/* Where the name of a record ends and that of its field begins: names of clients may have a / too. NULL: nowhere. */
static const char *find_field(const char *text)
{
    const char *slash = strchr(text, '/');
    while (slash && !begins_field(slash + 1))
        slash = strchr(slash + 1, '/');
    return slash;
}

static enum karto_err not_found(struct karto_cli *cli, enum karto_message message)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, message, karto_arg_str("text", cli->args.words[0]));
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_CONFLICT_NOT_FOUND_HINT, NULL, 0);
    return KARTO_E_NOT_FOUND;
}

/* "14360570/site" as its id, in cli's arena; what comes before the field is anything that names a record. */
static enum karto_err whole_name(struct karto_cli *cli, struct karto_tx *tx, struct karto_slice *name)
{
    char id_text[KARTO_RID_TEXT];
    struct karto_rid id;
    const char *text = cli->args.words[0], *slash = find_field(text);
    if (!slash)
        return not_found(cli, KARTO_M_CONFLICT_FORM);
    struct karto_arena *arena = &cli->settings.arena;
    const char *record = karto_arena_string(arena, karto_slice(text, (size_t)(slash - text)));
    enum karto_err err = karto_pick_any(cli, tx, record, &id);
    if (err != KARTO_OK) {
        if (err == KARTO_E_NOT_FOUND && cli->problem.candidate_count == 0) {
            karto_buf_clear(&cli->problem.hint);
            karto_message(&cli->problem.hint, cli->lang, KARTO_M_CONFLICT_NOT_FOUND_HINT, NULL, 0);
        }
        return err;
    }
    karto_rid_print(id, id_text);
    *name = karto_slice_str(karto_arena_printf(arena, "%s%s", id_text, slash));
    return KARTO_OK;
}

static enum karto_err find(struct karto_cli *cli, struct karto_tx *tx, struct karto_conflict *conflict)
{
    struct karto_slice name = {NULL, 0};
    enum karto_err err = whole_name(cli, tx, &name);
    if (err != KARTO_OK)
        return err;
    err = karto_conflict_find(tx, name, conflict);
    return err == KARTO_E_NOT_FOUND ? not_found(cli, KARTO_M_CONFLICT_NOT_FOUND) : err;
}

static enum karto_err show(struct karto_tx *tx, void *context)
{
    struct karto_cli *cli = context;
    struct karto_out *out = karto_cli_out(cli);
    struct karto_conflict conflict;
    enum karto_err err = find(cli, tx, &conflict);
    if (err != KARTO_OK)
        return err;
    if (karto_out_form(out) == KARTO_FORM_TABLE) {
        struct karto_buf text = KARTO_BUF_EMPTY;
        err = karto_conflict_say(cli, tx, &conflict, &text);
        karto_out_say(out, karto_buf_slice(&text));
        karto_buf_fini(&text);
        return err;
    }
    karto_out_begin(out, "conflict", KARTO_OUT_CARD);
    err = karto_conflict_show(out, tx, &conflict);
    enum karto_err out_err = karto_out_end(out);
    return err == KARTO_OK ? out_err : err;
}

enum karto_exit karto_cmd_conflict_show(struct karto_cli *cli)
{
    return karto_cli_read(cli, show, cli) == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- resolve ---- */

struct resolving {
    struct karto_cli *cli;
    struct karto_arena arena; /* of what follows, from the look to the save */
    struct karto_rid record;
    uint32_t kind, field;
    struct karto_slice key, value;
    struct karto_dot *dots; /* of the heads that were shown */
    uint32_t dot_count;
    struct karto_buf said;
    uint64_t batch;
};

/* Which of the values it is to be can only be said by who has seen them. */
static enum karto_err refuse(struct resolving *r, enum karto_message message, const char *number, int64_t count)
{
    struct karto_problem *problem = &r->cli->problem;
    struct karto_buf word = KARTO_BUF_EMPTY;
    KARTO_PROBLEM(problem, r->cli->lang, KARTO_E_USAGE, message, karto_arg_str("value", number),
                  karto_arg_int("n", count));
    karto_typed_word(&word, karto_slice_str(r->cli->args.words[0]));
    KARTO_SAY(&problem->hint, r->cli->lang, KARTO_M_CONFLICT_TAKE_HINT,
              karto_arg_text("conflict", karto_buf_slice(&word)));
    karto_buf_fini(&word);
    return KARTO_E_USAGE;
}

static enum karto_err take(struct resolving *r, const struct karto_conflict *conflict, const char *number)
{
    char *end;
    unsigned long n = strtoul(number, &end, 10);
    if (*number < '1' || *number > '9' || *end || n > conflict->reg->count)
        return refuse(r, KARTO_M_CONFLICT_TAKE_RANGE, number, conflict->reg->count);
    r->value = karto_arena_copy(&r->arena, conflict->reg->heads[n - 1].value);
    return KARTO_OK;
}

/* The value that was asked for, encoded. */
static enum karto_err choose(struct resolving *r, const struct karto_conflict *conflict)
{
    const char *number = karto_args_value(&r->cli->args, "take"), *value = karto_args_value(&r->cli->args, "value");
    if (!number == !value)
        return refuse(r, KARTO_M_CONFLICT_CHOICE, "", 0);
    if (number)
        return take(r, conflict, number);
    if (!conflict->def)
        return refuse(r, KARTO_M_CONFLICT_CHOICE, "", 0);
    return karto_field_parse(&r->arena, conflict->def, karto_slice_str(value), r->cli->lang, &r->value,
                             &r->cli->problem);
}

static void say_resolved(struct resolving *r, const struct karto_conflict *conflict)
{
    struct karto_buf label = KARTO_BUF_EMPTY;
    karto_register_heading(&label, r->cli->lang, conflict->record->kind, conflict->field, conflict->reg->key);
    struct karto_slice text = karto_value_said(&r->arena, conflict->def, r->value, r->cli->lang);
    if (text.size == 0)
        text = karto_slice_str(karto_message_text(r->cli->lang, KARTO_M_EMPTY_VALUE));
    KARTO_SAY(&r->said, r->cli->lang, KARTO_M_RESOLVED_CONFLICT, karto_arg_text("field", karto_buf_slice(&label)),
              karto_arg_text("value", text));
    karto_buf_fini(&label);
}

static enum karto_err look(struct karto_tx *tx, void *context)
{
    struct resolving *r = context;
    struct karto_conflict conflict;
    enum karto_err err = find(r->cli, tx, &conflict);
    if (err == KARTO_OK)
        err = choose(r, &conflict);
    if (err != KARTO_OK)
        return err;
    r->record = conflict.record->id;
    r->kind = conflict.record->kind;
    r->field = conflict.field;
    r->key = karto_arena_copy(&r->arena, conflict.reg->key);
    r->dot_count = conflict.reg->count;
    r->dots = karto_arena_array(&r->arena, r->dot_count, sizeof *r->dots);
    for (uint32_t i = 0; i < r->dot_count; i++)
        r->dots[i] = conflict.reg->heads[i].stamp.dot;
    say_resolved(r, &conflict);
    return KARTO_OK;
}

/* Somebody wrote there since the look: what stands there now. */
static enum karto_err changed_meanwhile(struct resolving *r, struct karto_tx *tx)
{
    struct karto_entry entry;
    struct karto_conflict now = {.field = r->field, .def = karto_field_def(r->kind, r->field)};
    enum karto_err err = karto_entry_load(tx, r->record, &entry);
    now.reg = err == KARTO_OK ? karto_record_register(&entry.view, r->field, r->key) : NULL;
    karto_problem_begin(&r->cli->problem, KARTO_E_CHANGED);
    for (uint32_t i = 1; now.reg && i <= now.reg->count && err == KARTO_OK; i++) {
        struct karto_buf text = KARTO_BUF_EMPTY;
        err = karto_conflict_say_value(r->cli, tx, &now, i, &text);
        karto_problem_candidate(&r->cli->problem, karto_buf_slice(&text), karto_slice(NULL, 0));
        karto_buf_fini(&text);
    }
    return err == KARTO_OK ? KARTO_E_CHANGED : err;
}

static enum karto_err resolve(struct karto_tx *tx, void *context)
{
    struct resolving *r = context;
    const struct karto_edit edit = {r->field, r->key, r->value};
    const struct karto_shown shown = {r->field, r->key, r->dots, r->dot_count};
    const struct karto_save save = {
        .kind = r->kind,
        .record = r->record,
        .edits = &edit,
        .count = 1,
        .shown = &shown,
        .shown_count = 1,
        .via = KARTO_VIA_CLI,
    };
    enum karto_err err = karto_save(tx, &save, &r->batch);
    return err == KARTO_E_CHANGED ? changed_meanwhile(r, tx) : err;
}

enum karto_exit karto_cmd_conflict_resolve(struct karto_cli *cli)
{
    struct resolving r = {.cli = cli};
    karto_arena_init(&r.arena);
    enum karto_err err = karto_cli_read(cli, look, &r);
    if (err == KARTO_OK)
        err = karto_cli_write(cli, resolve, &r);
    if (err == KARTO_OK) {
        const struct karto_changed changed = {
            .records = &r.record,
            .record_count = r.batch ? 1 : 0,
            .changes = r.batch ? 1 : 0,
            .batch = cli->settings.dry_run ? 0 : r.batch,
            .said = karto_buf_slice(&r.said),
        };
        err = karto_changed_show(cli, &changed);
    }
    enum karto_exit code = err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
    karto_buf_fini(&r.said);
    karto_arena_fini(&r.arena);
    return code;
}
