#include "core/store/revoked.h"

#include "core/base/limits.h"
#include "core/base/os_posix.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MARK_SIZE_MAX = 2048 };

#define FIRST_LINE "kartoteka-revoked 1"

/* ---- the mark ---- */

static struct karto_buf path_in(const char *dir, const char *name)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s/%s", dir, name);
    karto_buf_add_byte(&path, 0);
    return path;
}

/* The value of a line "NAME VALUE\n"; NULL: there is none. */
static const char *value_of(const char *text, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (strncmp(at, name, size) == 0 && at[size] == ' ')
            return at + size + 1;
    return NULL;
}

static int64_t time_of(const char *text, const char *name)
{
    const char *value = value_of(text, name);
    int64_t ms = 0;
    return value && sscanf(value, "%" SCNd64, &ms) == 1 && ms > 0 ? ms : 0;
}

/* Only what is wholly one of ours: data are removed because of it. */
static bool parse(struct karto_arena *arena, const char *text, struct karto_revoked *mark)
{
    const char *device = value_of(text, "device"), *hub = value_of(text, "hub"), *epoch = value_of(text, "epoch");
    *mark = (struct karto_revoked){
        .revoked_ms = time_of(text, "revoked"), .wiped_ms = time_of(text, "wiped"), .told_ms = time_of(text, "told")};
    bool whole = strncmp(text, FIRST_LINE "\n", sizeof FIRST_LINE) == 0 && strstr(text, "\nend\n");
    if (!whole || !device || !hub || !epoch)
        return false;
    mark->hub = karto_arena_copy(arena, karto_slice(hub, strcspn(hub, "\n")));
    return karto_rid_parse(karto_slice(device, strcspn(device, "\n")), &mark->device) == KARTO_OK &&
           sscanf(epoch, "%" SCNd64 " %16" SCNx64, &mark->epoch.ms, &mark->epoch.node.v) == 2;
}

static bool is_there(const char *dir, const char *name)
{
    struct karto_buf path = path_in(dir, name);
    bool there = access((const char *)path.data, F_OK) == 0;
    karto_buf_fini(&path);
    return there;
}

enum karto_err karto_revoked_read(struct karto_arena *arena, const char *dir, struct karto_revoked *mark)
{
    struct karto_buf path = path_in(dir, KARTO_REVOKED_MARK), text = KARTO_BUF_EMPTY;
    enum karto_err err = karto_os_read_file((const char *)path.data, MARK_SIZE_MAX, &text);
    karto_buf_add_byte(&text, 0);
    if (err == KARTO_OK && (!parse(arena, (const char *)text.data, mark) || is_there(dir, "hub.key")))
        err = KARTO_E_NOT_FOUND;
    if (err == KARTO_OK && mark->wiped_ms && !mark->told_ms && !is_there(dir, "device.key"))
        mark->told_ms = mark->wiped_ms; /* it only goes then: two who go on at once may write one over the other */
    karto_buf_fini(&text);
    karto_buf_fini(&path);
    return err == KARTO_E_LIMIT ? KARTO_E_NOT_FOUND : err;
}

static void add_time(struct karto_buf *text, const char *name, int64_t ms)
{
    if (ms)
        karto_buf_printf(text, "%s %" PRId64 "\n", name, ms);
}

static enum karto_err write_mark(const char *dir, const struct karto_revoked *mark)
{
    struct karto_buf path = path_in(dir, KARTO_REVOKED_MARK), text = KARTO_BUF_EMPTY;
    char device[KARTO_RID_TEXT], node[KARTO_NODE_TEXT];
    karto_rid_print(mark->device, device);
    karto_node_print(mark->epoch.node, node);
    karto_buf_printf(&text, FIRST_LINE "\ndevice %s\nhub %.*s\nepoch %" PRId64 " %s\n", device, (int)mark->hub.size,
                     mark->hub.size ? (const char *)mark->hub.data : "", mark->epoch.ms, node);
    add_time(&text, "revoked", mark->revoked_ms);
    add_time(&text, "wiped", mark->wiped_ms);
    add_time(&text, "told", mark->told_ms);
    karto_buf_add_str(&text, "end\n");
    enum karto_err err = karto_os_write_file((const char *)path.data, karto_buf_slice(&text), 0600);
    karto_buf_fini(&text);
    karto_buf_fini(&path);
    return err;
}

enum karto_err karto_revoked_begin(const char *dir, const struct karto_revoked *mark)
{
    struct karto_revoked begun = *mark;
    begun.wiped_ms = begun.told_ms = 0;
    return write_mark(dir, &begun);
}

/* ---- what goes ---- */

