#include "core/store/kv.h"

#include "core/base/broken.h"
#include "core/base/fatal.h"
#include "core/base/os_fault.h"
#include "core/base/os_posix.h"
#include "core/store/kv_dir.h"
#include "core/store/kv_extent.h"

#include <errno.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum {
    READERS_MAX = 510,        /* snapshots at a time, of all processes; fixed when the first one opens the lock file */
    TRIES_MAX = 64,           /* of a transaction whose map has to grow: each doubles it, so this is never reached */
    FREE_BYTES_MIN = 1 << 20, /* less than LMDB writes at once: a write cut short on such a disk has filled it */
};

static const uint64_t map_size_default = sizeof(size_t) > 4 ? (uint64_t)64 << 30 : (uint64_t)1 << 30;

struct karto_kv {
    MDB_env *env;
    MDB_dbi *databases;
    unsigned database_count;
    bool read_only;
    struct karto_kv_dir dir;

    /* LMDB's map may move only while no transaction of this process is live. */
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct karto_kv_txn *live;
    bool resizing;
    bool unmapped; /* the map could not be made anew: nothing may touch it again */
    size_t map_size;

    atomic_bool over;                /* LMDB refuses everything from now on */
    atomic_uint_fast64_t own_txn_id; /* of the last commit of this process that changed anything */

    atomic_uint fail_after, fail_count;
    enum karto_err fail_err;
};

struct karto_kv_txn {
    struct karto_kv *kv;
    struct karto_kv_txn *parent, *next;
    MDB_txn *mdb;
    pthread_t owner;
    bool read_only;
    bool map_full;         /* of a transaction without parent: begin again with a larger map */
    enum karto_err failed; /* it cannot commit any more */
    bool changed;          /* there is something to commit: LMDB leaves out a commit of nothing */
    unsigned cursor_count;
    MDB_cursor **writers; /* one for each database that was put into: keys in order find their page at hand */
};

struct karto_kv_cursor {
    struct karto_kv_txn *txn;
    MDB_cursor *mdb;
    enum { NEW, ON, DELETED, NOWHERE } place;
};

/* --- errors --- */

/* LMDB answers EIO to a write cut short, and that is what a full disk looks like on most file systems. */
static bool disk_is_full(const struct karto_kv *kv)
{
    mdb_filehandle_t file;
    struct statvfs info;
    return mdb_env_get_fd(kv->env, &file) == MDB_SUCCESS && fstatvfs(file, &info) == 0 &&
           (uint64_t)info.f_bavail * info.f_frsize < FREE_BYTES_MIN;
}

static enum karto_err error_of(const struct karto_kv *kv, int rc)
{
    switch (rc) {
    case MDB_SUCCESS: return KARTO_OK;
    case MDB_NOTFOUND: return KARTO_E_NOT_FOUND;
    case MDB_KEYEXIST: return KARTO_E_EXISTS;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL: return KARTO_E_CORRUPT;
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE: return KARTO_E_FOREIGN;
    case MDB_MAP_FULL: return KARTO_E_FULL;
    case MDB_TXN_FULL:
    case MDB_BAD_VALSIZE: return KARTO_E_LIMIT;
    case MDB_READERS_FULL:
    case MDB_MAP_RESIZED:
    case EBUSY:
    case EAGAIN: return KARTO_E_BUSY;
    case MDB_BAD_TXN:
    case MDB_BAD_DBI:
    case MDB_BAD_RSLOT:
    case MDB_DBS_FULL:
    case EINVAL: return KARTO_E_USAGE;
    case MDB_PANIC: /* for what, was said when it happened */
    case EIO: return disk_is_full(kv) ? KARTO_E_FULL : KARTO_E_IO;
    default: return rc > 0 ? karto_os_error(rc) : KARTO_E_IO;
    }
}

static struct karto_kv_txn *root_of(struct karto_kv_txn *txn)
{
    while (txn->parent)
        txn = txn->parent;
    return txn;
}

