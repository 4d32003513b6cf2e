/* karto backup: a copy of the store, with the keys and certificates beside it, while others work on it. */
#include "client/backup_dir.h"
#include "client/cmd.h"
#include "client/field_show.h"
#include "client/file_problem.h"
#include "client/open.h"
#include "client/typed_word.h"
#include "core/base/os_posix.h"
#include "proto/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct backing {
    struct karto_cli *cli;
    const char *db;
    struct karto_buf to, making; /* paths, each ended by a 0: where it goes, and where it is until it is whole */
    struct karto_backup backup;
    struct karto_check check;
    int64_t began_ms;
};

static enum karto_err refuse(struct backing *b, enum karto_err err, enum karto_message message, enum karto_message hint)
{
    struct karto_cli *cli = b->cli;
    struct karto_buf word = KARTO_BUF_EMPTY;
    const char *to = (const char *)b->to.data;
    karto_typed_word(&word, karto_slice_str(to));
    KARTO_PROBLEM(&cli->problem, cli->lang, err, message, karto_arg_str("dir", to), karto_arg_str("db", b->db));
    KARTO_SAY(&cli->problem.hint, cli->lang, hint, karto_arg_text("dir", karto_buf_slice(&word)),
              karto_arg_str("db", karto_cli_on_db(cli)));
    karto_buf_fini(&word);
    return err;
}

/* ---- before ---- */

/* "copies/" is "copies". */
static void read_target(struct backing *b, const char *typed)
{
    size_t size = strlen(typed);
    while (size > 1 && typed[size - 1] == '/')
        size--;
    karto_buf_add(&b->to, typed, size);
    karto_buf_add_byte(&b->to, 0);
    karto_buf_printf(&b->making, "%s.making", (const char *)b->to.data);
    karto_buf_add_byte(&b->making, 0);
}

static enum karto_err check_target(struct backing *b)
{
    struct stat there;
    const char *to = (const char *)b->to.data;
    if (karto_os_is_within(to, b->db))
        return refuse(b, KARTO_E_USAGE, KARTO_M_BACKUP_INSIDE, KARTO_M_BACKUP_INSIDE_HINT);
    if (lstat(to, &there) == 0)
        return refuse(b, KARTO_E_EXISTS, KARTO_M_BACKUP_EXISTS, KARTO_M_BACKUP_EXISTS_HINT);
    return errno == ENOENT ? KARTO_OK : karto_cli_unwritable(b->cli, to);
}

/* What somebody who was killed has left is in the way, what somebody else is just making is not ours to remove. */
static enum karto_err make_room(struct backing *b)
{
    const char *making = (const char *)b->making.data;
    int lock;
    enum karto_err err = karto_os_lock_dir(making, &lock);
    if (err == KARTO_E_NOT_FOUND)
        return KARTO_OK;
    if (err != KARTO_OK)
        return err;
    err = karto_backup_dir_discard(making);
    karto_os_unlock(lock);
    return err;
}

/* ---- making ---- */

static enum karto_err copy_beside(struct backing *b, const char *name)
{
    struct karto_buf from = KARTO_BUF_EMPTY, to = KARTO_BUF_EMPTY;
    karto_files_path(b->db, name, &from);
    karto_files_path((const char *)b->making.data, name, &to);
    enum karto_err err = karto_os_copy_file((const char *)from.data, (const char *)to.data, 0600);
    karto_buf_fini(&from);
    karto_buf_fini(&to);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* a store has the keys of its own role alone */
}

static enum karto_err list_files(struct backing *b)
{
    enum karto_err err = KARTO_OK;
    for (unsigned i = 0; err == KARTO_OK && karto_backup_names[i]; i++) {
        err = karto_backup_add(&b->backup, (const char *)b->making.data, karto_backup_names[i]);
        err = err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    }
    return err;
}

/* All of it but its name. */
static enum karto_err fill(struct backing *b)
{
    const char *making = (const char *)b->making.data;
    enum karto_err err = KARTO_OK;
    for (unsigned i = 1; err == KARTO_OK && karto_backup_names[i]; i++)
        err = copy_beside(b, karto_backup_names[i]);
    if (err == KARTO_OK)
        err = karto_backup_dir_check(making, &b->backup, &b->check);
    if (err == KARTO_OK)
        err = list_files(b);
    return err == KARTO_OK ? karto_backup_write(&b->backup, making) : err;
}

/* The list is in the directory for good before the directory has its name. */
static enum karto_err put_in_place(struct backing *b)
{
    struct karto_buf parent = KARTO_BUF_EMPTY;
    const char *to = (const char *)b->to.data;
    if (rename((const char *)b->making.data, to) != 0)
        return karto_os_error(errno);
    karto_files_path(to, "..", &parent);
    enum karto_err err = karto_os_sync_dir((const char *)parent.data);
    karto_buf_fini(&parent);
    return err;
}

