/* kv.h - ordered keys and values in one directory, in transactions that survive a crash. Everything above sees
 * databases (addressed by index), keys, values and cursors; that LMDB lies below is known to kv.c alone.
 *
 * Many processes and threads may use one directory: any number of readers, each with its own snapshot, and one writer
 * at a time. Within one process a directory is opened once and shared by the threads. A thread has at most one
 * transaction of a store at a time (a second: KARTO_E_USAGE); a transaction, with its cursors, belongs to the thread
 * that began it. After fork() the child has to open the directory anew: what it inherited answers KARTO_E_USAGE.
 *
 * Slices that come out point into the store. They are good until the next write in the same transaction, or its end,
 * and are not aligned (memcpy numbers out of them). Slices that go in must not point into the same transaction's data.
 *
 * Every function here may also fail with KARTO_E_CORRUPT (bytes that make no sense), KARTO_E_IO (the operating system;
 * close the store and open it again) and KARTO_E_USAGE (see above). Blocking is said where it happens. */
#ifndef KARTO_STORE_KV_H
#define KARTO_STORE_KV_H

#include "core/base/err.h"
#include "core/base/slice.h"

enum {
    KARTO_KV_KEY_SIZE_MAX = 511, /* bytes; a key has at least 1. Anything else is KARTO_E_LIMIT */
};

struct karto_kv;        /* an open directory */
struct karto_kv_txn;    /* a transaction: one snapshot */
struct karto_kv_cursor; /* a place in one database */

struct karto_kv_options {
    const char *dir;          /* must exist; the files in it are data.mdb and lock.mdb, made with mode 0600 */
    const char *const *names; /* the databases; names[0] is the mark of a store of ours, present in every version */
    unsigned name_count;
    size_t map_size; /* address space to begin with, bytes; it grows as needed. 0: 64 GiB, or 1 GiB on 32 bits */
    bool read_only;
    bool create;  /* make a store if the directory holds none */
    bool no_sync; /* commit without waiting for the disk: tests only */
};

/* Opens, and makes databases that an older version did not have; clears readers that died.
 *   KARTO_E_NO_STORE  no such directory, or nothing in it (and not create)
 *   KARTO_E_FOREIGN   data.mdb is not LMDB's, is of another LMDB format, or holds things but not names[0]
 *   KARTO_E_CORRUPT   data.mdb is damaged or shorter than what it refers to
 *   KARTO_E_READONLY  may not be written; or read_only, and a database is missing that only a writer can make
 *   KARTO_E_BUSY      this process has it open already
 *   KARTO_E_NOMEM     no address space of that size
 * An empty data.mdb is what a crash while creating leaves: create starts afresh, without create it is KARTO_E_CORRUPT.
 * What options points to is only used during the call. *kv is NULL after an error. */
KARTO_CHECKED enum karto_err karto_kv_open(const struct karto_kv_options *options, struct karto_kv **kv);

/* Bytes of address space that a store takes where options leave it to us. */
uint64_t karto_kv_map_size(void);

/* No transaction may be live. NULL is fine. In a forked child it only forgets what was inherited. */
void karto_kv_close(struct karto_kv *kv);

/* Transactions. */

/* What happens in a transaction. It must close its cursors before it returns. */
typedef enum karto_err karto_kv_work(struct karto_kv_txn *txn, void *context);

/* One durable transaction: work, then commit. KARTO_OK means that it is on disk. Any error, be it work's own, means
 * that nothing has changed; an error of a put that work has swallowed comes back too. work is run *again from the
 * beginning* when the map had to grow: it must start from scratch each time, and have no other effects. Waits for the
 * writer before, in whatever process; growing waits for the transactions of this process.
 *   KARTO_E_FULL      the disk is full
 *   KARTO_E_LIMIT     too much for one transaction
 *   KARTO_E_READONLY  opened read_only
 *   KARTO_E_NOMEM     no address space left to grow: close and open again */
KARTO_CHECKED enum karto_err karto_kv_write(struct karto_kv *kv, karto_kv_work *work, void *context);

/* Work on a snapshot; returns what work returns. KARTO_E_BUSY: too many readers. Keep it short: what is deleted while
 * it lasts takes room for ever. */
KARTO_CHECKED enum karto_err karto_kv_read(struct karto_kv *kv, karto_kv_work *work, void *context);

/* The same for callers that cannot be called back. end_read(NULL) is fine. */
KARTO_CHECKED enum karto_err karto_kv_begin_read(struct karto_kv *kv, struct karto_kv_txn **txn);
void karto_kv_end_read(struct karto_kv_txn *txn);

/* A part of a write transaction that can fail by itself: on an error of work, which is returned, only what work has put
 * is undone, and txn can go on. txn itself must not be used until work is done. */
KARTO_CHECKED enum karto_err karto_kv_nested(struct karto_kv_txn *txn, karto_kv_work *work, void *context);

/* Keys and values. All that write: KARTO_E_READONLY in a read transaction; KARTO_E_FULL, KARTO_E_LIMIT. After any error
 * of these but KARTO_E_NOT_FOUND, KARTO_E_EXISTS, and KARTO_E_LIMIT of a key, the transaction (or nested one) can only
 * fail: return the error. */

/* KARTO_E_NOT_FOUND: *value is empty. */
KARTO_CHECKED enum karto_err karto_kv_get(struct karto_kv_txn *txn, unsigned db, struct karto_slice key,
                                          struct karto_slice *value);

