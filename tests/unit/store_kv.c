/* The contract of core/store/kv.h within one process: keys, cursors, transactions, growth, threads, fail points. */
#include "core/store/kv.h"

#include "core/base/buf.h"
#include "tests/temp_dir.h"

#include <pthread.h>
#include <sys/stat.h>

enum { MARK, OTHER, DATABASES };
static const char *const names[] = {"mark", "other", "later"};

static struct karto_kv_options options_of(const char *dir)
{
    return (struct karto_kv_options){
        .dir = dir, .names = names, .name_count = DATABASES, .map_size = 1 << 20, .create = true, .no_sync = true};
}

static struct karto_kv *open_in(const char *dir)
{
    struct karto_kv_options options = options_of(dir);
    struct karto_kv *kv;
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_OK);
    return kv;
}

static struct karto_slice str(const char *text)
{
    return karto_slice_str(text);
}

static struct karto_slice number(uint32_t n)
{
    static _Thread_local uint8_t turns[2][4]; /* key and value in one call */
    static _Thread_local unsigned turn;
    uint8_t *bytes = turns[turn++ % 2];
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(n >> (24 - 8 * i));
    return karto_slice(bytes, 4);
}

/* --- keys and values --- */

static enum karto_err basics(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    struct karto_slice value;
    uint64_t count;
    uint8_t *room;
    CHECK_INT(karto_kv_get(txn, MARK, str("a"), &value), KARTO_E_NOT_FOUND);
    CHECK(value.data == NULL && value.size == 0);
    CHECK_INT(karto_kv_delete(txn, MARK, str("a")), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_kv_put_new(txn, MARK, str("a"), str("one")), KARTO_OK);
    CHECK_INT(karto_kv_put_new(txn, MARK, str("a"), str("two")), KARTO_E_EXISTS);
    CHECK_INT(karto_kv_get(txn, MARK, str("a"), &value), KARTO_OK);
    CHECK(karto_slice_is(value, "one"));
    CHECK_INT(karto_kv_put(txn, MARK, str("a"), str("three")), KARTO_OK);
    CHECK_INT(karto_kv_put(txn, MARK, str("empty"), str("")), KARTO_OK);
    CHECK_INT(karto_kv_get(txn, MARK, str("empty"), &value), KARTO_OK);
    CHECK_INT(value.size, 0);
    CHECK_INT(karto_kv_append(txn, MARK, str("z"), str("last")), KARTO_OK);
    CHECK_INT(karto_kv_append(txn, MARK, str("m"), str("not last")), KARTO_OK);
    CHECK_INT(karto_kv_append(txn, MARK, str("z"), str("again")), KARTO_OK);
    CHECK_INT(karto_kv_get(txn, MARK, str("m"), &value), KARTO_OK);
    CHECK(karto_slice_is(value, "not last"));
    CHECK_INT(karto_kv_reserve(txn, OTHER, str("r"), 3, &room), KARTO_OK);
    memcpy(room, "abc", 3);
    CHECK_INT(karto_kv_get(txn, OTHER, str("r"), &value), KARTO_OK);
    CHECK(karto_slice_is(value, "abc"));
    CHECK_INT(karto_kv_count(txn, MARK, &count), KARTO_OK);
    CHECK_INT(count, 4);
    CHECK_INT(karto_kv_delete(txn, MARK, str("a")), KARTO_OK);
    CHECK_INT(karto_kv_get(txn, MARK, str("a"), &value), KARTO_E_NOT_FOUND);
    return KARTO_OK;
}

static enum karto_err key_sizes(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    static uint8_t bytes[KARTO_KV_KEY_SIZE_MAX + 1];
    struct karto_slice value, none = {NULL, 0}, longest = {bytes, KARTO_KV_KEY_SIZE_MAX}, over = {bytes, sizeof bytes};
    uint8_t *room;
    CHECK_INT(karto_kv_put(txn, OTHER, none, str("x")), KARTO_E_LIMIT);
    CHECK_INT(karto_kv_put(txn, OTHER, over, str("x")), KARTO_E_LIMIT);
    CHECK_INT(karto_kv_reserve(txn, OTHER, over, 1, &room), KARTO_E_LIMIT);
    CHECK_INT(karto_kv_get(txn, OTHER, none, &value), KARTO_E_LIMIT);
    CHECK_INT(karto_kv_delete(txn, OTHER, over), KARTO_E_LIMIT);
    CHECK_INT(karto_kv_put(txn, OTHER, longest, str("x")), KARTO_OK);
    CHECK_INT(karto_kv_put(txn, OTHER, karto_slice(bytes, 1), str("y")), KARTO_OK);
    CHECK_INT(karto_kv_get(txn, OTHER, longest, &value), KARTO_OK);
    CHECK(karto_slice_is(value, "x"));
    return KARTO_OK;
}