/* After an error that is no answer, LMDB's transaction is spoilt, and says BAD_TXN to all that follows. The first error
 * is the one worth knowing. */
static enum karto_err answer(struct karto_kv_txn *txn, int rc)
{
    if (rc == MDB_SUCCESS)
        return KARTO_OK;
    if (rc == MDB_NOTFOUND || rc == MDB_KEYEXIST)
        return error_of(txn->kv, rc);
    if (rc == MDB_MAP_FULL)
        root_of(txn)->map_full = true;
    if (!txn->failed)
        txn->failed = error_of(txn->kv, rc);
    return txn->failed;
}

/* The same of what writes. */
static enum karto_err written(struct karto_kv_txn *txn, int rc)
{
    txn->changed = txn->changed || rc == MDB_SUCCESS;
    return answer(txn, rc);
}

/* --- fail points --- */

void karto_kv_fail(struct karto_kv *kv, unsigned nth, enum karto_err err)
{
    kv->fail_err = err;
    atomic_store(&kv->fail_count, 0);
    atomic_store(&kv->fail_after, nth);
}

unsigned karto_kv_fail_count(const struct karto_kv *kv)
{
    return atomic_load(&kv->fail_count);
}

static enum karto_err fail_point(struct karto_kv *kv)
{
    unsigned after = atomic_load(&kv->fail_after);
    while (after && !atomic_compare_exchange_weak(&kv->fail_after, &after, after - 1))
        ;
    if (after != 1)
        return KARTO_OK;
    atomic_fetch_add(&kv->fail_count, 1);
    return kv->fail_err;
}

/* --- the map --- */

static void measure_map(struct karto_kv *kv)
{
    MDB_envinfo info;
    int rc = mdb_env_info(kv->env, &info);
    KARTO_ASSERT(rc == MDB_SUCCESS);
    kv->map_size = info.me_mapsize;
}

/* Makes the map at least wanted bytes, or as large as another process has made it (0). */
static enum karto_err resize(struct karto_kv *kv, size_t wanted)
{
    pthread_mutex_lock(&kv->mutex);
    while (kv->resizing)
        pthread_cond_wait(&kv->changed, &kv->mutex);
    kv->resizing = true;
    while (kv->live)
        pthread_cond_wait(&kv->changed, &kv->mutex);
    /* Another thread that met the same wall may have been here before. */
    if (!kv->unmapped && (!wanted || kv->map_size < wanted)) {
        /* It lets go of the old map before it tries the new one. */
        kv->unmapped = mdb_env_set_mapsize(kv->env, wanted) != MDB_SUCCESS;
        if (!kv->unmapped)
            measure_map(kv);
    }
    kv->resizing = false;
    pthread_cond_broadcast(&kv->changed);
    enum karto_err err = kv->unmapped ? KARTO_E_NOMEM : KARTO_OK;
    pthread_mutex_unlock(&kv->mutex);
    return err;
}

static enum karto_err enter(struct karto_kv *kv, struct karto_kv_txn *txn)
{
    if (!karto_kv_dir_ours(&kv->dir))
        return KARTO_E_USAGE;
    enum karto_err err = KARTO_OK;
    pthread_mutex_lock(&kv->mutex);
    /* First this: a thread that waited here for its own transaction would wait for ever. */
    for (struct karto_kv_txn *other = kv->live; other; other = other->next)
        if (pthread_equal(other->owner, pthread_self()))
            err = KARTO_E_USAGE;
    while (!err && kv->resizing)
        pthread_cond_wait(&kv->changed, &kv->mutex);
    if (!err && kv->unmapped)
        err = KARTO_E_NOMEM;
    if (!err) {
        txn->owner = pthread_self();
        txn->next = kv->live;
        kv->live = txn;
        karto_fault_reading(true);
    }
    pthread_mutex_unlock(&kv->mutex);
    return err;
}

static void leave(struct karto_kv_txn *txn)
{
    struct karto_kv *kv = txn->kv;
    karto_fault_reading(false);
    pthread_mutex_lock(&kv->mutex);
    struct karto_kv_txn **link = &kv->live;
    while (*link != txn)
        link = &(*link)->next;
    *link = txn->next;
    if (!kv->live)
        pthread_cond_broadcast(&kv->changed);
    pthread_mutex_unlock(&kv->mutex);
}

