/* bench_lmdb.h - LMDB alone, doing what a store did: the limit that a store is measured against. */
#ifndef KARTO_TOOLS_BENCH_LMDB_H
#define KARTO_TOOLS_BENCH_LMDB_H

#include "core/base/slice.h"

struct bench_raw; /* one environment in its directory, durable as a store is */

/* create: in a new directory. */
struct bench_raw *bench_raw_open(const char *dir, bool create);
void bench_raw_close(struct bench_raw *raw);

void bench_raw_begin(struct bench_raw *raw, bool write);
void bench_raw_end(struct bench_raw *raw); /* commits */

/* In the transaction. db is a database's name. */
void bench_raw_put(struct bench_raw *raw, const char *db, struct karto_slice key, struct karto_slice value);
bool bench_raw_get(struct bench_raw *raw, const char *db, struct karto_slice key, struct karto_slice *value);

/* Visits rows from a key on while visit says so. */
typedef bool bench_raw_visit(struct bench_raw *raw, void *context, struct karto_slice key, struct karto_slice value);
void bench_raw_walk(struct bench_raw *raw, const char *db, struct karto_slice from, bench_raw_visit *visit,
                    void *context);

/* Puts every row of a closed store into a new environment, in batches transactions, each in key order. A row is in the
 * batch that first wrote it, as far as its key tells: those that hold a record's id by it (ids are in the order of
 * ids), others by their order. Returns the seconds of the transactions; *cpu are those that
 * the processor worked, and *bytes is the size of the file. */
double bench_raw_load(const char *from_dir, const char *to_dir, const uint8_t (*ids)[16], uint32_t id_count,
                      uint32_t batches, double *cpu, uint64_t *bytes);

#endif
