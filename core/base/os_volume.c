#define _GNU_SOURCE
#include "core/base/os_volume.h"

#include "core/base/buf.h"
#include "core/base/os_posix.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/fscrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { DEVICES_MAX = 256, DEPTH_MAX = 32, ATTRIBUTE_SIZE_MAX = 4096, MOUNTINFO_SIZE_MAX = 4 << 20 };

/* ---- block devices: docs of the kernel, ABI/stable/sysfs-block ---- */

/* At a link to a device; *left: how many may still be looked at, for links may lead anywhere, and in circles. */
static enum karto_volume look_at(unsigned *left, const char *link, unsigned depth);

/* The name of a file in dir; false where it is too long to be one of the kernel's. */
static bool path_in(char out[PATH_MAX], const char *dir, const char *name)
{
    return snprintf(out, PATH_MAX, "%s/%s", dir, name) < PATH_MAX;
}

static bool is_there(const char *device, const char *name)
{
    char path[PATH_MAX];
    return path_in(path, device, name) && access(path, F_OK) == 0;
}

/* What cryptsetup(8) makes. Not of the name CRYPT- alone: that of VERITY, INTEGRITY and SUBDEV encrypts nothing. */
static bool encrypts(const char *device)
{
    static const char *const kinds[] = {"CRYPT-LUKS1-", "CRYPT-LUKS2-",   "CRYPT-PLAIN-",  "CRYPT-TCRYPT-",
                                        "CRYPT-BITLK-", "CRYPT-LOOPAES-", "CRYPT-FVAULT2-"};
    char path[PATH_MAX];
    struct karto_buf uuid = KARTO_BUF_EMPTY;
    bool found = false;
    if (path_in(path, device, "dm/uuid") && karto_os_read_file(path, ATTRIBUTE_SIZE_MAX, &uuid) == KARTO_OK)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            found |= uuid.size > strlen(kinds[i]) && memcmp(uuid.data, kinds[i], strlen(kinds[i])) == 0;
    karto_buf_fini(&uuid);
    return found;
}

/* Of a volume that lies on two: what is readable on one of them is enough for a thief. */
static enum karto_volume both(enum karto_volume a, enum karto_volume b)
{
    if (a == KARTO_VOLUME_PLAIN || b == KARTO_VOLUME_PLAIN)
        return KARTO_VOLUME_PLAIN;
    return a == b ? a : KARTO_VOLUME_UNKNOWN;
}

/* All that are named in a directory of links to devices; false where there are none. */
static bool look_at_all(unsigned *left, const char *links, unsigned depth, enum karto_volume *volume)
{
    char link[PATH_MAX];
    bool any = false;
    DIR *list = opendir(links);
    if (!list)
        return false;
    for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        enum karto_volume one =
            path_in(link, links, entry->d_name) ? look_at(left, link, depth + 1) : KARTO_VOLUME_UNKNOWN;
        *volume = any ? both(*volume, one) : one;
        any = true;
    }
    closedir(list);
    return any;
}

/* A device on nothing else. A disk hangs on a controller; what does not is made by a driver: a file, memory, a network.
 */
static enum karto_volume look_at_last(const char *device)
{
    return is_there(device, "device") ? KARTO_VOLUME_PLAIN : KARTO_VOLUME_UNKNOWN;
}

static enum karto_volume look_at(unsigned *left, const char *link, unsigned depth)
{
    char device[PATH_MAX], path[PATH_MAX];
    enum karto_volume volume;
    if (*left == 0 || depth > DEPTH_MAX || !realpath(link, device))
        return KARTO_VOLUME_UNKNOWN;
    --*left;
    if (encrypts(device))
        return KARTO_VOLUME_ENCRYPTED;
    if (is_there(device, "partition"))
        return path_in(path, device, "..") ? look_at(left, path, depth + 1) : KARTO_VOLUME_UNKNOWN;
    if (path_in(path, device, "slaves") && look_at_all(left, path, depth, &volume))
        return volume;
    return look_at_last(device);
}

enum karto_volume karto_volume_of_device(const struct karto_volume_system *system, unsigned major, unsigned minor)
{
    char path[PATH_MAX];
    unsigned left = DEVICES_MAX;
    int size = snprintf(path, sizeof path, "%s/dev/block/%u:%u", system->sys, major, minor);
    return size < PATH_MAX ? look_at(&left, path, 0) : KARTO_VOLUME_UNKNOWN;
}

/* ---- btrfs, which may lie on several ---- */

/* The kernel's name of a device that mountinfo names. In a container there may be no such file, but the name is right.
 */
