/* The clock, against what is known of time here. */
#include "client/doctor.h"
#include "client/person.h"
#include "core/base/limits.h"
#include "core/model/value.h"

static const char area[] = "clock", next[] = "sudo timedatectl set-ntp true";
enum { SECOND = 1000, DAY_S = 24 * 60 * 60 };

static bool year_makes_sense(int64_t now_ms)
{
    int year, month, day;
    karto_date_split(now_ms / SECOND / DAY_S, &year, &month, &day);
    return year >= KARTO_DOCTOR_YEAR_LEAST && year <= KARTO_DOCTOR_YEAR_MOST;
}

static void find_time(struct karto_doctor *doctor, const char *id, enum karto_health health, enum karto_message message,
                      int64_t now_ms, int64_t other_ms)
{
    struct karto_buf now = KARTO_BUF_EMPTY, other = KARTO_BUF_EMPTY;
    karto_person_time(now_ms, &now);
    karto_person_time(other_ms, &other);
    KARTO_FIND(doctor, area, id, health, health == KARTO_FINE ? NULL : next, message,
               karto_arg_text("now", karto_buf_slice(&now)), karto_arg_text("other", karto_buf_slice(&other)));
    karto_buf_fini(&now);
    karto_buf_fini(&other);
}

static void check_offset(struct karto_doctor *doctor)
{
    int64_t seconds = doctor->clock_offset_ms / SECOND, off = seconds < 0 ? -seconds : seconds;
    if (off <= KARTO_DOCTOR_CLOCK_S)
        return;
    KARTO_FIND(doctor, area, "D-CLOCK-OFF", off > DAY_S ? KARTO_BAD : KARTO_DOUBTFUL, next, KARTO_M_SYNC_CLOCK,
               karto_arg_int("n", seconds));
}

void karto_doctor_clock(struct karto_doctor *doctor, int64_t now_ms)
{
    const struct karto_doctor_facts *facts = &doctor->facts;
    int64_t newest_ms = facts->newest_ms > facts->ledger.synced_ms ? facts->newest_ms : facts->ledger.synced_ms;
    size_t before = doctor->count;
    if (!year_makes_sense(now_ms))
        find_time(doctor, "D-CLOCK-YEAR", KARTO_BAD, KARTO_M_DOCTOR_CLOCK_YEAR, now_ms, now_ms);
    else if (doctor->known && now_ms + facts->ledger.clock_offset_ms + KARTO_DOCTOR_CLOCK_S * SECOND < newest_ms)
        find_time(doctor, "D-CLOCK-BACK", KARTO_DOUBTFUL, KARTO_M_DOCTOR_CLOCK_BACK, now_ms, newest_ms);
    if (doctor->known && facts->ledger.role == KARTO_ON_DEVICE)
        check_offset(doctor);
    if (doctor->count == before)
        find_time(doctor, "D-CLOCK", KARTO_FINE, KARTO_M_DOCTOR_CLOCK, now_ms, now_ms);
}
