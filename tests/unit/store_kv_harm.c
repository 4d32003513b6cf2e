/* What disks, other processes and people do to a store: it stays whole, or says at opening that it is not. */
#define _GNU_SOURCE
#include "core/store/kv.h"

#include "core/base/buf.h"
#include "tests/temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { MARK, OTHER, DATABASES, VALUE_SIZE = 1000 };

static const char *const names[] = {"mark", "other"};
static const char *const foreign_names[] = {"somebody", "else"};

static enum karto_err try_open(const char *dir, bool create, struct karto_kv **kv)
{
    struct karto_kv_options options = {
        .dir = dir, .names = names, .name_count = DATABASES, .map_size = 1 << 20, .create = create};
    return karto_kv_open(&options, kv);
}

static struct karto_kv *open_in(const char *dir)
{
    struct karto_kv *kv;
    CHECK_INT(try_open(dir, true, &kv), KARTO_OK);
    return kv;
}

/* --- records: number n has a value that n alone decides, so that any spoilt one is seen --- */

static struct karto_slice key_of(uint32_t n, uint8_t bytes[4])
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(n >> (24 - 8 * i));
    return karto_slice(bytes, 4);
}

static void fill(uint32_t n, uint8_t *bytes)
{
    for (uint32_t i = 0; i < VALUE_SIZE; i++)
        bytes[i] = (uint8_t)(n * 31 + i * 7);
}

struct range {
    uint32_t first, count;
};

static enum karto_err put_range(struct karto_kv_txn *txn, void *context)
{
    const struct range *range = context;
    enum karto_err err = KARTO_OK;
    for (uint32_t n = range->first; n < range->first + range->count && !err; n++) {
        uint8_t key[4], value[VALUE_SIZE];
        fill(n, value);
        err = karto_kv_put(txn, OTHER, key_of(n, key), karto_slice(value, sizeof value));
        if (!err)
            err = karto_kv_put(txn, MARK, key_of(n, key), karto_slice(NULL, 0));
    }
    return err;
}

/* Both databases hold exactly 0, 1, 2, ...; *context is how many. */
static enum karto_err check_all(struct karto_kv_txn *txn, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    uint32_t n = 0;
    uint64_t marks;
    CHECK_INT(karto_kv_cursor_open(txn, OTHER, &cursor), KARTO_OK);
    for (; karto_kv_next(cursor, &key, &value) == KARTO_OK; n++) {
        uint8_t expected[VALUE_SIZE];
        fill(n, expected);
        CHECK_INT(karto_be32(key.data), n);
        CHECK(karto_slice_equal(value, karto_slice(expected, sizeof expected)));
    }
    karto_kv_cursor_close(cursor);
    CHECK_INT(karto_kv_count(txn, MARK, &marks), KARTO_OK);
    CHECK_INT(marks, n);
    *(uint32_t *)context = n;
    return KARTO_OK;
}

static uint32_t records_in(struct karto_kv *kv)
{
    uint32_t count;
    CHECK_INT(karto_kv_read(kv, check_all, &count), KARTO_OK);
    return count;
}

static void add(struct karto_kv *kv, uint32_t count)
{
    struct range range = {records_in(kv), count};
    CHECK_INT(karto_kv_write(kv, put_range, &range), KARTO_OK);
}

/* --- processes --- */

