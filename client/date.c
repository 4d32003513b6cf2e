#include "client/date.h"

/* digits_min to digits_max digits from *at on. */
static bool take_number(struct karto_slice text, size_t *at, unsigned digits_min, unsigned digits_max, unsigned *number)
{
    unsigned digits = 0;
    for (*number = 0; digits < digits_max && *at < text.size; digits++, ++*at) {
        uint8_t byte = text.data[*at];
        if (byte < '0' || byte > '9')
            break;
        *number = *number * 10 + (byte - '0');
    }
    return digits >= digits_min;
}

static bool take_byte(struct karto_slice text, size_t *at, char byte)
{
    return *at < text.size && text.data[(*at)++] == (uint8_t)byte;
}

static bool exists(const struct karto_day *day)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (day->year < 1000 || day->month < 1 || day->month > 12 || day->day < 1)
        return false;
    bool leap = (day->year % 4 == 0 && day->year % 100 != 0) || day->year % 400 == 0;
    unsigned last = days[day->month - 1] + (day->month == 2 && leap ? 1U : 0U);
    return day->day <= last;
}

bool karto_day_parse(struct karto_slice text, struct karto_day *day)
{
    struct karto_day iso, own;
    size_t at = 0;
    if (take_number(text, &at, 4, 4, &iso.year) && take_byte(text, &at, '-') &&
        take_number(text, &at, 2, 2, &iso.month) && take_byte(text, &at, '-') &&
        take_number(text, &at, 2, 2, &iso.day) && at == text.size && exists(&iso)) {
        *day = iso;
        return true;
    }
    at = 0;
    if (take_number(text, &at, 1, 2, &own.day) && take_byte(text, &at, '.') &&
        take_number(text, &at, 1, 2, &own.month) && take_byte(text, &at, '.') &&
        take_number(text, &at, 4, 4, &own.year) && at == text.size && exists(&own)) {
        *day = own;
        return true;
    }
    return false;
}