/* --- transactions --- */

static int try_begin(struct karto_kv *kv, bool read_only, struct karto_kv_txn *txn)
{
    int rc = mdb_txn_begin(kv->env, NULL, read_only ? MDB_RDONLY : 0, &txn->mdb);
    if (rc == MDB_READERS_FULL && mdb_reader_check(kv->env, NULL) == MDB_SUCCESS)
        rc = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &txn->mdb);
    return rc;
}

static enum karto_err begin(struct karto_kv *kv, bool read_only, struct karto_kv_txn *txn)
{
    enum karto_err err = KARTO_OK;
    for (unsigned tries = 0; !err && tries < TRIES_MAX; tries++) {
        *txn = (struct karto_kv_txn){.kv = kv, .read_only = read_only};
        err = enter(kv, txn);
        if (err)
            return err;
        int rc = try_begin(kv, read_only, txn);
        if (rc == MDB_SUCCESS)
            return KARTO_OK;
        leave(txn);
        if (rc == MDB_PANIC)
            atomic_store(&kv->over, true);
        err = rc == MDB_MAP_RESIZED ? resize(kv, 0) : error_of(kv, rc);
    }
    return err ? err : KARTO_E_BUSY;
}

/* The cursor that puts into a database. Nested transactions have none: theirs and their parent's would be in each
 * other's way. */
static int writer_of(struct karto_kv_txn *txn, unsigned db, MDB_cursor **writer)
{
    KARTO_ASSERT(db < txn->kv->database_count);
    if (!txn->writers)
        txn->writers = karto_must(calloc(txn->kv->database_count, sizeof *txn->writers));
    int rc = txn->writers[db] ? MDB_SUCCESS : mdb_cursor_open(txn->mdb, txn->kv->databases[db], &txn->writers[db]);
    *writer = txn->writers[db];
    return rc;
}

static void close_writers(struct karto_kv_txn *txn)
{
    for (unsigned db = 0; txn->writers && db < txn->kv->database_count; db++)
        if (txn->writers[db])
            mdb_cursor_close(txn->writers[db]);
    free(txn->writers);
    txn->writers = NULL;
}

/* Commits if all is well. A read commits too: the handles of databases opened in it live on only if it does. */
static enum karto_err finish(struct karto_kv_txn *txn, enum karto_err err)
{
    KARTO_ASSERT(txn->cursor_count == 0);
    close_writers(txn);
    if (!err)
        err = txn->failed;
    if (!err && !txn->read_only)
        err = fail_point(txn->kv);
    if (err) {
        mdb_txn_abort(txn->mdb);
        return err;
    }
    uint64_t id = mdb_txn_id(txn->mdb);
    err = answer(txn, mdb_txn_commit(txn->mdb));
    if (!err && txn->changed && !txn->parent)
        atomic_store(&txn->kv->own_txn_id, id);
    return err;
}

enum karto_err karto_kv_write(struct karto_kv *kv, karto_kv_work *work, void *context)
{
    if (kv->read_only)
        return KARTO_E_READONLY;
    for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
        struct karto_kv_txn txn;
        enum karto_err err = begin(kv, false, &txn);
        if (err)
            return err;
        size_t map_size = kv->map_size; /* as long as txn is live, nobody changes it */
        err = work(&txn, context);
        if (txn.map_full)
            err = KARTO_E_FULL; /* even if work has swallowed it */
        err = finish(&txn, err);
        leave(&txn);
        if (!txn.map_full)
            return err;
        if (map_size > SIZE_MAX / 2)
            return KARTO_E_NOMEM;
        err = resize(kv, map_size * 2);
        if (err)
            return err;
    }
    return KARTO_E_LIMIT;
}

