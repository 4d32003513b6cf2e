#include "client/help.h"

#include "client/command.h"
#include "client/terminal.h"
#include "core/base/text.h"

#include <string.h>

const struct karto_help *karto_help_find(struct karto_slice topic)
{
    for (unsigned i = 0; i < karto_help_count; i++)
        if (karto_slice_is(topic, karto_help_table[i].topic))
            return &karto_help_table[i];
    return NULL;
}

const char *karto_help_usage(struct karto_slice topic)
{
    const struct karto_help *help = karto_help_find(topic);
    return help && help->usage ? help->usage : "";
}

const struct karto_help *karto_help_of(const struct karto_command *command)
{
    struct karto_buf name = KARTO_BUF_EMPTY;
    karto_command_name(command, &name);
    const struct karto_help *help = karto_help_find(karto_buf_slice(&name));
    karto_buf_fini(&name);
    return help;
}

void karto_help_option(struct karto_buf *out, const struct karto_option *option)
{
    if (option->letter)
        karto_buf_printf(out, "-%c, ", option->letter);
    karto_buf_printf(out, "--%s", option->name);
    if (option->value)
        karto_buf_printf(out, " %s", option->value);
}

/* Left and right side by side, the right ones below each other. */
static void add_pair(struct karto_buf *out, const char *left, const char *right, size_t width)
{
    size_t used = karto_text_width(karto_slice_str(left));
    karto_buf_printf(out, "  %s", left);
    karto_terminal_spaces(out, used < width ? width - used + 2 : 2);
    karto_buf_printf(out, "%s\n", right);
}

static void add_heading(struct karto_buf *out, enum karto_lang lang, enum karto_message message)
{
    karto_buf_printf(out, "%s%s:\n", out->size ? "\n" : "", karto_message_text(lang, message));
}

static void add_examples(struct karto_buf *out, enum karto_lang lang, const struct karto_help *help)
{
    const struct karto_help_text *text = &help->text[lang];
    if (!help->examples[0])
        return;
    add_heading(out, lang, KARTO_M_EXAMPLES);
    for (unsigned i = 0; i < KARTO_EXAMPLES_MAX && help->examples[i]; i++)
        karto_buf_printf(out, "  # %s\n  %s\n", text->examples[i], help->examples[i]);
}

static void add_options(struct karto_buf *out, enum karto_lang lang, const struct karto_option *options, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct karto_buf left = KARTO_BUF_EMPTY;
        karto_help_option(&left, &options[i]);
        karto_buf_add_byte(&left, 0);
        add_pair(out, (const char *)left.data, karto_message_text(lang, options[i].help), 26);
        karto_buf_fini(&left);
    }
}

void karto_help_page(struct karto_buf *out, enum karto_lang lang, const struct karto_help *help,
                     const struct karto_command *command)
{
    const struct karto_help_text *text = &help->text[lang];
    karto_buf_printf(out, "%s\n", text->summary);
    add_examples(out, lang, help);
    if (help->usage) {
        add_heading(out, lang, KARTO_M_USAGE);
        karto_buf_printf(out, "  %s\n", help->usage);
    }
    if (*text->body)
        karto_buf_printf(out, "\n%s\n", text->body);
    bool everywhere = strcmp(help->topic, "everywhere") == 0;
    if (everywhere || (command && command->option_count))
        add_heading(out, lang, KARTO_M_OPTIONS);
    if (everywhere)
        add_options(out, lang, karto_options_everywhere, karto_options_everywhere_count);
    else if (command)
        add_options(out, lang, command->options, command->option_count);
}

/* A command's name and summary, as one line. */
static void add_command(struct karto_buf *out, enum karto_lang lang, const struct karto_command *command)
{
    struct karto_buf name = KARTO_BUF_EMPTY;
    const struct karto_help *help = karto_help_of(command);
    karto_command_name(command, &name);
    karto_buf_add_byte(&name, 0);
    add_pair(out, (const char *)name.data, help ? help->text[lang].summary : "", 18);
    karto_buf_fini(&name);
}

/* The first example of each of a noun's commands. */
static void add_noun_examples(struct karto_buf *out, enum karto_lang lang, const struct karto_command *commands,
                              unsigned count, const char *noun)
{
    karto_buf_printf(out, "%s:\n", karto_message_text(lang, KARTO_M_EXAMPLES));
    for (unsigned i = 0; i < count; i++) {
        const struct karto_help *help = strcmp(commands[i].noun, noun) == 0 ? karto_help_of(&commands[i]) : NULL;
        if (help && help->examples[0])
            karto_buf_printf(out, "  # %s\n  %s\n", help->text[lang].examples[0], help->examples[0]);
    }
}

void karto_help_noun(struct karto_buf *out, enum karto_lang lang, const struct karto_command *commands, unsigned count,
                     const char *noun)
{
    add_noun_examples(out, lang, commands, count, noun);
    add_heading(out, lang, KARTO_M_COMMANDS);
    for (unsigned i = 0; i < count; i++)
        if (strcmp(commands[i].noun, noun) == 0)
            add_command(out, lang, &commands[i]);
    karto_buf_add_byte(out, '\n');
    KARTO_SAY(out, lang, KARTO_M_MORE_ABOUT, karto_arg_str("noun", noun));
    karto_buf_add_byte(out, '\n');
}

void karto_help_all(struct karto_buf *out, enum karto_lang lang, const struct karto_command *commands, unsigned count)
{
    karto_buf_printf(out, "%s\n", karto_message_text(lang, KARTO_M_ABOUT));
    add_heading(out, lang, KARTO_M_COMMANDS);
    for (unsigned i = 0; i < count; i++)
        add_command(out, lang, &commands[i]);
    add_heading(out, lang, KARTO_M_TOPICS);
    for (unsigned i = 0; i < karto_help_count; i++)
        if (!karto_help_table[i].usage)
            add_pair(out, karto_help_table[i].topic, karto_help_table[i].text[lang].summary, 18);
    karto_buf_printf(out, "\n%s\n", karto_message_text(lang, KARTO_M_MORE_HELP));
}
