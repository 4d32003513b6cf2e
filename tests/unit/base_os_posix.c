/* The real files, locks, clock and random numbers: whole or not at all, and for the owner's eyes only. */
#define _GNU_SOURCE
#include "core/base/os_posix.h"

#include "tests/temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static struct temp_dir dir;

static const char *file(const char *name)
{
    return temp_dir_file(&dir, name);
}

static mode_t mode_of(const char *path)
{
    struct stat info;
    CHECK_INT(stat(path, &info), 0);
    return info.st_mode & 07777;
}

/* How many names are in dir. */
static int files_in_dir(void)
{
    DIR *list = opendir(dir.path);
    CHECK(list != NULL);
    int count = -2; /* . and .. */
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

static void check_file(const char *name, const char *want)
{
    struct karto_buf got = KARTO_BUF_EMPTY;
    CHECK_INT(karto_os_read_file(file(name), strlen(want), &got), KARTO_OK);
    CHECK(karto_slice_is(karto_buf_slice(&got), want));
    karto_buf_fini(&got);
}

static void reads(void)
{
    struct karto_buf got = KARTO_BUF_EMPTY;
    CHECK_INT(karto_os_write_file(file("five"), karto_slice_str("12345"), 0600), KARTO_OK);
    karto_buf_add_str(&got, "before ");
    CHECK_INT(karto_os_read_file(file("five"), 4, &got), KARTO_E_LIMIT);
    CHECK(karto_slice_is(karto_buf_slice(&got), "before "));
    CHECK_INT(karto_os_read_file(file("none"), 4, &got), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_os_read_file(dir.path, 4, &got), KARTO_E_IO);
    CHECK(karto_slice_is(karto_buf_slice(&got), "before "));
    CHECK_INT(karto_os_read_file(file("five"), 5, &got), KARTO_OK);
    CHECK(karto_slice_is(karto_buf_slice(&got), "before 12345"));
    karto_buf_fini(&got);
    CHECK_INT(unlink(file("five")), 0);
}

static void large_file(void)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY, got = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < 100 * 1000; i++)
        karto_buf_add_be32(&bytes, i);
    CHECK_INT(karto_os_write_file(file("large"), karto_buf_slice(&bytes), 0600), KARTO_OK);
    CHECK_INT(karto_os_read_file(file("large"), bytes.size, &got), KARTO_OK);
    CHECK(karto_slice_equal(karto_buf_slice(&got), karto_buf_slice(&bytes)));
    karto_buf_fini(&got);
    karto_buf_fini(&bytes);
    CHECK_INT(unlink(file("large")), 0);
}

static void writes(void)
{
    CHECK_INT(karto_os_write_file(file("a"), karto_slice_str("one"), 0600), KARTO_OK);
    check_file("a", "one");
    CHECK_INT(mode_of(file("a")), 0600);
    CHECK(!karto_os_exposed(file("a")));
    CHECK_INT(karto_os_write_file(file("a"), karto_slice(NULL, 0), 0644), KARTO_OK);
    check_file("a", "");
    CHECK_INT(mode_of(file("a")), 0644);
    CHECK(karto_os_exposed(file("a")));
    CHECK_INT(files_in_dir(), 1);
    CHECK_INT(karto_os_write_file(file("none/a"), karto_slice_str("x"), 0600), KARTO_E_NOT_FOUND);
    CHECK_INT(errno, ENOENT);
    CHECK_INT(unlink(file("a")), 0);
}

/* What somebody reads while a new version comes is the old one, whole. */
static void replaces_whole(void)
{
    CHECK_INT(karto_os_write_file(file("a"), karto_slice_str("old"), 0600), KARTO_OK);
    int open_before = open(file("a"), O_RDONLY);
    CHECK(open_before >= 0);
    CHECK_INT(karto_os_write_file(file("a"), karto_slice_str("newer"), 0600), KARTO_OK);
    char bytes[8];
    CHECK_INT(read(open_before, bytes, sizeof bytes), 3);
    CHECK(memcmp(bytes, "old", 3) == 0);
    close(open_before);
    check_file("a", "newer");
    CHECK_INT(unlink(file("a")), 0);
}

/* A disk that is full in the middle leaves the old file and no other. */
static void full_disk(void)
{
    CHECK_INT(karto_os_write_file(file("a"), karto_slice_str("old"), 0600), KARTO_OK);
    struct rlimit before, small;
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1000;
    signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    static uint8_t bytes[5000];
    enum karto_err err = karto_os_write_file(file("a"), karto_slice(bytes, sizeof bytes), 0600);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK_INT(err, KARTO_E_FULL);
    check_file("a", "old");
    CHECK_INT(files_in_dir(), 1);
    CHECK_INT(unlink(file("a")), 0);
}

/* --- directories --- */

static void make_dir(void)
{
    umask(022);
    CHECK_INT(karto_os_make_dir(file("x/y/z")), KARTO_OK);
    CHECK_INT(mode_of(file("x")), 0700);
    CHECK_INT(mode_of(file("x/y/z")), 0700);
    CHECK_INT(karto_os_make_dir(file("x/y/z")), KARTO_OK);
    CHECK_INT(karto_os_make_dir(file("x//y/w/")), KARTO_OK);
    CHECK_INT(karto_os_make_dir("/"), KARTO_OK);
    CHECK_INT(karto_os_make_dir(""), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_os_write_file(file("x/f"), karto_slice_str("1"), 0600), KARTO_OK);
    CHECK_INT(karto_os_make_dir(file("x/f")), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_os_make_dir(file("x/f/g")), KARTO_E_NOT_FOUND);
    CHECK_INT(unlink(file("x/f")), 0);
    CHECK_INT(rmdir(file("x/y/w")), 0);
    CHECK_INT(rmdir(file("x/y/z")), 0);
    CHECK_INT(rmdir(file("x/y")), 0);
}