enum karto_err karto_kv_read(struct karto_kv *kv, karto_kv_work *work, void *context)
{
    struct karto_kv_txn txn;
    enum karto_err err = begin(kv, true, &txn);
    if (err)
        return err;
    err = finish(&txn, work(&txn, context));
    leave(&txn);
    return err;
}

/* Only LMDB knows; and it tells whoever begins. */
bool karto_kv_is_over(struct karto_kv *kv)
{
    struct karto_kv_txn *txn;
    if (karto_kv_begin_read(kv, &txn) == KARTO_OK)
        karto_kv_end_read(txn);
    return atomic_load(&kv->over);
}

enum karto_err karto_kv_begin_read(struct karto_kv *kv, struct karto_kv_txn **txn)
{
    *txn = NULL;
    struct karto_kv_txn *fresh = karto_must(malloc(sizeof *fresh));
    enum karto_err err = begin(kv, true, fresh);
    if (!err)
        *txn = fresh;
    else
        free(fresh);
    return err;
}

void karto_kv_end_read(struct karto_kv_txn *txn)
{
    if (!txn || !karto_kv_dir_ours(&txn->kv->dir))
        return;
    KARTO_ASSERT(txn->read_only && txn->cursor_count == 0);
    mdb_txn_abort(txn->mdb);
    leave(txn);
    free(txn);
}

enum karto_err karto_kv_nested(struct karto_kv_txn *txn, karto_kv_work *work, void *context)
{
    if (txn->read_only)
        return KARTO_E_READONLY;
    close_writers(txn);
    struct karto_kv_txn child = {.kv = txn->kv, .parent = txn};
    int rc = mdb_txn_begin(txn->kv->env, txn->mdb, 0, &child.mdb);
    if (rc != MDB_SUCCESS)
        return txn->failed ? txn->failed : error_of(txn->kv, rc);
    enum karto_err err = finish(&child, work(&child, context));
    txn->changed = txn->changed || (!err && child.changed);
    return err;
}

/* --- keys and values --- */

static MDB_val value_of(struct karto_slice slice)
{
    return (MDB_val){slice.size, (void *)(uintptr_t)slice.data};
}

static struct karto_slice slice_of(MDB_val value)
{
    return karto_slice(value.mv_data, value.mv_size);
}

static MDB_dbi database(const struct karto_kv_txn *txn, unsigned db)
{
    KARTO_ASSERT(db < txn->kv->database_count);
    return txn->kv->databases[db];
}

static enum karto_err check_key(struct karto_slice key)
{
    return key.size >= 1 && key.size <= KARTO_KV_KEY_SIZE_MAX ? KARTO_OK : KARTO_E_LIMIT;
}

/* What all writes have in common before LMDB hears of them. */
static enum karto_err check_write(struct karto_kv_txn *txn)
{
    if (txn->read_only)
        return KARTO_E_READONLY;
    if (!txn->failed)
        txn->failed = fail_point(txn->kv);
    return txn->failed;
}

static int put_by_writer(struct karto_kv_txn *txn, unsigned db, MDB_val *key, MDB_val *value, unsigned flags)
{
    MDB_cursor *writer;
    if (txn->parent)
        return mdb_put(txn->mdb, database(txn, db), key, value, flags);
    int rc = writer_of(txn, db, &writer);
    return rc == MDB_SUCCESS ? mdb_cursor_put(writer, key, value, flags) : rc;
}

static enum karto_err put(struct karto_kv_txn *txn, unsigned db, struct karto_slice key, MDB_val *value, unsigned flags)
{
    enum karto_err err = check_key(key);
    if (!err)
        err = check_write(txn);
    if (err)
        return err;
    MDB_val mdb_key = value_of(key), given = *value;
    int rc = put_by_writer(txn, db, &mdb_key, value, flags);
    if (rc == MDB_KEYEXIST && (flags & MDB_APPEND)) {
        *value = given;
        rc = put_by_writer(txn, db, &mdb_key, value, 0);
    }
    return written(txn, rc);
}

