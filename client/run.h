/* run.h - one run of karto, from its arguments to its exit code. */
#ifndef KARTO_CLIENT_RUN_H
#define KARTO_CLIENT_RUN_H

#include "client/cli.h"

/* What surrounds the process; a test gives its own. */
struct karto_surroundings {
    FILE *in, *out, *err;
    bool in_is_terminal, out_is_terminal, err_is_terminal;
    const char *system_config; /* the file of settings for everybody */
    karto_getenv *getenv;
};

/* Runs the command of argv[1] and what follows it. */
enum karto_exit karto_run(const struct karto_command *commands, unsigned command_count, int argc,
                          const char *const *argv, const struct karto_surroundings *around);

/* help [TOPIC] and version: commands that need no store. */
enum karto_exit karto_cmd_help(struct karto_cli *cli);
enum karto_exit karto_cmd_version(struct karto_cli *cli);

#endif
