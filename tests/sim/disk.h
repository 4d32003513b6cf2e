/* disk.h - a disk of our own below LMDB, which has no layer for files: the system calls by which it writes are defined
 * here, in the simulator's executable, and found before those of the C library. What is written stands in the file at
 * once, as in the memory of a machine; beside it a disk keeps what would still be there after a power cut: all that was
 * synced, and of the rest whatever the disk has got round to. Files that belong to no disk are written as ever. */
#ifndef KARTO_TESTS_SIM_DISK_H
#define KARTO_TESTS_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum disk_fault {
    DISK_FINE,
    DISK_CUT,      /* the power is cut: that write, or sync, and all that follow come to nothing */
    DISK_FULL,     /* no room: that write, or a part of it, and all that follow fail, until room is made */
    DISK_BAD_SYNC, /* the sync fails once, and what was written since the last one is lost: reading shows it all the
                      same */
};

/* What a fault met. */
struct disk_news {
    enum disk_fault fault;
    bool meta;         /* the write that puts a transaction into effect */
    unsigned unsynced; /* after a power cut: writes that had not been synced; */
    unsigned lost;     /* how many of them have left nothing; */
    unsigned torn;     /* and how many a part, in sectors of 512 bytes */
};

struct disk;

/* The disk of one file, which must be there, and is on it as it is. All its dice come from seed. */
struct disk *disk_new(const char *path, uint64_t seed);
void disk_free(struct disk *disk); /* NULL is fine */

/* The nth write or sync from now (1: the next) meets a fault, and of those of DISK_BAD_SYNC the next sync behind it. */
void disk_arm(struct disk *disk, enum disk_fault fault, unsigned nth);

/* The fault that was met since disk_arm. */
enum disk_fault disk_met(const struct disk *disk);

/* All is well again, and *news says what has been. After a power cut the file is what the disk has kept: nobody may
 * have it open. */
void disk_repair(struct disk *disk, struct disk_news *news);

/* Somebody else has written the file: what stands there now is on the disk. */
void disk_take_over(struct disk *disk);

#endif
