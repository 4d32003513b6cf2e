#include "client/pick_word.h"

#include "client/help.h"
#include "client/noun.h"
#include "client/retype.h"
#include "client/typed_word.h"

#include <string.h>

static void join_words(const struct karto_cli *cli, size_t from, size_t to, struct karto_buf *out)
{
    for (size_t i = from; i < to; i++) {
        karto_buf_add_str(out, i > from ? " " : "");
        karto_buf_add_str(out, cli->args.words[i]);
    }
}

/* Whether a word is a code, a phone or the id of a record, and so a name by itself. */
static bool is_number(const char *word)
{
    enum { DIGITS = 8 };
    return strlen(word) >= DIGITS && word[strspn(word, "0123456789abcdef+")] == 0;
}

static bool gives(const struct karto_cli *cli, const char *field)
{
    size_t size = strlen(field);
    for (size_t i = 0; i < cli->args.word_count; i++)
        if (strncmp(cli->args.words[i], field, size) == 0 && cli->args.words[i][size] == '=')
            return true;
    return false;
}

/* What the words behind the first are, if that is the name: a value of the field that tells one record from another, or
 * the reason of a hide. False: neither has a place here. */
static bool print_rest(const struct karto_cli *cli, size_t count, struct karto_buf *out)
{
    struct karto_buf value = KARTO_BUF_EMPTY;
    const char *verb = cli->args.command->verb, *telling = karto_cli_noun(cli)->telling;
    bool adds = (strcmp(verb, "add") == 0 || strcmp(verb, "set") == 0) && !gives(cli, telling);
    bool hides = strcmp(verb, "hide") == 0 && !karto_args_has(&cli->args, "reason");
    if (!adds && !hides)
        return false;
    join_words(cli, 1, count, &value);
    karto_buf_add_str(out, hides ? "--reason " : telling);
    karto_buf_add_str(out, hides ? "" : "=");
    karto_typed_word(out, karto_buf_slice(&value));
    karto_buf_fini(&value);
    return true;
}

static void hint(struct karto_cli *cli, enum karto_message message, size_t from, size_t to, struct karto_slice instead)
{
    struct karto_buf command = KARTO_BUF_EMPTY;
    karto_retype(cli, from, to, instead, &command);
    karto_buf_add_str(&cli->problem.hint, cli->problem.hint.size ? "\n" : "");
    KARTO_SAY(&cli->problem.hint, cli->lang, message, karto_arg_text("command", karto_buf_slice(&command)));
    karto_buf_fini(&command);
}

/* The name is the first word, and what follows has lost its field or its --reason. */
static enum karto_err ask_for_field(struct karto_cli *cli, size_t count, struct karto_slice rest)
{
    struct karto_buf words = KARTO_BUF_EMPTY;
    bool hides = strcmp(cli->args.command->verb, "hide") == 0;
    join_words(cli, 1, count, &words);
    enum karto_err err = KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE,
                                       hides ? karto_cli_noun(cli)->hide_reason : KARTO_M_VALUE_QUOTES,
                                       karto_arg_text("word", karto_buf_slice(&words)));
    hint(cli, KARTO_M_TYPE_SO, 1, count, rest);
    karto_buf_fini(&words);
    return err;
}

static enum karto_err ask_for_quotes(struct karto_cli *cli, size_t count, struct karto_slice rest)
{
    struct karto_buf name = KARTO_BUF_EMPTY, quoted = KARTO_BUF_EMPTY;
    join_words(cli, 0, count, &name);
    karto_typed_word(&quoted, karto_buf_slice(&name));
    enum karto_err err = KARTO_PROBLEM(&cli->problem, cli->lang, KARTO_E_USAGE, KARTO_M_QUOTES_NEEDED,
                                       karto_arg_text("text", karto_buf_slice(&name)));
    hint(cli, KARTO_M_QUOTES_HINT, 0, count, karto_buf_slice(&quoted));
    if (rest.size)
        hint(cli, KARTO_M_QUOTES_FIELD, 1, count, rest);
    karto_buf_fini(&name);
    karto_buf_fini(&quoted);
    return err;
}

static enum karto_err too_many(struct karto_cli *cli, size_t count)
{
    struct karto_buf rest = KARTO_BUF_EMPTY;
    bool is_rest = print_rest(cli, count, &rest) && is_number(cli->args.words[0]);
    enum karto_err err = is_rest ? ask_for_field(cli, count, karto_buf_slice(&rest))
                                 : ask_for_quotes(cli, count, karto_buf_slice(&rest));
    karto_buf_fini(&rest);
    return err;
}

enum karto_err karto_pick_word(struct karto_cli *cli, size_t count, const char **text)
{
    *text = count ? cli->args.words[0] : NULL;
    if (count > 1)
        return too_many(cli, count);
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
