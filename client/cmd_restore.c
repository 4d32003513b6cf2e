/* karto restore: a store out of a backup. Nothing that stands there is overwritten: it is moved aside. */
#include "client/backup_dir.h"
#include "client/cmd.h"
#include "client/field_show.h"
#include "client/file_problem.h"
#include "client/open.h"
#include "client/person.h"
#include "client/standing.h"
#include "client/typed_word.h"
#include "core/base/os_posix.h"
#include "core/store/hub_journal.h"
#include "core/store/hub_recovery.h"
#include "proto/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ASIDE_MAX = 1000 };

struct restoring {
    struct karto_cli *cli;
    const char *from, *db;
    struct karto_buf making, aside; /* paths, each ended by a 0: until it is whole, and for what stands in its place */
    struct karto_backup backup;
    struct karto_check check;
    struct karto_node node; /* as which it goes on */
    uint64_t withdrawn;     /* invitations that are good no more */
    bool replaces;          /* a store stands there */
    struct karto_standing standing;
    int lock;
};

static enum karto_err refuse(struct restoring *r, enum karto_err err, enum karto_message message,
                             enum karto_message hint, const char *what)
{
    struct karto_cli *cli = r->cli;
    struct karto_buf command = KARTO_BUF_EMPTY, place = KARTO_BUF_EMPTY;
    karto_typed_word(&place, karto_slice_str(r->db));
    karto_buf_add_str(&command, "karto restore ");
    karto_typed_word(&command, karto_slice_str(r->from));
    karto_buf_add_str(&command, " --db ");
    karto_buf_add_slice(&command, karto_buf_slice(&place));
    KARTO_PROBLEM(&cli->problem, cli->lang, err, message, karto_arg_str("what", what), karto_arg_str("dir", r->from),
                  karto_arg_str("db", r->db));
    KARTO_SAY(&cli->problem.hint, cli->lang, hint, karto_arg_text("command", karto_buf_slice(&command)),
              karto_arg_str("db", r->db), karto_arg_text("place", karto_buf_slice(&place)),
              karto_arg_int("n", (int64_t)r->standing.unsent));
    karto_buf_fini(&command);
    karto_buf_fini(&place);
    return err;
}

static bool is_there(const char *dir, const char *name)
{
    struct stat info;
    struct karto_buf path = KARTO_BUF_EMPTY;
    karto_files_path(dir, name, &path);
    bool there = lstat((const char *)path.data, &info) == 0;
    karto_buf_fini(&path);
    return there;
}

/* ---- before ---- */

static enum karto_err read_backup(struct restoring *r)
{
    enum karto_err err = karto_backup_read(&r->backup, r->from);
    switch (err) {
    case KARTO_OK: return KARTO_OK;
    case KARTO_E_NOT_FOUND: return refuse(r, err, KARTO_M_RESTORE_NONE, KARTO_M_RESTORE_NONE_HINT, NULL);
    case KARTO_E_NEWER: return refuse(r, err, KARTO_M_RESTORE_NEWER, KARTO_M_RESTORE_NEWER_HINT, NULL);
    case KARTO_E_CORRUPT: return refuse(r, err, KARTO_M_RESTORE_DAMAGED, KARTO_M_RESTORE_DAMAGED_HINT, "backup.txt");
    default: return karto_cli_unreadable(r->cli, r->from);
    }
}

/* All of it is read and compared before anything is touched. */
static enum karto_err verify(struct restoring *r)
{
    for (unsigned i = 0; i < r->backup.count; i++) {
        enum karto_err err = karto_backup_same(&r->backup.files[i], r->from);
        if (err == KARTO_E_CORRUPT)
            return refuse(r, err, KARTO_M_RESTORE_DAMAGED, KARTO_M_RESTORE_DAMAGED_HINT, r->backup.files[i].name);
        if (err != KARTO_OK)
            return karto_cli_unreadable(r->cli, r->from);
    }
    return KARTO_OK;
}

