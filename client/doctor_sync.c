/* What a device and its head office still owe each other, and whether a daemon sees to it. */
#include "client/doctor.h"
#include "client/person.h"
#include "core/base/limits.h"
#include "core/base/os_socket.h"

static const char area[] = "sync";
static const int64_t day_ms = (int64_t)24 * 60 * 60 * 1000;

static void find_daemon(struct karto_doctor *doctor)
{
    bool hub = doctor->facts.ledger.role == KARTO_ON_HUB, runs = karto_daemon_runs(doctor->dir);
    if (runs)
        KARTO_FIND(doctor, area, "D-DAEMON", KARTO_FINE, NULL, KARTO_M_DOCTOR_DAEMON,
                   karto_arg_str("dir", doctor->dir));
    else if (hub)
        KARTO_FIND(doctor, area, "D-DAEMON-OFF", KARTO_BAD, "sudo systemctl start karto-hub", KARTO_M_DOCTOR_DAEMON_OFF,
                   karto_arg_str("dir", doctor->dir));
    else
        KARTO_FIND(doctor, area, "D-DAEMON", KARTO_FINE, NULL, KARTO_M_DOCTOR_DAEMON_NONE,
                   karto_arg_str("dir", doctor->dir));
}

/* How many there are of what somebody should look at. */
static void find_number(struct karto_doctor *doctor, const char *id, uint64_t number, const char *command,
                        enum karto_message message)
{
    if (number > 0)
        KARTO_FIND(doctor, area, id, KARTO_DOUBTFUL, karto_doctor_karto(doctor, command), message,
                   karto_arg_int("n", (int64_t)number), karto_arg_str("db", karto_cli_on_db(doctor->cli)));
}

static void check_last(struct karto_doctor *doctor, int64_t now_ms)
{
    const struct karto_ledger *ledger = &doctor->facts.ledger;
    const char *next = karto_doctor_karto(doctor, "sync");
    struct karto_buf time = KARTO_BUF_EMPTY;
    int64_t days = (now_ms + ledger->clock_offset_ms - ledger->synced_ms) / day_ms;
    bool old = days > KARTO_DOCTOR_SYNC_DAYS;
    if (ledger->synced_ms)
        karto_person_time(ledger->synced_ms, &time);
    const struct karto_arg when = karto_arg_text("time", karto_buf_slice(&time));
    if (!ledger->synced_ms)
        KARTO_FIND(doctor, area, "D-SYNC-NEVER", KARTO_DOUBTFUL, next, KARTO_M_DOCTOR_SYNC_NEVER, when);
    else
        KARTO_FIND(doctor, area, old ? "D-SYNC-OLD" : "D-SYNC", old ? KARTO_DOUBTFUL : KARTO_FINE, old ? next : NULL,
                   old ? KARTO_M_DOCTOR_SYNC_OLD : KARTO_M_DOCTOR_SYNC, when, karto_arg_int("days", days));
    karto_buf_fini(&time);
}

/* What it ended with last time may be over by now: that is for the greeting to say. */
static void check_error(struct karto_doctor *doctor)
{
    enum karto_err err = karto_err_of_id(doctor->facts.error, karto_slice_str(doctor->facts.error).size);
    if (!*doctor->facts.error)
        return;
    KARTO_FIND(doctor, area, karto_err_id(err), KARTO_DOUBTFUL, karto_doctor_karto(doctor, "sync"),
               KARTO_M_DOCTOR_SYNC_FAILED, karto_arg_str("what", karto_err_text(doctor->cli->lang, err)));
}

static void check_pending(struct karto_doctor *doctor, int64_t now_ms)
{
    const struct karto_doctor_facts *facts = &doctor->facts;
    int64_t days = (now_ms + facts->ledger.clock_offset_ms - facts->oldest_ms) / day_ms;
    bool old = facts->ledger.pending > 0 && days >= KARTO_DOCTOR_UNSENT_DAYS;
    KARTO_FIND(doctor, area, old ? "D-UNSENT" : "D-PENDING", old ? KARTO_DOUBTFUL : KARTO_FINE,
               old ? karto_doctor_karto(doctor, "sync") : NULL,
               old                         ? KARTO_M_DOCTOR_UNSENT
               : facts->ledger.pending > 0 ? KARTO_M_SYNC_PENDING
                                           : KARTO_M_SYNC_NOTHING_PENDING,
               karto_arg_int("n", (int64_t)facts->ledger.pending), karto_arg_int("days", days));
}

/* It is mended, but something has spoilt it: a disk, or a fault of ours. */
static void check_repaired(struct karto_doctor *doctor, int64_t now_ms)
{
    const struct karto_repaired *repaired = &doctor->facts.repaired;
    int64_t now = now_ms + doctor->facts.ledger.clock_offset_ms;
    struct karto_buf time = KARTO_BUF_EMPTY;
    if (!repaired->last_ms || now - repaired->last_ms > KARTO_DOCTOR_REPAIRED_DAYS * day_ms)
        return;
    karto_person_time(repaired->last_ms, &time);
    KARTO_FIND(doctor, area, "D-REPAIRED", KARTO_DOUBTFUL, karto_doctor_karto(doctor, "check"), KARTO_M_DOCTOR_REPAIRED,
               karto_arg_int("n", (int64_t)repaired->records), karto_arg_text("time", karto_buf_slice(&time)));
    karto_buf_fini(&time);
}

static void check_device(struct karto_doctor *doctor, int64_t now_ms)
{
    check_last(doctor, now_ms);
    check_error(doctor);
    check_pending(doctor, now_ms);
    check_repaired(doctor, now_ms);
    find_number(doctor, "D-REFUSED", doctor->facts.refused, "refused list", KARTO_M_SYNC_REFUSED);
}

static void check_hub(struct karto_doctor *doctor)
{
    const struct karto_recovery *recovery = &doctor->facts.recovery;
    if (recovery->recovering)
        KARTO_FIND(doctor, area, "D-RECOVERING", KARTO_DOUBTFUL, karto_doctor_karto(doctor, "hub recovered"),
                   KARTO_M_STATUS_RECOVERING, karto_arg_int("gave", recovery->gave),
                   karto_arg_int("all", (int64_t)recovery->gave + recovery->lacking));
    find_number(doctor, "D-HELD", recovery->held, "hub held", KARTO_M_STATUS_HELD);
    find_number(doctor, "D-CLAIMED", recovery->claimed, "device list", KARTO_M_STATUS_CLAIMED);
}

void karto_doctor_sync(struct karto_doctor *doctor, int64_t now_ms)
{
    if (!doctor->known)
        return;
    switch (doctor->facts.ledger.role) {
    case KARTO_LOCAL: break;
    case KARTO_ON_DEVICE:
        find_daemon(doctor);
        check_device(doctor, now_ms);
        break;
    case KARTO_ON_HUB:
        find_daemon(doctor);
        check_hub(doctor);
        break;
    }
    find_number(doctor, "D-CONFLICTS", doctor->facts.ledger.conflicts, "conflict list", KARTO_M_CONFLICTS_OPEN);
}
