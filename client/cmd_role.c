/* karto role: what there is to be, what each role may have and write, and how an enterprise says so itself. */
#include "client/cmd.h"
#include "client/cli.h"
#include "client/field_show.h"
#include "client/open.h"
#include "client/file_problem.h"
#include "client/person.h"
#include "client/role_words.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/model/role_text.h"
#include "core/store/roles.h"

#include <string.h>

enum { ROLE_FILE_MAX = 65536 };

static const struct karto_column columns[] = {{"name", true}, {"where", true}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *where_of(const struct karto_role *role)
{
    return role->everywhere ? "everywhere" : "territories";
}

/* ---- list ---- */

/* For people, with what it is called in their language. */
static void list_role_said(struct karto_out *out, const struct karto_role *role)
{
    struct karto_buf name = KARTO_BUF_EMPTY;
    enum karto_message where = role->everywhere ? KARTO_M_ROLE_EVERYWHERE : KARTO_M_ROLE_TERRITORIES;
    karto_buf_printf(&name, "%s (%s)", role->name, karto_person_role(karto_out_lang(out), role->name));
    karto_out_key(out, "name"), karto_out_text(out, karto_buf_slice(&name));
    karto_out_key(out, "where"), karto_out_str(out, karto_message_text(karto_out_lang(out), where));
    karto_buf_fini(&name);
}

static void list_role(const struct karto_role *role, void *context)
{
    struct karto_out *out = context;
    karto_out_object(out);
    if (karto_out_form(out) == KARTO_FORM_TABLE) {
        list_role_said(out, role);
    } else {
        karto_out_key(out, "name"), karto_out_str(out, role->name);
        karto_out_key(out, "where"), karto_out_str(out, where_of(role));
    }
    karto_out_object_end(out);
}

enum karto_exit karto_cmd_role_list(struct karto_cli *cli)
{
    struct karto_out *out = karto_cli_out(cli);
    bool for_people = karto_out_form(out) == KARTO_FORM_TABLE;
    enum karto_err err = karto_out_check_columns(out, columns, COLUMNS, &cli->problem);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    karto_out_begin(out, "roles", KARTO_OUT_LIST);
    karto_out_rows(out, "items", columns, COLUMNS);
    err = karto_role_all(cli, list_role, out);
    karto_out_rows_end(out);
    if (err == KARTO_OK)
        err = karto_out_end(out);
    if (err == KARTO_OK && for_people && !cli->settings.quiet)
        KARTO_NOTE(cli, KARTO_M_ROLE_LIST_HOW, karto_arg_str("db", karto_cli_on_db(cli)));
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- show ---- */

typedef bool right_to(const struct karto_role *role, uint32_t kind, uint32_t field);

static void show_fields(struct karto_out *out, const char *key, const struct karto_role *role,
                        const struct karto_kind_def *kind, right_to *may)
{
    karto_out_key(out, key);
    karto_out_array(out);
    for (const struct karto_field_def *def = kind->fields; def->name; def++)
        if (may(role, kind->number, def->number))
            karto_out_str(out, def->name);
    karto_out_array_end(out);
}

static enum karto_err show_json(struct karto_out *out, const struct karto_role *role)
{
    karto_out_begin(out, "role", KARTO_OUT_CARD);
    karto_out_key(out, "name"), karto_out_str(out, role->name);
    karto_out_key(out, "where"), karto_out_str(out, where_of(role));
    karto_out_key(out, "kinds");
    karto_out_array(out);
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++) {
        if ((*kind)->number == KARTO_DEVICE)
            continue;
        karto_out_object(out);
        karto_out_key(out, "of"), karto_out_str(out, (*kind)->name);
        show_fields(out, "read", role, *kind, karto_role_reads);
        show_fields(out, "write", role, *kind, karto_role_writes);
        karto_out_key(out, "make"), karto_out_bool(out, karto_role_makes(role, (*kind)->number));
        karto_out_object_end(out);
    }
    karto_out_array_end(out);
    return karto_out_end(out);
}

/* The same lines for people and for a file. */
static enum karto_err show_text(struct karto_cli *cli, const struct karto_role *role)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_role_print(role, &text);
    bool fine = fwrite(text.data, 1, text.size, cli->out) == text.size && fflush(cli->out) == 0;
    karto_buf_fini(&text);
    return fine ? KARTO_OK : karto_problem_begin(&cli->problem, KARTO_E_IO);
}