static enum karto_err lock_place(struct restoring *r)
{
    struct karto_buf path = KARTO_BUF_EMPTY;
    enum karto_err err = karto_os_make_dir(r->db);
    if (err != KARTO_OK)
        return karto_cli_unwritable(r->cli, r->db);
    err = karto_os_check_dir(r->db);
    if (err != KARTO_OK)
        return karto_cli_db_problem(r->cli, err, r->db);
    karto_files_path(r->db, "syncd.lock", &path);
    err = karto_os_lock((const char *)path.data, &r->lock);
    karto_buf_fini(&path);
    if (err == KARTO_E_BUSY)
        return refuse(r, err, KARTO_M_RESTORE_BUSY, KARTO_M_RESTORE_BUSY_HINT, NULL);
    return err == KARTO_OK ? KARTO_OK : karto_cli_unwritable(r->cli, r->db);
}

/* What would be put aside: never another store than the backup's, with its keys and beside a journal that is not its
 * own; and with work that is nowhere else only by somebody who was told so. */
static enum karto_err look_at_place(struct restoring *r)
{
    r->replaces = is_there(r->db, "data.mdb");
    if (r->replaces)
        karto_standing_look(&r->standing, r->db);
    if (karto_standing_is_another(&r->standing, &r->backup, r->from))
        return refuse(r, KARTO_E_EXISTS, KARTO_M_RESTORE_OTHER, KARTO_M_RESTORE_OTHER_HINT, NULL);
    if (!r->replaces || r->cli->settings.yes)
        return KARTO_OK;
    return refuse(r, KARTO_E_EXISTS, KARTO_M_RESTORE_EXISTS,
                  r->standing.unsent ? KARTO_M_RESTORE_UNSENT_HINT : KARTO_M_RESTORE_EXISTS_HINT, NULL);
}

/* ---- restoring ---- */

static enum karto_err copy_one(struct restoring *r, const struct karto_backup_file *file)
{
    struct karto_buf from = KARTO_BUF_EMPTY, to = KARTO_BUF_EMPTY;
    karto_files_path(r->from, file->name, &from);
    karto_files_path((const char *)r->making.data, file->name, &to);
    enum karto_err err = karto_os_copy_file((const char *)from.data, (const char *)to.data, 0600);
    if (err == KARTO_OK)
        err = karto_backup_same(file, (const char *)r->making.data);
    karto_buf_fini(&from);
    karto_buf_fini(&to);
    return err;
}

static enum karto_err copy_all(struct restoring *r)
{
    const char *making = (const char *)r->making.data;
    struct karto_backup told;
    enum karto_err err = karto_backup_dir_discard(making);
    if (err == KARTO_OK && mkdir(making, 0700) != 0)
        err = karto_os_error(errno);
    for (unsigned i = 0; err == KARTO_OK && i < r->backup.count; i++)
        err = copy_one(r, &r->backup.files[i]);
    return err == KARTO_OK ? karto_backup_dir_check(making, &told, &r->check) : err;
}

static enum karto_err move(const char *from, const char *to, const char *name)
{
    struct karto_buf old = KARTO_BUF_EMPTY, new = KARTO_BUF_EMPTY;
    karto_files_path(from, name, &old);
    karto_files_path(to, name, &new);
    bool fine = rename((const char *)old.data, (const char *)new.data) == 0 || errno == ENOENT;
    karto_buf_fini(&old);
    karto_buf_fini(&new);
    return fine ? KARTO_OK : karto_os_error(errno);
}

/* Whoever restores twice in one second has two of them. */
static enum karto_err make_aside(struct restoring *r)
{
    size_t size = r->aside.size - 1; /* without the 0 */
    int made = mkdir((const char *)r->aside.data, 0700);
    for (int i = 2; made != 0 && errno == EEXIST && i < ASIDE_MAX; i++) {
        r->aside.size = size;
        karto_buf_printf(&r->aside, "-%d", i);
        karto_buf_add_byte(&r->aside, 0);
        made = mkdir((const char *)r->aside.data, 0700);
    }
    return made == 0 ? KARTO_OK : karto_os_error(errno);
}

/* The data file goes first, so that what is left by somebody who was killed here is no store with the keys of another;
 * the journal stays, for it knows what the backup does not. */
