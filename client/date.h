/* date.h - a day as people type it. */
#ifndef KARTO_CLIENT_DATE_H
#define KARTO_CLIENT_DATE_H

#include "core/base/slice.h"

/* Reads 2026-12-01, 01.12.2026 (1.12.2026 as well) or 01.12.26, and nothing around it, into days as value.h counts
 * them. Two digits are a year from 1970 to 2069. False: it is none of these, no such day, or before the year 1000,
 * which nobody means. */
bool karto_day_parse(struct karto_slice text, int64_t *days);

#endif