KARTO_CHECKED enum karto_err karto_kv_put(struct karto_kv_txn *txn, unsigned db, struct karto_slice key,
                                          struct karto_slice value);

/* KARTO_E_EXISTS: there is one with this key, which stays. */
KARTO_CHECKED enum karto_err karto_kv_put_new(struct karto_kv_txn *txn, unsigned db, struct karto_slice key,
                                              struct karto_slice value);

/* As put; faster and denser when key is greater than all others in db. */
KARTO_CHECKED enum karto_err karto_kv_append(struct karto_kv_txn *txn, unsigned db, struct karto_slice key,
                                             struct karto_slice value);

/* As put, with a value that the caller writes: *value has room for size bytes until the next write in txn, and holds
 * anything until then. */
KARTO_CHECKED enum karto_err karto_kv_reserve(struct karto_kv_txn *txn, unsigned db, struct karto_slice key,
                                              size_t size, uint8_t **value);

/* KARTO_E_NOT_FOUND: there was none. */
KARTO_CHECKED enum karto_err karto_kv_delete(struct karto_kv_txn *txn, unsigned db, struct karto_slice key);

/* Deletes all keys of db. */
KARTO_CHECKED enum karto_err karto_kv_clear(struct karto_kv_txn *txn, unsigned db);

/* How many keys db has: a look-up, not a walk. */
KARTO_CHECKED enum karto_err karto_kv_count(struct karto_kv_txn *txn, unsigned db, uint64_t *count);

/* Cursors, in byte order of keys. A cursor sees what its own transaction writes. Close it before the transaction ends.
 * Moves give key and value, and KARTO_E_NOT_FOUND with both empty when there is none there; the cursor then stands
 * nowhere: next, prev and delete fail until seek, first or last place it again. */
KARTO_CHECKED enum karto_err karto_kv_cursor_open(struct karto_kv_txn *txn, unsigned db,
                                                  struct karto_kv_cursor **cursor);
void karto_kv_cursor_close(struct karto_kv_cursor *cursor); /* NULL is fine */

/* The first key >= from; an empty from is before all keys. */
KARTO_CHECKED enum karto_err karto_kv_seek(struct karto_kv_cursor *cursor, struct karto_slice from,
                                           struct karto_slice *key, struct karto_slice *value);

/* The greatest key < before. */
KARTO_CHECKED enum karto_err karto_kv_seek_last_before(struct karto_kv_cursor *cursor, struct karto_slice before,
                                                       struct karto_slice *key, struct karto_slice *value);

KARTO_CHECKED enum karto_err karto_kv_first(struct karto_kv_cursor *cursor, struct karto_slice *key,
                                            struct karto_slice *value);
KARTO_CHECKED enum karto_err karto_kv_last(struct karto_kv_cursor *cursor, struct karto_slice *key,
                                           struct karto_slice *value);

/* A new cursor's next is first, and its prev is last. */
KARTO_CHECKED enum karto_err karto_kv_next(struct karto_kv_cursor *cursor, struct karto_slice *key,
                                           struct karto_slice *value);
KARTO_CHECKED enum karto_err karto_kv_prev(struct karto_kv_cursor *cursor, struct karto_slice *key,
                                           struct karto_slice *value);

/* Deletes what the last move gave; next and prev go on to its neighbours. KARTO_E_USAGE: it stands on nothing. */
KARTO_CHECKED enum karto_err karto_kv_cursor_delete(struct karto_kv_cursor *cursor);

/* The store as a whole. */

/* Counts commits that changed anything, of all processes. 0 in a forked child. */
uint64_t karto_kv_last_txn_id(struct karto_kv *kv);

/* What it was behind the last such commit of this kv; 0: there was none. Where both are the same, nobody else has
 * changed anything since. */
uint64_t karto_kv_own_txn_id(const struct karto_kv *kv);

/* Whether nothing can be read or written any more, until the store is opened anew: the write that was to put a
 * transaction into effect has failed. What was committed before is there. Not within a transaction of this thread. */
bool karto_kv_is_over(struct karto_kv *kv);

/* Which file the data file is. */
struct karto_os_file_id; /* core/base/os_posix.h */
KARTO_CHECKED enum karto_err karto_kv_file_id(struct karto_kv *kv, struct karto_os_file_id *id);

/* A copy of one snapshot, synced, in a new directory dir (0700; its parent must exist) while others read and write.
 * compact leaves out free pages. KARTO_E_EXISTS: there is such a name already. After any error there is no dir. */
KARTO_CHECKED enum karto_err karto_kv_copy(struct karto_kv *kv, const char *dir, bool compact);

/* Clears the readers of processes that died, which would keep room from being used again: do it now and then. */
KARTO_CHECKED enum karto_err karto_kv_reader_check(struct karto_kv *kv);

uint64_t karto_kv_size_on_disk(struct karto_kv *kv); /* bytes of the data file */

/* Fail points, for tests: the nth write from now (1: the next; put, delete or commit, nested ones too) fails with err
 * as if the disk had done it, once. nth 0 takes it back. Counts the writes of all threads. */
void karto_kv_fail(struct karto_kv *kv, unsigned nth, enum karto_err err);
unsigned karto_kv_fail_count(const struct karto_kv *kv); /* how many have fired since the last karto_kv_fail: 0 or 1 */

#endif
