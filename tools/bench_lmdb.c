#include "tools/bench_lmdb.h"

#include "tools/bench.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATABASES_MAX = 40, NAME_SIZE = 16, ID_SIZE = 16 };

struct database {
    char name[NAME_SIZE];
    MDB_dbi handle;
};

struct bench_raw {
    MDB_env *env;
    MDB_txn *txn;
    struct database databases[DATABASES_MAX];
    unsigned count;
};

static void must(int rc, const char *what)
{
    if (rc == MDB_SUCCESS)
        return;
    fprintf(stderr, "bench: raw LMDB: %s: %s\n", what, mdb_strerror(rc));
    exit(1);
}

static MDB_val value_of(struct karto_slice slice)
{
    return (MDB_val){slice.size, (void *)(uintptr_t)slice.data};
}

static MDB_dbi find(struct bench_raw *raw, const char *name)
{
    for (unsigned i = 0; i < raw->count; i++)
        if (strcmp(raw->databases[i].name, name) == 0)
            return raw->databases[i].handle;
    struct database *added = &raw->databases[raw->count++];
    KARTO_ASSERT(raw->count <= DATABASES_MAX && strlen(name) < NAME_SIZE);
    memcpy(added->name, name, strlen(name) + 1);
    must(mdb_dbi_open(raw->txn, name, MDB_CREATE, &added->handle), name);
    return added->handle;
}

/* The databases that are there: their names are the keys of the unnamed one. */
static void open_all(struct bench_raw *raw)
{
    MDB_dbi main_handle;
    MDB_cursor *cursor;
    MDB_val key, value;
    char names[DATABASES_MAX][NAME_SIZE];
    unsigned count = 0;
    bench_raw_begin(raw, true);
    must(mdb_dbi_open(raw->txn, NULL, 0, &main_handle), "open");
    must(mdb_cursor_open(raw->txn, main_handle, &cursor), "cursor");
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS && count < DATABASES_MAX)
        snprintf(names[count++], NAME_SIZE, "%.*s", (int)key.mv_size, (const char *)key.mv_data);
    mdb_cursor_close(cursor);
    for (unsigned i = 0; i < count; i++)
        find(raw, names[i]);
    bench_raw_end(raw);
}

struct bench_raw *bench_raw_open(const char *dir, bool create)
{
    struct bench_raw *raw = karto_must(calloc(1, sizeof *raw));
    if (create)
        bench_must(karto_os_make_dir(dir), "making a directory for raw LMDB");
    must(mdb_env_create(&raw->env), "create");
    must(mdb_env_set_maxdbs(raw->env, DATABASES_MAX), "databases");
    must(mdb_env_set_mapsize(raw->env, (size_t)16 << 30), "map");
    must(mdb_env_open(raw->env, dir, 0, 0600), dir);
    open_all(raw);
    return raw;
}

void bench_raw_close(struct bench_raw *raw)
{
    mdb_env_close(raw->env);
    free(raw);
}

void bench_raw_begin(struct bench_raw *raw, bool write)
{
    must(mdb_txn_begin(raw->env, NULL, write ? 0 : MDB_RDONLY, &raw->txn), "begin");
}

void bench_raw_end(struct bench_raw *raw)
{
    must(mdb_txn_commit(raw->txn), "commit");
    raw->txn = NULL;
}

void bench_raw_put(struct bench_raw *raw, const char *db, struct karto_slice key, struct karto_slice value)
{
    MDB_val mdb_key = value_of(key), mdb_value = value_of(value);
    must(mdb_put(raw->txn, find(raw, db), &mdb_key, &mdb_value, 0), "put");
}

bool bench_raw_get(struct bench_raw *raw, const char *db, struct karto_slice key, struct karto_slice *value)
{
    MDB_val mdb_key = value_of(key), found;
    int rc = mdb_get(raw->txn, find(raw, db), &mdb_key, &found);
    if (rc == MDB_NOTFOUND)
        return false;
    must(rc, "get");
    *value = karto_slice(found.mv_data, found.mv_size);
    return true;
}

