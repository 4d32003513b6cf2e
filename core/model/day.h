/* day.h - a day, and a stretch of days, as people type them. Days are counted as value.h counts them. */
#ifndef KARTO_MODEL_DAY_H
#define KARTO_MODEL_DAY_H

#include "core/base/slice.h"

/* Reads 2026-12-01, 01.12.2026 (1.12.2026 as well) or 01.12.26, and nothing around it. Two digits are a year from 1970
 * to 2069. False: it is none of these, no such day, or before the year 1000, which nobody means. */
bool karto_day_parse(struct karto_slice text, int64_t *days);

struct karto_days {
    int64_t from, to; /* both included; INT64_MIN, INT64_MAX: open */
};

#define KARTO_DAYS_ALL ((struct karto_days){INT64_MIN, INT64_MAX})

/* Reads a stretch of days: a day, 2026-11, 2026, today, yesterday, tomorrow (in Ukrainian too), -30d, +7d, or FROM..TO
 * of these with one of them perhaps missing. */
bool karto_days_parse(struct karto_slice text, int64_t today, struct karto_days *days);

/* Reads what karto_day_parse reads, or one day of karto_days_parse by its name or distance: yesterday, -2d. */
bool karto_day_meant(struct karto_slice text, int64_t today, int64_t *day);

/* Reads a duration: 60d, 8w, 3m, 1y (д, т, м, р), and gives the day so long before today. */
bool karto_age_parse(struct karto_slice text, int64_t today, int64_t *day);

#endif
