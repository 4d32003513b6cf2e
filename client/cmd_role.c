/* karto role: what there is to be, and what each role may have and write. Asks no store: the roles are the program's.
 */
#include "client/cmd.h"
#include "client/command.h"
#include "client/field_show.h"
#include "client/open.h"
#include "client/person.h"
#include "client/suggest.h"
#include "core/model/role_text.h"

static const struct karto_column columns[] = {{"name", true}, {"where", true}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *where_of(const struct karto_role_def *role)
{
    return role->everywhere ? "everywhere" : "territories";
}

/* ---- list ---- */

/* For people, with what it is called in their language. */
static void list_role_said(struct karto_out *out, const struct karto_role_def *role)
{
    struct karto_buf name = KARTO_BUF_EMPTY;
    enum karto_message where = role->everywhere ? KARTO_M_ROLE_EVERYWHERE : KARTO_M_ROLE_TERRITORIES;
    karto_buf_printf(&name, "%s (%s)", role->name, karto_person_role(karto_out_lang(out), role->name));
    karto_out_key(out, "name"), karto_out_text(out, karto_buf_slice(&name));
    karto_out_key(out, "where"), karto_out_str(out, karto_message_text(karto_out_lang(out), where));
    karto_buf_fini(&name);
}

static void list_role(struct karto_out *out, const struct karto_role_def *role)
{
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
    for (uint32_t i = 1; karto_role(i); i++)
        list_role(out, karto_role(i));
    karto_out_rows_end(out);
    err = karto_out_end(out);
    if (err == KARTO_OK && for_people && !cli->settings.quiet)
        KARTO_NOTE(cli, KARTO_M_ROLE_LIST_HOW, karto_arg_str("db", karto_cli_on_db(cli)));
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}

/* ---- show ---- */

typedef bool right_to(enum karto_role role, uint32_t kind, uint32_t field);

static void show_fields(struct karto_out *out, const char *key, const struct karto_role_def *role,
                        const struct karto_kind_def *kind, right_to *may)
{
    karto_out_key(out, key);
    karto_out_array(out);
    for (const struct karto_field_def *def = kind->fields; def->name; def++)
        if (may(role->number, kind->number, def->number))
            karto_out_str(out, def->name);
    karto_out_array_end(out);
}

static enum karto_err show_json(struct karto_out *out, const struct karto_role_def *role)
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
        karto_out_key(out, "make"), karto_out_bool(out, karto_role_makes(role->number, (*kind)->number));
        karto_out_object_end(out);
    }
    karto_out_array_end(out);
    return karto_out_end(out);
}

/* The same lines for people and for a file. */
static enum karto_err show_text(struct karto_cli *cli, const struct karto_role_def *role)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_role_print(role, &text);
    bool fine = fwrite(text.data, 1, text.size, cli->out) == text.size && fflush(cli->out) == 0;
    karto_buf_fini(&text);
    return fine ? KARTO_OK : karto_problem_begin(&cli->problem, KARTO_E_IO);
}

static enum karto_err no_role(struct karto_cli *cli, const char *word)
{
    struct karto_suggestion best;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_NOT_FOUND, KARTO_M_ROLE_UNKNOWN, karto_arg_str("value", word));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_ROLE_UNKNOWN_HINT, karto_arg_str("db", karto_cli_on_db(cli)));
    karto_suggest_init(&best, word);
    for (uint32_t i = 1; karto_role(i); i++)
        karto_suggest_try(&best, karto_role(i)->name);
    if (best.best)
        karto_problem_suggest(&cli->problem, cli->lang, best.best);
    return KARTO_E_NOT_FOUND;
}

enum karto_exit karto_cmd_role_show(struct karto_cli *cli)
{
    enum karto_role number;
    const char *word = cli->args.words[0];
    struct karto_out *out = karto_cli_out(cli);
    enum karto_err err;
    if (!karto_role_named(karto_slice_str(word), &number))
        err = no_role(cli, word);
    else if (karto_out_form(out) == KARTO_FORM_JSON)
        err = show_json(out, karto_role(number));
    else
        err = show_text(cli, karto_role(number));
    return err == KARTO_OK ? KARTO_EXIT_DONE : karto_cli_fail(cli);
}
