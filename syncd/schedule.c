#include "syncd/schedule.h"

void karto_schedule_success(struct karto_schedule *schedule)
{
    schedule->failures = 0;
    schedule->next_ms = 0;
}

void karto_schedule_failure(struct karto_schedule *schedule, enum karto_err err, int64_t now_ms, uint64_t random)
{
    int64_t pause = KARTO_RETRY_MS_MIN;
    for (unsigned i = 0; i < schedule->failures && pause < KARTO_RETRY_MS_MAX; i++)
        pause *= 2;
    if (pause > KARTO_RETRY_MS_MAX)
        pause = KARTO_RETRY_MS_MAX;
    if (!karto_err_retry(err))
        pause = KARTO_RETRY_REFUSED_MS;
    schedule->failures++;
    schedule->next_ms = now_ms + pause - (int64_t)(random % (uint64_t)(pause / 2 + 1));
}
