/* What goes and what stays of a store whose data are to be removed: cut off at any call that changes the disk, and gone
 * on with by whoever comes next. The calls are this program's own, so that they can be the last ones. */
#include "core/store/revoked.h"

#include "core/base/os_posix.h"
#include "core/store/store.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { CUT = 9, CALLS_MAX = 200 };

/* ---- the disk, as long as there is power ---- */

static int calls_left = -1; /* below 0: any number */

static void call(void)
{
    if (calls_left-- == 0)
        _exit(CUT);
    if (calls_left < 0)
        calls_left = -1;
}

int unlink(const char *path)
{
    call();
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    call();
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int rename(const char *from, const char *to)
{
    call();
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int fsync(int file)
{
    call();
    return fdatasync(file);
}

/* ---- a laptop's directory ---- */

static void put(const struct temp_dir *dir, const char *name)
{
    int file = open(temp_dir_file(dir, name), O_WRONLY | O_CREAT, 0600);
    CHECK(file >= 0 && write(file, "clients", 7) == 7);
    CHECK_INT(close(file), 0);
}

static bool is_there(const struct temp_dir *dir, const char *name)
{
    struct stat info;
    return lstat(temp_dir_file(dir, name), &info) == 0;
}

static const char *const data[] = {"data.mdb", "lock.mdb", "replaced-20261127-101500/data.mdb",
                                   "replaced-20261127-101500/device.key", "restoring/data.mdb"};
static const char *const keys[] = {"device.key", "device.crt", "authority.crt", "device.key.77.new"};
static const char *const others[] = {"my clients.xlsx", "data.mdb.txt", "syncd.lock"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static struct temp_dir laptop(void)
{
    struct temp_dir dir = temp_dir_make();
    CHECK_INT(mkdir(temp_dir_file(&dir, "replaced-20261127-101500"), 0700), 0);
    CHECK_INT(mkdir(temp_dir_file(&dir, "restoring"), 0700), 0);
    for (size_t i = 0; i < COUNT(data); i++)
        put(&dir, data[i]);
    for (size_t i = 0; i < COUNT(keys); i++)
        put(&dir, keys[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        put(&dir, others[i]);
    return dir;
}

static size_t count_there(const struct temp_dir *dir, const char *const *names, size_t count)
{
    size_t there = 0;
    for (size_t i = 0; i < count; i++)
        there += is_there(dir, names[i]);
    return there;
}

static const struct karto_revoked order = {
    .device = {{7, 1}}, .epoch = {1764000000000, {5}}, .revoked_ms = 1764000000123, .wiped_ms = 1, .told_ms = 1};

static struct karto_revoked order_of(const char *hub)
{
    struct karto_revoked mark = order;
    mark.hub = karto_slice_str(hub);
    return mark;
}

/* ---- cut off anywhere ---- */

static void do_all(const char *dir)
{
    struct karto_arena arena;
    struct karto_revoked mark = order_of("127.0.0.1:9000");
    karto_arena_init(&arena);
    CHECK_INT(karto_revoked_begin(dir, &mark), KARTO_OK);
    CHECK_INT(karto_revoked_finish(&arena, dir, karto_os_sys(), &mark), KARTO_OK);
    CHECK_INT(karto_revoked_told(&arena, dir, karto_os_sys()), KARTO_OK);
    karto_arena_fini(&arena);
}

/* Whether it ran to the end before the power went. */
static bool do_until(const struct temp_dir *dir, int calls)
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        calls_left = calls;
        do_all(dir->path);
        _exit(0);
    }
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CUT));
    return WEXITSTATUS(status) == 0;
}

/* What must hold at any moment. */
static void check_order(const struct temp_dir *dir, bool *marked)
{
    struct karto_arena arena;
    struct karto_revoked mark = {.told_ms = 0};
    karto_arena_init(&arena);
    enum karto_err err = karto_revoked_read(&arena, dir->path, &mark);
    *marked = err == KARTO_OK;
    CHECK(*marked || err == KARTO_E_NOT_FOUND);
    size_t left = count_there(dir, data, COUNT(data)), has_keys = count_there(dir, keys, COUNT(keys));
    CHECK(*marked || left == COUNT(data));                             /* nothing goes without a mark */
    CHECK(mark.wiped_ms == 0 || left == 0);                            /* what is said to be gone is */
    CHECK(mark.told_ms != 0 || has_keys == COUNT(keys));               /* and can be reported */
    CHECK(mark.told_ms == 0 || mark.wiped_ms != 0);                    /* in this order */
    CHECK_INT(count_there(dir, others, COUNT(others)), COUNT(others)); /* a person's own stays */
    if (*marked) {
        CHECK(karto_rid_equal(mark.device, order.device) && mark.revoked_ms == order.revoked_ms);
        CHECK(karto_slice_is(mark.hub, "127.0.0.1:9000") && karto_epoch_equal(mark.epoch, order.epoch));
    }
    karto_arena_fini(&arena);
}

/* The next command, and then head office. */
static void go_on(const struct temp_dir *dir, bool marked)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    CHECK_INT(karto_revoked_check(dir->path, karto_os_sys()), marked ? KARTO_E_REVOKED : KARTO_OK);
    CHECK_INT(count_there(dir, data, COUNT(data)), marked ? 0 : COUNT(data));
    check_order(dir, &marked);
    if (!marked)
        do_all(dir->path);
    CHECK_INT(karto_revoked_told(&arena, dir->path, karto_os_sys()), KARTO_OK);
    CHECK_INT(count_there(dir, keys, COUNT(keys)), 0);
    check_order(dir, &marked);
    CHECK(marked);
    karto_arena_fini(&arena);
}

