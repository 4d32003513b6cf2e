/* date.h - a day as people type it. */
#ifndef KARTO_CLIENT_DATE_H
#define KARTO_CLIENT_DATE_H

#include "core/base/slice.h"

/* Reads 2026-12-01 or 01.12.2026 (1.12.2026 as well), and nothing around it, into days as value.h counts them. False:
 * it is neither, no such day, or before the year 1000, which nobody means. */
bool karto_day_parse(struct karto_slice text, int64_t *days);

#endif
