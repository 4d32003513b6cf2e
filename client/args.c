#include "client/args.h"

#include "client/command.h"
#include "client/help.h"
#include "client/typed_word.h"
#include "client/suggest.h"
#include "client/synonym.h"
#include "core/base/fatal.h"
#include "core/base/layout.h"
#include "core/base/reader.h"
#include "core/model/schema.h"

#include <stdlib.h>
#include <string.h>

const struct karto_option karto_options_everywhere[] = {
    {"db", 0, "DIR", KARTO_M_OPT_DB},
    {"json", 0, NULL, KARTO_M_OPT_JSON},
    {"tsv", 0, NULL, KARTO_M_OPT_TSV},
    {"columns", 0, "NAME,...", KARTO_M_OPT_COLUMNS},
    {"limit", 0, "N", KARTO_M_OPT_LIMIT},
    {"after", 0, "CURSOR", KARTO_M_OPT_AFTER},
    {"sort", 0, "[-]FIELD", KARTO_M_OPT_SORT},
    {"lang", 0, "uk|en", KARTO_M_OPT_LANG},
    {"color", 0, "auto|always|never", KARTO_M_OPT_COLOR},
    {"dry-run", 'n', NULL, KARTO_M_OPT_DRY_RUN},
    {"yes", 'y', NULL, KARTO_M_OPT_YES},
    {"no-input", 0, NULL, KARTO_M_OPT_NO_INPUT},
    {"quiet", 'q', NULL, KARTO_M_OPT_QUIET},
    {"verbose", 'v', NULL, KARTO_M_OPT_VERBOSE},
    {"help", 'h', NULL, KARTO_M_OPT_HELP},
};
const unsigned karto_options_everywhere_count = sizeof karto_options_everywhere / sizeof *karto_options_everywhere;

/* The line as it is being read. */
struct line {
    struct karto_args *args;
    const struct karto_command *commands;
    unsigned command_count;
    const char *const *at, *const *end;
    enum karto_lang lang;
    struct karto_problem *problem;
};

/* -- what went wrong -- */

static enum karto_err fail(struct line *line, enum karto_message message, const struct karto_arg *args, size_t count)
{
    enum karto_err err = karto_problem_set(line->problem, line->lang, KARTO_E_USAGE, message, args, count);
    const struct karto_args *so_far = line->args;
    struct karto_buf name = KARTO_BUF_EMPTY;
    if (!so_far->noun) {
        karto_message(&line->problem->hint, line->lang, KARTO_M_SEE_HELP_ALL, NULL, 0);
        return err;
    }
    if (so_far->command)
        karto_command_name(so_far->command, &name);
    else
        karto_buf_add_str(&name, so_far->noun);
    KARTO_SAY(&line->problem->hint, line->lang, KARTO_M_SEE_HELP, karto_arg_text("command", karto_buf_slice(&name)));
    karto_buf_fini(&name);
    return err;
}

#define FAIL(line, message, ...) fail(line, message, &(const struct karto_arg)__VA_ARGS__, 1)

static void suggest(struct line *line, const char *word)
{
    karto_problem_suggest(line->problem, line->lang, word);
}

/* Two words as one, with a 0 behind; second may be NULL. The caller frees the buffer. */
static const char *join(struct karto_buf *out, const char *first, const char *second)
{
    karto_buf_add_str(out, first);
    if (second) {
        karto_buf_add_byte(out, ' ');
        karto_buf_add_str(out, second);
    }
    karto_buf_add_byte(out, 0);
    return (const char *)out->data;
}

static void suggest_option(struct karto_suggestion *best, const struct karto_option *options, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        karto_suggest_try(best, options[i].name);
}

/* How a command takes fields: '=' of values, ':' of conditions; 0: not at all. *kind: whose. */
static char field_sign(const struct karto_command *command, const struct karto_kind_def **kind)
{
    bool asks = command && (strcmp(command->noun, "find") == 0 || strcmp(command->noun, "export") == 0);
    *kind = !command ? NULL : asks ? karto_kind(KARTO_CLIENT) : karto_kind_named(karto_slice_str(command->noun));
    if (!*kind)
        return 0;
    if (asks || strcmp(command->verb, "list") == 0)
        return ':';
    return strcmp(command->verb, "add") == 0 || strcmp(command->verb, "set") == 0 ? '=' : 0;
}

