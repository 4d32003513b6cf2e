/* The store itself: whether it opens, is whole, and can be written. Each is tried in a process of its own first: a
 * damaged file may crash who reads it, and who holds the lock of the writer may never give it back. */
#include "client/doctor.h"
#include "client/open.h"
#include "core/base/limits.h"
#include "core/base/os_apart.h"
#include "core/base/os_posix.h"
#include "core/store/check.h"
#include "core/store/log.h"
#include "core/store/own.h"
#include "core/store/refused.h"
#include "core/store/unencrypted.h"

#include <stdio.h>

static const char area[] = "store";

/* ---- whether it opens ---- */

/* A store of another user, head office's as a rule, is his to open. */
static const char *as_owner(struct karto_doctor *doctor, uint32_t owner)
{
    char command[64];
    snprintf(command, sizeof command, "sudo -u#%u karto doctor --db", (unsigned)owner);
    return karto_doctor_on(doctor, command, NULL);
}

/* What the text of the finding says, too: at head office a backup comes before anything new. */
static const char *begin_here(struct karto_doctor *doctor)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    if (karto_cli_is_hubs_place(doctor->cli, doctor->dir))
        return karto_doctor_restore(doctor);
    KARTO_SAY(&text, doctor->cli->lang, KARTO_M_JOIN_HERE, karto_arg_str("db", karto_cli_on_db(doctor->cli)));
    const char *kept = karto_arena_string(&doctor->arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return kept;
}

static const char *next_of(struct karto_doctor *doctor, enum karto_err err)
{
    uint32_t owner;
    if ((err == KARTO_E_EXPOSED || err == KARTO_E_READONLY) && karto_os_is_others(doctor->dir, &owner))
        return as_owner(doctor, owner);
    switch (err) {
    case KARTO_E_NO_STORE: return begin_here(doctor);
    case KARTO_E_NEWER: return "karto version";
    case KARTO_E_CORRUPT: return karto_doctor_restore(doctor);
    case KARTO_E_EXPOSED: return karto_doctor_on(doctor, "chmod 700", NULL);
    case KARTO_E_NETWORK_FS: return karto_doctor_on(doctor, "df -T", NULL);
    case KARTO_E_NOMEM: return "ulimit -v unlimited";
    case KARTO_E_FULL: return karto_doctor_on(doctor, "df -h", NULL);
    case KARTO_E_BUSY:
    case KARTO_E_TIMEOUT: return karto_doctor_on(doctor, "fuser -v", "data.mdb");
    default: return karto_doctor_on(doctor, "ls -la", NULL); /* whose, which rights, and what lies there */
    }
}

