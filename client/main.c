/* Starts what the table of commands says, in the surroundings of a process. */
#include "client/commands.h"
#include "client/run.h"
#include "core/base/os_process.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const char *environment(const char *name)
{
    return getenv(name);
}

int main(int argc, char **argv)
{
    karto_os_keep_memory();
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
    return (int)karto_run(karto_commands, karto_command_count, argc, (const char *const *)argv, &around);
}
