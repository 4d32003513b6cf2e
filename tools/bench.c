/* What Kartoteka costs, each number beside its limit from the same run: LMDB alone, gzip, a bare TLS transfer. */
#include "tools/bench.h"

#include "core/base/buf.h"
#include "core/base/os_process.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- the report ---- */

void bench_say(const struct bench *bench, const char *format, ...)
{
    va_list arguments;
    if (bench->quiet)
        return;
    va_start(arguments, format);
    fputs("... ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void bench_die(const char *what, enum karto_err err)
{
    fprintf(stderr, "bench: %s: %s\n", what, karto_err_id(err));
    exit(1);
}

void bench_must(enum karto_err err, const char *what)
{
    if (err != KARTO_OK)
        bench_die(what, err);
}

static double clock_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double bench_now(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

double bench_cpu(void)
{
    return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

void bench_row(struct bench *bench, struct bench_row row)
{
    if (bench->row_count < BENCH_ROWS_MAX)
        bench->rows[bench->row_count++] = row;
}

static bool is_met(const struct bench_row *row)
{
    double value = row->aim_of_ratio ? row->ratio : row->value;
    return row->aim == BENCH_AT_LEAST ? value >= row->aim_value : value <= row->aim_value;
}

static void print_row(const struct bench_row *row)
{
    char limit[64] = "", ratio[16] = "", aim[48] = "";
    if (row->limit_what)
        snprintf(limit, sizeof limit, "%.2f %s", row->limit, row->limit_what);
    if (row->ratio > 0)
        snprintf(ratio, sizeof ratio, "%.2f", row->ratio);
    if (row->aim != BENCH_NO_AIM)
        snprintf(aim, sizeof aim, "%s%s %g %s", row->aim_of_ratio ? "ratio " : "",
                 row->aim == BENCH_AT_LEAST ? ">=" : "<=", row->aim_value, is_met(row) ? "met" : "MISSED");
    printf("%-42s %11.2f %-5s  %-36s %6s  %s\n", row->what, row->value, row->unit ? row->unit : "", limit, ratio, aim);
}

void bench_print(const struct bench *bench)
{
    printf("%u clients of 16 fields\n\n%-42s %11s %-5s  %-36s %6s  %s\n", bench->clients, "", "", "",
           "limit, in this run", "ratio", "aim");
    for (uint32_t i = 0; i < bench->row_count; i++)
        print_row(&bench->rows[i]);
}

void bench_print_json(const struct bench *bench)
{
    printf("{\"version\":1,\"clients\":%u,\"rows\":[", bench->clients);
    for (uint32_t i = 0; i < bench->row_count; i++) {
        const struct bench_row *row = &bench->rows[i];
        const char *what = row->what + strspn(row->what, " ");
        printf("%s\n{\"what\":\"%s\",\"value\":%.4f,\"unit\":\"%s\"", i ? "," : "", what, row->value,
               row->unit ? row->unit : "");
        if (row->limit_what)
            printf(",\"limit\":%.4f,\"limit_is\":\"%s\"", row->limit, row->limit_what);
        if (row->ratio > 0)
            printf(",\"ratio\":%.4f", row->ratio);
        if (row->aim != BENCH_NO_AIM)
            printf(",\"aim\":\"%s%s %g\",\"met\":%s", row->aim_of_ratio ? "ratio " : "",
                   row->aim == BENCH_AT_LEAST ? ">=" : "<=", row->aim_value, is_met(row) ? "true" : "false");
        putchar('}');
    }
    puts("\n]}");
}

/* ---- other programs ---- */

void bench_run(const struct bench *bench, const char *name, const char *file, const char *const words[])
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    const char *slash = strrchr(bench->program, '/');
    int status, size = slash ? (int)(slash - bench->program) + 1 : 0;
    const char *all[BENCH_WORDS_MAX + 2] = {name};
    for (int i = 0; i < BENCH_WORDS_MAX && words[i]; i++)
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

/* ---- arguments ---- */

static const char usage[] = "usage: tool-bench [--quick] [--json] [--seed N] [--only load|import|words|territories]\n"
                            "                  DIRECTORY\n"
                            "DIRECTORY is made, filled with stores, and left behind: it must not be there yet.\n";

struct arguments {
    bool quick, json;
    uint64_t seed;
    const char *only; /* NULL: all */
    const char *dir;
};

static bool is_part(const char *name)
{
    return strcmp(name, "load") == 0 || strcmp(name, "import") == 0 || strcmp(name, "words") == 0 ||
           strcmp(name, "territories") == 0;
}

static bool parse(int count, char **words, struct arguments *out)
{
    *out = (struct arguments){.seed = 1};
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--quick") == 0)
            out->quick = true;
        else if (strcmp(words[i], "--json") == 0)
            out->json = true;
        else if (strcmp(words[i], "--seed") == 0 && i + 1 < count)
            out->seed = strtoull(words[++i], NULL, 10);
        else if (strcmp(words[i], "--only") == 0 && i + 1 < count && is_part(words[i + 1]))
            out->only = words[++i];
        else if (words[i][0] != '-' && !out->dir)
            out->dir = words[i];
        else
            return false;
    }
    return out->dir != NULL;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    karto_os_keep_memory();
    if (!parse(argc, argv, &arguments)) {
        fputs(usage, stderr);
        return 2;
    }
    struct bench bench = {.dir = arguments.dir,
                          .program = argv[0],
                          .seed = karto_seed_new(arguments.seed, getenv("KARTO_DATA")),
                          .clients = arguments.quick ? 10000 : 100000,
                          .batch = 10000,
                          .durable = arguments.quick ? 500 : 2000,
                          .offline = arguments.quick ? 2000 : 10000,
                          .asked = arguments.quick ? 1000 : 10000};
    if (!arguments.only || strcmp(arguments.only, "load") == 0)
        bench_bulk(&bench);
    if (!arguments.only)
        bench_sync(&bench);
    if (!arguments.only || strcmp(arguments.only, "import") == 0)
        bench_import(&bench);
    if (!arguments.only || strcmp(arguments.only, "words") == 0)
        bench_words(&bench);
    if (!arguments.only || strcmp(arguments.only, "territories") == 0)
        bench_territories(&bench);
    karto_seed_free(bench.seed);
    if (arguments.json)
        bench_print_json(&bench);
    else
        bench_print(&bench);
    return 0;
}
