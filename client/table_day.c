#include "client/table_day.h"

#include "core/model/day.h"
#include "core/model/value.h"

#include <string.h>

/* Days of a spreadsheet, and its day 0. A number of five digits outside of these is something else. */
enum { NUMBER_MIN = 20000, NUMBER_MAX = 60000, NUMBER_DIGITS = 5 };
enum { SHORT_YEAR_MIN = 70, TIME_SIZE_MIN = 4 };

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* ---- a time of day ---- */

/* 0:00, 12:30:59, 12:30:59.000, with a Z perhaps. */
static bool is_time(struct karto_slice text)
{
    size_t colons = 0;
    for (size_t i = 0; i < text.size; i++) {
        colons += text.data[i] == ':';
        if (!is_digit(text.data[i]) && !memchr(":.Z", text.data[i], 3))
            return false;
    }
    return text.size >= TIME_SIZE_MIN && is_digit(text.data[0]) && (colons == 1 || colons == 2);
}

static struct karto_slice without_time(struct karto_slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((text.data[i] == ' ' || text.data[i] == 'T') && is_time(karto_slice(text.data + i + 1, text.size - i - 1)))
            return karto_slice(text.data, i);
    return text;
}

/* ---- three numbers ---- */

struct numbers {
    int all[3];
    size_t digits[3];
    char between;
};

/* Three numbers of up to four digits with the same sign between them. */
static bool read_numbers(struct karto_slice text, struct numbers *numbers)
{
    size_t at = 0;
    memset(numbers, 0, sizeof *numbers);
    for (unsigned i = 0; i < 3; i++) {
        if (i && (at == text.size || !memchr("./-", text.data[at], 3) ||
                  (i == 2 && text.data[at] != (uint8_t)numbers->between)))
            return false;
        if (i)
            numbers->between = (char)text.data[at++];
        for (; at < text.size && is_digit(text.data[at]) && numbers->digits[i] < 4; at++, numbers->digits[i]++)
            numbers->all[i] = numbers->all[i] * 10 + (text.data[at] - '0');
        if (numbers->digits[i] == 0)
            return false;
    }
    return at == text.size;
}

static bool year_of(const struct numbers *numbers, unsigned i, int *year)
{
    *year = numbers->all[i];
    if (numbers->digits[i] == 2)
        *year += *year < SHORT_YEAR_MIN ? 2000 : 1900;
    return (numbers->digits[i] == 2 || numbers->digits[i] == 4) && *year >= 1000;
}

/* Behind points the day always comes first; else it may be the month. */
static enum karto_table_day read_orders(const struct numbers *numbers, int64_t *days)
{
    int year;
    int64_t own, american;
    if (numbers->digits[0] == 4)
        return karto_date_make(numbers->all[0], numbers->all[1], numbers->all[2], days) && numbers->all[0] >= 1000
                   ? KARTO_DAY_READ
                   : KARTO_DAY_NONE;
    if (!year_of(numbers, 2, &year) || numbers->digits[0] > 2 || numbers->digits[1] > 2)
        return KARTO_DAY_NONE;
    bool is_own = karto_date_make(year, numbers->all[1], numbers->all[0], &own);
    bool is_american = numbers->between != '.' && karto_date_make(year, numbers->all[0], numbers->all[1], &american);
    if (is_own && is_american && own != american)
        return KARTO_DAY_AMBIGUOUS;
    *days = is_own ? own : is_american ? american : *days;
    return is_own || is_american ? KARTO_DAY_READ : KARTO_DAY_NONE;
}

/* ---- a number of a spreadsheet ---- */

/* What is behind a comma or point is the time of day. */
static enum karto_table_day read_number(struct karto_slice text, int64_t *days)
{
    int64_t number = 0, zero;
    size_t at = 0;
    for (; at < text.size && is_digit(text.data[at]) && at <= NUMBER_DIGITS; at++)
        number = number * 10 + (text.data[at] - '0');
    if (at != NUMBER_DIGITS || number < NUMBER_MIN || number > NUMBER_MAX || !karto_date_make(1899, 12, 30, &zero))
        return KARTO_DAY_NONE;
    bool has_time = at < text.size && (text.data[at] == ',' || text.data[at] == '.');
    for (at += has_time; at < text.size; at++)
        if (!has_time || !is_digit(text.data[at]))
            return KARTO_DAY_NONE;
    *days = zero + number;
    return KARTO_DAY_NUMBER;
}

enum karto_table_day karto_table_day_read(struct karto_slice text, int64_t *days)
{
    struct numbers numbers;
    struct karto_slice day = without_time(text);
    if (karto_day_parse(day, days))
        return KARTO_DAY_READ;
    if (read_numbers(day, &numbers))
        return read_orders(&numbers, days);
    return read_number(text, days);
}
