/* A store is made whole or not at all: whoever made one was killed at any point, and the next attempt works. */
#include "core/store/birth.h"

#include "core/base/os_posix.h"
#include "core/store/store.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct karto_store_options options_of(const struct temp_dir *dir)
{
    return (struct karto_store_options){.dir = dir->path, .sys = karto_os_sys(), .map_size = 4 << 20};
}

static struct karto_store_identity identity_with(karto_work *fill, void *context)
{
    struct karto_slice name = karto_slice_str("olena");
    return (struct karto_store_identity){KARTO_LOCAL, name, name, name, fill, context};
}

static enum karto_err create(const struct temp_dir *dir, karto_work *fill, void *context)
{
    struct karto_store_options options = options_of(dir);
    struct karto_store_identity identity = identity_with(fill, context);
    struct karto_store *store;
    enum karto_err err = karto_store_create(&options, &identity, &store);
    karto_store_close(store);
    return err;
}

static enum karto_err try_open(const struct temp_dir *dir)
{
    struct karto_store_options options = options_of(dir);
    struct karto_store *store;
    enum karto_err err = karto_store_open(&options, &store);
    karto_store_close(store);
    return err;
}

static bool is_there(const struct temp_dir *dir, const char *name)
{
    struct stat info;
    return lstat(temp_dir_file(dir, name), &info) == 0;
}

static enum karto_err put_color(struct karto_tx *tx, void *context)
{
    return karto_meta_put(tx, "color", karto_slice_str(context));
}

static enum karto_err get_color(struct karto_tx *tx, void *context)
{
    struct karto_slice color;
    CHECK_INT(karto_meta_get(tx, "color", &color), KARTO_OK);
    CHECK(karto_slice_is(color, context));
    return KARTO_OK;
}

static void test_whole(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_store_options options = options_of(&dir);
    struct karto_store *store;
    CHECK_INT(try_open(&dir), KARTO_E_NO_STORE);
    CHECK_INT(create(&dir, put_color, (void *)(uintptr_t) "green"), KARTO_OK);
    CHECK(!is_there(&dir, "making"));
    CHECK_INT(create(&dir, NULL, NULL), KARTO_E_EXISTS);
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK_INT(karto_store_read(store, get_color, (void *)(uintptr_t) "green"), KARTO_OK);
    karto_store_close(store);
    temp_dir_remove(&dir);
}

static enum karto_err fail(struct karto_tx *tx, void *context)
{
    (void)tx;
    (void)context;
    return KARTO_E_FULL;
}

static void test_failed(void)
{
    struct temp_dir dir = temp_dir_make();
    CHECK_INT(create(&dir, fail, NULL), KARTO_E_FULL);
    CHECK(!is_there(&dir, "making") && !is_there(&dir, "data.mdb"));
    CHECK_INT(create(&dir, NULL, NULL), KARTO_OK);
    temp_dir_remove(&dir);
}

static enum karto_err die(struct karto_tx *tx, void *context)
{
    (void)tx;
    (void)context;
    kill(getpid(), SIGKILL);
    return KARTO_OK;
}

/* In a child: begins, and is killed when the data file has been made but not put into its place. */
static void begin_and_die(const struct temp_dir *dir)
{
    struct karto_birth birth;
    struct temp_dir making = {{0}};
    CHECK_INT(karto_birth_begin(&birth, dir->path), KARTO_OK);
    snprintf(making.path, sizeof making.path, "%s", (const char *)birth.making.data);
    CHECK_INT(create(&making, NULL, NULL), KARTO_OK);
    kill(getpid(), SIGKILL);
}

static void killed_in(const struct temp_dir *dir, bool ready)
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (ready)
            begin_and_die(dir);
        _exit(create(dir, die, NULL) != KARTO_OK);
    }
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CHECK(is_there(dir, "making"));
    CHECK_INT(try_open(dir), KARTO_E_NO_STORE);
}

static void test_killed(void)
{
    struct temp_dir dir = temp_dir_make();
    killed_in(&dir, false);
    killed_in(&dir, true);
    CHECK_INT(create(&dir, NULL, NULL), KARTO_OK);
    CHECK(!is_there(&dir, "making"));
    CHECK_INT(try_open(&dir), KARTO_OK);
    temp_dir_remove(&dir);
}

/* What a process killed in the middle of its first writes leaves: an empty file, or a piece of one. */
static void test_pieces(void)
{
    static const int sizes[] = {0, 1, 4096, 8192, 12288};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct temp_dir dir = temp_dir_make();
        CHECK_INT(mkdir(temp_dir_file(&dir, "making"), 0700), 0);
        int file = open(temp_dir_file(&dir, "making/data.mdb"), O_WRONLY | O_CREAT, 0600);
        CHECK(file >= 0 && ftruncate(file, sizes[i]) == 0 && close(file) == 0);
        CHECK_INT(create(&dir, NULL, NULL), KARTO_OK);
        CHECK_INT(try_open(&dir), KARTO_OK);
        temp_dir_remove(&dir);
    }
}

static void test_two(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_birth first, second;
    CHECK_INT(karto_birth_begin(&first, dir.path), KARTO_OK);
    CHECK_INT(karto_birth_begin(&second, dir.path), KARTO_E_BUSY);
    int file = open(temp_dir_file(&dir, "data.mdb"), O_WRONLY | O_CREAT, 0600);
    CHECK(file >= 0 && close(file) == 0);
    file = open(temp_dir_file(&dir, "making/data.mdb"), O_WRONLY | O_CREAT, 0600);
    CHECK(file >= 0 && close(file) == 0);
    CHECK_INT(karto_birth_end(&first, KARTO_OK), KARTO_E_EXISTS);
    CHECK_INT(karto_birth_begin(&second, dir.path), KARTO_E_EXISTS);
    temp_dir_remove(&dir);
}

int main(void)
{
    test_whole();
    test_failed();
    test_killed();
    test_pieces();
    test_two();
    return 0;
}
