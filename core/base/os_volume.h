/* os_volume.h - whether what is written into a directory is encrypted on its way to the disk, as far as the system
 * tells somebody without rights: so whether a thief of the disk could read it. */
#ifndef KARTO_BASE_OS_VOLUME_H
#define KARTO_BASE_OS_VOLUME_H

#include <stdint.h>

enum karto_volume {
    KARTO_VOLUME_ENCRYPTED, /* on each of its disks, or at least this directory */
    KARTO_VOLUME_PLAIN,     /* some of its disks have it as it is; one that encrypts by itself looks like that, too */
    KARTO_VOLUME_MEMORY,    /* it is on no disk */
    KARTO_VOLUME_UNKNOWN,
};

/* Where the system tells. */
struct karto_volume_system {
    const char *sys;       /* "/sys" */
    const char *mountinfo; /* "/proc/self/mountinfo" */
};

/* The volume of dir, or of the nearest directory above it that is there. */
enum karto_volume karto_os_volume(const char *dir);

/* ---- its parts, for tests ---- */

/* The volume that is this block device. */
enum karto_volume karto_volume_of_device(const struct karto_volume_system *system, unsigned major, unsigned minor);

/* The volume that is mounted under this number, the first of its line in mountinfo. Only of btrfs, whose files do not
 * say on which device they are; of any other it is unknown. */
enum karto_volume karto_volume_of_mount(const struct karto_volume_system *system, uint64_t mount);

#endif
