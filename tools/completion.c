#include "tools/completion.h"

#include "client/commands.h"
#include "client/encoding.h"
#include "client/field_edits.h"
#include "client/help.h"
#include "client/noun.h"
#include "core/model/rights.h"

#include <string.h>

/* How a shell writes one row of the table: begin, the key, middle, the words, end. Neither holds a quote. */
struct shell {
    const char *begin, *middle, *end;
};

static void add_row(struct karto_buf *out, const struct shell *shell, const char *key, const struct karto_buf *words)
{
    if (words->size == 0)
        return;
    karto_buf_printf(out, "%s%s%s", shell->begin, key, shell->middle);
    karto_buf_add_slice(out, karto_buf_slice(words));
    karto_buf_add_str(out, shell->end);
}

/* Adds a row for key, a printf format, and empties words. */
#define ROW(out, shell, words, ...)                                                                                    \
    do {                                                                                                               \
        char key[128];                                                                                                 \
        snprintf(key, sizeof key, __VA_ARGS__);                                                                        \
        add_row((out), (shell), key, (words));                                                                         \
        karto_buf_clear(words);                                                                                        \
    } while (0)

static void add_word(struct karto_buf *words, const char *word, const char *behind)
{
    karto_buf_printf(words, "%s%s%s", words->size ? " " : "", word, behind);
}

/* ---- words ---- */

static void add_nouns(struct karto_buf *words)
{
    for (unsigned i = 0; i < karto_command_count; i++)
        if (karto_command_begins_noun(i))
            add_word(words, karto_commands[i].noun, "");
}

static void add_verbs(struct karto_buf *words, const char *noun)
{
    for (unsigned i = 0; i < karto_command_count; i++)
        if (karto_commands[i].verb && strcmp(karto_commands[i].noun, noun) == 0)
            add_word(words, karto_commands[i].verb, "");
}

static void add_options(struct karto_buf *words, const struct karto_option *options, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const char *sign = options[i].value ? "=" : "";
        const char letter[] = {'-', options[i].letter, 0};
        karto_buf_printf(words, "%s--%s%s", words->size ? " " : "", options[i].name, sign);
        if (options[i].letter)
            add_word(words, letter, sign);
    }
}

/* A field with each sign that it takes. */
static void add_field_signs(struct karto_buf *words, const struct karto_field_def *field)
{
    switch (field->shape) {
    case KARTO_SCALAR: add_word(words, field->name, "="); return;
    case KARTO_MAP: add_word(words, field->name, "."); return;
    case KARTO_TIMELINE:
        add_word(words, field->name, "=");
        add_word(words, field->name, "@");
        return;
    case KARTO_SET:
        add_word(words, field->name, "=");
        add_word(words, field->name, "+=");
        add_word(words, field->name, "-=");
        return;
    }
}

static bool has_word(const struct karto_buf *words, const char *word)
{
    size_t size = strlen(word);
    for (size_t at = 0; at + size <= words->size; at++)
        if (memcmp(words->data + at, word, size) == 0 && (at == 0 || words->data[at - 1] == ' ') &&
            (at + size == words->size || words->data[at + size] == ' '))
            return true;
    return false;
}

/* The names of all fields of all kinds. */
static void add_field_names(struct karto_buf *words)
{
    for (unsigned i = 0; karto_noun_at(i); i++)
        for (const struct karto_field_def *field = karto_kind(karto_noun_at(i)->kind)->fields; field->name; field++)
            if (!karto_field_is_frame(field) && !has_word(words, field->name))
                add_word(words, field->name, "");
}

/* ---- values of options ---- */

static void add_roles(struct karto_buf *words)
{
    for (uint32_t i = 1; karto_role(i); i++)
        add_word(words, karto_role(i)->name, "");
}

static void add_kinds(struct karto_buf *words)
{
    for (unsigned i = 0; karto_noun_at(i); i++)
        add_word(words, karto_kind(karto_noun_at(i)->kind)->name, "");
}

/* The words of text, where any of marks is between them. */
static void add_split(struct karto_buf *words, const char *text, const char *marks)
{
    for (text += strspn(text, marks); *text; text += strspn(text, marks)) {
        size_t size = strcspn(text, marks);
        karto_buf_printf(words, "%s%.*s", words->size ? " " : "", (int)size, text);
        text += size;
    }
}

/* By what the help calls the value. */
static void add_values(struct karto_buf *words, const char *value)
{
    if (strcmp(value, "FILE") == 0)
        add_word(words, "@file", "");
    else if (strcmp(value, "DIR") == 0)
        add_word(words, "@dir", "");
    else if (strcmp(value, "ROLE") == 0)
        add_roles(words);
    else if (strcmp(value, "KIND") == 0)
        add_kinds(words);
    else if (strcmp(value, "E") == 0)
        add_split(words, KARTO_ENCODINGS, ", ");
    else if (strcmp(value, "F") == 0 || strcmp(value, "[-]FIELD") == 0)
        add_field_names(words);
    else if (strchr(value, '|'))
        add_split(words, value, "|");
}

/* ---- words behind a command ---- */