/* "--name Ромашка" where name=Ромашка is meant, "-city Львів" where city:Львів is. */
static bool suggest_field(struct line *line, const char *name)
{
    const struct karto_kind_def *kind;
    char sign = field_sign(line->args->command, &kind);
    const char *meant = karto_field_meant(karto_slice_str(name));
    const char *equals = strchr(line->at[-1], '='), *next = line->at < line->end ? *line->at : "";
    const char *value = equals ? equals + 1 : next;
    bool lacks = sign == ':' && (*value == 0 || *value == '-');
    if (!sign || lacks || !meant || !karto_field_named(kind->number, karto_slice_str(meant)))
        return false;
    const char *quote = sign == ':' && strchr(value, ' ') ? "\"" : "";
    struct karto_buf pair = KARTO_BUF_EMPTY, word = KARTO_BUF_EMPTY;
    karto_buf_printf(&pair, "%s%c%s%s%s", meant, sign, quote, value, quote);
    karto_typed_word(&word, karto_buf_slice(&pair));
    suggest(line, join(&word, "", NULL));
    karto_buf_fini(&pair);
    karto_buf_fini(&word);
    return true;
}

/* The options that the command has of its own. */
static void list_options(struct line *line, const struct karto_command *command)
{
    struct karto_buf all = KARTO_BUF_EMPTY;
    for (unsigned i = 0; i < command->option_count; i++)
        karto_buf_printf(&all, "%s--%s", i ? ", " : "", command->options[i].name);
    karto_buf_add_byte(&line->problem->message, ' ');
    KARTO_SAY(&line->problem->message, line->lang, KARTO_M_OPTIONS_HERE,
              karto_arg_text("options", karto_buf_slice(&all)));
    karto_buf_fini(&all);
}

static const struct karto_option *find(const struct karto_option *options, unsigned count, struct karto_slice name,
                                       char letter)
{
    for (unsigned i = 0; i < count; i++)
        if (letter ? options[i].letter == letter : karto_slice_is(name, options[i].name))
            return &options[i];
    return NULL;
}

static const struct karto_option *find_option(const struct line *line, struct karto_slice name, char letter)
{
    const struct karto_command *command = line->args->command;
    const struct karto_option *own = command ? find(command->options, command->option_count, name, letter) : NULL;
    return own ? own : find(karto_options_everywhere, karto_options_everywhere_count, name, letter);
}

/* Whether only its second dash is missing. */
static bool is_option(const struct line *line, const char *name)
{
    return find_option(line, karto_slice_str(name), 0) != NULL;
}

/* shown is the option as typed, up to its value; name is that without dashes. */
static enum karto_err unknown_option(struct line *line, const char *shown, const char *name)
{
    enum karto_err err = FAIL(line, KARTO_M_UNKNOWN_OPTION, {.name = "option", .text = karto_slice_str(shown)});
    struct karto_suggestion best;
    if (strcmp(name, "version") == 0 || strcmp(shown, "-V") == 0) {
        suggest(line, "karto version");
        return err;
    }
    if (!is_option(line, name) && suggest_field(line, name))
        return err;
    const struct karto_command *command = line->args->command;
    karto_suggest_init(&best, name);
    suggest_option(&best, karto_options_everywhere, karto_options_everywhere_count);
    if (command)
        suggest_option(&best, command->options, command->option_count);
    if (best.best) {
        struct karto_buf dashed = KARTO_BUF_EMPTY;
        karto_buf_printf(&dashed, "--%s", best.best);
        karto_buf_add_byte(&dashed, 0);
        suggest(line, (const char *)dashed.data);
        karto_buf_fini(&dashed);
    } else if (command && command->option_count && (shown[1] == '-' || !name[1])) {
        list_options(line, command);
    } else if (line->args->word_count || name[1]) {
        karto_buf_add_byte(&line->problem->message, ' ');
        karto_message(&line->problem->message, line->lang, KARTO_M_OPTION_DASHES, NULL, 0);
    }
    return err;
}