static enum karto_err print_role(struct karto_cli *cli, const struct karto_role *role)
{
    struct karto_out *out = karto_cli_out(cli);
    return karto_out_form(out) == KARTO_FORM_JSON ? show_json(out, role) : show_text(cli, role);
}

enum karto_exit karto_cmd_role_show(struct karto_cli *cli)
{
    const struct karto_role *role;
    enum karto_err err = karto_role_word(cli, cli->args.words[0], &role);
    if (err == KARTO_OK)
        err = print_role(cli, role);
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- check and edit ---- */

static enum karto_message flaw_said(enum karto_role_flaw flaw)
{
    static const enum karto_message said[] = {
        [KARTO_ROLE_NO_NAME] = KARTO_M_ROLE_NO_NAME,
        [KARTO_ROLE_BAD_NAME] = KARTO_M_ROLE_BAD_NAME,
        [KARTO_ROLE_NO_WHERE] = KARTO_M_ROLE_NO_WHERE,
        [KARTO_ROLE_UNKNOWN_KIND] = KARTO_M_ROLE_UNKNOWN_KIND,
        [KARTO_ROLE_UNKNOWN_VERB] = KARTO_M_ROLE_UNKNOWN_VERB,
        [KARTO_ROLE_UNKNOWN_FIELD] = KARTO_M_ROLE_UNKNOWN_FIELD,
        [KARTO_ROLE_NO_FIELDS] = KARTO_M_ROLE_NO_FIELDS,
        [KARTO_ROLE_TWICE] = KARTO_M_ROLE_TWICE,
        [KARTO_ROLE_WRITES_UNREAD] = KARTO_M_ROLE_WRITES_UNREAD,
        [KARTO_ROLE_UNPLACED] = KARTO_M_ROLE_UNPLACED,
        [KARTO_ROLE_MAKES_NAMELESS] = KARTO_M_ROLE_MAKES_NAMELESS,
        [KARTO_ROLE_HIDES_UNSEEN] = KARTO_M_ROLE_HIDES_UNSEEN,
        [KARTO_ROLE_NO_CLIENTS] = KARTO_M_ROLE_NO_CLIENTS,
        [KARTO_ROLE_EMPTY] = KARTO_M_ROLE_EMPTY,
        [KARTO_ROLE_TOO_LONG] = KARTO_M_ROLE_TOO_LONG,
    };
    return said[flaw];
}

/* Where it is said, too: "line 4: ...". */
static enum karto_err refuse_text(struct karto_cli *cli, const struct karto_role_problem *problem)
{
    struct karto_buf what = KARTO_BUF_EMPTY;
    KARTO_SAY(&what, cli->lang, flaw_said(problem->flaw), karto_arg_text("word", problem->word),
              karto_arg_text("kind", problem->kind));
    if (problem->line)
        KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_INVALID, KARTO_M_ROLE_LINE,
                      karto_arg_int("n", (int64_t)problem->line), karto_arg_text("what", karto_buf_slice(&what)));
    else
        KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_INVALID, KARTO_M_ROLE_WHOLE,
                      karto_arg_text("what", karto_buf_slice(&what)));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_ROLE_FORM_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    karto_buf_fini(&what);
    return KARTO_E_INVALID;
}

static enum karto_err refuse_size(struct karto_cli *cli)
{
    return refuse_text(cli, &(struct karto_role_problem){.flaw = KARTO_ROLE_TOO_LONG});
}

static enum karto_err read_input(struct karto_cli *cli, struct karto_buf *text)
{
    char block[4096];
    size_t size;
    while (text->size <= ROLE_FILE_MAX && (size = fread(block, 1, sizeof block, cli->in)) > 0)
        karto_buf_add(text, block, size);
    if (ferror(cli->in))
        return karto_cli_unreadable(cli, "-");
    return text->size > ROLE_FILE_MAX ? refuse_size(cli) : KARTO_OK;
}

/* Whoever types the name of a role wants that one changed. */
static enum karto_err no_file(struct karto_cli *cli, const char *file)
{
    enum karto_err err = karto_cli_unreadable(cli, file);
    if (err != KARTO_E_NOT_FOUND || strchr(file, '/') || strchr(file, '.'))
        return err;
    karto_buf_clear(&cli->problem.hint);
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_ROLE_FILE_HINT, karto_arg_str("role", file),
              karto_arg_str("db", karto_cli_on_db(cli)));
    return err;
}

