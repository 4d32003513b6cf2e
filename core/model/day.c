#include "core/model/day.h"

#include "core/model/value.h"

enum { YEAR_MIN = 1000, SHORT_YEAR_MIN = 70 };

/* A place in a text that is being read; broken once something else stood there than should. */
struct scan {
    struct karto_slice text;
    size_t at;
    bool broken;
};

static int take_number(struct scan *scan, unsigned digits_min, unsigned digits_max)
{
    unsigned digits = 0;
    int number = 0;
    for (; digits < digits_max && scan->at < scan->text.size; digits++, scan->at++) {
        uint8_t byte = scan->text.data[scan->at];
        if (byte < '0' || byte > '9')
            break;
        number = number * 10 + (byte - '0');
    }
    scan->broken = scan->broken || digits < digits_min;
    return number;
}

static void take_byte(struct scan *scan, char byte)
{
    scan->broken = scan->broken || scan->at == scan->text.size || scan->text.data[scan->at] != (uint8_t)byte;
    scan->at++;
}

static bool is_day(const struct scan *scan, int year, int month, int day, int64_t *days)
{
    return !scan->broken && scan->at == scan->text.size && year >= YEAR_MIN && karto_date_make(year, month, day, days);
}

bool karto_day_parse(struct karto_slice text, int64_t *days)
{
    struct scan iso = {.text = text}, own = {.text = text};
    int year = take_number(&iso, 4, 4);
    take_byte(&iso, '-');
    int month = take_number(&iso, 2, 2);
    take_byte(&iso, '-');
    int day = take_number(&iso, 2, 2);
    if (is_day(&iso, year, month, day, days))
        return true;
    day = take_number(&own, 1, 2);
    take_byte(&own, '.');
    month = take_number(&own, 1, 2);
    take_byte(&own, '.');
    size_t before = own.at;
    year = take_number(&own, 2, 4);
    if (own.at == before + 2)
        year += year < SHORT_YEAR_MIN ? 2000 : 1900;
    return is_day(&own, year, month, day, days);
}

/* ---- stretches ---- */

static bool is_word(struct karto_slice text, const char *en, const char *uk)
{
    return karto_slice_is(text, en) || karto_slice_is(text, uk);
}

static bool named_day(struct karto_slice text, int64_t today, int64_t *day)
{
    if (is_word(text, "today", "сьогодні"))
        *day = today;
    else if (is_word(text, "yesterday", "вчора"))
        *day = today - 1;
    else if (is_word(text, "tomorrow", "завтра"))
        *day = today + 1;
    else
        return false;
    return true;
}

/* Months may be counted back beyond the beginning of a year; a day that the month does not have is its last. */
static bool months_before(int64_t today, int months, int64_t *day)
{
    int y, m, d;
    karto_date_split(today, &y, &m, &d);
    int count = 12 * y + m - 1 - months;
    for (; count >= 12 * YEAR_MIN && d > 0; d--)
        if (karto_date_make(count / 12, count % 12 + 1, d, day))
            return true;
    return false;
}

enum { DURATION_DIGITS_MAX = 5, DAYS_OF_A_WEEK = 7, MONTHS_OF_A_YEAR = 12 };

/* The day a duration before today; or, with sign -1, behind it. */
static bool shifted(struct karto_slice text, int64_t today, int sign, int64_t *day)
{
    struct scan scan = {.text = text};
    int number = take_number(&scan, 1, DURATION_DIGITS_MAX) * sign;
    struct karto_slice unit = karto_slice(text.data + scan.at, text.size - scan.at);
    if (scan.broken)
        return false;
    if (is_word(unit, "d", "д"))
        *day = today - number;
    else if (is_word(unit, "w", "т"))
        *day = today - (int64_t)number * DAYS_OF_A_WEEK;
    else if (is_word(unit, "m", "м"))
        return months_before(today, number, day);
    else if (is_word(unit, "y", "р"))
        return months_before(today, number * MONTHS_OF_A_YEAR, day);
    else
        return false;
    return true;
}

bool karto_age_parse(struct karto_slice text, int64_t today, int64_t *day)
{
    return shifted(text, today, 1, day);
}

static bool whole_month(int year, int month, struct karto_days *days)
{
    bool last = month == 12;
    if (year < YEAR_MIN || !karto_date_make(year, month, 1, &days->from) ||
        !karto_date_make(last ? year + 1 : year, last ? 1 : month + 1, 1, &days->to))
        return false;
    days->to--;
    return true;
}

static bool year_or_month(struct karto_slice text, struct karto_days *days)
{
    struct scan scan = {.text = text};
    int year = take_number(&scan, 4, 4), month;
    if (!scan.broken && scan.at == text.size)
        return year >= YEAR_MIN && karto_date_make(year, 1, 1, &days->from) && karto_date_make(year, 12, 31, &days->to);
    take_byte(&scan, '-');
    month = take_number(&scan, 2, 2);
    return !scan.broken && scan.at == text.size && whole_month(year, month, days);
}

/* One end of a stretch, which may be a stretch itself. */
static bool one_end(struct karto_slice text, int64_t today, struct karto_days *days)
{
    int64_t day;
    bool found = named_day(text, today, &day) || karto_day_parse(text, &day);
    if (!found && text.size > 1 && (text.data[0] == '-' || text.data[0] == '+'))
        found = shifted(karto_slice(text.data + 1, text.size - 1), today, text.data[0] == '-' ? 1 : -1, &day);
    if (!found)
        return year_or_month(text, days);
    *days = (struct karto_days){day, day};
    return true;
}

bool karto_days_parse(struct karto_slice text, int64_t today, struct karto_days *days)
{
    struct karto_days from = KARTO_DAYS_ALL, to = KARTO_DAYS_ALL;
    for (size_t i = 0; i + 1 < text.size; i++) {
        if (text.data[i] != '.' || text.data[i + 1] != '.')
            continue;
        struct karto_slice left = karto_slice(text.data, i), right = karto_slice(text.data + i + 2, text.size - i - 2);
        if ((left.size && !one_end(left, today, &from)) || (right.size && !one_end(right, today, &to)))
            return false;
        *days = (struct karto_days){from.from, to.to};
        return left.size + right.size > 0 && days->from <= days->to;
    }
    return one_end(text, today, days);
}

bool karto_day_meant(struct karto_slice text, int64_t today, int64_t *day)
{
    struct karto_days days;
    if (karto_day_parse(text, day))
        return true;
    if (!karto_days_parse(text, today, &days) || days.from != days.to)
        return false;
    *day = days.from;
    return true;
}