static void wait_for(pid_t child)
{
    int status;
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void give_turn(int end)
{
    CHECK_INT(write(end, "x", 1), 1);
}

static void await_turn(int end)
{
    char byte;
    CHECK_INT(read(end, &byte, 1), 1);
}

static void write_in_turns(const char *dir, int in, int out, bool begins, unsigned turns)
{
    struct karto_kv *kv = open_in(dir);
    for (unsigned i = 0; i < turns; i++) {
        if (i > 0 || !begins)
            await_turn(in);
        add(kv, 1500);
        give_turn(out);
    }
    karto_kv_close(kv);
}

/* Two processes with maps of 1 MiB grow the store in turns, and each sees all that the other has written. */
static void test_growth_of_two_processes(void)
{
    struct temp_dir dir = temp_dir_make();
    int there[2], back[2];
    CHECK_INT(pipe(there) + pipe(back), 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        write_in_turns(dir.path, there[0], back[1], false, 4);
        exit(0);
    }
    write_in_turns(dir.path, back[0], there[1], true, 4);
    wait_for(child);
    struct karto_kv *kv = open_in(dir.path);
    CHECK_INT(records_in(kv), 8 * 1500);
    karto_kv_close(kv);
    for (unsigned i = 0; i < 2; i++)
        close(there[i]), close(back[i]);
    temp_dir_remove(&dir);
}

static void check_inherited(struct karto_kv *kv, const char *dir)
{
    struct karto_kv_txn *txn;
    struct range range = {0, 1};
    CHECK_INT(karto_kv_begin_read(kv, &txn), KARTO_E_USAGE);
    CHECK_INT(karto_kv_write(kv, put_range, &range), KARTO_E_USAGE);
    CHECK_INT(karto_kv_reader_check(kv), KARTO_E_USAGE);
    CHECK_INT(karto_kv_last_txn_id(kv), 0);
    struct karto_kv *own = open_in(dir);
    add(own, 5);
    karto_kv_close(own);
    karto_kv_close(kv);
}

/* A child may not use what it inherited; it opens its own, and the parent's goes on, even its snapshot. */
static void test_fork(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    struct karto_kv_txn *txn;
    uint32_t count;
    add(kv, 10);
    CHECK_INT(karto_kv_begin_read(kv, &txn), KARTO_OK);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        check_inherited(kv, dir.path);
        exit(0);
    }
    wait_for(child);
    CHECK_INT(check_all(txn, &count), KARTO_OK);
    CHECK_INT(count, 10);
    karto_kv_end_read(txn);
    CHECK_INT(records_in(kv), 15);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

/* --- kill -9 --- */

enum { KILLS = 50 };

static void write_until_killed(const char *dir, int acknowledge)
{
    struct karto_kv *kv = open_in(dir);
    for (uint32_t n = records_in(kv);; n += 3) {
        struct range range = {n, 3};
        CHECK_INT(karto_kv_write(kv, put_range, &range), KARTO_OK);
        uint32_t durable = n + 3;
        CHECK_INT(write(acknowledge, &durable, sizeof durable), sizeof durable);
    }
}

/* Kills the writer after some acknowledgements, whatever it is doing then; the last acknowledged count. */
static uint32_t kill_writer(const char *dir, unsigned acknowledgements)
{
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        write_until_killed(dir, ends[1]);
    close(ends[1]);
    uint32_t durable = 0;
    for (unsigned i = 0; read(ends[0], &durable, sizeof durable) == sizeof durable; i++)
        if (i + 1 == acknowledgements)
            CHECK_INT(kill(child, SIGKILL), 0);
    close(ends[0]);
    int status;
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return durable;
}

static void test_kill(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    for (unsigned i = 0; i < KILLS; i++) {
        /* Every other time somebody else has the store open, so that its lock file outlives the killed one. */
        if (i % 2)
            karto_kv_close(kv);
        uint32_t durable = kill_writer(dir.path, 1 + i * 7 % 13);
        if (i % 2)
            kv = open_in(dir.path);
        CHECK_INT(karto_kv_reader_check(kv), KARTO_OK);
        uint32_t found = records_in(kv);
        CHECK(durable > 0 && found >= durable && found % 3 == 0);
    }
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

/* --- a full disk --- */

static void fill_disk(struct karto_kv *kv)
{
    enum karto_err err = KARTO_OK;
    uint32_t count = records_in(kv);
    for (unsigned rounds = 0; !err; rounds++) {
        CHECK(rounds < 1000);
        struct range range = {count, 50};
        err = karto_kv_write(kv, put_range, &range);
        CHECK(err == KARTO_OK || err == KARTO_E_FULL);
        count += err ? 0 : 50;
    }
    CHECK(count > 1000);
    CHECK_INT(records_in(kv), count);
}

static enum karto_err delete_last(struct karto_kv_txn *txn, void *context)
{
    const struct range *range = context;
    enum karto_err err = KARTO_OK;
    for (uint32_t n = range->first; n < range->first + range->count && !err; n++) {
        uint8_t key[4];
        err = karto_kv_delete(txn, OTHER, key_of(n, key));
        if (!err)
            err = karto_kv_delete(txn, MARK, key_of(n, key));
    }
    return err;
}

static void use_full_disk(const char *dir)
{
    struct karto_kv *kv = open_in(dir);
    char copy[300];
    snprintf(copy, sizeof copy, "%s/copy", dir);
    fill_disk(kv);
    uint32_t count = records_in(kv);
    CHECK_INT(karto_kv_copy(kv, copy, false), KARTO_E_FULL);
    CHECK(access(copy, F_OK) != 0);
    karto_kv_close(kv);
    CHECK_INT(try_open(dir, false, &kv), KARTO_OK);
    CHECK_INT(records_in(kv), count);
    /* What LMDB has kept aside for such a case is enough to delete, and that makes room. */
    struct range range = {count - 10, 10};
    CHECK_INT(karto_kv_write(kv, delete_last, &range), KARTO_OK);
    CHECK_INT(records_in(kv), count - 10);
    karto_kv_close(kv);
}

/* In a process, with mounts of its own that end with it. Exit 77: not allowed to mount here. */
static void test_full_disk(void)
{
    struct temp_dir dir = temp_dir_make();
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("tmpfs", dir.path, "tmpfs", 0, "size=6m,mode=0700") != 0)
            exit(77);
        use_full_disk(dir.path);
        exit(0);
    }
    int status;
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        printf("full disk: not tested, since mounting a small file system is not permitted here\n");
    else
        CHECK_INT(WEXITSTATUS(status), 0);
    temp_dir_remove(&dir);
}

/* --- damaged and foreign files --- */