static enum karto_err read_file(struct karto_cli *cli, const char *file, struct karto_buf *text)
{
    if (strcmp(file, "-") == 0)
        return read_input(cli, text);
    enum karto_err err = karto_os_read_file(file, ROLE_FILE_MAX, text);
    if (err == KARTO_E_LIMIT)
        return refuse_size(cli);
    return err == KARTO_OK ? KARTO_OK : no_file(cli, file);
}

static enum karto_err read_role(struct karto_cli *cli, struct karto_role *role)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    struct karto_role_problem problem;
    struct karto_arena *arena = &cli->settings.arena;
    enum karto_err err = read_file(cli, cli->args.words[0], &text);
    struct karto_slice kept = karto_arena_copy(arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    if (err == KARTO_OK && karto_role_parse(arena, kept, role, &problem) != KARTO_OK)
        return refuse_text(cli, &problem);
    return err;
}

enum karto_exit karto_cmd_role_check(struct karto_cli *cli)
{
    struct karto_role role;
    enum karto_err err = read_role(cli, &role);
    if (err == KARTO_OK)
        err = print_role(cli, &role);
    if (err == KARTO_OK)
        KARTO_NOTE_DONE(cli, KARTO_M_ROLE_FINE, karto_arg_str("file", cli->args.words[0]),
                        karto_arg_str("db", karto_cli_on_db(cli)));
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

struct keeping {
    struct karto_cli *cli;
    struct karto_role role;
    struct karto_role_kept kept;
};

static enum karto_err refuse_number(struct karto_cli *cli)
{
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_LIMIT, KARTO_M_ROLE_NO_ROOM, karto_arg_int("n", KARTO_ROLES_MAX));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_ROLE_NO_ROOM_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    return KARTO_E_LIMIT;
}

static enum karto_err keep(struct karto_tx *tx, void *context)
{
    struct keeping *k = context;
    if (tx->ledger.role != KARTO_ON_HUB)
        return KARTO_E_ROLE;
    if (strcmp(k->role.name, karto_role_name(karto_role(KARTO_ROLE_ADMINISTRATOR))) == 0)
        return KARTO_PROBLEM(&k->cli->problem, k->cli->lang, KARTO_E_NOT_PERMITTED, KARTO_M_ROLE_ADMINISTRATOR,
                             karto_arg_str("role", k->role.name));
    enum karto_err err = karto_keep_role(tx, &k->role, &k->kept);
    return err == KARTO_E_LIMIT ? refuse_number(k->cli) : err;
}

static enum karto_err show_kept(const struct keeping *k)
{
    struct karto_out *out = karto_cli_out(k->cli);
    if (karto_out_form(out) == KARTO_FORM_TABLE)
        return KARTO_OK;
    karto_out_begin(out, "role_edited", KARTO_OUT_CARD);
    karto_out_key(out, "name"), karto_out_str(out, k->role.name);
    karto_out_key(out, "changed"), karto_out_bool(out, k->kept.changed);
    karto_out_key(out, "devices"), karto_out_int(out, k->kept.devices);
    karto_out_key(out, "nowhere"), karto_out_int(out, k->kept.nowhere);
    return karto_out_end(out);
}

enum karto_exit karto_cmd_role_edit(struct karto_cli *cli)
{
    struct keeping k = {.cli = cli};
    enum karto_err err = read_role(cli, &k.role);
    if (err == KARTO_OK)
        err = karto_cli_write(cli, keep, &k);
    if (err == KARTO_OK)
        err = show_kept(&k);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    KARTO_NOTE_DONE(cli, k.kept.changed ? KARTO_M_ROLE_KEPT : KARTO_M_ROLE_WAS_SO, karto_arg_str("role", k.role.name),
                    karto_arg_int("n", k.kept.devices));
    if (k.kept.nowhere)
        KARTO_NOTE(cli, KARTO_M_ROLE_NOWHERE, karto_arg_str("role", k.role.name), karto_arg_int("n", k.kept.nowhere),
                   karto_arg_str("db", karto_cli_on_db(cli)));
    return KARTO_EXIT_DONE;
}