/* Whether some command of this noun has a verb, or the other way round. */
static const struct karto_command *find_command(const struct line *line, const char *noun, const char *verb)
{
    for (unsigned i = 0; i < line->command_count; i++) {
        const struct karto_command *command = &line->commands[i];
        bool same_verb = verb ? command->verb && strcmp(command->verb, verb) == 0 : !command->verb;
        if (same_verb && strcmp(command->noun, noun) == 0)
            return command;
    }
    return NULL;
}

static bool has_noun(const struct line *line, const char *noun, size_t size)
{
    for (unsigned i = 0; i < line->command_count; i++)
        if (karto_slice_is(karto_slice(noun, size), line->commands[i].noun))
            return true;
    return false;
}

/* The word as the other keyboard layout gives it, for as long as the problem stands. */
static const char *on_other_layout(struct line *line, const char *word)
{
    struct karto_arena *arena = &line->problem->arena;
    struct karto_slice text = karto_slice_str(word);
    return karto_utf8_valid(text) ? karto_arena_string(arena, karto_layout_other(arena, text)) : word;
}

/* The noun that a word is or means, if this table has it; NULL: none. */
static const char *noun_meant(struct line *line, const char *word)
{
    const char *const ways[] = {word, karto_command_meant(word), on_other_layout(line, word)};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (ways[i] && has_noun(line, ways[i], strlen(ways[i])))
            return ways[i];
    return NULL;
}

/* The verb of a noun that a word is or means; NULL: none. */
static const char *verb_meant(struct line *line, const char *noun, const char *word)
{
    const char *const ways[] = {word, karto_verb_meant(word), on_other_layout(line, word)};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (ways[i] && find_command(line, noun, ways[i]))
            return ways[i];
    return NULL;
}

/* A noun and its verb in whichever order and language: "list client", "додати людину". */
static bool suggest_pair(struct line *line, const char *first, const char *second)
{
    for (int swapped = 0; swapped < 2; swapped++) {
        const char *noun = noun_meant(line, swapped ? second : first);
        const char *verb = noun ? verb_meant(line, noun, swapped ? first : second) : NULL;
        struct karto_buf whole = KARTO_BUF_EMPTY;
        if (!verb)
            continue;
        suggest(line, join(&whole, noun, verb));
        karto_buf_fini(&whole);
        return true;
    }
    return false;
}

static void suggest_noun(struct line *line, const char *word)
{
    struct karto_suggestion best;
    const char *meant = karto_command_meant(word);
    karto_suggest_init(&best, word);
    if (!meant || !has_noun(line, meant, strcspn(meant, " ")))
        meant = noun_meant(line, word);
    if (meant)
        karto_suggest_know(&best, meant);
    for (unsigned i = 0; i < line->command_count; i++)
        karto_suggest_try(&best, line->commands[i].noun);
    if (best.best)
        suggest(line, best.best);
}

/* Where no verb is near, it may be somebody's name, and the verb forgotten. */
static void suggest_verb(struct line *line, const char *noun, const char *word)
{
    struct karto_suggestion best;
    struct karto_buf whole = KARTO_BUF_EMPTY;
    const char *meant = verb_meant(line, noun, word);
    karto_suggest_init(&best, word);
    if (meant)
        karto_suggest_know(&best, meant);
    for (unsigned i = 0; i < line->command_count; i++)
        if (line->commands[i].verb && strcmp(line->commands[i].noun, noun) == 0)
            karto_suggest_try(&best, line->commands[i].verb);
    if (best.best) {
        suggest(line, join(&whole, noun, best.best));
    } else if (find_command(line, noun, "show")) {
        karto_buf_printf(&whole, "%s show ", noun);
        karto_typed_word(&whole, karto_slice_str(word));
        suggest(line, join(&whole, "", NULL));
    }
    karto_buf_fini(&whole);
}

static enum karto_err unknown_command(struct line *line, const char *noun, const char *verb)
{
    struct karto_buf typed = KARTO_BUF_EMPTY;
    const char *name = join(&typed, noun, verb);
    enum karto_err err = FAIL(line, KARTO_M_UNKNOWN_COMMAND, {.name = "command", .text = karto_slice_str(name)});
    karto_buf_fini(&typed);
    if (verb)
        suggest_verb(line, noun, verb);
    else if (line->at == line->end || !suggest_pair(line, noun, *line->at))
        suggest_noun(line, noun);
    return err;
}

