#include "client/backup.h"

#include "core/base/arena.h"
#include "core/base/hash.h"
#include "core/base/os_posix.h"
#include "proto/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char list_name[] = "backup.txt";

enum { LIST_VERSION = 1, LIST_SIZE_MAX = 4096 };

const char *const karto_backup_names[KARTO_BACKUP_FILES + 1] = {
    "data.mdb", "authority.key", "authority.crt", "hub.key", "hub.crt", "device.key", "device.crt", "hub.journal", NULL,
};

static const char *const roles[] = {[KARTO_LOCAL] = "local", [KARTO_ON_DEVICE] = "device", [KARTO_ON_HUB] = "hub"};

uint64_t karto_backup_size(const struct karto_backup *backup)
{
    uint64_t size = 0;
    for (unsigned i = 0; i < backup->count; i++)
        size += backup->files[i].size;
    return size;
}

/* ---- sums ---- */

/* The sum so far stands before each block, so that a file needs not be in memory as a whole. */
static enum karto_err sum_block(void *context, struct karto_slice block)
{
    struct karto_backup_file *file = context;
    uint8_t next[32];
    karto_sha256(karto_slice(file->sum, sizeof file->sum), block, next);
    memcpy(file->sum, next, sizeof next);
    file->size += block.size;
    return KARTO_OK;
}

static enum karto_err sum_file(struct karto_backup_file *file, const char *dir)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_files_path(dir, file->name, &path);
    enum karto_err err = karto_os_read_blocks((const char *)path.data, sum_block, file);
    karto_buf_fini(&path);
    return err;
}

enum karto_err karto_backup_add(struct karto_backup *backup, const char *dir, const char *name)
{
    struct karto_backup_file *file = &backup->files[backup->count];
    *file = (struct karto_backup_file){.name = name};
    enum karto_err err = sum_file(file, dir);
    backup->count += err == KARTO_OK;
    return err;
}

enum karto_err karto_backup_same(const struct karto_backup_file *file, const char *dir)
{
    struct karto_backup_file here = {.name = file->name};
    enum karto_err err = sum_file(&here, dir);
    if (err == KARTO_E_NOT_FOUND)
        return KARTO_E_CORRUPT;
    bool same = here.size == file->size && memcmp(here.sum, file->sum, sizeof here.sum) == 0;
    return err == KARTO_OK && !same ? KARTO_E_CORRUPT : err;
}

/* ---- the list ---- */

static void print_moment(struct karto_buf *out, int64_t ms)
{
    char text[32];
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    karto_buf_printf(out, "made %" PRId64 " %s\n", ms, text);
}

static void print_file(struct karto_buf *out, const struct karto_backup_file *file)
{
    karto_buf_printf(out, "file %s %" PRIu64 " ", file->name, file->size);
    for (size_t i = 0; i < sizeof file->sum; i++)
        karto_buf_printf(out, "%02x", file->sum[i]);
    karto_buf_add_byte(out, '\n');
}

enum karto_err karto_backup_write(const struct karto_backup *backup, const char *dir)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    char node[KARTO_NODE_TEXT];
    karto_node_print(backup->node, node);
    karto_buf_printf(&text, "kartoteka-backup %d\n", LIST_VERSION);
    print_moment(&text, backup->made_ms);
    karto_buf_printf(&text, "format %" PRIu32 "\nrole %s\nnode %s\nposition %" PRIu64 "\n", backup->format,
                     roles[backup->role], node, backup->position);
    for (unsigned i = 0; i < backup->count; i++)
        print_file(&text, &backup->files[i]);
    karto_buf_add_str(&text, "end\n");
    enum karto_err err = karto_files_write(dir, list_name, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return err;
}

static bool read_hex(const char *text, uint8_t out[32])
{
    for (int i = 0; i < 32; i++)
        if (sscanf(text + 2 * i, "%2hhx", &out[i]) != 1)
            return false;
    return true;
}

static enum karto_err read_file_line(struct karto_backup *backup, const char *line)
{
    char name[16], sum[65];
    struct karto_backup_file file = {NULL, 0, {0}};
    if (sscanf(line, "file %15s %" SCNu64 " %64s", name, &file.size, sum) != 3 || strlen(sum) != 64 ||
        !read_hex(sum, file.sum))
        return KARTO_E_CORRUPT;
    for (unsigned i = 0; karto_backup_names[i]; i++)
        if (strcmp(karto_backup_names[i], name) == 0)
            file.name = karto_backup_names[i];
    if (!file.name || backup->count == KARTO_BACKUP_FILES)
        return KARTO_E_CORRUPT;
    backup->files[backup->count++] = file;
    return KARTO_OK;
}

static enum karto_err read_role(struct karto_backup *backup, const char *word)
{
    for (int role = KARTO_LOCAL; role <= KARTO_ON_HUB; role++)
        if (strcmp(roles[role], word) == 0) {
            backup->role = (enum karto_store_role)role;
            return KARTO_OK;
        }
    return KARTO_E_CORRUPT;
}

/* A word that this version does not know belongs to a later one of the same list, and is left out. */
static enum karto_err read_line(struct karto_backup *backup, const char *line, bool *end)
{
    char word[20] = "";
    bool fine = true;
    if (strncmp(line, "file ", 5) == 0)
        return read_file_line(backup, line);
    if (sscanf(line, "role %15s", word) == 1)
        return read_role(backup, word);
    if (strncmp(line, "made ", 5) == 0)
        fine = sscanf(line, "made %" SCNd64, &backup->made_ms) == 1;
    else if (strncmp(line, "format ", 7) == 0)
        fine = sscanf(line, "format %" SCNu32, &backup->format) == 1;
    else if (strncmp(line, "node ", 5) == 0)
        fine = sscanf(line, "node %16" SCNx64, &backup->node.v) == 1;
    else if (strncmp(line, "position ", 9) == 0)
        fine = sscanf(line, "position %" SCNu64, &backup->position) == 1;
    *end = strcmp(line, "end") == 0;
    return fine ? KARTO_OK : KARTO_E_CORRUPT;
}

static enum karto_err read_list(struct karto_backup *backup, char *text)
{
    unsigned version;
    bool end = false;
    enum karto_err err = KARTO_OK;
    if (sscanf(text, "kartoteka-backup %u\n", &version) != 1)
        return KARTO_E_CORRUPT;
    if (version > LIST_VERSION)
        return KARTO_E_NEWER;
    for (char *rest, *line = strtok_r(text, "\n", &rest); line && err == KARTO_OK; line = strtok_r(NULL, "\n", &rest))
        err = read_line(backup, line, &end);
    if (err == KARTO_OK && !(end && backup->count > 0 && backup->role && backup->format))
        err = KARTO_E_CORRUPT;
    return err == KARTO_OK && backup->format > KARTO_FORMAT ? KARTO_E_NEWER : err;
}

enum karto_err karto_backup_read(struct karto_backup *backup, const char *dir)
{
    struct karto_buf path = KARTO_BUF_EMPTY, text = KARTO_BUF_EMPTY;
    *backup = (struct karto_backup){.made_ms = 0};
    karto_files_path(dir, list_name, &path);
    enum karto_err err = karto_os_read_file((const char *)path.data, LIST_SIZE_MAX, &text);
    karto_buf_add_byte(&text, 0);
    if (err == KARTO_OK)
        err = read_list(backup, (char *)text.data);
    else if (err == KARTO_E_LIMIT)
        err = KARTO_E_CORRUPT;
    karto_buf_fini(&path);
    karto_buf_fini(&text);
    return err;
}
