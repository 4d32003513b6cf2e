/* What the operating system says, as a test wants it: loaded before the C library (LD_PRELOAD), so that programs as
 * they are released meet another time, disk or network. Each variable that is not set leaves things as they are. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* Seconds by which the clock is off. */
static long clock_off(void)
{
    const char *text = getenv("KARTO_TEST_CLOCK");
    return text ? strtol(text, NULL, 10) : 0;
}

/* The function that would have been called. */
static void find_real(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found); /* ISO C has no other way from an object to a function */
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int (*real)(clockid_t, struct timespec *);
    find_real("clock_gettime", &real);
    int result = real(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += clock_off();
    return result;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

/* The magic number of the file system, in hexadecimal. */
int statfs(const char *path, struct statfs *info)
{
    int (*real)(const char *, struct statfs *);
    const char *magic = getenv("KARTO_TEST_FILE_SYSTEM");
    find_real("statfs", &real);
    int result = real(path, info);
    if (result == 0 && magic)
        info->f_type = (__typeof__(info->f_type))strtoul(magic, NULL, 16);
    return result;
}

/* A directory that stands for /sys, where every file is said to be on the device 8:1. */
static const char *other_sys(void)
{
    return getenv("KARTO_TEST_SYS");
}

int statx(int dir, const char *path, int flags, unsigned mask, struct statx *info)
{
    int (*real)(int, const char *, int, unsigned, struct statx *);
    find_real("statx", &real);
    int result = real(dir, path, flags, mask, info);
    if (result == 0 && other_sys()) {
        info->stx_dev_major = 8;
        info->stx_dev_minor = 1;
    }
    return result;
}

char *realpath(const char *path, char *resolved)
{
    char *(*real)(const char *, char *);
    char other[PATH_MAX];
    find_real("realpath", &real);
    if (!other_sys() || strncmp(path, "/sys/", 5) != 0)
        return real(path, resolved);
    snprintf(other, sizeof other, "%s/%s", other_sys(), path + 5);
    return real(other, resolved);
}

/* A file that says, as long as it is there, that the disk takes nothing more of what databases write. */
static bool is_full(void)
{
    const char *file = getenv("KARTO_TEST_FULL");
    bool full = file && access(file, F_OK) == 0;
    if (full)
        errno = ENOSPC;
    return full;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    ssize_t (*real)(int, const void *, size_t, off_t);
    find_real("pwrite", &real);
    return is_full() ? -1 : real(fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    ssize_t (*real)(int, const struct iovec *, int);
    find_real("writev", &real);
    return is_full() ? -1 : real(fd, parts, count);
}

/* A name that is not found. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    const char *unknown = getenv("KARTO_TEST_NO_NAME");
    find_real("getaddrinfo", &real);
    return unknown && name && strcmp(name, unknown) == 0 ? EAI_AGAIN : real(name, service, hints, out);
}
