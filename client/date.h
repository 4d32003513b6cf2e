/* date.h - a day as people type it. */
#ifndef KARTO_CLIENT_DATE_H
#define KARTO_CLIENT_DATE_H

#include "core/base/slice.h"

/* A day of the Gregorian calendar: year 1000 to 9999. */
struct karto_day {
    unsigned year, month, day;
};

/* Reads 2026-12-01 or 01.12.2026 (1.12.2026 as well), and nothing around it. False: it is neither, or no such day. */
bool karto_day_parse(struct karto_slice text, struct karto_day *day);

#endif