static void check_dir(void)
{
    CHECK_INT(karto_os_check_dir(file("x")), KARTO_OK);
    static const mode_t exposed[] = {0701, 0702, 0704, 0710, 0720, 0740, 0755, 0777};
    for (size_t i = 0; i < sizeof exposed / sizeof *exposed; i++) {
        CHECK_INT(chmod(file("x"), exposed[i]), 0);
        CHECK_INT(karto_os_check_dir(file("x")), KARTO_E_EXPOSED);
        CHECK(karto_os_exposed(file("x")));
    }
    CHECK_INT(rmdir(file("x")), 0);
    CHECK_INT(karto_os_check_dir(file("x")), KARTO_E_NO_STORE);
    CHECK(!karto_os_exposed(file("x")));
    CHECK_INT(karto_os_write_file(file("f"), karto_slice_str("1"), 0600), KARTO_OK);
    CHECK_INT(karto_os_check_dir(file("f")), KARTO_E_NO_STORE);
    CHECK_INT(karto_os_check_dir(file("f/g")), KARTO_E_NO_STORE);
    CHECK_INT(unlink(file("f")), 0);
}

/* --- locks --- */

/* What another process gets that asks for the lock. */
static enum karto_err lock_elsewhere(void)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int lock;
        _exit((int)karto_os_lock(file("lock"), &lock)); /* given back by the end of the process */
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    return (enum karto_err)WEXITSTATUS(status);
}

static void locks(void)
{
    int lock, second = -1;
    CHECK_INT(karto_os_lock(file("lock"), &lock), KARTO_OK);
    CHECK_INT(mode_of(file("lock")), 0600);
    CHECK_INT(fcntl(lock, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    CHECK_INT(lock_elsewhere(), KARTO_E_BUSY);
    CHECK_INT(karto_os_lock(file("lock"), &second), KARTO_E_BUSY);
    CHECK_INT(second, -1);
    karto_os_unlock(lock);
    CHECK_INT(lock_elsewhere(), KARTO_OK);
    CHECK_INT(karto_os_lock(file("lock"), &lock), KARTO_OK);
    karto_os_unlock(lock);
    CHECK_INT(karto_os_lock(file("none/lock"), &lock), KARTO_E_NOT_FOUND);
    CHECK_INT(unlink(file("lock")), 0);
}

/* --- clock and randomness --- */

static void days(void)
{
    const struct karto_sys *sys = karto_os_sys();
    const int64_t hour = 60 * 60 * 1000, day = 24 * hour;
    setenv("TZ", "UTC0", 1);
    tzset();
    CHECK_INT(sys->day(sys->context, 0), 0);
    CHECK_INT(sys->day(sys->context, day - 1), 0);
    CHECK_INT(sys->day(sys->context, day), 1);
    CHECK_INT(sys->day(sys->context, -1), -1);
    CHECK_INT(sys->day(sys->context, -day), -1);
    CHECK_INT(sys->day(sys->context, -day - 1), -2);

    /* Kyiv: two hours ahead, three from the last Sunday of March at 3 to that of October at 4. */
    setenv("TZ", "EET-2EEST,M3.5.0/3,M10.5.0/4", 1);
    tzset();
    CHECK_INT(sys->day(sys->context, 22 * hour - 1), 0);
    CHECK_INT(sys->day(sys->context, 22 * hour), 1);
    const int64_t summer = 20638; /* 2026-07-04 */
    CHECK_INT(sys->day(sys->context, summer * day - 3 * hour - 1), summer - 1);
    CHECK_INT(sys->day(sys->context, summer * day - 3 * hour), summer);
    CHECK_INT(sys->day(sys->context, (summer + 1) * day - 3 * hour - 1), summer);
}

static void clock_and_randomness(void)
{
    const struct karto_sys *sys = karto_os_sys();
    CHECK(karto_sys_now_ms(sys) > 1600000000000); /* somebody set the clock after September 2020 */
    int64_t before = karto_os_monotonic_ms();
    CHECK(karto_os_monotonic_ms() >= before);

    /* 64 words: that two are equal, or that a bit is the same in all of them, happens once in 2^50 */
    uint64_t words[64], ones = 0, zeros = 0;
    karto_sys_random(sys, words, sizeof words);
    for (size_t i = 0; i < 64; i++) {
        ones |= words[i];
        zeros |= ~words[i];
        for (size_t j = 0; j < i; j++)
            CHECK(words[i] != words[j]);
    }
    CHECK(ones == UINT64_MAX && zeros == UINT64_MAX);
    CHECK(karto_sys_random64(sys) != karto_sys_random64(sys));
}

static void errors(void)
{
    CHECK_INT(karto_os_error(0), KARTO_OK);
    CHECK_INT(karto_os_error(ENOSPC), KARTO_E_FULL);
    CHECK_INT(karto_os_error(EACCES), KARTO_E_READONLY);
    CHECK_INT(karto_os_error(ENOENT), KARTO_E_NOT_FOUND);
    CHECK_INT(karto_os_error(EIO), KARTO_E_IO);
}

int main(void)
{
    dir = temp_dir_make();
    reads();
    large_file();
    writes();
    replaces_whole();
    full_disk();
    make_dir();
    check_dir();
    locks();
    days();
    clock_and_randomness();
    errors();
    temp_dir_remove(&dir);
    return 0;
}