static enum karto_err verb_needed(struct line *line, const char *noun)
{
    struct karto_buf verbs = KARTO_BUF_EMPTY;
    for (unsigned i = 0; i < line->command_count; i++) {
        if (strcmp(line->commands[i].noun, noun) != 0)
            continue;
        karto_buf_add_str(&verbs, verbs.size ? ", " : "");
        karto_buf_add_str(&verbs, line->commands[i].verb);
    }
    enum karto_err err = KARTO_PROBLEM(line->problem, line->lang, KARTO_E_USAGE, KARTO_M_VERB_NEEDED,
                                       karto_arg_str("noun", noun), karto_arg_text("verbs", karto_buf_slice(&verbs)));
    KARTO_SAY(&line->problem->hint, line->lang, KARTO_M_SEE_HELP, karto_arg_str("command", noun));
    karto_buf_fini(&verbs);
    return err;
}

/* -- options -- */

static void give(struct line *line, const struct karto_option *option, const char *value)
{
    line->args->given[line->args->given_count++] = (struct karto_given){option, value};
}

/* value: what is attached to the option itself, or NULL. */
static enum karto_err take_option(struct line *line, const struct karto_option *option, const char *shown,
                                  const char *value)
{
    if (!option->value && value)
        return FAIL(line, KARTO_M_OPTION_TAKES_NO_VALUE, {.name = "option", .text = karto_slice_str(shown)});
    if (option->value && !value) {
        if (line->at == line->end)
            return FAIL(line, KARTO_M_OPTION_NEEDS_VALUE, {.name = "option", .text = karto_slice_str(shown)});
        value = *line->at++;
    }
    give(line, option, value);
    return KARTO_OK;
}

static enum karto_err take_long(struct line *line, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t size = equals ? (size_t)(equals - text) : strlen(text);
    struct karto_buf shown = KARTO_BUF_EMPTY;
    karto_buf_add(&shown, text, size);
    karto_buf_add_byte(&shown, 0);
    const char *name = (const char *)shown.data;
    const struct karto_option *option = find_option(line, karto_slice_str(name + 2), 0);
    enum karto_err err =
        option ? take_option(line, option, name, equals ? equals + 1 : NULL) : unknown_option(line, name, name + 2);
    karto_buf_fini(&shown);
    return err;
}

static enum karto_err take_letters(struct line *line, const char *text)
{
    for (const char *letter = text + 1; *letter; letter++) {
        const struct karto_option *option = find_option(line, karto_slice_str(NULL), *letter);
        const char shown[] = {'-', *letter, 0};
        if (!option)
            return unknown_option(line, (unsigned char)*letter < 0x80 ? shown : text, text + 1);
        const char *value = option->value && letter[1] ? letter + 1 : NULL;
        enum karto_err err = take_option(line, option, shown, value);
        if (err != KARTO_OK || value)
            return err;
    }
    return KARTO_OK;
}

/* -- words -- */

static enum karto_err take_noun(struct line *line, const char *word)
{
    struct karto_args *args = line->args;
    if (has_noun(line, word, strlen(word))) {
        args->noun = word;
        args->command = find_command(line, word, NULL);
        return KARTO_OK;
    }
    return unknown_command(line, word, NULL);
}

static enum karto_err take_word(struct line *line, const char *word)
{
    struct karto_args *args = line->args;
    if (!args->noun)
        return take_noun(line, word);
    if (!args->command) {
        args->command = find_command(line, args->noun, word);
        return args->command ? KARTO_OK : unknown_command(line, args->noun, word);
    }
    args->words[args->word_count++] = word;
    return KARTO_OK;
}

static enum karto_err check_count(struct line *line)
{
    const struct karto_args *args = line->args;
    if (karto_args_has(args, "help"))
        return KARTO_OK;
    if (!args->command)
        return args->noun ? verb_needed(line, args->noun) : KARTO_OK;
    bool missing = args->word_count < args->command->words_min;
    if (!missing && args->word_count <= args->command->words_max)
        return KARTO_OK;
    struct karto_buf name = KARTO_BUF_EMPTY;
    karto_command_name(args->command, &name);
    const char *usage = karto_help_usage(karto_buf_slice(&name));
    karto_buf_fini(&name);
    const struct karto_arg said[] = {
        karto_arg_str("usage", usage),
        karto_arg_str("argument", missing ? NULL : args->words[args->command->words_max]),
    };
    return fail(line, missing ? KARTO_M_ARGUMENT_MISSING : KARTO_M_ARGUMENT_EXTRA, said, 2);
}

