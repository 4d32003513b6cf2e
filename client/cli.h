/* cli.h - what a command is given to work with: what was typed, set and is around it, and by what it answers. */
#ifndef KARTO_CLIENT_CLI_H
#define KARTO_CLIENT_CLI_H

#include "client/command.h"
#include "client/out.h"
#include "client/settings.h"

/* Everything of one run of karto. Set up by karto_run; owned by it. */
struct karto_cli {
    const struct karto_command *commands;
    unsigned command_count;
    struct karto_args args;
    struct karto_settings settings;
    struct karto_problem problem;
    enum karto_lang lang; /* that of settings, for short */
    bool in_is_terminal, out_is_terminal, err_is_terminal;
    FILE *in, *out, *err;
    const char *system_config;
    karto_getenv *getenv;
    struct karto_out *printer; /* made by karto_cli_out */
};

/* The directory of the store: --db and what stands for it, or the default of settings.h for a hub's commands or others.
 * The string lives as long as cli. KARTO_E_USAGE when nothing says where: in problem. */
KARTO_CHECKED enum karto_err karto_cli_db(struct karto_cli *cli, const char **dir);

/* " --db DIR" for the end of a command that is shown, as a shell takes it, where a directory was named; else "". Lives
 * as long as cli. */
const char *karto_cli_on_db(struct karto_cli *cli);

/* What --reason says, with its blanks put right, for as long as cli; empty: nothing. KARTO_E_USAGE when it is no UTF-8:
 * in problem. */
KARTO_CHECKED enum karto_err karto_cli_reason(struct karto_cli *cli, struct karto_slice *reason);

/* The printer of this run, in the form that the options and the terminal ask for. The same one at each call. */
struct karto_out *karto_cli_out(struct karto_cli *cli);

/* Says something to the person, on standard error and in a line of its own; not with --quiet. */
void karto_cli_note(struct karto_cli *cli, enum karto_message message, const struct karto_arg *args, size_t count);

/* The same, also with --quiet. */
void karto_cli_warn(struct karto_cli *cli, enum karto_message message, const struct karto_arg *args, size_t count);

#define KARTO_NOTE(cli, message, ...)                                                                                  \
    karto_cli_note((cli), (message), (const struct karto_arg[]){__VA_ARGS__},                                          \
                   sizeof((const struct karto_arg[]){__VA_ARGS__}) / sizeof(struct karto_arg))

#define KARTO_WARN(cli, message, ...)                                                                                  \
    karto_cli_warn((cli), (message), (const struct karto_arg[]){__VA_ARGS__},                                          \
                   sizeof((const struct karto_arg[]){__VA_ARGS__}) / sizeof(struct karto_arg))

/* Says that nothing was written, where --dry-run was asked for; else what was done. */
#define KARTO_NOTE_DONE(cli, message, ...)                                                                             \
    do {                                                                                                               \
        if ((cli)->settings.dry_run)                                                                                   \
            karto_cli_note((cli), KARTO_M_DRY_RUN, NULL, 0);                                                           \
        else                                                                                                           \
            KARTO_NOTE((cli), (message), __VA_ARGS__);                                                                 \
    } while (0)

/* Prints cli->problem to standard error, as JSON where that is the form, and returns the exit code. */
enum karto_exit karto_cli_fail(struct karto_cli *cli);

/* The same for an err about which there is no more to say; fine (KARTO_EXIT_DONE) for KARTO_OK. */
enum karto_exit karto_cli_end(struct karto_cli *cli, enum karto_err err);

#endif
