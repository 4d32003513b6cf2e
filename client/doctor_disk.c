/* The disk on which the store lies, and the room that this process has for it. */
#include "client/doctor.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/base/os_space.h"
#include "core/store/kv.h"

static const char area[] = "disk";

static uint64_t store_size(const struct karto_doctor *doctor)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s/data.mdb", doctor->dir);
    karto_buf_add_byte(&path, 0);
    uint64_t size = karto_os_file_size((const char *)path.data);
    karto_buf_fini(&path);
    return size;
}

/* By how much room there is. */
static const struct {
    const char *id;
    enum karto_message message;
} rooms[] = {[KARTO_FINE] = {"D-DISK", KARTO_M_DOCTOR_DISK},
             [KARTO_DOUBTFUL] = {"D-DISK-LOW", KARTO_M_DOCTOR_DISK_LOW},
             [KARTO_BAD] = {"D-DISK-FULL", KARTO_M_DOCTOR_DISK_FULL}};

static int64_t megabytes(uint64_t bytes)
{
    return (int64_t)(bytes >> 20);
}

static void check_room(struct karto_doctor *doctor, const struct karto_disk *disk)
{
    uint64_t store = store_size(doctor), wanted = store > KARTO_DOCTOR_DISK_LOW ? store : KARTO_DOCTOR_DISK_LOW;
    enum karto_health health = disk->free < KARTO_DOCTOR_DISK_FULL ? KARTO_BAD
                               : disk->free < wanted               ? KARTO_DOUBTFUL
                                                                   : KARTO_FINE;
    const char *next = health == KARTO_FINE ? NULL : karto_doctor_on(doctor, "df -h", NULL);
    KARTO_FIND(doctor, area, rooms[health].id, health, next, rooms[health].message,
               karto_arg_int("free", megabytes(disk->free)), karto_arg_int("size", megabytes(store + (1 << 20) - 1)));
}

/* A store is mapped into memory as a whole, and reserves addresses for what it may become. */
static void check_memory(struct karto_doctor *doctor)
{
    uint64_t limit = karto_os_memory_limit();
    bool small = limit < karto_kv_map_size();
    KARTO_FIND(doctor, area, small ? "D-MEMORY-LIMIT" : "D-MEMORY", small ? KARTO_BAD : KARTO_FINE,
               small ? "ulimit -v unlimited" : NULL, small ? KARTO_M_DOCTOR_MEMORY_LIMIT : KARTO_M_DOCTOR_MEMORY,
               karto_arg_int("gb", (int64_t)(limit >> 30)),
               karto_arg_int("wanted", (int64_t)(karto_kv_map_size() >> 30)));
}

void karto_doctor_disk(struct karto_doctor *doctor)
{
    struct karto_disk disk;
    enum karto_err err = karto_os_disk(doctor->dir, &disk);
    if (err != KARTO_OK) {
        karto_doctor_error(doctor, area, KARTO_BAD, karto_doctor_on(doctor, "df -h", NULL), err);
        return;
    }
    if (karto_os_is_network_fs(doctor->dir))
        karto_doctor_error(doctor, area, KARTO_BAD, karto_doctor_on(doctor, "df -T", NULL), KARTO_E_NETWORK_FS);
    if (disk.read_only)
        KARTO_FIND(doctor, area, "D-DISK-READ-ONLY", KARTO_BAD, "dmesg | tail", KARTO_M_DOCTOR_DISK_READ_ONLY,
                   karto_arg_str("dir", doctor->dir));
    else
        check_room(doctor, &disk);
    check_memory(doctor);
}