enum karto_err karto_kv_get(struct karto_kv_txn *txn, unsigned db, struct karto_slice key, struct karto_slice *value)
{
    *value = (struct karto_slice){NULL, 0};
    enum karto_err err = check_key(key);
    if (err)
        return err;
    MDB_val mdb_key = value_of(key), found;
    int rc = mdb_get(txn->mdb, database(txn, db), &mdb_key, &found);
    if (rc == MDB_SUCCESS)
        *value = slice_of(found);
    return answer(txn, rc);
}

enum karto_err karto_kv_put(struct karto_kv_txn *txn, unsigned db, struct karto_slice key, struct karto_slice value)
{
    MDB_val mdb_value = value_of(value);
    return put(txn, db, key, &mdb_value, 0);
}

enum karto_err karto_kv_put_new(struct karto_kv_txn *txn, unsigned db, struct karto_slice key, struct karto_slice value)
{
    MDB_val mdb_value = value_of(value);
    return put(txn, db, key, &mdb_value, MDB_NOOVERWRITE);
}

enum karto_err karto_kv_append(struct karto_kv_txn *txn, unsigned db, struct karto_slice key, struct karto_slice value)
{
    MDB_val mdb_value = value_of(value);
    return put(txn, db, key, &mdb_value, MDB_APPEND);
}

enum karto_err karto_kv_reserve(struct karto_kv_txn *txn, unsigned db, struct karto_slice key, size_t size,
                                uint8_t **value)
{
    MDB_val room = {size, NULL};
    enum karto_err err = put(txn, db, key, &room, MDB_RESERVE);
    *value = err ? NULL : room.mv_data;
    return err;
}

enum karto_err karto_kv_delete(struct karto_kv_txn *txn, unsigned db, struct karto_slice key)
{
    enum karto_err err = check_key(key);
    if (!err)
        err = check_write(txn);
    if (err)
        return err;
    MDB_val mdb_key = value_of(key);
    return written(txn, mdb_del(txn->mdb, database(txn, db), &mdb_key, NULL));
}

enum karto_err karto_kv_clear(struct karto_kv_txn *txn, unsigned db)
{
    enum karto_err err = check_write(txn);
    return err ? err : written(txn, mdb_drop(txn->mdb, database(txn, db), 0));
}

enum karto_err karto_kv_count(struct karto_kv_txn *txn, unsigned db, uint64_t *count)
{
    MDB_stat stat;
    int rc = mdb_stat(txn->mdb, database(txn, db), &stat);
    *count = rc == MDB_SUCCESS ? stat.ms_entries : 0;
    return answer(txn, rc);
}

/* --- cursors --- */

enum karto_err karto_kv_cursor_open(struct karto_kv_txn *txn, unsigned db, struct karto_kv_cursor **cursor)
{
    *cursor = NULL;
    MDB_cursor *mdb;
    int rc = mdb_cursor_open(txn->mdb, database(txn, db), &mdb);
    if (rc != MDB_SUCCESS)
        return answer(txn, rc);
    *cursor = karto_must(malloc(sizeof **cursor));
    **cursor = (struct karto_kv_cursor){txn, mdb, NEW};
    txn->cursor_count++;
    return KARTO_OK;
}

void karto_kv_cursor_close(struct karto_kv_cursor *cursor)
{
    if (!cursor)
        return;
    mdb_cursor_close(cursor->mdb);
    cursor->txn->cursor_count--;
    free(cursor);
}

static enum karto_err move(struct karto_kv_cursor *cursor, MDB_cursor_op op, struct karto_slice from,
                           struct karto_slice *key, struct karto_slice *value)
{
    MDB_val mdb_key = value_of(from), mdb_value;
    int rc = mdb_cursor_get(cursor->mdb, &mdb_key, &mdb_value, op);
    cursor->place = rc == MDB_SUCCESS ? ON : NOWHERE;
    *key = rc == MDB_SUCCESS ? slice_of(mdb_key) : (struct karto_slice){NULL, 0};
    *value = rc == MDB_SUCCESS ? slice_of(mdb_value) : (struct karto_slice){NULL, 0};
    return answer(cursor->txn, rc);
}