static enum karto_err keep_meta(struct karto_tx *tx, const char *name, struct karto_arena *arena,
                                struct karto_slice *out)
{
    struct karto_slice value;
    enum karto_err err = karto_meta_get(tx, name, &value);
    *out = karto_arena_copy(arena, value);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err keep_word(struct karto_tx *tx, const char *name, struct karto_arena *arena, const char **out)
{
    struct karto_slice value;
    struct karto_buf text = KARTO_BUF_EMPTY;
    enum karto_err err = keep_meta(tx, name, arena, &value);
    karto_buf_add_slice(&text, value);
    karto_buf_add_byte(&text, 0);
    *out = (const char *)karto_arena_copy(arena, karto_buf_slice(&text)).data;
    karto_buf_fini(&text);
    return err;
}

static enum karto_err find_newest(struct karto_tx *tx, int64_t *at_ms)
{
    struct karto_log_entry entry = {.at_ms = 0};
    enum karto_err err = tx->ledger.position ? karto_log_read(tx, tx->ledger.position, &entry) : KARTO_OK;
    *at_ms = entry.at_ms;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err; /* karto check has more to say of that */
}

static enum karto_err read_facts(struct karto_tx *tx, void *context)
{
    struct karto_doctor *doctor = context;
    struct karto_doctor_facts *facts = &doctor->facts;
    facts->ledger = tx->ledger;
    enum karto_err err = keep_word(tx, "hub", &doctor->arena, &facts->hub);
    if (err == KARTO_OK)
        err = keep_word(tx, "listen", &doctor->arena, &facts->listen);
    if (err == KARTO_OK)
        err = keep_word(tx, "sync_error", &doctor->arena, &facts->error);
    if (err == KARTO_OK)
        err = keep_meta(tx, "public_key", &doctor->arena, &facts->public_key);
    if (err == KARTO_OK)
        err = karto_pending_oldest(tx, &facts->oldest_ms);
    if (err == KARTO_OK)
        err = karto_refused_count(tx, &facts->refused);
    if (err == KARTO_OK)
        err = karto_repaired_get(tx, &facts->repaired);
    if (err == KARTO_OK)
        err = karto_unencrypted_get(tx, &facts->unencrypted_ms);
    if (err == KARTO_OK)
        err = find_newest(tx, &facts->newest_ms);
    return err == KARTO_OK && tx->ledger.role == KARTO_ON_HUB ? karto_hub_recovery(tx, &facts->recovery) : err;
}

static enum karto_err in_store(struct karto_doctor *doctor, karto_work *work, void *context)
{
    struct karto_store_options options = {.dir = doctor->dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_store *store;
    enum karto_err err = karto_store_open(&options, &store);
    if (err == KARTO_OK)
        err = karto_store_read(store, work, context);
    karto_store_close(store);
    return err;
}

static enum karto_err learn(void *context)
{
    return in_store(context, read_facts, context);
}

static void check_opening(struct karto_doctor *doctor)
{
    enum karto_err err = karto_os_apart(learn, doctor, KARTO_DOCTOR_STORE_MS);
    if (err == KARTO_OK)
        err = learn(doctor);
    doctor->known = err == KARTO_OK;
    doctor->clock_offset_ms = doctor->facts.ledger.clock_offset_ms;
    if (doctor->known)
        KARTO_FIND(doctor, area, "D-OPEN", KARTO_FINE, NULL, KARTO_M_DOCTOR_STORE, karto_arg_str("dir", doctor->dir));
    else if (err == KARTO_E_TIMEOUT)
        KARTO_FIND(doctor, area, "D-OPEN-SLOW", KARTO_BAD, next_of(doctor, err), KARTO_M_DOCTOR_STORE_SLOW,
                   karto_arg_str("dir", doctor->dir));
    else
        karto_doctor_error(doctor, area, KARTO_BAD, next_of(doctor, err), err);
}

/* ---- whether it is whole ---- */

static void count_fault(void *context, const char *what, const struct karto_rid *record)
{
    (void)context;
    (void)what;
    (void)record;
}

static enum karto_err check_all(struct karto_tx *tx, void *context)
{
    struct karto_check check;
    (void)context;
    enum karto_err err = karto_check(tx, count_fault, NULL, &check);
    return err == KARTO_OK && check.problems > 0 ? KARTO_E_CORRUPT : err;
}

static enum karto_err check_whole(void *context)
{
    return in_store(context, check_all, NULL);
}

/* All of it where that is soon done. */
static void check_records(struct karto_doctor *doctor)
{
    uint64_t records = 0;
    for (unsigned i = 0; i < KARTO_LEDGER_KINDS; i++)
        records += doctor->facts.ledger.counts[i];
    enum karto_err err = records <= KARTO_DOCTOR_CHECK_RECORDS
                             ? karto_os_apart(check_whole, doctor, KARTO_DOCTOR_STORE_MS)
                             : KARTO_E_TIMEOUT;
    const char *next = karto_doctor_karto(doctor, "check");
    if (err == KARTO_OK)
        KARTO_FIND(doctor, area, "D-CHECK", KARTO_FINE, NULL, KARTO_M_CHECK_FINE, karto_arg_int("n", (int64_t)records));
    else if (err == KARTO_E_TIMEOUT)
        KARTO_FIND(doctor, area, "D-CHECK", KARTO_FINE, next, KARTO_M_DOCTOR_NOT_CHECKED,
                   karto_arg_int("n", (int64_t)records));
    else
        karto_doctor_error(doctor, area, KARTO_BAD, next, err);
}

/* ---- whether it can be written ---- */

static enum karto_err write_nothing(struct karto_kv_txn *txn, void *context)
{
    (void)txn;
    (void)context;
    return KARTO_E_INTERRUPTED; /* so that nothing is kept */
}

static enum karto_err begin_to_write(void *context)
{
    const struct karto_doctor *doctor = context;
    const char *const names[] = {"meta"};
    const struct karto_kv_options options = {.dir = doctor->dir, .names = names, .name_count = 1};
    struct karto_kv *kv;
    enum karto_err err = karto_kv_open(&options, &kv);
    if (err == KARTO_OK)
        err = karto_kv_write(kv, write_nothing, NULL);
    karto_kv_close(kv);
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

static void check_writing(struct karto_doctor *doctor)
{
    enum karto_err err = karto_os_apart(begin_to_write, doctor, KARTO_DOCTOR_WRITER_MS);
    if (err == KARTO_OK)
        KARTO_FIND(doctor, area, "D-WRITE", KARTO_FINE, NULL, KARTO_M_DOCTOR_WRITE, karto_arg_str("dir", doctor->dir));
    else if (err == KARTO_E_TIMEOUT)
        KARTO_FIND(doctor, area, "D-WRITE-HELD", KARTO_BAD, next_of(doctor, err), KARTO_M_DOCTOR_WRITE_HELD,
                   karto_arg_str("dir", doctor->dir));
    else
        karto_doctor_error(doctor, area, KARTO_BAD, next_of(doctor, err), err);
}

void karto_doctor_store(struct karto_doctor *doctor)
{
    check_opening(doctor);
    if (!doctor->known)
        return;
    check_records(doctor);
    check_writing(doctor);
}
