#include "tools/manual_page.h"

#include "client/commands.h"
#include "tools/roff.h"

#include <string.h>

static struct karto_slice said(enum karto_lang lang, enum karto_message message)
{
    return karto_slice_str(karto_message_text(lang, message));
}

static void begin(struct karto_buf *out, enum karto_lang lang, const char *name, char section, const char *summary)
{
    karto_roff_page(out, name, section, karto_message_text(lang, KARTO_M_MAN_NAME), summary);
}

static void add_options(struct karto_buf *out, enum karto_lang lang, const struct karto_option *options, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct karto_buf name = KARTO_BUF_EMPTY;
        karto_help_option(&name, &options[i]);
        karto_roff_item(out, karto_buf_slice(&name), said(lang, options[i].help));
        karto_buf_fini(&name);
    }
}

static void add_examples(struct karto_buf *out, enum karto_lang lang, const struct karto_help *help)
{
    for (unsigned i = 0; i < KARTO_EXAMPLES_MAX && help->examples[i]; i++)
        karto_roff_item(out, karto_slice_str(help->examples[i]), karto_slice_str(help->text[lang].examples[i]));
}

void karto_manual_see_also(struct karto_buf *out, enum karto_lang lang)
{
    karto_roff_section(out, said(lang, KARTO_M_MAN_SEE_ALSO));
    karto_buf_add_str(out, "karto(1)");
    for (unsigned i = 0; i < karto_help_count; i++)
        if (karto_manual_topic_section(&karto_help_table[i])) {
            karto_buf_add_str(out, ", karto\\-");
            karto_roff_text(out, karto_slice_str(karto_help_table[i].topic));
            karto_buf_printf(out, "(%c)", karto_manual_topic_section(&karto_help_table[i]));
        }
    karto_buf_add_str(out, ", karto\\-json(5), karto\\-syncd(8)\n");
}

/* ---- karto(1) ---- */

static void add_commands(struct karto_buf *out, enum karto_lang lang)
{
    karto_roff_section(out, said(lang, KARTO_M_COMMANDS));
    for (unsigned i = 0; i < karto_command_count; i++) {
        const struct karto_help *help = karto_help_of(&karto_commands[i]);
        if (help)
            karto_roff_item(out, karto_slice_str(help->usage), karto_slice_str(help->text[lang].summary));
    }
}

void karto_manual_karto(struct karto_buf *out, enum karto_lang lang)
{
    const struct karto_help *everywhere = karto_help_find(karto_slice_str("everywhere"));
    begin(out, lang, "karto", '1', karto_message_text(lang, KARTO_M_ABOUT));
    add_commands(out, lang);
    karto_roff_section(out, said(lang, KARTO_M_OPTIONS));
    add_options(out, lang, karto_options_everywhere, karto_options_everywhere_count);
    karto_roff_paragraph(out, karto_slice_str(everywhere->text[lang].body));
    karto_roff_section(out, said(lang, KARTO_M_EXAMPLES));
    add_examples(out, lang, everywhere);
    karto_manual_see_also(out, lang);
}

/* ---- a noun ---- */

/* What its commands are for, one behind the other. */
static void add_summaries(struct karto_buf *out, enum karto_lang lang, const char *noun)
{
    for (unsigned i = 0; i < karto_command_count; i++) {
        const struct karto_help *help =
            strcmp(karto_commands[i].noun, noun) == 0 ? karto_help_of(&karto_commands[i]) : NULL;
        if (help)
            karto_buf_printf(out, "%s%s", out->size ? "; " : "", help->text[lang].summary);
    }
    karto_buf_add_byte(out, 0);
}

static void add_command(struct karto_buf *out, enum karto_lang lang, const struct karto_command *command)
{
    const struct karto_help *help = karto_help_of(command); /* lint/manual sees to it that each has one */
    if (!help)
        return;
    karto_roff_subsection(out, karto_slice_str(help->usage));
    karto_roff_paragraph(out, karto_slice_str(help->text[lang].summary));
    karto_roff_paragraph(out, karto_slice_str(help->text[lang].body));
    if (command->option_count)
        karto_roff_label(out, said(lang, KARTO_M_OPTIONS));
    add_options(out, lang, command->options, command->option_count);
    if (help->examples[0])
        karto_roff_label(out, said(lang, KARTO_M_EXAMPLES));
    add_examples(out, lang, help);
}

void karto_manual_noun(struct karto_buf *out, enum karto_lang lang, const char *noun)
{
    struct karto_buf name = KARTO_BUF_EMPTY, summary = KARTO_BUF_EMPTY;
    karto_buf_printf(&name, "karto-%s", noun);
    karto_buf_add_byte(&name, 0);
    add_summaries(&summary, lang, noun);
    begin(out, lang, (const char *)name.data, '1', (const char *)summary.data);
    karto_roff_section(out, said(lang, KARTO_M_COMMANDS));
    for (unsigned i = 0; i < karto_command_count; i++)
        if (strcmp(karto_commands[i].noun, noun) == 0)
            add_command(out, lang, &karto_commands[i]);
    karto_roff_section(out, said(lang, KARTO_M_OPTIONS));
    karto_roff_paragraph(out, said(lang, KARTO_M_MAN_EVERYWHERE));
    karto_manual_see_also(out, lang);
    karto_buf_fini(&name);
    karto_buf_fini(&summary);
}

/* ---- a topic ---- */

char karto_manual_topic_section(const struct karto_help *help)
{
    if (help->usage || strcmp(help->topic, "everywhere") == 0)
        return 0;
    return strcmp(help->topic, "config") == 0 ? '5' : '7';
}

/* Each error, the exit code that it ends with, what it means and what to do. */
static void add_errors(struct karto_buf *out, enum karto_lang lang)
{
    karto_roff_section(out, said(lang, KARTO_M_MAN_ERRORS));
    for (unsigned i = KARTO_OK + 1; i < KARTO_ERR_COUNT; i++) {
        struct karto_buf name = KARTO_BUF_EMPTY, text = KARTO_BUF_EMPTY;
        enum karto_err err = (enum karto_err)i;
        karto_buf_printf(&name, "%s (", karto_err_id(err));
        KARTO_SAY(&name, lang, KARTO_M_EXIT_CODE, karto_arg_int("code", karto_exit_of(err)));
        karto_buf_add_byte(&name, ')');
        karto_buf_printf(&text, "%s %s", karto_err_text(lang, err), karto_err_hint(lang, err));
        karto_roff_item(out, karto_buf_slice(&name), karto_buf_slice(&text));
        karto_buf_fini(&name);
        karto_buf_fini(&text);
    }
}

void karto_manual_topic(struct karto_buf *out, enum karto_lang lang, const struct karto_help *help)
{
    struct karto_buf name = KARTO_BUF_EMPTY;
    karto_buf_printf(&name, "karto-%s", help->topic);
    karto_buf_add_byte(&name, 0);
    begin(out, lang, (const char *)name.data, karto_manual_topic_section(help), help->text[lang].summary);
    karto_roff_section(out, said(lang, KARTO_M_MAN_DESCRIPTION));
    karto_roff_lines(out, karto_slice_str(help->text[lang].body));
    if (help->examples[0])
        karto_roff_section(out, said(lang, KARTO_M_EXAMPLES));
    add_examples(out, lang, help);
    if (strcmp(help->topic, "exit-codes") == 0)
        add_errors(out, lang);
    karto_manual_see_also(out, lang);
    karto_buf_fini(&name);
}