static enum karto_err nowhere(struct karto_kv_cursor *cursor, enum karto_err err, struct karto_slice *key,
                              struct karto_slice *value)
{
    cursor->place = NOWHERE;
    *key = *value = (struct karto_slice){NULL, 0};
    return err;
}

enum karto_err karto_kv_first(struct karto_kv_cursor *cursor, struct karto_slice *key, struct karto_slice *value)
{
    return move(cursor, MDB_FIRST, (struct karto_slice){NULL, 0}, key, value);
}

enum karto_err karto_kv_last(struct karto_kv_cursor *cursor, struct karto_slice *key, struct karto_slice *value)
{
    return move(cursor, MDB_LAST, (struct karto_slice){NULL, 0}, key, value);
}

enum karto_err karto_kv_next(struct karto_kv_cursor *cursor, struct karto_slice *key, struct karto_slice *value)
{
    if (cursor->place == NOWHERE)
        return nowhere(cursor, KARTO_E_NOT_FOUND, key, value);
    return move(cursor, MDB_NEXT, (struct karto_slice){NULL, 0}, key, value);
}

enum karto_err karto_kv_prev(struct karto_kv_cursor *cursor, struct karto_slice *key, struct karto_slice *value)
{
    if (cursor->place == NOWHERE)
        return nowhere(cursor, KARTO_E_NOT_FOUND, key, value);
    return move(cursor, MDB_PREV, (struct karto_slice){NULL, 0}, key, value);
}

enum karto_err karto_kv_seek(struct karto_kv_cursor *cursor, struct karto_slice from, struct karto_slice *key,
                             struct karto_slice *value)
{
    if (from.size == 0)
        return karto_kv_first(cursor, key, value);
    enum karto_err err = check_key(from);
    return err ? nowhere(cursor, err, key, value) : move(cursor, MDB_SET_RANGE, from, key, value);
}

enum karto_err karto_kv_seek_last_before(struct karto_kv_cursor *cursor, struct karto_slice before,
                                         struct karto_slice *key, struct karto_slice *value)
{
    if (before.size == 0)
        return nowhere(cursor, KARTO_E_NOT_FOUND, key, value);
    enum karto_err err = karto_kv_seek(cursor, before, key, value);
    if (err == KARTO_E_NOT_FOUND)
        return karto_kv_last(cursor, key, value);
    return err ? err : karto_kv_prev(cursor, key, value);
}

enum karto_err karto_kv_cursor_delete(struct karto_kv_cursor *cursor)
{
    if (cursor->place != ON)
        return KARTO_E_USAGE;
    enum karto_err err = check_write(cursor->txn);
    if (err)
        return err;
    err = written(cursor->txn, mdb_cursor_del(cursor->mdb, 0));
    if (!err)
        cursor->place = DELETED;
    return err;
}

/* --- opening --- */

uint64_t karto_kv_map_size(void)
{
    return map_size_default;
}

static enum karto_err open_env(struct karto_kv *kv, const struct karto_kv_options *options)
{
    bool no_sync = options->no_sync || KARTO_BROKEN("sync");
    unsigned flags = MDB_NOTLS | (options->read_only ? MDB_RDONLY : 0) | (no_sync ? MDB_NOSYNC : 0);
    int rc = mdb_env_create(&kv->env);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_set_maxdbs(kv->env, options->name_count);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_set_maxreaders(kv->env, READERS_MAX);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_set_mapsize(kv->env, options->map_size ? options->map_size : (size_t)map_size_default);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_open(kv->env, kv->dir.path, flags, 0600);
    if (rc == MDB_INVALID)
        return karto_kv_dir_invalid(&kv->dir);
    if (rc != MDB_SUCCESS)
        return rc == ENOENT ? KARTO_E_NO_STORE : error_of(kv, rc);
    measure_map(kv);
    return KARTO_OK;
}

/* A page beyond the end of the file is a SIGBUS for who touches it. A file may well be shorter than its last page says,
 * though: LMDB does not write pages that were taken and given back by the same transaction. Only what is in use counts.
 */