/* A condition that is negated, -tag:vip, and no option: no option without a value has one of these signs in it. */
static bool is_negation(const struct line *line, const char *text)
{
    const struct karto_option *option = find_option(line, karto_slice_str(NULL), text[1]);
    bool takes_rest = option && option->value;
    return line->args->command && line->args->command->words_max > 0 && !takes_rest && strpbrk(text, ":=<>(") != NULL;
}

/* "—hidden", "–hidden": what an editor makes of two hyphens. The hyphens behind the dash are not counted. */
static enum karto_err check_dash(struct line *line, const char *text)
{
    static const char *const dashes[] = {"\u2014", "\u2013"};
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
        size_t size = strlen(dashes[i]);
        if (strncmp(text, dashes[i], size) != 0)
            continue;
        const char *name = text + size + strspn(text + size, "-");
        size_t name_size = strcspn(name, "=");
        if (!find_option(line, karto_slice(name, name_size), 0))
            return KARTO_OK;
        struct karto_buf shown = KARTO_BUF_EMPTY;
        karto_buf_add(&shown, text, (size_t)(name - text) + name_size);
        karto_buf_add_byte(&shown, 0);
        enum karto_err err =
            unknown_option(line, (const char *)shown.data, (const char *)shown.data + (size_t)(name - text));
        karto_buf_fini(&shown);
        return err;
    }
    return KARTO_OK;
}

static enum karto_err take_all(struct line *line)
{
    bool options_end = false;
    while (line->at < line->end) {
        const char *text = *line->at++;
        enum karto_err err = options_end ? KARTO_OK : check_dash(line, text);
        if (err != KARTO_OK)
            return err;
        if (options_end || text[0] != '-' || text[1] == 0 || (text[1] != '-' && is_negation(line, text)))
            err = take_word(line, text);
        else if (text[1] != '-')
            err = take_letters(line, text);
        else if (text[2] != 0)
            err = take_long(line, text);
        else
            options_end = true;
        if (err != KARTO_OK)
            return err;
    }
    return check_count(line);
}

enum karto_err karto_args_parse(struct karto_args *args, const struct karto_command *commands, unsigned command_count,
                                int argc, const char *const *argv, enum karto_lang lang, struct karto_problem *problem)
{
    size_t count = argc > 1 ? (size_t)argc - 1 : 0, letters = 0;
    for (size_t i = 0; i < count; i++)
        letters += strlen(argv[i + 1]); /* -nqy gives more than one option for its word */
    *args = (struct karto_args){
        .words = karto_must(calloc(count + 1, sizeof *args->words)),
        .given = karto_must(calloc(letters + 1, sizeof *args->given)),
    };
    struct line line = {args, commands, command_count, argv + 1, argv + 1 + count, lang, problem};
    return take_all(&line);
}

void karto_args_fini(struct karto_args *args)
{
    free(args->words);
    free(args->given);
    *args = (struct karto_args){.command = NULL};
}

bool karto_args_has(const struct karto_args *args, const char *name)
{
    for (size_t i = 0; i < args->given_count; i++)
        if (strcmp(args->given[i].option->name, name) == 0)
            return true;
    return false;
}

const char *karto_args_value(const struct karto_args *args, const char *name)
{
    const char *last = NULL, *value;
    for (size_t at = 0; (value = karto_args_each(args, name, &at)) != NULL;)
        last = value;
    return last;
}

const char *karto_args_each(const struct karto_args *args, const char *name, size_t *at)
{
    while (*at < args->given_count) {
        const struct karto_given *given = &args->given[(*at)++];
        if (given->value && strcmp(given->option->name, name) == 0)
            return given->value;
    }
    return NULL;
}

bool karto_args_peek_json(int argc, const char *const *argv)
{
    bool json = false;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        json = json || strcmp(argv[i], "--json") == 0;
    return json;
}

const char *karto_args_peek_lang(int argc, const char *const *argv)
{
    const char *lang = NULL;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            lang = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            lang = argv[++i];
    }
    return lang;
}