static void the_power_goes_anywhere(void)
{
    bool through = false, without_mark = false, with_mark = false;
    int calls = 0;
    for (; !through && calls < CALLS_MAX; calls++) {
        struct temp_dir dir = laptop();
        bool marked;
        through = do_until(&dir, calls);
        check_order(&dir, &marked);
        without_mark |= !marked;
        with_mark |= marked && !through;
        go_on(&dir, marked);
        temp_dir_remove(&dir);
    }
    CHECK(through && without_mark && with_mark);
    CHECK(calls > 15); /* there was something to cut */
}

/* ---- what is no mark ---- */

static void write_text(const struct temp_dir *dir, const char *text)
{
    CHECK_INT(karto_os_write_file(temp_dir_file(dir, KARTO_REVOKED_MARK), karto_slice_str(text), 0600), KARTO_OK);
}

static void only_a_whole_mark_is_one(void)
{
    static const char whole[] = "kartoteka-revoked 1\ndevice 07010000000000000000000000000000\nhub a:1\nepoch 1 "
                                "0000000000000005\nend\n";
    static const char *const none[] = {
        "", "kartoteka-revoked 1\n", "kartoteka-revoked 2\ndevice 07010000000000000000000000000000\nhub a:1\nend\n",
        "kartoteka-revoked 1\ndevice 0701\nhub a:1\nepoch 1 0000000000000005\nend\n",
        "kartoteka-revoked 1\ndevice 07010000000000000000000000000000\nhub a:1\nepoch 1 0000000000000005\n"};
    struct temp_dir dir = laptop();
    for (size_t i = 0; i < COUNT(none); i++) {
        write_text(&dir, none[i]);
        CHECK_INT(karto_revoked_check(dir.path, karto_os_sys()), KARTO_OK);
    }
    put(&dir, "hub.key"); /* head office is not removed, whoever puts a mark there */
    write_text(&dir, whole);
    CHECK_INT(karto_revoked_check(dir.path, karto_os_sys()), KARTO_OK);
    CHECK_INT(count_there(&dir, data, COUNT(data)), COUNT(data));
    CHECK_INT(unlink(temp_dir_file(&dir, "hub.key")), 0);
    CHECK_INT(karto_revoked_check(dir.path, karto_os_sys()), KARTO_E_REVOKED);
    CHECK_INT(count_there(&dir, data, COUNT(data)), 0);
    temp_dir_remove(&dir);
}

/* ---- a store ---- */

static void nobody_opens_or_makes_one_there(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_store_options options = {.dir = dir.path, .sys = karto_os_sys(), .map_size = 4 << 20};
    struct karto_slice name = karto_slice_str("olena");
    const struct karto_store_identity identity = {KARTO_ON_DEVICE, name, name, name, NULL, NULL};
    struct karto_revoked mark = order_of("127.0.0.1:9000");
    struct karto_store *store, *second;
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    CHECK_INT(karto_revoked_begin(dir.path, &mark), KARTO_OK);
    for (int i = 0; i < 2; i++) { /* beside one that has it open, and after it */
        options.read_only = i == 0;
        CHECK_INT(karto_store_open(&options, &second), KARTO_E_REVOKED);
        CHECK_INT(karto_store_create(&options, &identity, &second), KARTO_E_REVOKED);
        CHECK(!is_there(&dir, "data.mdb") && !is_there(&dir, "lock.mdb"));
        karto_store_close(i == 0 ? store : NULL);
    }
    CHECK(!is_there(&dir, "data.mdb"));
    temp_dir_remove(&dir);
}

int main(void)
{
    the_power_goes_anywhere();
    only_a_whole_mark_is_one();
    nobody_opens_or_makes_one_there();
    return 0;
}