static enum karto_err check_length(struct karto_kv *kv)
{
    MDB_envinfo info;
    MDB_stat stat;
    mdb_filehandle_t file;
    if (mdb_env_info(kv->env, &info) != MDB_SUCCESS || mdb_env_stat(kv->env, &stat) != MDB_SUCCESS ||
        mdb_env_get_fd(kv->env, &file) != MDB_SUCCESS)
        return KARTO_E_CORRUPT;
    if (karto_kv_size_on_disk(kv) / stat.ms_psize > info.me_last_pgno)
        return KARTO_OK;
    enum karto_err err = KARTO_E_BUSY;
    for (unsigned tries = 0; err == KARTO_E_BUSY && tries < TRIES_MAX; tries++) {
        struct karto_kv_txn txn;
        err = begin(kv, true, &txn);
        if (err)
            return err;
        err = karto_kv_extent_check(file, mdb_txn_id(txn.mdb));
        mdb_txn_abort(txn.mdb);
        leave(&txn);
    }
    return err;
}

static int open_databases(struct karto_kv_txn *txn, const struct karto_kv_options *options, unsigned flags)
{
    for (unsigned i = 0; i < options->name_count; i++) {
        unsigned found = 0;
        int rc = mdb_dbi_open(txn->mdb, options->names[i], flags, &txn->kv->databases[i]);
        if (rc == MDB_SUCCESS)
            rc = mdb_dbi_flags(txn->mdb, txn->kv->databases[i], &found);
        if (rc == MDB_SUCCESS && found)
            rc = MDB_INCOMPATIBLE;
        if (rc != MDB_SUCCESS)
            return rc;
    }
    return MDB_SUCCESS;
}

/* Whether names[0] is there; if not, nothing else may be. */
static enum karto_err check_mark(struct karto_kv_txn *txn, const char *name, bool *empty)
{
    MDB_dbi dbi;
    MDB_stat stat;
    int rc = mdb_dbi_open(txn->mdb, NULL, 0, &dbi);
    if (rc == MDB_SUCCESS)
        rc = mdb_stat(txn->mdb, dbi, &stat);
    if (rc != MDB_SUCCESS)
        return error_of(txn->kv, rc);
    *empty = stat.ms_entries == 0;
    rc = mdb_dbi_open(txn->mdb, name, 0, &dbi);
    return rc == MDB_NOTFOUND ? (*empty ? KARTO_OK : KARTO_E_FOREIGN) : error_of(txn->kv, rc);
}

struct databases {
    const struct karto_kv_options *options;
    bool missing, empty;
};

static enum karto_err find_databases(struct karto_kv_txn *txn, void *context)
{
    struct databases *wanted = context;
    wanted->missing = false;
    enum karto_err err = check_mark(txn, wanted->options->names[0], &wanted->empty);
    if (err)
        return err;
    int rc = open_databases(txn, wanted->options, 0);
    wanted->missing = rc == MDB_NOTFOUND;
    return error_of(txn->kv, rc);
}

static enum karto_err make_databases(struct karto_kv_txn *txn, void *context)
{
    const struct databases *wanted = context;
    return answer(txn, open_databases(txn, wanted->options, MDB_CREATE));
}

static enum karto_err get_databases(struct karto_kv *kv, const struct karto_kv_options *options)
{
    struct databases wanted = {options, false, false};
    kv->database_count = options->name_count;
    kv->databases = karto_must(calloc(options->name_count, sizeof *kv->databases));
    enum karto_err err = karto_kv_read(kv, find_databases, &wanted);
    if (!wanted.missing)
        return err;
    if (wanted.empty && !options->create)
        return KARTO_E_NO_STORE;
    return karto_kv_write(kv, make_databases, &wanted);
}

