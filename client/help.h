/* help.h - what each command is for, with examples, and some topics besides. */
#ifndef KARTO_CLIENT_HELP_H
#define KARTO_CLIENT_HELP_H

#include "core/base/message.h"

struct karto_command;
struct karto_option;

enum { KARTO_EXAMPLES_MAX = 4 };

struct karto_help_text {
    const char *summary;                      /* one line */
    const char *examples[KARTO_EXAMPLES_MAX]; /* what each does, as in karto_help */
    const char *body;                         /* more to say, or "" */
};

struct karto_help {
    const char *topic;                        /* "client list", or a topic of its own: "fields" */
    const char *usage;                        /* NULL: it is no command */
    const char *examples[KARTO_EXAMPLES_MAX]; /* command lines, until NULL */
    struct karto_help_text text[KARTO_LANG_COUNT];
};

extern const struct karto_help karto_help_table[];
extern const unsigned karto_help_count;

const struct karto_help *karto_help_find(struct karto_slice topic);          /* NULL: none */
const char *karto_help_usage(struct karto_slice topic);                      /* "" where there is none */
const struct karto_help *karto_help_of(const struct karto_command *command); /* NULL: none */

/* Appends an option as it is typed, with what its value is called: "-o, --output FILE". */
void karto_help_option(struct karto_buf *out, const struct karto_option *option);

/* Appends: a command's or topic's page, examples first; what there is for a noun; everything. command may be NULL. */
void karto_help_page(struct karto_buf *out, enum karto_lang lang, const struct karto_help *help,
                     const struct karto_command *command);
void karto_help_noun(struct karto_buf *out, enum karto_lang lang, const struct karto_command *commands, unsigned count,
                     const char *noun);
void karto_help_all(struct karto_buf *out, enum karto_lang lang, const struct karto_command *commands, unsigned count);

#endif
