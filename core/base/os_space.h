/* os_space.h - how much room the system leaves: on a disk, and in this process's memory. */
#ifndef KARTO_BASE_OS_SPACE_H
#define KARTO_BASE_OS_SPACE_H

#include "core/base/err.h"

#include <stdint.h>

struct karto_disk {
    uint64_t size, free; /* bytes; free: for this user */
    bool read_only;
};

/* The file system that dir lies on, or the nearest directory above it that is there. KARTO_E_IO: it cannot be told. */
KARTO_CHECKED enum karto_err karto_os_disk(const char *dir, struct karto_disk *disk);

/* Bytes of a file; 0 when there is none. */
uint64_t karto_os_file_size(const char *path);

/* Bytes of memory that this process may map; UINT64_MAX: any number. */
uint64_t karto_os_memory_limit(void);

#endif