static enum karto_err make(struct backing *b, struct karto_store *store)
{
    const char *making = (const char *)b->making.data;
    int lock;
    b->backup.made_ms = karto_sys_now_ms(karto_os_sys());
    enum karto_err err = make_room(b);
    if (err == KARTO_OK)
        err = karto_kv_copy(karto_store_kv(store), making, false);
    if (err != KARTO_OK)
        return err;
    err = karto_os_lock_dir(making, &lock);
    if (err != KARTO_OK)
        return err;
    err = fill(b);
    if (err == KARTO_OK)
        err = put_in_place(b);
    int failed = errno;
    if (err != KARTO_OK && karto_backup_dir_discard(making) != KARTO_OK)
        failed = errno;
    karto_os_unlock(lock);
    errno = failed;
    return err;
}

/* With --dry-run all that needs no room is done: the store is verified where it is. */
static enum karto_err try_it(struct backing *b, struct karto_store *store)
{
    struct karto_backup_look look = {&b->backup, &b->check};
    return karto_store_read(store, karto_backup_look, &look);
}

static enum karto_err explain(struct backing *b, enum karto_err err)
{
    const char *to = (const char *)b->to.data;
    switch (err) {
    case KARTO_E_CORRUPT: return refuse(b, err, KARTO_M_BACKUP_BROKEN, KARTO_M_BACKUP_BROKEN_HINT);
    case KARTO_E_FULL: return refuse(b, err, KARTO_M_BACKUP_FULL, KARTO_M_BACKUP_FULL_HINT);
    case KARTO_E_BUSY: return refuse(b, err, KARTO_M_BACKUP_BUSY, KARTO_M_BACKUP_BUSY_HINT);
    case KARTO_E_EXPOSED: return refuse(b, err, KARTO_M_BACKUP_EXPOSED, KARTO_M_BACKUP_ELSEWHERE_HINT);
    case KARTO_E_NETWORK_FS: return refuse(b, err, KARTO_M_BACKUP_NETWORK, KARTO_M_BACKUP_ELSEWHERE_HINT);
    case KARTO_E_NOT_FOUND: errno = ENOENT; return karto_cli_unwritable(b->cli, to);
    case KARTO_E_READONLY:
    case KARTO_E_IO: return karto_cli_unwritable(b->cli, to);
    default: return karto_problem_begin(&b->cli->problem, err);
    }
}

/* ---- the answer ---- */

static void show_size(struct karto_out *out, const struct karto_backup *backup)
{
    karto_out_key(out, "bytes"), karto_out_int(out, (int64_t)karto_backup_size(backup));
    karto_out_key(out, "files"), karto_out_int(out, backup->count);
}

static enum karto_exit show(struct backing *b)
{
    struct karto_out *out = karto_cli_out(b->cli);
    struct karto_buf command = KARTO_BUF_EMPTY;
    int64_t took_ms = karto_os_monotonic_ms() - b->began_ms;
    karto_buf_add_str(&command, "karto restore ");
    karto_typed_word(&command, karto_slice_str((const char *)b->to.data));
    karto_buf_add_str(&command, " --db ");
    karto_typed_word(&command, karto_slice_str(b->db));
    karto_out_begin(out, "backup", KARTO_OUT_CARD);
    karto_out_key(out, "dir"), karto_out_str(out, (const char *)b->to.data);
    karto_out_key(out, "records"), karto_out_int(out, (int64_t)b->check.records);
    karto_out_key(out, "changes"), karto_out_int(out, (int64_t)b->check.changes);
    show_size(out, &b->backup);
    karto_out_key(out, "ms"), karto_out_int(out, took_ms);
    karto_out_key(out, "restore"), karto_text_show(out, karto_buf_slice(&command));
    karto_buf_fini(&command);
    enum karto_err err = karto_out_end(out);
    KARTO_NOTE_DONE(b->cli, KARTO_M_BACKUP_DONE, karto_arg_int("n", (int64_t)b->check.records));
    return karto_cli_end(b->cli, err);
}

enum karto_exit karto_cmd_backup(struct karto_cli *cli)
{
    struct backing b = {.cli = cli, .began_ms = karto_os_monotonic_ms()};
    struct karto_store *store = NULL;
    read_target(&b, cli->args.words[0]);
    enum karto_err err = karto_cli_db(cli, &b.db);
    if (err == KARTO_OK)
        err = karto_cli_open(cli, true, &store);
    if (err == KARTO_OK)
        err = check_target(&b);
    if (err == KARTO_OK) {
        err = cli->settings.dry_run ? try_it(&b, store) : make(&b, store);
        err = err == KARTO_OK ? KARTO_OK : explain(&b, err);
    }
    enum karto_exit code = err == KARTO_OK ? show(&b) : karto_cli_fail(cli);
    karto_store_close(store);
    karto_buf_fini(&b.to);
    karto_buf_fini(&b.making);
    return code;
}