/* All that a laptop's store ever has in its directory (docs/FORMAT.md): with a dot or a dash at the end, what the name
 * begins with. What a person has put there is not ours. */
static const char *const data[] = {"data.mdb", "lock.mdb", "making", "restoring", "replaced-"};
static const char *const keys[] = {"device.key",  "device.crt",  "authority.crt",
                                   "device.key.", "device.crt.", "authority.crt."};

static bool fits(const char *name, const char *what)
{
    size_t size = strlen(what);
    bool begins = what[size - 1] == '-' || what[size - 1] == '.';
    return begins ? strncmp(name, what, size) == 0 : strcmp(name, what) == 0;
}

static bool fits_one(const char *name, const char *const *list, size_t count)
{
    size_t i = 0;
    while (i < count && !fits(name, list[i]))
        i++;
    return i < count;
}

static enum karto_err remove_path(const char *path, bool is_dir)
{
    int failed = (is_dir ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT ? 0 : errno;
    return failed ? karto_os_error(failed) : KARTO_OK;
}

/* Which names of a directory go. */
typedef bool goes(const char *name);

static bool data_goes(const char *name)
{
    return fits_one(name, data, sizeof data / sizeof *data);
}

static bool keys_go(const char *name)
{
    return data_goes(name) || fits_one(name, keys, sizeof keys / sizeof *keys);
}

static bool all_goes(const char *name)
{
    (void)name;
    return true;
}

static enum karto_err empty(const char *dir, goes *which, unsigned depth);

/* Nothing is followed: a link goes, and what it points to stays. */
static enum karto_err remove_entry(const char *dir, const char *name, unsigned depth)
{
    struct stat info;
    struct karto_buf path = path_in(dir, name);
    const char *at = (const char *)path.data;
    enum karto_err err = KARTO_OK;
    bool there = lstat(at, &info) == 0, is_dir = there && S_ISDIR(info.st_mode);
    if (is_dir && depth > 0)
        err = empty(at, all_goes, depth - 1);
    if (err == KARTO_OK && there)
        err = remove_path(at, is_dir);
    karto_buf_fini(&path);
    return err;
}

/* Goes through all of it, whatever cannot be removed: the first error comes back. */
static enum karto_err empty(const char *dir, goes *which, unsigned depth)
{
    enum karto_err err = KARTO_OK;
    DIR *entries = opendir(dir);
    if (!entries)
        return karto_os_error(errno);
    for (struct dirent *entry; (entry = readdir(entries));) {
        bool self = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (self || !which(entry->d_name))
            continue;
        enum karto_err failed = remove_entry(dir, entry->d_name, depth);
        err = err == KARTO_OK ? failed : err;
    }
    closedir(entries);
    return err;
}

static enum karto_err empty_store(const char *dir, bool keys_too)
{
    enum { DEPTH = 2 }; /* of what a restore leaves */
    enum karto_err err = empty(dir, keys_too ? keys_go : data_goes, DEPTH);
    return err == KARTO_OK ? karto_os_sync_dir(dir) : err;
}

/* ---- step by step ---- */

enum karto_err karto_revoked_finish(struct karto_arena *arena, const char *dir, const struct karto_sys *sys,
                                    struct karto_revoked *mark)
{
    enum karto_err err = karto_revoked_read(arena, dir, mark);
    if (err == KARTO_OK)
        err = empty_store(dir, mark->told_ms != 0);
    if (err != KARTO_OK || mark->wiped_ms)
        return err;
    struct karto_revoked wiped = *mark;
    wiped.wiped_ms = karto_sys_now_ms(sys);
    err = write_mark(dir, &wiped);
    if (err == KARTO_OK)
        *mark = wiped;
    return err;
}

enum karto_err karto_revoked_told(struct karto_arena *arena, const char *dir, const struct karto_sys *sys)
{
    struct karto_revoked mark;
    enum karto_err err = karto_revoked_finish(arena, dir, sys, &mark);
    if (err == KARTO_OK && !mark.told_ms) {
        mark.told_ms = karto_sys_now_ms(sys);
        err = write_mark(dir, &mark);
    }
    return err == KARTO_OK ? empty_store(dir, true) : err;
}

enum karto_err karto_revoked_check(const char *dir, const struct karto_sys *sys)
{
    struct karto_arena arena;
    struct karto_revoked mark;
    karto_arena_init(&arena);
    enum karto_err err = karto_revoked_read(&arena, dir, &mark);
    bool marked = err == KARTO_OK;
    if (marked)
        err = karto_revoked_finish(&arena, dir, sys, &mark); /* what cannot be done now is done by the next */
    karto_arena_fini(&arena);
    return marked ? KARTO_E_REVOKED : KARTO_OK;
}