enum karto_err karto_kv_open(const struct karto_kv_options *options, struct karto_kv **out)
{
    KARTO_ASSERT(options->name_count > 0);
    *out = NULL;
    struct karto_kv *kv = karto_must(calloc(1, sizeof *kv));
    kv->read_only = options->read_only;
    pthread_mutex_init(&kv->mutex, NULL);
    pthread_cond_init(&kv->changed, NULL);
    enum karto_err err = karto_kv_dir_claim(&kv->dir, options->dir);
    if (!err)
        err = karto_kv_dir_prepare(&kv->dir, options->create && !options->read_only);
    if (!err)
        err = open_env(kv, options);
    if (!err)
        err = check_length(kv);
    if (!err)
        err = karto_kv_reader_check(kv);
    if (!err)
        err = get_databases(kv, options);
    if (err) {
        karto_kv_close(kv);
        return err;
    }
    *out = kv;
    return KARTO_OK;
}

void karto_kv_close(struct karto_kv *kv)
{
    if (!kv)
        return;
    /* In a child LMDB would clear the parent's readers; there the environment is left as it is. */
    if (karto_kv_dir_ours(&kv->dir)) {
        KARTO_ASSERT(!kv->live);
        if (kv->env)
            mdb_env_close(kv->env);
        pthread_cond_destroy(&kv->changed);
        pthread_mutex_destroy(&kv->mutex);
    }
    karto_kv_dir_release(&kv->dir);
    free(kv->databases);
    free(kv);
}

/* --- the store as a whole --- */

uint64_t karto_kv_last_txn_id(struct karto_kv *kv)
{
    MDB_envinfo info = {0};
    if (!karto_kv_dir_ours(&kv->dir))
        return 0;
    pthread_mutex_lock(&kv->mutex); /* so that the map stays where it is */
    if (!kv->unmapped && mdb_env_info(kv->env, &info) != MDB_SUCCESS)
        info.me_last_txnid = 0;
    pthread_mutex_unlock(&kv->mutex);
    return info.me_last_txnid;
}

uint64_t karto_kv_own_txn_id(const struct karto_kv *kv)
{
    return atomic_load(&kv->own_txn_id);
}

enum karto_err karto_kv_reader_check(struct karto_kv *kv)
{
    return karto_kv_dir_ours(&kv->dir) ? error_of(kv, mdb_reader_check(kv->env, NULL)) : KARTO_E_USAGE;
}

uint64_t karto_kv_size_on_disk(struct karto_kv *kv)
{
    mdb_filehandle_t file;
    struct stat info;
    if (mdb_env_get_fd(kv->env, &file) != MDB_SUCCESS || fstat(file, &info) != 0)
        return 0;
    return (uint64_t)info.st_size;
}

/* LMDB reads a snapshot of its own for this, so it counts as a transaction of this thread. */
static enum karto_err copy_env(struct karto_kv *kv, int file, bool compact)
{
    enum karto_err err = KARTO_OK;
    for (unsigned tries = 0; !err && tries < TRIES_MAX; tries++) {
        struct karto_kv_txn txn = {.kv = kv, .read_only = true};
        err = enter(kv, &txn);
        if (err)
            return err;
        int rc = mdb_env_copyfd2(kv->env, file, compact ? MDB_CP_COMPACT : 0);
        leave(&txn);
        if (rc == MDB_SUCCESS)
            return KARTO_OK;
        /* This comes before anything is written. */
        if (rc == MDB_MAP_RESIZED)
            err = resize(kv, 0);
        else
            err = rc == MDB_INCOMPATIBLE ? KARTO_E_CORRUPT : error_of(kv, rc);
    }
    return err ? err : KARTO_E_BUSY;
}

enum karto_err karto_kv_file_id(struct karto_kv *kv, struct karto_os_file_id *id)
{
    mdb_filehandle_t file;
    int rc = mdb_env_get_fd(kv->env, &file);
    return rc == MDB_SUCCESS ? karto_os_file_id(file, id) : error_of(kv, rc);
}

enum karto_err karto_kv_copy(struct karto_kv *kv, const char *dir, bool compact)
{
    int file;
    enum karto_err err = karto_kv_dir_make(dir, &file);
    return err ? err : karto_kv_dir_made(dir, file, copy_env(kv, file, compact));
}
