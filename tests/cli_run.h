/* cli_run.h - karto run inside of a test program, which then looks at what it has said. */
#ifndef KARTO_TESTS_CLI_RUN_H
#define KARTO_TESTS_CLI_RUN_H

#include "client/commands.h"
#include "client/run.h"
#include "tests/check.h"

struct cli {
    karto_getenv *getenv;
    bool terminal;                        /* whether the answer goes to one */
    const struct karto_command *commands; /* NULL: all that karto has */
    unsigned command_count;
};

/* What the last run has said; NULL before the first. */
static char *out_text, *err_text;

static inline void cli_forget(void)
{
    free(out_text);
    free(err_text);
    out_text = err_text = NULL;
}

static inline enum karto_exit cli_run(const struct cli *cli, int argc, const char *const *argv)
{
    size_t out_size, err_size;
    cli_forget();
    struct karto_surroundings around = {
        .in = stdin,
        .out = open_memstream(&out_text, &out_size),
        .err = open_memstream(&err_text, &err_size),
        .out_is_terminal = cli->terminal,
        .getenv = cli->getenv,
    };
    enum karto_exit code = karto_run(cli->commands ? cli->commands : karto_commands,
                                     cli->commands ? cli->command_count : karto_command_count, argc, argv, &around);
    CHECK(fclose(around.out) == 0 && fclose(around.err) == 0);
    return code;
}

/* The same with these words behind karto. */
#define CLI_RUN(cli, ...)                                                                                              \
    cli_run((cli), (int)(sizeof((const char *const[]){"karto", __VA_ARGS__}) / sizeof(char *)),                        \
            (const char *const[]){"karto", __VA_ARGS__})

#define HAS(text, part) CHECK(strstr((text), (part)) != NULL)

#endif