/* How many words a usage has before what it calls so; -1: it does not have it. */
static int words_before(const char *usage, const char *what)
{
    const char *at = strstr(usage, what);
    int count = 0;
    for (const char *c = usage; at && c < at; c++)
        count += *c == ' ';
    return at ? count : -1;
}

static void add_topics(struct karto_buf *words)
{
    add_nouns(words);
    for (unsigned i = 0; i < karto_help_count; i++)
        if (!karto_help_table[i].usage)
            add_word(words, karto_help_table[i].topic, "");
}

static void add_behind(struct karto_buf *words, const struct karto_command *command, const char *usage)
{
    const int named = command->verb ? 3 : 2; /* karto client set */
    const struct karto_kind_def *kind = karto_kind_named(karto_slice_str(command->noun));
    int fields = words_before(usage, "FIELD=VALUE");
    if (kind && fields >= named) {
        karto_buf_printf(words, "%d", fields - named);
        for (const struct karto_field_def *field = kind->fields; field->name; field++)
            if (!karto_field_is_frame(field))
                add_field_signs(words, field);
    } else if (words_before(usage, "FILE") == named) {
        karto_buf_add_str(words, "0 @file");
    } else if (words_before(usage, "[list]") == named) { /* what it does is a word of its own */
        karto_buf_add_str(words, "0 list accept drop");
    } else if (words_before(usage, "[TOPIC]") == named) {
        karto_buf_add_str(words, "0");
        add_topics(words);
    }
}

/* ---- the table ---- */

static void add_command_rows(struct karto_buf *out, const struct shell *shell, const struct karto_command *command)
{
    struct karto_buf words = KARTO_BUF_EMPTY, name = KARTO_BUF_EMPTY;
    karto_command_name(command, &name);
    const char *usage = karto_help_usage(karto_buf_slice(&name));
    karto_buf_add_byte(&name, 0);
    add_options(&words, command->options, command->option_count);
    ROW(out, shell, &words, "options %s", (const char *)name.data);
    add_behind(&words, command, usage);
    ROW(out, shell, &words, "words %s", (const char *)name.data);
    karto_buf_fini(&words);
    karto_buf_fini(&name);
}

static void add_value_rows(struct karto_buf *out, const struct shell *shell, const struct karto_option *options,
                           unsigned count, struct karto_buf *seen)
{
    struct karto_buf words = KARTO_BUF_EMPTY;
    for (unsigned i = 0; i < count; i++) {
        const struct karto_option *option = &options[i];
        if (!option->value || has_word(seen, option->name))
            continue;
        add_word(seen, option->name, "");
        for (unsigned form = 0; form < (option->letter ? 2 : 1); form++) {
            const char letter[] = {option->letter, 0};
            add_values(&words, option->value);
            ROW(out, shell, &words, "value %s", form ? letter : option->name);
        }
    }
    karto_buf_fini(&words);
}

static void add_choice_rows(struct karto_buf *out, const struct shell *shell, const struct karto_kind_def *kind)
{
    struct karto_buf words = KARTO_BUF_EMPTY;
    for (const struct karto_field_def *field = kind->fields; field->name; field++) {
        for (unsigned i = 0; field->choices && field->choices[i]; i++)
            add_word(&words, field->choices[i], "");
        ROW(out, shell, &words, "choices %s %s", kind->name, field->name);
    }
    karto_buf_fini(&words);
}

static void add_rows(struct karto_buf *out, const struct shell *shell)
{
    struct karto_buf words = KARTO_BUF_EMPTY, seen = KARTO_BUF_EMPTY;
    add_nouns(&words);
    ROW(out, shell, &words, "nouns");
    add_options(&words, karto_options_everywhere, karto_options_everywhere_count);
    ROW(out, shell, &words, "options");
    add_value_rows(out, shell, karto_options_everywhere, karto_options_everywhere_count, &seen);
    for (unsigned i = 0; i < karto_command_count; i++) {
        if (karto_command_begins_noun(i)) {
            add_verbs(&words, karto_commands[i].noun);
            ROW(out, shell, &words, "verbs %s", karto_commands[i].noun);
        }
        add_command_rows(out, shell, &karto_commands[i]);
        add_value_rows(out, shell, karto_commands[i].options, karto_commands[i].option_count, &seen);
    }
    for (unsigned i = 0; karto_noun_at(i); i++)
        add_choice_rows(out, shell, karto_kind(karto_noun_at(i)->kind));
    karto_buf_fini(&words);
    karto_buf_fini(&seen);
}

void karto_completion_sh(struct karto_buf *out)
{
    static const struct shell sh = {"    '", "') echo '", "' ;;\n"};
    karto_buf_add_str(out, "\n_karto_table()\n{\n    case $1 in\n");
    add_rows(out, &sh);
    karto_buf_add_str(out, "    esac\n}\n");
}

void karto_completion_fish(struct karto_buf *out)
{
    static const struct shell fish = {"        case '", "'\n            echo '", "'\n"};
    karto_buf_add_str(out, "\nfunction __karto_table\n    switch $argv[1]\n");
    add_rows(out, &fish);
    karto_buf_add_str(out, "    end\nend\n");
}
