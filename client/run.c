#include "client/run.h"

#include "client/help.h"
#include "client/suggest.h"
#include "client/synonym.h"
#include "client/wiped.h"
#include "core/base/os_fault.h"
#include "core/base/os_posix.h"
#include "core/base/reader.h"
#include "core/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- help, version -- */

static const struct karto_command *find_command(const struct karto_cli *cli, struct karto_slice topic)
{
    const struct karto_command *found = NULL;
    for (unsigned i = 0; i < cli->command_count && !found; i++) {
        struct karto_buf name = KARTO_BUF_EMPTY;
        karto_command_name(&cli->commands[i], &name);
        if (karto_slice_equal(karto_buf_slice(&name), topic))
            found = &cli->commands[i];
        karto_buf_fini(&name);
    }
    return found;
}

static bool is_noun(const struct karto_cli *cli, struct karto_slice topic)
{
    for (unsigned i = 0; i < cli->command_count; i++)
        if (karto_slice_is(topic, cli->commands[i].noun))
            return true;
    return false;
}

static enum karto_exit print_help(struct karto_cli *cli, struct karto_slice text, struct karto_slice topic)
{
    struct karto_out *out = karto_cli_out(cli);
    if (karto_out_form(out) != KARTO_FORM_JSON) {
        fwrite(text.data, 1, text.size, cli->out);
        return KARTO_EXIT_DONE;
    }
    karto_out_begin(out, "help", KARTO_OUT_CARD);
    karto_out_key(out, "topic");
    if (topic.size)
        karto_out_text(out, topic);
    else
        karto_out_null(out);
    karto_out_key(out, "text");
    karto_out_text(out, text);
    return karto_cli_end(cli, karto_out_end(out));
}

static enum karto_exit no_topic(struct karto_cli *cli, const char *topic)
{
    struct karto_suggestion best;
    KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_UNKNOWN_TOPIC, karto_arg_str("topic", topic));
    karto_message(&cli->problem.hint, cli->lang, KARTO_M_SEE_HELP_ALL, NULL, 0);
    karto_suggest_init(&best, topic);
    for (unsigned i = 0; i < karto_help_count; i++)
        karto_suggest_try(&best, karto_help_table[i].topic);
    for (unsigned i = 0; i < cli->command_count; i++)
        karto_suggest_try(&best, cli->commands[i].noun);
    const char *meant = karto_topic_meant(topic);
    if (!meant)
        meant = karto_command_meant(topic);
    if (meant)
        karto_suggest_know(&best, meant);
    if (best.best)
        karto_problem_suggest(&cli->problem, cli->lang, best.best);
    return karto_cli_fail(cli);
}

/* Help on a topic of one or more words; on everything for an empty one. */
static enum karto_exit help_on(struct karto_cli *cli, const char *topic)
{
    struct karto_slice name = karto_slice_str(topic);
    const struct karto_help *help = karto_help_find(name);
    struct karto_buf text = KARTO_BUF_EMPTY;
    if (name.size == 0)
        karto_help_all(&text, cli->lang, cli->commands, cli->command_count);
    else if (help)
        karto_help_page(&text, cli->lang, help, find_command(cli, name));
    else if (is_noun(cli, name))
        karto_help_noun(&text, cli->lang, cli->commands, cli->command_count, topic);
    else
        return no_topic(cli, topic);
    enum karto_exit code = print_help(cli, karto_buf_slice(&text), name);
    karto_buf_fini(&text);
    return code;
}

enum karto_exit karto_cmd_help(struct karto_cli *cli)
{
    struct karto_buf topic = KARTO_BUF_EMPTY;
    for (size_t i = 0; i < cli->args.word_count; i++) {
        karto_buf_add_str(&topic, i ? " " : "");
        karto_buf_add_str(&topic, cli->args.words[i]);
    }
    karto_buf_add_byte(&topic, 0);
    enum karto_exit code = help_on(cli, (const char *)topic.data);
    karto_buf_fini(&topic);
    return code;
}

enum karto_exit karto_cmd_version(struct karto_cli *cli)
{
    struct karto_out *out = karto_cli_out(cli);
    if (karto_out_form(out) != KARTO_FORM_JSON) {
        fprintf(cli->out, "karto %s\n", KARTO_VERSION);
        return KARTO_EXIT_DONE;
    }
    karto_out_begin(out, "version", KARTO_OUT_CARD);
    karto_out_key(out, "version");
    karto_out_str(out, KARTO_VERSION);
    return karto_cli_end(cli, karto_out_end(out));
}

/* -- a run -- */

/* The environment and the line, over what files said. */
static enum karto_err read_line(struct karto_cli *cli, int argc, const char *const *argv, struct karto_buf *warnings,
                                struct karto_problem *problem)
{
    enum karto_err err = karto_settings_environment(&cli->settings, cli->getenv, warnings, problem);
    const char *lang = karto_args_peek_lang(argc, argv);
    if (lang)
        karto_lang_parse(lang, &cli->settings.lang); /* what it should not be is said when its turn comes */
    cli->lang = cli->settings.lang;
    if (err == KARTO_OK)
        err = karto_args_parse(&cli->args, cli->commands, cli->command_count, argc, argv, cli->lang, problem);
    /* Even where the line was not understood, so far as it was: an error is JSON where JSON was asked for. */
    struct karto_problem ignored;
    karto_problem_init(&ignored);
    enum karto_err settings_err = karto_settings_args(&cli->settings, &cli->args, err == KARTO_OK ? problem : &ignored);
    karto_problem_fini(&ignored);
    cli->lang = cli->settings.lang;
    return err == KARTO_OK ? settings_err : err;
}

