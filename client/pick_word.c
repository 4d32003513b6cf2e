#include "client/pick_word.h"

#include "client/help.h"
#include "client/noun.h"
#include "client/typed_word.h"

#include <string.h>

static void join_words(const struct karto_cli *cli, size_t from, size_t to, struct karto_buf *out)
{
    for (size_t i = from; i < to; i++) {
        karto_buf_add_str(out, i > from ? " " : "");
        karto_buf_add_str(out, cli->args.words[i]);
    }
}

/* The command's own options, as they were given. */
static void add_options(const struct karto_cli *cli, struct karto_buf *out)
{
    for (size_t i = 0; i < cli->args.given_count; i++) {
        const struct karto_given *given = &cli->args.given[i];
        const struct karto_command *command = cli->args.command;
        if (given->option < command->options || given->option >= command->options + command->option_count)
            continue;
        karto_buf_printf(out, " --%s ", given->option->name);
        if (given->value)
            karto_typed_word(out, karto_slice_str(given->value));
    }
}

/* The line once more, with these words as one. */
static void print_quoted(const struct karto_cli *cli, struct karto_slice name, size_t count, struct karto_buf *out)
{
    karto_buf_add_str(out, "karto ");
    karto_command_name(cli->args.command, out);
    karto_buf_add_byte(out, ' ');
    karto_typed_word(out, name);
    for (size_t i = count; i < cli->args.word_count; i++) {
        karto_buf_add_byte(out, ' ');
        karto_typed_word(out, karto_slice_str(cli->args.words[i]));
    }
    add_options(cli, out);
}

/* Where values are written, the words behind the first may be one. */
static void hint_field(struct karto_cli *cli, size_t count)
{
    struct karto_buf value = KARTO_BUF_EMPTY, quoted = KARTO_BUF_EMPTY;
    if (strcmp(cli->args.command->verb, "add") != 0 && strcmp(cli->args.command->verb, "set") != 0)
        return;
    join_words(cli, 1, count, &value);
    karto_typed_word(&quoted, karto_buf_slice(&value));
    karto_buf_add_byte(&cli->problem.hint, '\n');
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_QUOTES_FIELD, karto_arg_str("field", karto_cli_noun(cli)->telling),
              karto_arg_text("value", karto_buf_slice(&quoted)));
    karto_buf_fini(&value);
    karto_buf_fini(&quoted);
}

static enum karto_err ask_for_quotes(struct karto_cli *cli, size_t count)
{
    struct karto_buf name = KARTO_BUF_EMPTY, command = KARTO_BUF_EMPTY;
    join_words(cli, 0, count, &name);
    print_quoted(cli, karto_buf_slice(&name), count, &command);
    enum karto_err err = KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_QUOTES_NEEDED,
                                       karto_arg_text("text", karto_buf_slice(&name)));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_QUOTES_HINT, karto_arg_text("command", karto_buf_slice(&command)));
    hint_field(cli, count);
    karto_buf_fini(&name);
    karto_buf_fini(&command);
    return err;
}

enum karto_err karto_pick_word(struct karto_cli *cli, size_t count, const char **text)
{
    *text = count ? cli->args.words[0] : NULL;
    if (count > 1)
        return ask_for_quotes(cli, count);
    if (count == 1)
        return KARTO_OK;
    struct karto_buf name = KARTO_BUF_EMPTY;
    karto_command_name(cli->args.command, &name);
    enum karto_err err = KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_WHOSE_MISSING,
                                       karto_arg_str("usage", karto_help_usage(karto_buf_slice(&name))));
    KARTO_SAY(&cli->problem.hint, cli->lang, KARTO_M_SEE_HELP, karto_arg_text("command", karto_buf_slice(&name)));
    karto_buf_fini(&name);
    return err;
}
