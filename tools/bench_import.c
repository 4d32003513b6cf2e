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

void bench_import(struct bench *bench)
{
    char count[16];
    const char *store = bench_path(bench, "import"), *table = bench_path(bench, "table.csv"),
               *answer = bench_path(bench, "answer");
    bench_must(karto_os_make_dir(bench->dir), "making a directory");
    snprintf(count, sizeof count, "%u", (unsigned)bench->clients);
    bench_say(bench, "importing a table of %s rows", count);
    bench_run(bench, "tool-seed-csv", table, (const char *[]){"--kind", "client", "--count", count, NULL});
    bench_run(bench, "../karto", answer, (const char *[]){"init", "-q", "--db", store, NULL});
    const char *const words[] = {"import", table, "--kind", "client", "--match", "edrpou", "-q", "--db", store, NULL};
    double began = bench_now();
    bench_run(bench, "../karto", answer, words);
    double first = bench_now() - began;
    began = bench_now();
    bench_run(bench, "../karto", answer, words);
    bench_row(bench,
              (struct bench_row){
                  .what = "a table imported", .unit = "s", .value = first, .aim = BENCH_AT_MOST, .aim_value = 10});
    bench_row(bench, (struct bench_row){.what = "  the same once more, which changes nothing",
                                        .unit = "s",
                                        .value = bench_now() - began,
                                        .aim = BENCH_AT_MOST,
                                        .aim_value = 10});
}
