#include "client/cli.h"

#include "client/terminal.h"
#include "client/typed_word.h"
#include "core/base/os_terminal.h"
#include "core/base/reader.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

enum karto_err karto_cli_db(struct karto_cli *cli, const char **dir)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    bool hub = cli->args.command && karto_command_is_the_hubs(cli->args.command);
    if (!karto_settings_db(&cli->settings, cli->getenv, hub, &path)) {
        enum karto_err err = karto_problem_set(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_NO_HOME, NULL, 0);
        karto_message(&cli->problem.hint, cli->lang, KARTO_M_NO_HOME_HINT, NULL, 0);
        return err;
    }
    *dir = karto_arena_string(&cli->settings.arena, karto_buf_slice(&path));
    karto_buf_fini(&path);
    return KARTO_OK;
}

const char *karto_cli_on_db(struct karto_cli *cli)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    if (!cli->settings.db)
        return "";
    karto_buf_add_str(&text, " --db ");
    karto_typed_word(&text, karto_slice_str(cli->settings.db));
    const char *kept = karto_arena_string(&cli->settings.arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return kept;
}

enum karto_err karto_cli_reason(struct karto_cli *cli, struct karto_slice *reason)
{
    struct karto_slice given = karto_slice_str(karto_args_value(&cli->args, "reason"));
    if (!karto_utf8_valid(given))
        return KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_VALUE_UTF8,
                             karto_arg_str("field", "--reason"));
    *reason = karto_text_clean(&cli->settings.arena, given);
    return KARTO_OK;
}

static bool wants_color(const struct karto_cli *cli, bool is_terminal)
{
    return karto_terminal_color(cli->settings.color, is_terminal, cli->getenv("NO_COLOR"), cli->getenv("TERM"));
}

static unsigned terminal_width(const struct karto_cli *cli)
{
    const char *columns = cli->getenv("COLUMNS");
    unsigned long asked = columns ? strtoul(columns, NULL, 10) : 0;
    if (asked >= 20 && asked <= 10000)
        return (unsigned)asked;
    return cli->out_is_terminal ? karto_os_terminal_columns(fileno(cli->out)) : 0;
}

struct karto_out *karto_cli_out(struct karto_cli *cli)
{
    if (cli->printer)
        return cli->printer;
    const char *pager = cli->getenv("PAGER");
    struct karto_out_options options = {
        .form = karto_out_form_for(cli->settings.form, cli->out_is_terminal),
        .lang = cli->lang,
        .color = wants_color(cli, cli->out_is_terminal),
        .width = terminal_width(cli),
        .columns = cli->settings.columns,
        .pager = cli->out_is_terminal && pager && *pager ? pager : NULL,
    };
    if (options.pager)
        setenv("LESS", "FRX", 0); /* as git does: colours as they are, and no stop for what fits the screen */
    cli->printer = karto_out_new(cli->out, &options);
    return cli->printer;
}

void karto_cli_note(struct karto_cli *cli, enum karto_message message, const struct karto_arg *args, size_t count)
{
    if (!cli->settings.quiet)
        karto_cli_warn(cli, message, args, count);
}

void karto_cli_warn(struct karto_cli *cli, enum karto_message message, const struct karto_arg *args, size_t count)
{
    struct karto_buf said = KARTO_BUF_EMPTY, shown = KARTO_BUF_EMPTY;
    karto_message(&said, cli->lang, message, args, count);
    karto_terminal_lines(&shown, karto_buf_slice(&said));
    karto_buf_add_byte(&shown, '\n');
    fwrite(shown.data, 1, shown.size, cli->err);
    karto_buf_fini(&said);
    karto_buf_fini(&shown);
}

/* Where nobody said what to do about a command that was not understood, its own examples do. */
static void hint_at_help(struct karto_cli *cli)
{
    struct karto_buf name = KARTO_BUF_EMPTY;
    if (cli->problem.err != KARTO_E_USAGE || cli->problem.hint.size || !cli->args.command)
        return;
    karto_command_name(cli->args.command, &name);
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_SEE_HELP, karto_arg_text("command", karto_buf_slice(&name)));
    karto_buf_fini(&name);
}

enum karto_exit karto_cli_fail(struct karto_cli *cli)
{
    struct karto_buf said = KARTO_BUF_EMPTY;
    hint_at_help(cli);
    fflush(cli->out); /* what was printed before comes before */
    if (cli->settings.form == KARTO_FORM_JSON)
        karto_problem_json(&cli->problem, cli->lang, &said);
    else
        karto_problem_text(&cli->problem, cli->lang, wants_color(cli, cli->err_is_terminal), &said);
    fwrite(said.data, 1, said.size, cli->err);
    karto_buf_fini(&said);
    return karto_exit_of(cli->problem.err);
}

enum karto_exit karto_cli_end(struct karto_cli *cli, enum karto_err err)
{
    if (err == KARTO_OK)
        return KARTO_EXIT_DONE;
    karto_problem_begin(&cli->problem, err);
    return karto_cli_fail(cli);
}
