/* schedule.h - when a device tries again. Pure: the clock and randomness are arguments. */
#ifndef KARTO_SYNCD_SCHEDULE_H
#define KARTO_SYNCD_SCHEDULE_H

#include "core/base/err.h"

#include <stdint.h>

enum {
    KARTO_RETRY_MS_MIN = 500,
    KARTO_RETRY_MS_MAX = 60 * 1000,
    KARTO_RETRY_REFUSED_MS =
        5 * 60 * 1000, /* after an error that waiting does not mend: a wrong certificate, a revoked device */
};

struct karto_schedule {
    unsigned failures; /* in a row */
    int64_t next_ms;   /* monotonic: not before */
};

void karto_schedule_success(struct karto_schedule *schedule);

/* The next attempt: each failure in a row doubles the pause, and it is spread by up to a half, so that a thousand
 * devices do not come back at once. */
void karto_schedule_failure(struct karto_schedule *schedule, enum karto_err err, int64_t now_ms, uint64_t random);

#endif
