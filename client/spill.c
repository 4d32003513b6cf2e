#include "client/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Addresses are kept free for what may come, and cost nothing; the file grows under them, at first in small steps. */
#define ADDRESSES ((size_t)1 << 40)
enum { ROOM_FIRST = 256 * 1024, ROOM_STEP_MAX = 64 * 1024 * 1024, ALIGNMENT = 8 };

void karto_spill_init(struct karto_spill *spill, const char *dir)
{
    *spill = (struct karto_spill){.dir = dir, .file = -1};
}

void karto_spill_fini(struct karto_spill *spill)
{
    if (spill->base)
        munmap(spill->base, ADDRESSES);
    if (spill->file >= 0)
        close(spill->file);
    karto_spill_init(spill, spill->dir);
}

static int make_file(const char *dir)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/spill-XXXXXX", dir) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int file = mkstemp(path);
    if (file < 0)
        return -1;
    unlink(path);
    fcntl(file, F_SETFD, FD_CLOEXEC);
    return file;
}

static int map_file(struct karto_spill *spill)
{
    spill->file = make_file(spill->dir);
    if (spill->file < 0)
        return errno;
    void *base = mmap(NULL, ADDRESSES, PROT_READ | PROT_WRITE, MAP_SHARED, spill->file, 0);
    if (base == MAP_FAILED)
        return errno;
    spill->base = base;
    return 0;
}

/* The blocks are there before anything is written to them: a full disk is an error, and no signal. */
static int make_room(struct karto_spill *spill, size_t size)
{
    size_t room = spill->room ? spill->room : ROOM_FIRST;
    while (room - spill->size < size)
        room += room < ROOM_STEP_MAX ? room : ROOM_STEP_MAX;
    if (room == spill->room)
        return 0;
    if (room > ADDRESSES)
        return ENOMEM;
    int number = posix_fallocate(spill->file, (off_t)spill->room, (off_t)(room - spill->room));
    spill->room = number == 0 ? room : spill->room;
    return number;
}

void *karto_spill_take(struct karto_spill *spill, size_t size)
{
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    int number = spill->base ? 0 : map_file(spill);
    if (number == 0)
        number = make_room(spill, size);
    if (number != 0) {
        if (!spill->base)
            karto_spill_fini(spill);
        errno = number;
        return NULL;
    }
    void *taken = spill->base + spill->size;
    spill->size += size;
    return taken;
}