static void kernel_name(const struct karto_volume_system *system, const char *source, char name[NAME_MAX + 1])
{
    char path[PATH_MAX], real[PATH_MAX];
    struct stat info;
    const char *found = realpath(source, real) ? real : source;
    if (stat(source, &info) == 0 && S_ISBLK(info.st_mode)) { /* of one in /dev/mapper it need not be the same */
        snprintf(path, sizeof path, "%s/dev/block/%u:%u", system->sys, major(info.st_rdev), minor(info.st_rdev));
        found = realpath(path, real) ? real : source;
    }
    const char *slash = strrchr(found, '/');
    snprintf(name, NAME_MAX + 1, "%.*s", NAME_MAX, slash ? slash + 1 : found);
}

/* Each btrfs has a directory in which its devices are named: that in which this one is. */
static enum karto_volume look_at_btrfs(const struct karto_volume_system *system, const char *source)
{
    char all[PATH_MAX], devices[PATH_MAX], name[NAME_MAX + 1];
    unsigned left = DEVICES_MAX;
    enum karto_volume volume = KARTO_VOLUME_UNKNOWN;
    kernel_name(system, source, name);
    DIR *list = path_in(all, system->sys, "fs/btrfs") ? opendir(all) : NULL;
    for (struct dirent *entry; list && (entry = readdir(list)) != NULL;) {
        int size = snprintf(devices, sizeof devices, "%s/%s/devices", all, entry->d_name);
        if (entry->d_name[0] != '.' && size < PATH_MAX && *name && is_there(devices, name) &&
            look_at_all(&left, devices, 0, &volume))
            break;
    }
    if (list)
        closedir(list);
    return volume;
}

/* A line of mountinfo: "36 35 98:0 /root /where options tags... - type source options", proc(5). False where it is of
 * another mount. */
static bool read_mount(const char *line, uint64_t mount, char type[32], char source[256])
{
    char *end;
    const char *rest = strstr(line, " - ");
    return strtoull(line, &end, 10) == mount && end != line && *end == ' ' && rest &&
           sscanf(rest, " - %31s %255s", type, source) == 2;
}

enum karto_volume karto_volume_of_mount(const struct karto_volume_system *system, uint64_t mount)
{
    char type[32], source[256];
    struct karto_buf text = KARTO_BUF_EMPTY;
    enum karto_volume volume = KARTO_VOLUME_UNKNOWN;
    enum karto_err err = karto_os_read_file(system->mountinfo, MOUNTINFO_SIZE_MAX, &text);
    karto_buf_add_byte(&text, 0);
    for (char *rest = (char *)text.data, *line; err == KARTO_OK && (line = strsep(&rest, "\n")) != NULL;) {
        if (!read_mount(line, mount, type, source))
            continue;
        if (strcmp(type, "btrfs") == 0)
            volume = look_at_btrfs(system, source);
        break;
    }
    karto_buf_fini(&text);
    return volume;
}

/* ---- directories ---- */

/* fscrypt: ext4, f2fs and others encrypt a directory by itself. */
static bool has_policy(int dir)
{
    struct fscrypt_get_policy_ex_arg policy = {.policy_size = sizeof policy.policy};
    return ioctl(dir, FS_IOC_GET_ENCRYPTION_POLICY_EX, &policy) == 0;
}

static enum karto_volume volume_of(const struct karto_volume_system *system, const char *path, int dir)
{
    struct statfs info;
    struct statx where;
    if (statfs(path, &info) != 0 || statx(dir, "", AT_EMPTY_PATH, STATX_MNT_ID, &where) != 0)
        return KARTO_VOLUME_UNKNOWN;
    switch ((unsigned long)info.f_type) {
    case 0x01021994: /* tmpfs */
    case 0x858458f6: /* ramfs */ return KARTO_VOLUME_MEMORY;
    case 0xf15f: /* eCryptfs */ return KARTO_VOLUME_ENCRYPTED;
    }
    if (has_policy(dir))
        return KARTO_VOLUME_ENCRYPTED;
    if (where.stx_dev_major != 0)
        return karto_volume_of_device(system, where.stx_dev_major, where.stx_dev_minor);
    return where.stx_mask & STATX_MNT_ID ? karto_volume_of_mount(system, where.stx_mnt_id) : KARTO_VOLUME_UNKNOWN;
}

enum karto_volume karto_os_volume(const char *dir)
{
    static const struct karto_volume_system here = {"/sys", "/proc/self/mountinfo"};
    struct karto_buf path = KARTO_BUF_EMPTY;
    enum karto_volume volume = KARTO_VOLUME_UNKNOWN;
    karto_os_nearest(dir, &path);
    int opened = open((const char *)path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened >= 0) {
        volume = volume_of(&here, (const char *)path.data, opened);
        close(opened);
    }
    karto_buf_fini(&path);
    return volume;
}
