/* command.h - a command of karto: what it is called, what it takes, and what there is to know of it. */
#ifndef KARTO_CLIENT_COMMAND_H
#define KARTO_CLIENT_COMMAND_H

#include "client/args.h"
#include "client/exit.h"

struct karto_cli; /* what it is given to work with: cli.h */

struct karto_command {
    const char *noun, *verb; /* verb NULL: the noun is all there is. Together the topic of help_table.c. */
    const struct karto_option *options;
    unsigned option_count;
    unsigned words_min, words_max; /* words behind the name; UINT_MAX: any number */
    enum karto_exit (*run)(struct karto_cli *cli);
};

/* Whether it is one for head office alone. */
bool karto_command_is_the_hubs(const struct karto_command *command);

/* Whether it works all the same where a file of settings is wrong: it helps to find out what is. */
bool karto_command_bears_wrong_files(const struct karto_command *command);

/* Whether it works where the data of a store were removed: it looks at what there is by itself. */
bool karto_command_bears_no_store(const struct karto_command *command);

/* The name of a command as typed: "client list", for help and for problems. */
void karto_command_name(const struct karto_command *command, struct karto_buf *out);

#endif
