/* table_day.h - days as tables of people's programs have them: besides what is typed (core/model/day.h) in the order of
 * other countries, with a time of day behind, or as the number of a spreadsheet. What is unambiguous is read; what
 * could be either of two days is nobody's guess. */
#ifndef KARTO_CLIENT_TABLE_DAY_H
#define KARTO_CLIENT_TABLE_DAY_H

#include "core/base/slice.h"

enum karto_table_day {
    KARTO_DAY_NONE,      /* no day */
    KARTO_DAY_READ,      /* 2026-12-01, 01.12.2026, 01.12.26, 2026/12/31, 31/12/2026, 31-12-26, 12/31/2026 */
    KARTO_DAY_NUMBER,    /* read: 46022, the days since 1899-12-30, in the years that people mean (1954 to 2064) */
    KARTO_DAY_AMBIGUOUS, /* 03/04/2026: in April or in March */
};

/* text is clean. A time of day behind the day is passed over: "01.12.2026 0:00:00", "2026-12-01T00:00:00". *days is set
 * where a day was read, as value.h counts them. */
enum karto_table_day karto_table_day_read(struct karto_slice text, int64_t *days);

#endif
