#include "client/date.h"

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