/* Whoever asks for help needs it most where a file is wrong: that is only said then. */
static bool bears_wrong_files(const struct karto_cli *cli)
{
    return !cli->args.command || karto_args_has(&cli->args, "help") ||
           karto_command_bears_wrong_files(cli->args.command);
}

/* Everything that a command may ask for, the later over the earlier; warnings are about files
 * and the environment. */
static enum karto_err set_up(struct karto_cli *cli, int argc, const char *const *argv, struct karto_buf *warnings)
{
    struct karto_problem behind;
    karto_problem_init(&behind);
    karto_settings_say_lang(&cli->settings, karto_args_peek_lang(argc, argv), cli->getenv);
    enum karto_err err = karto_settings_files(&cli->settings, cli->system_config, cli->getenv, warnings, &cli->problem);
    enum karto_err line_err = read_line(cli, argc, argv, warnings, err == KARTO_OK ? &cli->problem : &behind);
    karto_problem_fini(&behind);
    if (err != KARTO_OK && line_err == KARTO_OK && bears_wrong_files(cli)) {
        karto_problem_text(&cli->problem, cli->lang, false, warnings);
        err = karto_problem_begin(&cli->problem, KARTO_OK);
    }
    err = err == KARTO_OK ? line_err : err;
    if (err != KARTO_OK && karto_args_peek_json(argc, argv))
        cli->settings.form = KARTO_FORM_JSON;
    return err;
}

/* Columns and an order that somebody has set for every day are meant for lists of records; in the line they are meant
 * as they stand, and have to fit. */
static void keep_for_lists(struct karto_cli *cli)
{
    const struct karto_command *command = cli->args.command;
    if (command->verb && strcmp(command->verb, "list") == 0 && strcmp(command->noun, "conflict") != 0)
        return;
    if (!karto_args_has(&cli->args, "columns"))
        cli->settings.columns = NULL;
    if (!karto_args_has(&cli->args, "sort"))
        cli->settings.sort = NULL;
}

/* What is said of a store so damaged that LMDB falls over it. The text stays for as long as the process. */
static void prepare_last_words(struct karto_cli *cli)
{
    static char words[2000];
    struct karto_buf said = KARTO_BUF_EMPTY;
    karto_problem_begin(&cli->problem, KARTO_E_CORRUPT);
    if (cli->settings.form == KARTO_FORM_JSON)
        karto_problem_json(&cli->problem, cli->lang, &said);
    else
        karto_problem_text(&cli->problem, cli->lang, false, &said);
    if (said.size < sizeof words) {
        memcpy(words, said.data, said.size);
        words[said.size] = 0;
        karto_fault_watch(words, (int)karto_exit_of(KARTO_E_CORRUPT));
    }
    karto_buf_fini(&said);
    karto_problem_begin(&cli->problem, KARTO_OK);
}

static enum karto_exit run(struct karto_cli *cli, int argc, const char *const *argv)
{
    struct karto_buf warnings = KARTO_BUF_EMPTY;
    enum karto_err err = set_up(cli, argc, argv, &warnings);
    if (!cli->settings.quiet && warnings.size)
        fwrite(warnings.data, 1, warnings.size, cli->err);
    karto_buf_fini(&warnings);
    if (err != KARTO_OK)
        return karto_cli_fail(cli);
    const struct karto_command *command = cli->args.command;
    prepare_last_words(cli);
    if (command && !karto_args_has(&cli->args, "help")) {
        keep_for_lists(cli);
        if (!karto_command_bears_no_store(command) && karto_cli_wiped(cli, NULL) != KARTO_OK)
            return karto_cli_fail(cli);
        return command->run(cli);
    }
    struct karto_buf topic = KARTO_BUF_EMPTY;
    if (command)
        karto_command_name(command, &topic);
    else if (cli->args.noun)
        karto_buf_add_str(&topic, cli->args.noun);
    karto_buf_add_byte(&topic, 0);
    enum karto_exit code = help_on(cli, (const char *)topic.data);
    karto_buf_fini(&topic);
    return code;
}

enum karto_exit karto_run(const struct karto_command *commands, unsigned command_count, int argc,
                          const char *const *argv, const struct karto_surroundings *around)
{
    struct karto_cli cli = {
        .commands = commands,
        .command_count = command_count,
        .in_is_terminal = around->in_is_terminal,
        .out_is_terminal = around->out_is_terminal,
        .err_is_terminal = around->err_is_terminal,
        .in = around->in,
        .out = around->out,
        .err = around->err,
        .system_config = around->system_config,
        .getenv = around->getenv,
    };
    karto_settings_init(&cli.settings, cli.getenv);
    karto_problem_init(&cli.problem);
    enum karto_exit code = run(&cli, argc, argv);
    errno = 0;
    if (fflush(cli.out) != 0 && errno != EPIPE && code == KARTO_EXIT_DONE)
        code = karto_cli_end(&cli, karto_os_error(errno)); /* an answer that was not written is none */
    karto_out_free(cli.printer);
    karto_problem_fini(&cli.problem);
    karto_args_fini(&cli.args);
    karto_settings_fini(&cli.settings);
    return code;
}