static enum karto_err no_writing(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    struct karto_slice value;
    CHECK_INT(karto_kv_put(txn, MARK, str("k"), str("v")), KARTO_E_READONLY);
    CHECK_INT(karto_kv_delete(txn, MARK, str("z")), KARTO_E_READONLY);
    CHECK_INT(karto_kv_nested(txn, basics, NULL), KARTO_E_READONLY);
    CHECK_INT(karto_kv_get(txn, MARK, str("z"), &value), KARTO_OK);
    CHECK(karto_slice_is(value, "again"));
    return KARTO_E_CHANGED;
}

static void test_keys_and_values(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    uint64_t id = karto_kv_last_txn_id(kv);
    CHECK_INT(karto_kv_write(kv, basics, NULL), KARTO_OK);
    CHECK_INT(karto_kv_last_txn_id(kv), id + 1);
    CHECK_INT(karto_kv_write(kv, key_sizes, NULL), KARTO_OK);
    CHECK_INT(karto_kv_read(kv, no_writing, NULL), KARTO_E_CHANGED);
    CHECK_INT(karto_kv_last_txn_id(kv), id + 2);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

static enum karto_err delete_missing(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    CHECK_INT(karto_kv_delete(txn, MARK, str("missing")), KARTO_E_NOT_FOUND);
    return KARTO_OK;
}

/* Only commits that changed anything count, and none that failed. */
static void test_own_commits(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    CHECK_INT(karto_kv_own_txn_id(kv), 0);
    CHECK_INT(karto_kv_write(kv, basics, NULL), KARTO_OK);
    uint64_t id = karto_kv_last_txn_id(kv);
    CHECK_INT(karto_kv_own_txn_id(kv), id);
    CHECK_INT(karto_kv_write(kv, delete_missing, NULL), KARTO_OK);
    CHECK(karto_kv_last_txn_id(kv) == id && karto_kv_own_txn_id(kv) == id);
    karto_kv_fail(kv, 2, KARTO_E_IO); /* the delete, then the commit */
    CHECK_INT(karto_kv_write(kv, delete_missing, NULL), KARTO_E_IO);
    CHECK(karto_kv_last_txn_id(kv) == id && karto_kv_own_txn_id(kv) == id);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

/* --- cursors --- */

enum { EVEN_COUNT = 3000 };

static enum karto_err put_even(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    for (uint32_t n = 0; n < EVEN_COUNT; n++)
        CHECK_INT(karto_kv_append(txn, OTHER, number(2 * n + 2), number(n)), KARTO_OK);
    return KARTO_OK;
}

static void check_at(enum karto_err err, struct karto_slice key, struct karto_slice value, uint32_t even)
{
    CHECK_INT(err, KARTO_OK);
    CHECK_INT(karto_be32(key.data), even);
    CHECK_INT(karto_be32(value.data), even / 2 - 1);
}

static enum karto_err move_about(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    const uint32_t last = 2 * EVEN_COUNT;
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    static uint8_t over[KARTO_KV_KEY_SIZE_MAX + 1];
    CHECK_INT(karto_kv_cursor_open(txn, OTHER, &cursor), KARTO_OK);
    check_at(karto_kv_next(cursor, &key, &value), key, value, 2);
    for (uint32_t n = 1; n <= last; n += 97) {
        check_at(karto_kv_seek(cursor, number(n), &key, &value), key, value, n + n % 2);
        if (n > 2)
            check_at(karto_kv_seek_last_before(cursor, number(n), &key, &value), key, value, n % 2 ? n - 1 : n - 2);
    }
    CHECK_INT(karto_kv_seek(cursor, number(last + 1), &key, &value), KARTO_E_NOT_FOUND);
    CHECK(key.data == NULL && value.data == NULL);
    CHECK_INT(karto_kv_next(cursor, &key, &value), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_kv_prev(cursor, &key, &value), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_kv_cursor_delete(cursor), KARTO_E_USAGE);
    check_at(karto_kv_seek_last_before(cursor, number(last + 1), &key, &value), key, value, last);
    CHECK_INT(karto_kv_seek_last_before(cursor, number(2), &key, &value), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_kv_seek_last_before(cursor, str(""), &key, &value), KARTO_E_NOT_FOUND);
    check_at(karto_kv_seek(cursor, str(""), &key, &value), key, value, 2);
    CHECK_INT(karto_kv_seek(cursor, karto_slice(over, sizeof over), &key, &value), KARTO_E_LIMIT);
    uint32_t expected = last;
    for (enum karto_err err = karto_kv_last(cursor, &key, &value); !err; err = karto_kv_prev(cursor, &key, &value)) {
        CHECK_INT(karto_be32(key.data), expected);
        expected -= 2;
    }
    CHECK_INT(expected, 0);
    karto_kv_cursor_close(cursor);
    CHECK_INT(karto_kv_cursor_open(txn, OTHER, &cursor), KARTO_OK);
    check_at(karto_kv_prev(cursor, &key, &value), key, value, last);
    karto_kv_cursor_close(cursor);
    return KARTO_OK;
}

struct deleting {
    bool backwards;
    uint32_t keep; /* every keep-th stays */
};

/* Deletes under the cursor; what comes next must be the neighbour each time, across pages that vanish. */
static enum karto_err delete_along(struct karto_kv_txn *txn, void *context)
{
    const struct deleting *how = context;
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    uint32_t seen = 0, kept = 0;
    uint64_t count;
    CHECK_INT(karto_kv_cursor_open(txn, OTHER, &cursor), KARTO_OK);
    for (;; seen++) {
        enum karto_err err = how->backwards ? karto_kv_prev(cursor, &key, &value) : karto_kv_next(cursor, &key, &value);
        if (err == KARTO_E_NOT_FOUND)
            break;
        check_at(err, key, value, how->backwards ? 2 * (EVEN_COUNT - seen) : 2 * seen + 2);
        if (seen % how->keep == 0) {
            kept++;
            continue;
        }
        CHECK_INT(karto_kv_cursor_delete(cursor), KARTO_OK);
        CHECK_INT(karto_kv_cursor_delete(cursor), KARTO_E_USAGE);
    }
    karto_kv_cursor_close(cursor);
    CHECK_INT(seen, EVEN_COUNT);
    CHECK_INT(karto_kv_count(txn, OTHER, &count), KARTO_OK);
    CHECK_INT(count, kept);
    return KARTO_E_INTERRUPTED; /* all comes back */
}

static void test_cursors(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    struct deleting ways[] = {{false, UINT32_MAX}, {true, UINT32_MAX}, {false, 2}, {true, 2}, {false, 7}, {true, 150}};
    CHECK_INT(karto_kv_write(kv, put_even, NULL), KARTO_OK);
    CHECK_INT(karto_kv_read(kv, move_about, NULL), KARTO_OK);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        CHECK_INT(karto_kv_write(kv, delete_along, &ways[i]), KARTO_E_INTERRUPTED);
    CHECK_INT(karto_kv_write(kv, move_about, NULL), KARTO_OK);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

/* --- transactions --- */

static enum karto_err put_then(struct karto_kv_txn *txn, void *context)
{
    const enum karto_err *err = context;
    CHECK_INT(karto_kv_put(txn, OTHER, number((uint32_t)*err), str("x")), KARTO_OK);
    return *err;
}

static enum karto_err outer(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    enum karto_err ok = KARTO_OK, invalid = KARTO_E_INVALID;
    CHECK_INT(karto_kv_put(txn, OTHER, str("before"), str("x")), KARTO_OK);
    CHECK_INT(karto_kv_nested(txn, put_then, &ok), KARTO_OK);
    CHECK_INT(karto_kv_nested(txn, put_then, &invalid), KARTO_E_INVALID);
    return karto_kv_put(txn, OTHER, str("behind"), str("x"));
}

static bool has(struct karto_kv *kv, struct karto_slice key)
{
    struct karto_kv_txn *txn;
    struct karto_slice value;
    CHECK_INT(karto_kv_begin_read(kv, &txn), KARTO_OK);
    enum karto_err err = karto_kv_get(txn, OTHER, key, &value);
    CHECK(err == KARTO_OK || err == KARTO_E_NOT_FOUND);
    karto_kv_end_read(txn);
    return !err;
}

static void test_nested(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    enum karto_err offline = KARTO_E_OFFLINE;
    CHECK_INT(karto_kv_write(kv, outer, NULL), KARTO_OK);
    CHECK(has(kv, str("before")) && has(kv, number(KARTO_OK)) && has(kv, str("behind")));
    CHECK(!has(kv, number(KARTO_E_INVALID)));
    CHECK_INT(karto_kv_write(kv, put_then, &offline), KARTO_E_OFFLINE);
    CHECK(!has(kv, number(KARTO_E_OFFLINE)));
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

static enum karto_err second(struct karto_kv_txn *txn, void *context)
{
    (void)txn;
    enum karto_err ok = KARTO_OK;
    struct karto_kv_txn *another;
    CHECK_INT(karto_kv_write(context, put_then, &ok), KARTO_E_USAGE);
    CHECK_INT(karto_kv_read(context, put_then, &ok), KARTO_E_USAGE);
    CHECK_INT(karto_kv_begin_read(context, &another), KARTO_E_USAGE);
    CHECK(another == NULL);
    karto_kv_end_read(another);
    return KARTO_E_CHANGED;
}

static void test_one_transaction_a_thread(void)
{
    struct temp_dir dir = temp_dir_make(), dir2 = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path), *kv2 = open_in(dir2.path);
    struct karto_kv_txn *txn;
    enum karto_err ok = KARTO_OK;
    CHECK_INT(karto_kv_write(kv, second, kv), KARTO_E_CHANGED);
    CHECK_INT(karto_kv_read(kv, second, kv), KARTO_E_CHANGED);
    CHECK_INT(karto_kv_begin_read(kv, &txn), KARTO_OK);
    CHECK_INT(second(txn, kv), KARTO_E_CHANGED);
    CHECK_INT(karto_kv_write(kv2, put_then, &ok), KARTO_OK); /* another store is another matter */
    karto_kv_end_read(txn);
    CHECK_INT(karto_kv_write(kv, put_then, &ok), KARTO_OK);
    karto_kv_close(kv);
    karto_kv_close(kv2);
    temp_dir_remove(&dir);
    temp_dir_remove(&dir2);
}

/* --- growth and threads --- */

struct bulk {
    uint32_t first, count;
    unsigned runs;
    bool swallow, nested;
};

static enum karto_err put_bulk(struct karto_kv_txn *txn, void *context)
{
    struct bulk *bulk = context;
    static const uint8_t bytes[1000] = {1};
    bulk->runs++;
    enum karto_err err = KARTO_OK;
    for (uint32_t n = 0; n < bulk->count && !err; n++)
        err = karto_kv_put(txn, OTHER, number(bulk->first + n), karto_slice(bytes, sizeof bytes));
    CHECK(!err || err == KARTO_E_FULL);
    return bulk->swallow ? KARTO_OK : err;
}

static enum karto_err put_bulk_nested(struct karto_kv_txn *txn, void *context)
{
    enum karto_err err = karto_kv_nested(txn, put_bulk, context);
    CHECK(!err || err == KARTO_E_FULL);
    return KARTO_OK; /* a group commit goes on with its next part */
}

static uint64_t count_of(struct karto_kv *kv)
{
    struct karto_kv_txn *txn;
    uint64_t count;
    CHECK_INT(karto_kv_begin_read(kv, &txn), KARTO_OK);
    CHECK_INT(karto_kv_count(txn, OTHER, &count), KARTO_OK);
    karto_kv_end_read(txn);
    return count;
}

static void test_growth(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    struct bulk plain = {.first = 0, .count = 3000};
    struct bulk swallowing = {.first = 3000, .count = 6000, .swallow = true};
    struct bulk nested = {.first = 9000, .count = 9000};
    CHECK_INT(karto_kv_write(kv, put_bulk, &plain), KARTO_OK);
    CHECK(plain.runs > 1);
    CHECK_INT(count_of(kv), 3000);
    CHECK_INT(karto_kv_write(kv, put_bulk, &swallowing), KARTO_OK);
    CHECK(swallowing.runs > 1);
    CHECK_INT(count_of(kv), 9000);
    CHECK_INT(karto_kv_write(kv, put_bulk_nested, &nested), KARTO_OK);
    CHECK(nested.runs > 1);
    CHECK_INT(count_of(kv), 18000);
    CHECK(karto_kv_size_on_disk(kv) > 18000 * 1000);
    karto_kv_close(kv);
    kv = open_in(dir.path); /* with the small map of the options again */
    CHECK_INT(count_of(kv), 18000);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

enum { WRITERS = 3, THREAD_READERS = 2, PARTS = 20, PART_SIZE = 50 };

struct worker {
    struct karto_kv *kv;
    uint32_t first;
};

static void *write_parts(void *context)
{
    const struct worker *worker = context;
    for (uint32_t part = 0; part < PARTS; part++) {
        struct bulk bulk = {.first = worker->first + part * PART_SIZE, .count = PART_SIZE};
        CHECK_INT(karto_kv_write(worker->kv, put_bulk, &bulk), KARTO_OK);
    }
    return NULL;
}

static void *read_parts(void *context)
{
    const struct worker *worker = context;
    for (uint64_t seen = 0; seen < WRITERS * PARTS * PART_SIZE;) {
        uint64_t count = count_of(worker->kv);
        CHECK(count >= seen && count % PART_SIZE == 0);
        seen = count;
    }
    return NULL;
}

/* The map moves under readers and writers of the same process; nobody may notice. */
static void test_threads(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    pthread_t threads[WRITERS + THREAD_READERS];
    struct worker workers[WRITERS + THREAD_READERS];
    for (uint32_t i = 0; i < WRITERS + THREAD_READERS; i++) {
        workers[i] = (struct worker){kv, i * 100000};
        CHECK_INT(pthread_create(&threads[i], NULL, i < WRITERS ? write_parts : read_parts, &workers[i]), 0);
    }
    for (size_t i = 0; i < WRITERS + THREAD_READERS; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
    CHECK_INT(count_of(kv), WRITERS * PARTS * PART_SIZE);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

/* --- fail points --- */

static enum karto_err part_of_many(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    uint8_t *room;
    enum karto_err err = karto_kv_reserve(txn, MARK, str("nested"), 1, &room);
    if (!err)
        *room = 1;
    return err;
}

static enum karto_err many_writes(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    struct karto_kv_cursor *cursor = NULL;
    struct karto_slice key, value;
    enum karto_err err = karto_kv_put(txn, OTHER, str("b"), str("1"));
    if (!err)
        err = karto_kv_put_new(txn, OTHER, str("a"), str("1"));
    if (!err)
        err = karto_kv_append(txn, OTHER, str("c"), str("1"));
    if (!err)
        err = karto_kv_delete(txn, OTHER, str("a"));
    if (!err)
        err = karto_kv_nested(txn, part_of_many, NULL);
    if (!err)
        err = karto_kv_cursor_open(txn, OTHER, &cursor);
    if (!err)
        err = karto_kv_first(cursor, &key, &value);
    if (!err)
        err = karto_kv_cursor_delete(cursor);
    karto_kv_cursor_close(cursor);
    return err;
}

static enum karto_err swallow_errors(struct karto_kv_txn *txn, void *context)
{
    (void)context;
    CHECK_INT(karto_kv_put(txn, OTHER, str("swallowed"), str("1")), KARTO_E_FULL);
    CHECK_INT(karto_kv_put(txn, OTHER, str("swallowed"), str("1")), KARTO_E_FULL);
    return KARTO_OK;
}

static void test_fail_points(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    unsigned nth = 1;
    for (;; nth++) {
        CHECK(nth < 100);
        karto_kv_fail(kv, nth, nth % 2 ? KARTO_E_IO : KARTO_E_FULL);
        enum karto_err err = karto_kv_write(kv, many_writes, NULL);
        if (!karto_kv_fail_count(kv)) {
            CHECK_INT(err, KARTO_OK);
            break;
        }
        CHECK_INT(err, nth % 2 ? KARTO_E_IO : KARTO_E_FULL);
        CHECK_INT(count_of(kv), 0);
    }
    CHECK_INT(nth, 9); /* 6 writes, 2 commits, and this */
    CHECK(has(kv, str("c")) && !has(kv, str("b")) && !has(kv, str("a")));
    karto_kv_fail(kv, 1, KARTO_E_FULL);
    CHECK_INT(karto_kv_write(kv, swallow_errors, NULL), KARTO_E_FULL);
    CHECK_INT(karto_kv_fail_count(kv), 1);
    karto_kv_fail(kv, 1, KARTO_E_FULL);
    karto_kv_fail(kv, 0, KARTO_OK);
    CHECK_INT(karto_kv_write(kv, many_writes, NULL), KARTO_OK);
    CHECK_INT(karto_kv_fail_count(kv), 0);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

/* --- opening and copying --- */

static void test_opening(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv_options options = options_of(dir.path);
    struct karto_kv *kv, *again;
    enum karto_err ok = KARTO_OK;
    options.create = false;
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_E_NO_STORE);
    CHECK(kv == NULL);
    CHECK(access(temp_dir_file(&dir, "lock.mdb"), F_OK) != 0); /* it has left nothing behind */
    options.create = true;
    options.map_size = 0;
    mode_t mask = umask(0777);
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_OK);
    umask(mask);
    struct stat info;
    CHECK_INT(stat(temp_dir_file(&dir, "data.mdb"), &info), 0);
    CHECK_INT(info.st_mode & 07777, 0600);
    CHECK_INT(stat(temp_dir_file(&dir, "lock.mdb"), &info), 0);
    CHECK_INT(info.st_mode & 07777, 0600);
    CHECK_INT(karto_kv_open(&options, &again), KARTO_E_BUSY);
    char other_way[300];
    snprintf(other_way, sizeof other_way, "%s/../%s", dir.path, strrchr(dir.path, '/') + 1);
    options.dir = other_way;
    CHECK_INT(karto_kv_open(&options, &again), KARTO_E_BUSY);
    karto_kv_close(kv);
    options.read_only = true;
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_OK);
    CHECK_INT(karto_kv_write(kv, put_then, &ok), KARTO_E_READONLY);
    CHECK_INT(count_of(kv), 0);
    karto_kv_close(kv);
    options.dir = temp_dir_file(&dir, "data.mdb"); /* not a directory */
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_E_NO_STORE);
    karto_kv_close(NULL);
    temp_dir_remove(&dir);
}

static void test_later_database(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv_options options = options_of(dir.path);
    struct karto_kv *kv = open_in(dir.path);
    karto_kv_close(kv);
    options.create = false;
    options.name_count = DATABASES + 1;
    options.read_only = true;
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_E_READONLY);
    options.read_only = false;
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_OK);
    karto_kv_close(kv);
    options.read_only = true;
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_OK);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

static void check_copy(struct karto_kv *kv, const struct temp_dir *parent, bool compact, uint64_t *size)
{
    struct temp_dir copy;
    const char *path = temp_dir_file(parent, compact ? "compact" : "plain");
    CHECK(strlen(path) < sizeof copy.path);
    strcpy(copy.path, path);
    CHECK_INT(karto_kv_copy(kv, copy.path, compact), KARTO_OK);
    CHECK_INT(karto_kv_copy(kv, copy.path, compact), KARTO_E_EXISTS);
    struct stat info;
    CHECK_INT(stat(copy.path, &info), 0);
    CHECK_INT(info.st_mode & 07777, 0700);
    CHECK_INT(stat(temp_dir_file(&copy, "data.mdb"), &info), 0);
    CHECK_INT(info.st_mode & 07777, 0600);
    struct karto_kv *other = open_in(copy.path);
    CHECK_INT(count_of(other), 1000);
    *size = karto_kv_size_on_disk(other);
    karto_kv_close(other);
    temp_dir_remove(&copy);
}

static enum karto_err delete_bulk(struct karto_kv_txn *txn, void *context)
{
    const struct bulk *bulk = context;
    enum karto_err err = KARTO_OK;
    for (uint32_t n = 0; n < bulk->count && !err; n++)
        err = karto_kv_delete(txn, OTHER, number(bulk->first + n));
    return err;
}

static void test_copy(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    struct bulk bulk = {.count = 5000}, gone = {.first = 1000, .count = 4000};
    uint64_t plain, compact;
    CHECK_INT(karto_kv_write(kv, put_bulk, &bulk), KARTO_OK);
    CHECK_INT(karto_kv_write(kv, delete_bulk, &gone), KARTO_OK);
    check_copy(kv, &dir, false, &plain);
    check_copy(kv, &dir, true, &compact);
    CHECK(compact < plain / 2);
    CHECK_INT(karto_kv_copy(kv, "/nowhere/to/be/found", true), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_kv_reader_check(kv), KARTO_OK);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

int main(void)
{
    test_keys_and_values();
    test_own_commits();
    test_cursors();
    test_nested();
    test_one_transaction_a_thread();
    test_growth();
    test_threads();
    test_fail_points();
    test_opening();
    test_later_database();
    test_copy();
    return 0;
}
