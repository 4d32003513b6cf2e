/* That every command and topic is explained in both languages, that the help names no option that there is not, and
 * that its examples are command lines that karto understands. */
#include "client/commands.h"
#include "client/help.h"
#include "tests/check.h"

enum { WORDS_MAX = 32 };

/* Whether text has a letter of Ukrainian, which UTF-8 begins with one of these. */
static bool is_ukrainian(const char *text)
{
    return strpbrk(text, "\xD0\xD1\xD2") != NULL;
}

static void check_said(const char *uk, const char *en)
{
    CHECK(!uk == !en);
    CHECK(!uk || (is_ukrainian(uk) && !is_ukrainian(en)));
}

/* The next option that text names, "--json", from *text on; 0: none. */
static size_t next_option(const char **text)
{
    *text = strstr(*text, "--");
    return *text ? 2 + strspn(*text + 2, "abcdefghijklmnopqrstuvwxyz-") : 0;
}

/* Whether text names what stands there, and no longer one. */
static bool names(const char *text, const char *option, size_t size)
{
    for (size_t other; (other = next_option(&text)) != 0; text += other)
        if (other == size && memcmp(text, option, size) == 0)
            return true;
    return false;
}

static void check_options_agree(const char *one, const char *other)
{
    for (size_t size; (size = next_option(&one)) != 0; one += size)
        CHECK(names(other, one, size));
}

static void both_languages_say_the_same(void)
{
    for (unsigned i = 0; i < karto_help_count; i++) {
        const struct karto_help_text *uk = &karto_help_table[i].text[KARTO_LANG_UK];
        const struct karto_help_text *en = &karto_help_table[i].text[KARTO_LANG_EN];
        check_said(uk->summary, en->summary);
        for (unsigned j = 0; j < KARTO_EXAMPLES_MAX; j++)
            check_said(uk->examples[j], en->examples[j]);
        CHECK(!*uk->body == !*en->body);
        CHECK(!*uk->body || is_ukrainian(uk->body));
        check_options_agree(uk->body, en->body);
        check_options_agree(en->body, uk->body);
    }
}

static const struct karto_command *command_of(const char *topic)
{
    for (unsigned i = 0; i < karto_command_count; i++) {
        struct karto_buf name = KARTO_BUF_EMPTY;
        karto_command_name(&karto_commands[i], &name);
        bool is_it = karto_slice_is(karto_buf_slice(&name), topic);
        karto_buf_fini(&name);
        if (is_it)
            return &karto_commands[i];
    }
    return NULL;
}

static bool has_option(const struct karto_option *options, unsigned count, const char *name, size_t size)
{
    for (unsigned i = 0; i < count; i++)
        if (strlen(options[i].name) == size && memcmp(options[i].name, name, size) == 0)
            return true;
    return false;
}

static void every_command_has_a_page(void)
{
    unsigned pages = 0;
    for (unsigned i = 0; i < karto_help_count; i++) {
        const char *usage = karto_help_table[i].usage;
        const struct karto_command *command = command_of(karto_help_table[i].topic);
        CHECK(!usage == !command);
        pages += command != NULL;
        for (size_t size; command && (size = next_option(&usage)) != 0; usage += size)
            CHECK(has_option(command->options, command->option_count, usage + 2, size - 2) ||
                  has_option(karto_options_everywhere, karto_options_everywhere_count, usage + 2, size - 2));
    }
    CHECK_INT(pages, karto_command_count); /* topics are unique, as client_run.c asks */
}

/* Takes a command line to pieces as a shell does, as far as examples need it; what stands behind ">" is for the shell.
 */
static int split(char *line, const char **words)
{
    int count = 0;
    for (char *from = line; *from;) {
        while (*from == ' ')
            from++;
        if (!*from || *from == '>')
            break;
        CHECK(count < WORDS_MAX);
        words[count++] = from;
        char quote = 0, *to = from;
        for (; *from && (quote || *from != ' '); from++)
            if (*from == quote)
                quote = 0;
            else if (!quote && (*from == '"' || *from == '\''))
                quote = *from;
            else
                *to++ = *from;
        CHECK(!quote);
        from += *from != 0;
        *to = 0;
    }
    return count;
}

static void check_example(const char *example, const struct karto_command *command)
{
    char line[512];
    const char *words[WORDS_MAX];
    struct karto_args args;
    struct karto_problem problem;
    CHECK(snprintf(line, sizeof line, "%s", example) < (int)sizeof line);
    int count = split(line, words);
    karto_problem_init(&problem);
    enum karto_err err =
        karto_args_parse(&args, karto_commands, karto_command_count, count, words, KARTO_LANG_EN, &problem);
    if (err != KARTO_OK)
        fprintf(stderr, "%s\n", example);
    CHECK_INT(err, KARTO_OK);
    CHECK(!command || args.command == command);
    karto_args_fini(&args);
    karto_problem_fini(&problem);
}

/* Each command of a pipe. The page is about the last; or about what comes of a file that this one writes. */
static void check_pipe(const char *example, const struct karto_command *command)
{
    static const char pipe[] = " | karto ";
    const char *next = strstr(example, pipe);
    char first[512];
    if (!next) {
        check_example(example, strstr(example, " > ") ? NULL : command);
        return;
    }
    CHECK((size_t)(next - example) < sizeof first);
    snprintf(first, sizeof first, "%.*s", (int)(next - example), example);
    check_example(first, NULL);
    check_pipe(next + strlen(" | "), command);
}

static void examples_are_understood(void)
{
    unsigned checked = 0;
    for (unsigned i = 0; i < karto_help_count; i++) {
        const struct karto_help *help = &karto_help_table[i];
        for (unsigned j = 0; j < KARTO_EXAMPLES_MAX && help->examples[j]; j++)
            if (strncmp(help->examples[j], "karto ", 6) == 0) {
                check_pipe(help->examples[j], command_of(help->topic));
                checked++;
            }
    }
    CHECK(checked > karto_command_count);
}

int main(void)
{
    both_languages_say_the_same();
    every_command_has_a_page();
    examples_are_understood();
    return 0;
}