void bench_raw_walk(struct bench_raw *raw, const char *db, struct karto_slice from, bench_raw_visit *visit,
                    void *context)
{
    MDB_cursor *cursor;
    MDB_val key = value_of(from), value;
    must(mdb_cursor_open(raw->txn, find(raw, db), &cursor), "cursor");
    for (int rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE); rc == MDB_SUCCESS;
         rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT))
        if (!visit(raw, context, karto_slice(key.mv_data, key.mv_size), karto_slice(value.mv_data, value.mv_size)))
            break;
    mdb_cursor_close(cursor);
}

/* ---- the rows of a store, put again ---- */

struct row {
    uint32_t batch;
    unsigned database;
    MDB_val key, value;
};

struct rows {
    struct row *all;
    size_t count, room;
    const uint8_t (*ids)[ID_SIZE];
    uint32_t id_count, batches;
};

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, ID_SIZE);
}

/* Which batch wrote a row whose key ends with the id of a record; batches: the key names none. */
static uint32_t batch_of_id(const struct rows *rows, MDB_val key)
{
    if (key.mv_size < ID_SIZE)
        return rows->batches;
    const uint8_t(*found)[ID_SIZE] =
        bsearch((const uint8_t *)key.mv_data + key.mv_size - ID_SIZE, rows->ids, rows->id_count, ID_SIZE, compare_ids);
    return found ? (uint32_t)((uint64_t)(found - rows->ids) * rows->batches / rows->id_count) : rows->batches;
}

static void gather(struct bench_raw *from, struct rows *rows, unsigned database)
{
    MDB_cursor *cursor;
    MDB_stat stat;
    struct row row = {.database = database};
    must(mdb_stat(from->txn, from->databases[database].handle, &stat), "stat");
    must(mdb_cursor_open(from->txn, from->databases[database].handle, &cursor), "cursor");
    for (uint64_t i = 0; mdb_cursor_get(cursor, &row.key, &row.value, MDB_NEXT) == MDB_SUCCESS; i++) {
        row.batch = batch_of_id(rows, row.key);
        if (row.batch == rows->batches)
            row.batch = (uint32_t)(i * rows->batches / stat.ms_entries);
        if (rows->count == rows->room) {
            rows->room = rows->room ? 2 * rows->room : 1024;
            rows->all = karto_must(realloc(rows->all, rows->room * sizeof *rows->all));
        }
        rows->all[rows->count++] = row;
    }
    mdb_cursor_close(cursor);
}

static int compare_keys(const MDB_val *a, const MDB_val *b)
{
    return karto_slice_compare(karto_slice(a->mv_data, a->mv_size), karto_slice(b->mv_data, b->mv_size));
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->batch != y->batch)
        return x->batch < y->batch ? -1 : 1;
    if (x->database != y->database)
        return x->database < y->database ? -1 : 1;
    return compare_keys(&x->key, &y->key);
}

static double put_batches(struct bench_raw *from, struct bench_raw *to, const struct rows *rows)
{
    double began = bench_now();
    for (size_t i = 0; i < rows->count;) {
        uint32_t batch = rows->all[i].batch;
        bench_raw_begin(to, true);
        for (; i < rows->count && rows->all[i].batch == batch; i++) {
            struct row *row = &rows->all[i];
            must(mdb_put(to->txn, find(to, from->databases[row->database].name), &row->key, &row->value, 0), "put");
        }
        bench_raw_end(to);
    }
    return bench_now() - began;
}

double bench_raw_load(const char *from_dir, const char *to_dir, const uint8_t (*ids)[ID_SIZE], uint32_t id_count,
                      uint32_t batches, double *cpu, uint64_t *bytes)
{
    struct bench_raw *from = bench_raw_open(from_dir, false), *to = bench_raw_open(to_dir, true);
    struct rows rows = {.ids = ids, .id_count = id_count, .batches = batches};
    bench_raw_begin(from, false);
    for (unsigned i = 0; i < from->count; i++)
        gather(from, &rows, i);
    qsort(rows.all, rows.count, sizeof *rows.all, compare_rows);
    *cpu = bench_cpu();
    double seconds = put_batches(from, to, &rows);
    *cpu = bench_cpu() - *cpu;
    bench_raw_end(from);
    free(rows.all);
    MDB_envinfo info;
    MDB_stat stat;
    must(mdb_env_info(to->env, &info), "info");
    must(mdb_env_stat(to->env, &stat), "stat");
    *bytes = (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
    bench_raw_close(from);
    bench_raw_close(to);
    return seconds;
}
