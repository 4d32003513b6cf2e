/* bench.h - what the parts of the benchmark share: their settings, the report, stores filled with made-up clients. A
 * benchmark that cannot go on says why and ends the process. */
#ifndef KARTO_TOOLS_BENCH_H
#define KARTO_TOOLS_BENCH_H

#include "core/store/edit.h"
#include "tools/seed.h"

/* ---- the report ---- */

enum bench_aim { BENCH_NO_AIM, BENCH_AT_LEAST, BENCH_AT_MOST };

/* One line: what was measured, beside its limit from the same run. */
struct bench_row {
    const char *what, *unit;
    double value;
    const char *limit_what; /* NULL: none */
    double limit;
    double ratio; /* value / limit, the way round that the aim is meant; 0: none */
    enum bench_aim aim;
    double aim_value;
    bool aim_of_ratio; /* the aim is the ratio's, else the value's */
};

enum { BENCH_ROWS_MAX = 96, BENCH_PATH_SIZE = 512 };

struct bench {
    const char *dir;     /* of its stores */
    const char *program; /* this one, beside which the others lie */
    struct karto_seed *seed;
    uint32_t clients, batch; /* how many, and how many in one transaction */
    uint32_t durable;        /* edits, each in a transaction of its own */
    uint32_t offline;        /* edits of each of two devices */
    uint32_t asked;          /* queries, empty synchronisations */
    struct bench_row rows[BENCH_ROWS_MAX];
    uint32_t row_count;
    bool quiet;
};

void bench_row(struct bench *bench, struct bench_row row);
void bench_print(const struct bench *bench);
void bench_print_json(const struct bench *bench);

void bench_say(const struct bench *bench, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void bench_die(const char *what, enum karto_err err);
void bench_must(enum karto_err err, const char *what); /* dies unless KARTO_OK */

/* Runs a program of this build, by its path from the directory of this one; what it prints goes to a file. words, at
 * most BENCH_WORDS_MAX, end with NULL. Dies unless it ends well. */
enum { BENCH_WORDS_MAX = 10 };
void bench_run(const struct bench *bench, const char *name, const char *file, const char *const words[]);

double bench_now(void); /* seconds of a clock that only goes forward */
double bench_cpu(void); /* seconds that the processors have worked for this process, all threads */

/* ---- stores ---- */

/* dir/name, in a buffer that the fourth call from here uses again. */
const char *bench_path(const struct bench *bench, const char *name);

/* Its user is called as the store is. */
struct karto_store *bench_store_make(const struct bench *bench, const char *name, enum karto_store_role role,
                                     struct karto_slice public_key);
struct karto_store *bench_store_open(const struct bench *bench, const char *name);

/* The id of client number: in the order of their numbers. */
struct karto_rid bench_client_id(const struct bench *bench, uint32_t number);

/* An edit of a field, by its text (see seed.h); of a map, with at as its key. */
struct karto_edit bench_edit_of(struct karto_arena *arena, uint32_t kind, uint32_t field, uint32_t at,
                                struct karto_slice text);

/* The edits that create client number; all in the arena. */
void bench_client_save(const struct bench *bench, uint32_t number, struct karto_arena *arena, struct karto_save *save);

/* The same of any kind: what is not a client hangs on client number % bench->clients. */
void bench_record_save(const struct bench *bench, uint32_t kind, uint32_t number, struct karto_arena *arena,
                       struct karto_save *save);

/* An edit of one field of an existing client, of the kinds that come every day; round and person vary it. */
void bench_edit_save(const struct bench *bench, uint32_t number, uint32_t round, uint32_t person,
                     struct karto_arena *arena, struct karto_save *save);

/* All of it in one transaction: seconds. */
double bench_save_all(struct karto_store *store, const struct karto_save *saves, uint32_t count);

/* Clients 0 to count - 1 in batches; the seconds of the transactions alone. Adds those that the processor worked
 * to *cpu. */
double bench_load(const struct bench *bench, struct karto_store *store, uint32_t count, double *cpu);

/* ---- the parts ---- */

void bench_bulk(struct bench *bench); /* leaves stores "hub" and "local" */
void bench_durable(struct bench *bench, struct karto_store *device, const char *name);
void bench_queries(struct bench *bench, struct karto_store *store);
void bench_sync(struct bench *bench); /* needs store "hub" */
void bench_import(struct bench *bench);
void bench_words(struct bench *bench);
void bench_territories(struct bench *bench);
void bench_pages(struct bench *bench, struct karto_store *store); /* of bench_words */

#endif
