/* args.h - the words of a command line: which command, its options, the rest. An option is --name=value, --name value,
 * -o value or -ovalue; letters without a value can be joined (-qy); "--" ends options; "-" is a word, and so is a
 * condition that is negated (-tag:vip). The options of a command come behind its name, those of
 * karto_options_everywhere anywhere. */
#ifndef KARTO_CLIENT_ARGS_H
#define KARTO_CLIENT_ARGS_H

#include "client/problem.h"

struct karto_command;

struct karto_option {
    const char *name;        /* without dashes */
    char letter;             /* or 0 */
    const char *value;       /* what its value is called in the help; NULL: it has none */
    enum karto_message help; /* one line */
};

extern const struct karto_option karto_options_everywhere[];
extern const unsigned karto_options_everywhere_count;

struct karto_given {
    const struct karto_option *option;
    const char *value; /* NULL for one without */
};

/* Points into argv, which must live as long. */
struct karto_args {
    const struct karto_command *command; /* NULL: none was named */
    const char *noun;                    /* as typed; NULL: none */
    const char **words;                  /* behind the command */
    size_t word_count;
    struct karto_given *given; /* in the order of the line */
    size_t given_count;
};

/* Reads argv[1] and what follows by a table of commands. Without a command, or with --help and just a noun, command is
 * NULL and the caller prints help. KARTO_E_USAGE: said in problem, with the nearest that there is. In either case args
 * is for karto_args_fini. */
KARTO_CHECKED enum karto_err karto_args_parse(struct karto_args *args, const struct karto_command *commands,
                                              unsigned command_count, int argc, const char *const *argv,
                                              enum karto_lang lang, struct karto_problem *problem);
void karto_args_fini(struct karto_args *args);

bool karto_args_has(const struct karto_args *args, const char *name);

/* The value that counts, which is the last one; NULL when it was not given. */
const char *karto_args_value(const struct karto_args *args, const char *name);

/* The values of an option that may be repeated, in order: *at begins at 0; NULL behind the last. */
const char *karto_args_each(const struct karto_args *args, const char *name, size_t *at);

/* The value of --lang, before anything else is known; NULL. So that errors about the line are in that language. */
const char *karto_args_peek_lang(int argc, const char *const *argv);

/* Whether --json stands anywhere: for the error about a line that was not understood up to there. */
bool karto_args_peek_json(int argc, const char *const *argv);

#endif