static enum karto_err move_aside(struct restoring *r)
{
    enum karto_err err = make_aside(r);
    const char *aside = (const char *)r->aside.data;
    for (unsigned i = 0; err == KARTO_OK && karto_backup_names[i]; i++)
        if (strcmp(karto_backup_names[i], KARTO_HUB_JOURNAL) != 0)
            err = move(r->db, aside, karto_backup_names[i]);
    if (err == KARTO_OK)
        err = move(r->db, aside, "lock.mdb");
    return err == KARTO_OK ? karto_os_sync_dir(aside) : err;
}

/* And comes last, for the same reason. */
static enum karto_err put_in_place(struct restoring *r)
{
    const char *making = (const char *)r->making.data;
    enum karto_err err = karto_hub_journal_join(making, r->db);
    for (unsigned i = KARTO_BACKUP_FILES; err == KARTO_OK && i-- > 0;)
        if (strcmp(karto_backup_names[i], KARTO_HUB_JOURNAL) != 0)
            err = move(making, r->db, karto_backup_names[i]);
    if (err == KARTO_OK)
        err = karto_os_sync_dir(r->db);
    return err == KARTO_OK ? karto_backup_dir_discard(making) : err;
}

static enum karto_err read_anew(struct karto_tx *tx, void *context)
{
    struct restoring *r = context;
    struct karto_recovery recovery = {.ever = false};
    enum karto_err err = tx->ledger.role == KARTO_ON_HUB ? karto_hub_recovery(tx, &recovery) : KARTO_OK;
    r->node = tx->ledger.node;
    r->withdrawn = recovery.withdrawn;
    return err;
}

/* Whoever writes next would do it: that the store is another node now is to be known from here on. */
static enum karto_err begin_anew(struct restoring *r)
{
    struct karto_store_options options = {.dir = r->db, .sys = karto_os_sys()};
    struct karto_store *store;
    enum karto_err err = karto_store_open(&options, &store);
    if (err == KARTO_OK)
        err = karto_store_read(store, read_anew, r);
    karto_store_close(store);
    return err;
}

static enum karto_err explain(struct restoring *r, enum karto_err err)
{
    switch (err) {
    case KARTO_OK: return KARTO_OK;
    case KARTO_E_CORRUPT: return refuse(r, err, KARTO_M_RESTORE_DAMAGED, KARTO_M_RESTORE_DAMAGED_HINT, "data.mdb");
    case KARTO_E_FULL: return refuse(r, err, KARTO_M_RESTORE_FULL, KARTO_M_RESTORE_FULL_HINT, NULL);
    case KARTO_E_IO:
    case KARTO_E_NOT_FOUND:
    case KARTO_E_READONLY: return karto_cli_unwritable(r->cli, r->db);
    default: return karto_cli_db_problem(r->cli, err, r->db);
    }
}

static enum karto_err restore(struct restoring *r)
{
    int failed;
    enum karto_err err = copy_all(r);
    if (err == KARTO_OK && r->replaces)
        err = move_aside(r);
    if (err == KARTO_OK)
        err = put_in_place(r);
    failed = errno;
    if (err != KARTO_OK && karto_backup_dir_discard((const char *)r->making.data) != KARTO_OK)
        errno = failed; /* it goes with the next try */
    errno = failed;
    if (err == KARTO_OK)
        err = begin_anew(r);
    return explain(r, err);
}

static enum karto_err run(struct restoring *r)
{
    enum karto_err err = verify(r);
    if (err == KARTO_OK)
        err = look_at_place(r);
    if (err != KARTO_OK || r->cli->settings.dry_run)
        return err;
    err = lock_place(r);
    if (err != KARTO_OK)
        return err;
    err = restore(r);
    karto_os_unlock(r->lock);
    return err;
}

/* ---- the answer ---- */

static const char *role_of(enum karto_store_role role)
{
    switch (role) {
    case KARTO_LOCAL: return "local";
    case KARTO_ON_DEVICE: return "device";
    case KARTO_ON_HUB: return "hub";
    }
    return NULL;
}

static const char *role_word(enum karto_lang lang, enum karto_store_role role)
{
    static const enum karto_message messages[] = {
        [KARTO_LOCAL] = KARTO_M_ROLE_LOCAL, [KARTO_ON_DEVICE] = KARTO_M_ROLE_DEVICE, [KARTO_ON_HUB] = KARTO_M_ROLE_HUB};
    return karto_message_text(lang, messages[role]);
}

