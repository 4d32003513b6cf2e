/* What a table costs until it is in a store: the program as people run it, in processes of its own. */
#include "tools/bench.h"

#include "core/base/buf.h"
#include "core/base/os_posix.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 10 };

/* A program of this build, in the directory of this one or above it; its output goes to file. */
static void run(const struct bench *bench, const char *name, const char *file, const char *const words[])
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    const char *slash = strrchr(bench->program, '/');
    int status, size = slash ? (int)(slash - bench->program) + 1 : 0;
    const char *all[WORDS_MAX + 2] = {name};
    for (int i = 0; i < WORDS_MAX && words[i]; i++)
        all[i + 1] = words[i];
    karto_buf_printf(&path, "%.*s%s", size, bench->program, name);
    karto_buf_add_byte(&path, 0);
    pid_t child = fork();
    if (child == 0) {
        int out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (out >= 0 && dup2(out, STDOUT_FILENO) >= 0)
            execv((const char *)path.data, (char *const *)(uintptr_t)all);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        bench_die(name, KARTO_E_IO);
    karto_buf_fini(&path);
}

void bench_import(struct bench *bench)
{
    char count[16];
    const char *store = bench_path(bench, "import"), *table = bench_path(bench, "table.csv"),
               *answer = bench_path(bench, "answer");
    bench_must(karto_os_make_dir(bench->dir), "making a directory");
    snprintf(count, sizeof count, "%u", (unsigned)bench->clients);
    bench_say(bench, "importing a table of %s rows", count);
    run(bench, "tool-seed-csv", table, (const char *[]){"--kind", "client", "--count", count, NULL});
    run(bench, "../karto", answer, (const char *[]){"init", "-q", "--db", store, NULL});
    const char *const words[] = {"import", table, "--kind", "client", "--match", "edrpou", "-q", "--db", store, NULL};
    double began = bench_now();
    run(bench, "../karto", answer, words);
    double first = bench_now() - began;
    began = bench_now();
    run(bench, "../karto", answer, words);
    bench_row(bench,
              (struct bench_row){
                  .what = "a table imported", .unit = "s", .value = first, .aim = BENCH_AT_MOST, .aim_value = 10});
    bench_row(bench, (struct bench_row){.what = "  the same once more, which changes nothing",
                                        .unit = "s",
                                        .value = bench_now() - began,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = 10});
}
