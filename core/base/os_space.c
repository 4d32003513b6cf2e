#define _GNU_SOURCE
#include "core/base/os_space.h"

#include "core/base/os_posix.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum karto_err karto_os_disk(const char *dir, struct karto_disk *disk)
{
    struct statvfs info;
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_os_nearest(dir, &path);
    int failed = statvfs((const char *)path.data, &info) == 0 ? 0 : errno;
    karto_buf_fini(&path);
    if (failed) {
        errno = failed;
        return KARTO_E_IO;
    }
    *disk = (struct karto_disk){.size = (uint64_t)info.f_blocks * info.f_frsize,
                                .free = (uint64_t)info.f_bavail * info.f_frsize,
                                .read_only = info.f_flag & ST_RDONLY};
    return KARTO_OK;
}

uint64_t karto_os_file_size(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && info.st_size > 0 ? (uint64_t)info.st_size : 0;
}

uint64_t karto_os_memory_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : UINT64_MAX;
}