static void note_aside(struct restoring *r)
{
    const char *dir = (const char *)r->aside.data;
    struct karto_buf word = KARTO_BUF_EMPTY;
    karto_typed_word(&word, karto_slice_str(dir));
    KARTO_NOTE(r->cli, KARTO_M_RESTORE_ASIDE, karto_arg_str("dir", dir));
    if (r->standing.unsent)
        KARTO_NOTE(r->cli, KARTO_M_RESTORE_UNSENT, karto_arg_int("n", (int64_t)r->standing.unsent),
                   karto_arg_text("dir", karto_buf_slice(&word)));
    karto_buf_fini(&word);
}

static void note_what_next(struct restoring *r)
{
    static const enum karto_message messages[] = {[KARTO_LOCAL] = KARTO_M_RESTORE_DONE_LOCAL,
                                                  [KARTO_ON_DEVICE] = KARTO_M_RESTORE_DONE,
                                                  [KARTO_ON_HUB] = KARTO_M_RESTORE_DONE_HUB};
    struct karto_buf made = KARTO_BUF_EMPTY;
    karto_person_time(r->backup.made_ms, &made);
    KARTO_NOTE_DONE(r->cli, messages[r->backup.role], karto_arg_str("db", r->db),
                    karto_arg_text("time", karto_buf_slice(&made)), karto_arg_str("on", karto_cli_on_db(r->cli)));
    if (r->replaces && !r->cli->settings.dry_run)
        note_aside(r);
    if (r->withdrawn)
        KARTO_NOTE(r->cli, KARTO_M_RESTORED_WITHDRAWN, karto_arg_int("n", (int64_t)r->withdrawn),
                   karto_arg_str("db", karto_cli_on_db(r->cli)));
    karto_buf_fini(&made);
}

static enum karto_exit show(struct restoring *r)
{
    struct karto_out *out = karto_cli_out(r->cli);
    char node[KARTO_NODE_TEXT];
    bool tried = r->cli->settings.dry_run;
    karto_node_print(r->node, node);
    karto_out_begin(out, "restored", KARTO_OUT_CARD);
    karto_out_key(out, "dir"), karto_out_str(out, r->db);
    if (karto_out_form(out) == KARTO_FORM_TABLE)
        karto_out_key(out, "type"), karto_out_str(out, role_word(r->cli->lang, r->backup.role));
    else
        karto_out_key(out, "role"), karto_out_str(out, role_of(r->backup.role));
    karto_out_key(out, "made"), karto_out_time(out, r->backup.made_ms);
    karto_out_key(out, "position"), karto_out_int(out, (int64_t)r->backup.position);
    karto_out_key(out, "bytes"), karto_out_int(out, (int64_t)karto_backup_size(&r->backup));
    karto_out_key(out, "node"), karto_out_str(out, tried ? NULL : node);
    karto_out_key(out, "aside"), karto_out_str(out, r->replaces && !tried ? (const char *)r->aside.data : NULL);
    enum karto_err err = karto_out_end(out);
    note_what_next(r);
    return karto_cli_end(r->cli, err);
}

static void name_paths(struct restoring *r)
{
    char stamp[32];
    time_t seconds = (time_t)(karto_sys_now_ms(karto_os_sys()) / 1000);
    struct tm local;
    localtime_r(&seconds, &local);
    strftime(stamp, sizeof stamp, "replaced-%Y%m%d-%H%M%S", &local);
    karto_files_path(r->db, "restoring", &r->making);
    karto_files_path(r->db, stamp, &r->aside);
}

enum karto_exit karto_cmd_restore(struct karto_cli *cli)
{
    struct restoring r = {.cli = cli, .from = cli->args.words[0]};
    enum karto_err err = karto_cli_db(cli, &r.db);
    if (err == KARTO_OK) {
        name_paths(&r);
        err = read_backup(&r);
    }
    if (err == KARTO_OK)
        err = run(&r);
    enum karto_exit code = err == KARTO_OK ? show(&r) : karto_cli_fail(cli);
    karto_buf_fini(&r.making);
    karto_buf_fini(&r.aside);
    karto_standing_fini(&r.standing);
    return code;
}
