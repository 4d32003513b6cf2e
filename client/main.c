/* The table of subcommands, and nothing else. */
#include "client/run.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const struct karto_command commands[] = {
    {.noun = "help", .words_max = UINT_MAX, .run = karto_cmd_help},
    {.noun = "version", .run = karto_cmd_version},
};

static const char *environment(const char *name)
{
    return getenv(name);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* head and less have had enough: a write says so, and that is no failure */
    const struct karto_surroundings around = {
        .in = stdin,
        .out = stdout,
        .err = stderr,
        .in_is_terminal = isatty(STDIN_FILENO),
        .out_is_terminal = isatty(STDOUT_FILENO),
        .err_is_terminal = isatty(STDERR_FILENO),
        .system_config = "/etc/kartoteka/karto.conf",
        .getenv = environment,
    };
    return (int)karto_run(commands, sizeof commands / sizeof *commands, argc, (const char *const *)argv, &around);
}