static void write_data(const struct temp_dir *dir, const void *bytes, size_t size)
{
    FILE *file = fopen(temp_dir_file(dir, "data.mdb"), "wb");
    CHECK(file != NULL);
    CHECK_INT(fwrite(bytes, 1, size, file), size);
    CHECK_INT(fclose(file), 0);
}

static off_t data_size(const struct temp_dir *dir)
{
    struct stat info;
    CHECK_INT(stat(temp_dir_file(dir, "data.mdb"), &info), 0);
    return info.st_size;
}

/* A file cut off must be refused, unless all that is in use can still be read. */
static bool refused_at(const struct temp_dir *dir, off_t size, uint32_t count)
{
    struct karto_kv *kv;
    CHECK_INT(truncate(temp_dir_file(dir, "data.mdb"), size), 0);
    enum karto_err err = try_open(dir->path, false, &kv);
    CHECK(err == KARTO_OK || err == KARTO_E_CORRUPT);
    if (!err)
        CHECK_INT(records_in(kv), count);
    karto_kv_close(kv);
    return err == KARTO_E_CORRUPT;
}

static void test_truncated(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    for (unsigned i = 0; i < 10; i++)
        add(kv, 40);
    karto_kv_close(kv);
    off_t size = data_size(&dir), last_accepted = size;
    for (off_t cut = size; cut >= 0; cut -= 1000)
        if (!refused_at(&dir, cut, 400))
            last_accepted = cut;
    CHECK(last_accepted > size * 3 / 4); /* nearly all is in use */
    for (off_t cut = 30; cut >= 0; cut--)
        CHECK(refused_at(&dir, cut, 400));
    temp_dir_remove(&dir);
}

static enum karto_err put_and_take_back(struct karto_kv_txn *txn, void *context)
{
    uint8_t *room;
    CHECK_INT(put_range(txn, context), KARTO_OK);
    CHECK_INT(karto_kv_reserve(txn, OTHER, karto_slice_str("large"), 1 << 18, &room), KARTO_OK);
    memset(room, 1, 1 << 18);
    return karto_kv_delete(txn, OTHER, karto_slice_str("large"));
}

/* The last page of such a store lies beyond its file, and that is no damage. */
static void test_short_and_sound(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    for (unsigned i = 0; i < 10; i++)
        add(kv, 1);
    struct range range = {10, 1};
    CHECK_INT(karto_kv_write(kv, put_and_take_back, &range), KARTO_OK);
    karto_kv_close(kv);
    off_t size = data_size(&dir);
    CHECK(size < 1 << 18); /* or LMDB has changed, and this test is no use */
    CHECK(!refused_at(&dir, size, 11));
    CHECK(refused_at(&dir, size / 2, 11));
    temp_dir_remove(&dir);
}

static void test_foreign(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv;
    static uint8_t garbage[20000];
    for (size_t i = 0; i < sizeof garbage; i++)
        garbage[i] = (uint8_t)(i * i >> 3);
    write_data(&dir, garbage, sizeof garbage);
    CHECK_INT(try_open(dir.path, true, &kv), KARTO_E_FOREIGN);
    write_data(&dir, "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", 44);
    CHECK_INT(try_open(dir.path, true, &kv), KARTO_E_FOREIGN);
    write_data(&dir, "", 0);
    CHECK_INT(try_open(dir.path, false, &kv), KARTO_E_CORRUPT);
    struct karto_kv_options options = {.dir = dir.path, .names = foreign_names, .name_count = 2, .create = true};
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_OK);
    karto_kv_close(kv);
    off_t size = data_size(&dir);
    CHECK_INT(try_open(dir.path, true, &kv), KARTO_E_FOREIGN);
    CHECK_INT(try_open(dir.path, false, &kv), KARTO_E_FOREIGN);
    CHECK_INT(data_size(&dir), size);
    options.create = false;
    CHECK_INT(karto_kv_open(&options, &kv), KARTO_OK);
    karto_kv_close(kv);
    temp_dir_remove(&dir);
}

/* A damaged beginning is damage, not somebody else's file; a damaged lock file is nothing at all. */
static void test_damaged(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_kv *kv = open_in(dir.path);
    add(kv, 100);
    karto_kv_close(kv);
    int file = open(temp_dir_file(&dir, "lock.mdb"), O_WRONLY | O_TRUNC);
    CHECK_INT(write(file, "garbage", 7), 7);
    close(file);
    kv = open_in(dir.path);
    CHECK_INT(records_in(kv), 100);
    karto_kv_close(kv);
    static const uint8_t zeros[64];
    file = open(temp_dir_file(&dir, "data.mdb"), O_WRONLY);
    CHECK_INT(pwrite(file, zeros, sizeof zeros, sysconf(_SC_PAGESIZE)), sizeof zeros);
    close(file);
    CHECK_INT(try_open(dir.path, true, &kv), KARTO_E_CORRUPT);
    temp_dir_remove(&dir);
}

int main(void)
{
    test_growth_of_two_processes();
    test_fork();
    test_kill();
    test_full_disk();
    test_truncated();
    test_short_and_sound();
    test_foreign();
    test_damaged();
    return 0;
}
