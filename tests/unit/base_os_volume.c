/* Whether a volume is encrypted, of made-up systems: what the kernel would have in /sys and in mountinfo. */
#define _GNU_SOURCE
#include "core/base/os_volume.h"

#include "core/base/buf.h"
#include "core/base/os_posix.h"
#include "tests/temp_dir.h"

#include <ftw.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static struct temp_dir root;
static char sys[300], mountinfo[300];
static struct karto_volume_system made_up = {sys, mountinfo};

/* ---- making a system ---- */

/* The path of a name in the made-up /sys; good for the next few calls. */
static const char *at(const char *format, ...)
{
    static char paths[4][600];
    static unsigned next;
    char *path = paths[next++ % 4];
    va_list args;
    va_start(args, format);
    int size = snprintf(path, sizeof paths[0], "%s/", sys);
    vsnprintf(path + size, sizeof paths[0] - (size_t)size, format, args);
    va_end(args);
    return path;
}

static void make_dir(const char *path)
{
    CHECK_INT(karto_os_make_dir(path), KARTO_OK);
}

static void write_to(const char *path, const char *text)
{
    CHECK_INT(karto_os_write_file(path, karto_slice_str(text), 0600), KARTO_OK);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

static void remove_all(void)
{
    CHECK_INT(nftw(sys, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* An empty system. */
static void begin(void)
{
    remove_all();
    make_dir(at("dev/block"));
    make_dir(at("class/block"));
    make_dir(at("fs/btrfs/features"));
}

/* A device of this name, in a directory below devices, with its number 8:minor. */
static void add(const char *place, const char *name, unsigned minor)
{
    make_dir(at("devices/%s/%s/slaves", place, name));
    CHECK_INT(symlink(at("devices/%s/%s", place, name), at("dev/block/8:%u", minor)), 0);
    CHECK_INT(symlink(at("devices/%s/%s", place, name), at("class/block/%s", name)), 0);
}

static void add_disk(const char *name, unsigned minor)
{
    add("pci", name, minor);
    make_dir(at("devices/pci/%s/device", name));
}

static void add_partition(const char *disk, const char *name, unsigned minor)
{
    char place[100];
    snprintf(place, sizeof place, "pci/%s", disk);
    add(place, name, minor);
    write_to(at("devices/%s/%s/partition", place, name), "1\n");
}

/* One that a driver makes of others; uuid NULL: not of device-mapper. */
static void add_virtual(const char *name, unsigned minor, const char *uuid)
{
    add("virtual", name, minor);
    if (!uuid)
        return;
    make_dir(at("devices/virtual/%s/dm", name));
    write_to(at("devices/virtual/%s/dm/uuid", name), uuid);
}

static void put_on(const char *name, const char *slave)
{
    CHECK_INT(symlink(at("class/block/%s", slave), at("devices/virtual/%s/slaves/%s", name, slave)), 0);
}

static enum karto_volume of_device(unsigned minor)
{
    return karto_volume_of_device(&made_up, 8, minor);
}

#define LUKS "CRYPT-LUKS2-0a3f6e5f0d2c4c0c9e7c3a0d5a6b7c8d-luks-home\n"
#define LVM  "LVM-Vhc0oPzxTq1oQ2o8YbZ4x7Q3f2Ytq0cT\n"

/* ---- block devices ---- */

static void bare(void)
{
    begin();
    add_disk("sda", 0);
    add_partition("sda", "sda1", 1);
    CHECK_INT(of_device(0), KARTO_VOLUME_PLAIN);
    CHECK_INT(of_device(1), KARTO_VOLUME_PLAIN);
    CHECK_INT(of_device(2), KARTO_VOLUME_UNKNOWN); /* there is none */
}

static void luks(void)
{
    static const struct {
        const char *uuid;
        enum karto_volume volume;
    } kinds[] = {{LUKS, KARTO_VOLUME_ENCRYPTED},
                 {"CRYPT-LUKS1-0a3f-x", KARTO_VOLUME_ENCRYPTED},
                 {"CRYPT-PLAIN-home", KARTO_VOLUME_ENCRYPTED},
                 {"CRYPT-BITLK-0a3f-x", KARTO_VOLUME_ENCRYPTED},
                 {"CRYPT-VERITY-0a3f-root", KARTO_VOLUME_PLAIN}, /* cryptsetup makes these, too */
                 {"CRYPT-INTEGRITY-home", KARTO_VOLUME_PLAIN},
                 {"CRYPT-SUBDEV-0a3f-home", KARTO_VOLUME_PLAIN},
                 {"CRYPT-", KARTO_VOLUME_PLAIN},
                 {"LVM-CRYPT-LUKS2-x", KARTO_VOLUME_PLAIN},
                 {"", KARTO_VOLUME_PLAIN}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        begin();
        add_disk("sda", 0);
        add_partition("sda", "sda1", 1);
        add_virtual("dm-0", 10, kinds[i].uuid);
        put_on("dm-0", "sda1");
        CHECK_INT(of_device(10), kinds[i].volume);
        CHECK_INT(of_device(1), KARTO_VOLUME_PLAIN); /* what is beneath: /boot beside it */
    }
}

static void lvm_on_luks(void)
{
    begin();
    add_disk("nvme0n1", 0);
    add_partition("nvme0n1", "nvme0n1p3", 3);
    add_virtual("dm-0", 10, LUKS);
    put_on("dm-0", "nvme0n1p3");
    add_virtual("dm-1", 11, LVM);
    put_on("dm-1", "dm-0");
    CHECK_INT(of_device(11), KARTO_VOLUME_ENCRYPTED);

    add_disk("sdb", 4); /* the group of volumes was made larger by a disk as it is */
    put_on("dm-1", "sdb");
    CHECK_INT(of_device(11), KARTO_VOLUME_PLAIN);
}

static void luks_on_lvm(void)
{
    begin();
    add_disk("sda", 0);
    add_virtual("dm-0", 10, LVM);
    put_on("dm-0", "sda");
    add_virtual("dm-1", 11, LUKS);
    put_on("dm-1", "dm-0");
    CHECK_INT(of_device(11), KARTO_VOLUME_ENCRYPTED);
    CHECK_INT(of_device(10), KARTO_VOLUME_PLAIN);
}

/* A mirror of two, each encrypted or not, and a partition of it. */
static enum karto_volume mirror(const char *first, const char *second)
{
    begin();
    add_disk("sda", 0);
    add_disk("sdb", 1);
    add_virtual("dm-0", 10, first);
    add_virtual("dm-1", 11, second);
    put_on("dm-0", "sda");
    put_on("dm-1", "sdb");
    add_virtual("md0", 20, NULL);
    put_on("md0", "dm-0");
    put_on("md0", "dm-1");
    add("virtual/md0", "md0p1", 21);
    write_to(at("devices/virtual/md0/md0p1/partition"), "1\n");
    CHECK_INT(of_device(21), of_device(20));
    return of_device(20);
}

static void raid(void)
{
    CHECK_INT(mirror(LUKS, LUKS), KARTO_VOLUME_ENCRYPTED);
    CHECK_INT(mirror(LUKS, LVM), KARTO_VOLUME_PLAIN);
    CHECK_INT(mirror(LVM, LUKS), KARTO_VOLUME_PLAIN);
    CHECK_INT(mirror(LVM, LVM), KARTO_VOLUME_PLAIN);

    CHECK_INT(mirror(LUKS, LUKS), KARTO_VOLUME_ENCRYPTED);
    CHECK_INT(unlink(at("devices/virtual/md0/slaves/dm-1")), 0);
    add_virtual("loop0", 30, NULL); /* on a file, of which nothing is known */
    put_on("md0", "loop0");
    CHECK_INT(of_device(30), KARTO_VOLUME_UNKNOWN);
    CHECK_INT(of_device(20), KARTO_VOLUME_UNKNOWN);
    put_on("md0", "sdb");
    CHECK_INT(of_device(20), KARTO_VOLUME_PLAIN);
}

/* ---- what no kernel would have ---- */

static void circles(void)
{
    begin();
    add_virtual("dm-0", 10, LVM);
    put_on("dm-0", "dm-0");
    CHECK_INT(of_device(10), KARTO_VOLUME_UNKNOWN);

    begin();
    for (unsigned i = 0; i < 12; i++) { /* each on all: 12 to the power of any depth */
        char name[20];
        snprintf(name, sizeof name, "dm-%u", i);
        add_virtual(name, 10 + i, LVM);
    }
    for (unsigned i = 0; i < 12; i++)
        for (unsigned j = 0; j < 12; j++)
            CHECK_INT(symlink(at("class/block/dm-%u", j), at("devices/virtual/dm-%u/slaves/dm-%u", i, j)), 0);
    CHECK_INT(of_device(10), KARTO_VOLUME_UNKNOWN);

    begin();
    CHECK_INT(symlink(at("dev/block/8:1"), at("dev/block/8:2")), 0);
    CHECK_INT(symlink(at("dev/block/8:2"), at("dev/block/8:1")), 0);
    CHECK_INT(of_device(1), KARTO_VOLUME_UNKNOWN);
}

static void a_tall_tower_is_not_climbed(void)
{
    begin();
    add_disk("sda", 0);
    for (unsigned i = 0; i < 40; i++) {
        char name[20], below[20];
        snprintf(name, sizeof name, "dm-%u", i);
        snprintf(below, sizeof below, i ? "dm-%u" : "sda", i - 1);
        add_virtual(name, 10 + i, LVM);
        put_on(name, below);
    }
    CHECK_INT(of_device(10 + 20), KARTO_VOLUME_PLAIN);
    CHECK_INT(of_device(10 + 39), KARTO_VOLUME_UNKNOWN);
}

static void garbage(void)
{
    static char large[100 * 1000];
    memset(large, 'C', sizeof large - 1);
    begin();
    CHECK_INT(symlink(at("devices/nowhere"), at("dev/block/8:1")), 0);
    CHECK_INT(of_device(1), KARTO_VOLUME_UNKNOWN);
    write_to(at("dev/block/8:2"), LUKS); /* a file where a directory should be */
    CHECK_INT(of_device(2), KARTO_VOLUME_UNKNOWN);
    add_disk("sda", 0);
    add_virtual("dm-0", 10, large);
    put_on("dm-0", "sda");
    CHECK_INT(of_device(10), KARTO_VOLUME_PLAIN);
    add_virtual("dm-1", 11, LUKS);
    CHECK_INT(symlink(at("devices/nowhere"), at("devices/virtual/dm-1/slaves/sdz")), 0);
    CHECK_INT(of_device(11), KARTO_VOLUME_ENCRYPTED); /* whatever it is on */
    add_virtual("dm-2", 12, LVM);
    CHECK_INT(symlink(at("devices/nowhere"), at("devices/virtual/dm-2/slaves/sdz")), 0);
    CHECK_INT(of_device(12), KARTO_VOLUME_UNKNOWN);
    struct karto_volume_system none = {"/no such directory", "/no such file"};
    CHECK_INT(karto_volume_of_device(&none, 8, 0), KARTO_VOLUME_UNKNOWN);
    CHECK_INT(karto_volume_of_mount(&none, 1), KARTO_VOLUME_UNKNOWN);
}

/* ---- btrfs ---- */

static void add_btrfs(const char *device)
{
    make_dir(at("fs/btrfs/d7b4/devices"));
    CHECK_INT(symlink(at("class/block/%s", device), at("fs/btrfs/d7b4/devices/%s", device)), 0);
}

static void btrfs(void)
{
    begin();
    add_disk("sda", 0);
    add_virtual("dm-0", 10, LUKS);
    put_on("dm-0", "sda");
    add_disk("sdb", 1);
    make_dir(at("fs/btrfs/0a0a/devices")); /* another one */
    CHECK_INT(symlink(at("class/block/sdb"), at("fs/btrfs/0a0a/devices/sdb")), 0);
    add_btrfs("dm-0");
    CHECK_INT(symlink(at("class/block/dm-0"), at("luks-home")), 0); /* as in /dev/mapper */

    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_buf_printf(&text,
                     "21 1 0:18 / /proc rw,relatime - proc proc rw\n"
                     "36 1 0:32 /@home /home rw shared:1 master:2 - btrfs %s rw,subvol=/@home\n"
                     "361 1 0:32 / /srv rw - btrfs /nowhere/sdb rw\n"
                     "37 1 0:33 / / rw - overlay overlay rw,lowerdir=/a\n"
                     "38 1 0:34 / /z rw - zfs /nowhere/dm-0 rw\n"
                     "39 1 0:35 / /y rw - btrfs /nowhere/sdz rw\n"
                     "40 1 0:36 / /x rw - btrfs\n"
                     "41 \n"
                     "x42 1 0:38 / /w rw - btrfs /nowhere/dm-0 rw\n"
                     "43",
                     at("luks-home"));
    CHECK_INT(karto_os_write_file(mountinfo, karto_buf_slice(&text), 0600), KARTO_OK);
    karto_buf_fini(&text);
    CHECK_INT(karto_volume_of_mount(&made_up, 36), KARTO_VOLUME_ENCRYPTED);
    CHECK_INT(karto_volume_of_mount(&made_up, 361), KARTO_VOLUME_PLAIN);
    static const uint64_t unknown[] = {0, 3, 21, 37, 38, 39, 40, 41, 42, 43, 44, 3610, UINT64_MAX};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        CHECK_INT(karto_volume_of_mount(&made_up, unknown[i]), KARTO_VOLUME_UNKNOWN);

    add_disk("sdc", 2); /* a second device, as it is, which mountinfo does not name */
    add_btrfs("sdc");
    CHECK_INT(karto_volume_of_mount(&made_up, 36), KARTO_VOLUME_PLAIN);
    write_to(mountinfo, "");
    CHECK_INT(karto_volume_of_mount(&made_up, 36), KARTO_VOLUME_UNKNOWN);
}

/* ---- this system ---- */

static void here(void)
{
    struct statfs info;
    if (statfs("/dev/shm", &info) == 0 && info.f_type == 0x01021994)
        CHECK_INT(karto_os_volume("/dev/shm/not/there/yet"), KARTO_VOLUME_MEMORY);
    CHECK_INT(karto_os_volume("/proc/self"), KARTO_VOLUME_UNKNOWN);
    CHECK_INT(karto_os_volume("/proc/self/not/there"), KARTO_VOLUME_UNKNOWN);
    CHECK_INT(karto_os_volume(temp_dir_file(&root, "not/there/yet")), karto_os_volume(root.path));
    CHECK(chdir(root.path) == 0);
    CHECK_INT(karto_os_volume("not/there/yet"), karto_os_volume(root.path));
}

int main(void)
{
    root = temp_dir_make();
    snprintf(sys, sizeof sys, "%s/sys", root.path);
    snprintf(mountinfo, sizeof mountinfo, "%s/mountinfo", root.path);
    make_dir(sys);
    write_to(mountinfo, "");
    bare();
    luks();
    lvm_on_luks();
    luks_on_lvm();
    raid();
    circles();
    a_tall_tower_is_not_climbed();
    garbage();
    btrfs();
    here();
    remove_all();
    temp_dir_remove(&root);
    return 0;
}
