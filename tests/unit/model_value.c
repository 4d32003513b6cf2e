/* Values: each type comes back, equal values are equal bytes, what is damaged or hostile is refused, and the calendar
 * agrees with one that counts day by day. */
#include "core/model/value.h"

#include "core/base/limits.h"
#include "tests/model.h"

static struct karto_arena arena;

static struct karto_value decoded(struct karto_slice bytes)
{
    struct karto_value value;
    CHECK_INT(karto_value_decode(bytes, &value), KARTO_OK);
    return value;
}

static void check_comes_back(struct karto_value value)
{
    struct karto_slice bytes = karto_value_bytes(&arena, value);
    struct karto_value back = decoded(bytes);
    CHECK_INT(back.type, value.type);
    CHECK(back.integer == value.integer);
    CHECK(karto_slice_equal(back.text, value.text));
    CHECK_STR(back.currency, value.currency);
    CHECK(karto_rid_equal(back.rid, value.rid));
    CHECK(karto_slice_equal(karto_value_bytes(&arena, back), bytes));
    for (size_t size = 0; size < bytes.size; size++)
        CHECK_INT(karto_value_decode(karto_slice(bytes.data, size), &back), KARTO_E_CORRUPT);
    struct karto_buf longer = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&longer, bytes);
    karto_buf_add_byte(&longer, 0xc0);
    CHECK_INT(karto_value_decode(karto_buf_slice(&longer), &back), KARTO_E_CORRUPT);
    karto_buf_fini(&longer);
}

static void each_type_comes_back(void)
{
    static const int64_t numbers[] = {0,         1,  127, 128, 255,  256,  65535,  65536,  4294967295,    4294967296,
                                      INT64_MAX, -1, -32, -33, -128, -129, -32768, -32769, -2147483648LL, -2147483649LL,
                                      INT64_MIN};
    check_comes_back(karto_value_nil());
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        check_comes_back(karto_value_integer(numbers[i]));
        check_comes_back(karto_value_money(numbers[i], "UAH"));
    }
    check_comes_back(karto_value_bool(true));
    check_comes_back(karto_value_bool(false));
    check_comes_back(karto_value_text(str("")));
    check_comes_back(karto_value_text(str("ТОВ «Ромашка», м. Кам'янець-Подільський")));
    check_comes_back(karto_value_date(KARTO_DATE_MIN));
    check_comes_back(karto_value_date(KARTO_DATE_MAX));
    check_comes_back(karto_value_instant(1764000000123));
    check_comes_back(karto_value_enum(str("customer")));
    check_comes_back(karto_value_reference((struct karto_rid){{1, 2, 3}}));
}

static void dates_out_of_the_calendar_are_refused(void)
{
    struct karto_value value;
    CHECK_INT(karto_value_decode(karto_value_bytes(&arena, karto_value_date(KARTO_DATE_MIN - 1)), &value),
              KARTO_E_CORRUPT);
    CHECK_INT(karto_value_decode(karto_value_bytes(&arena, karto_value_date(KARTO_DATE_MAX + 1)), &value),
              KARTO_E_CORRUPT);
}

static void check_refused(const char *bytes, size_t size)
{
    struct karto_value value;
    CHECK_INT(karto_value_decode(karto_slice(bytes, size), &value), KARTO_E_CORRUPT);
}

#define REFUSED(bytes) check_refused((bytes), sizeof(bytes) - 1)

static void what_is_no_value_is_refused(void)
{
    REFUSED("");
    REFUSED("\xc4\x01\x61");                         /* bin */
    REFUSED("\x90");                                 /* array */
    REFUSED("\x80");                                 /* map */
    REFUSED("\xcb\0\0\0\0\0\0\0\0");                 /* float */
    REFUSED("\xcc\x05");                             /* 5, but not in its shortest form */
    REFUSED("\xd9\x01\x61");                         /* text of one byte, the same */
    REFUSED("\xa1\xff");                             /* not UTF-8 */
    REFUSED("\xa1\0");                               /* a 0 byte */
    REFUSED("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"); /* more than 63 bits */
    REFUSED("\xd6\x01UAH\x64\x64");                  /* money with something behind it, and behind the value */
    REFUSED("\xd6\x01Uah\x64");                      /* no currency */
    REFUSED("\xc7\x03\x01UAH");                      /* no amount */
    REFUSED("\xd5\x04\x01\x02");                     /* a reference of two bytes */
    REFUSED("\xd4\x05\xff");                         /* the name of a choice that is not UTF-8 */
    REFUSED("\xd4\x02\xc0");                         /* a date that is not a number */
}

static void a_newer_type_is_kept_as_it_is(void)
{
    static const char bytes[] = "\xc7\x03\x64\x01\x02\x03";
    struct karto_value value = decoded(karto_slice(bytes, sizeof bytes - 1));
    CHECK_INT(value.type, KARTO_UNKNOWN);
    CHECK(karto_slice_equal(karto_value_bytes(&arena, value), karto_slice(bytes, sizeof bytes - 1)));
}

static struct karto_slice tuple_of(struct karto_slice element, uint32_t count)
{
    struct karto_slice elements[KARTO_TUPLE_MAX + 1];
    for (uint32_t i = 0; i < count; i++)
        elements[i] = element;
    return karto_tuple_bytes(&arena, elements, count);
}

static void tuples_hold_sixteen_plain_values(void)
{
    struct karto_slice one = text(&arena, "Тернопіль"), back[KARTO_TUPLE_MAX];
    struct karto_value value;
    uint32_t count;
    for (uint32_t n = 0; n <= KARTO_TUPLE_MAX; n++) {
        value = decoded(tuple_of(one, n));
        CHECK_INT(value.type, KARTO_TUPLE);
        CHECK_INT(karto_tuple_decode(value, back, KARTO_TUPLE_MAX, &count), KARTO_OK);
        CHECK_INT(count, n);
        for (uint32_t i = 0; i < n; i++)
            CHECK(karto_slice_equal(back[i], one));
    }
    CHECK_INT(karto_value_decode(tuple_of(one, KARTO_TUPLE_MAX + 1), &value), KARTO_E_CORRUPT);
}

static void nested_tuples_are_refused(void)
{
    struct karto_value value;
    struct karto_slice bytes = tuple_of(text(&arena, "x"), 1);
    for (int depth = 0; depth < 40; depth++) {
        bytes = tuple_of(bytes, 1);
        CHECK_INT(karto_value_decode(bytes, &value), KARTO_E_CORRUPT);
    }
    static const uint8_t array[] = {0x91, 0xc0}, unknown[] = {0xd4, 0x64, 0x00};
    CHECK_INT(karto_value_decode(tuple_of(karto_slice(array, 2), 1), &value), KARTO_E_CORRUPT);
    CHECK_INT(karto_value_decode(tuple_of(karto_slice(unknown, 3), 2), &value), KARTO_OK);
}

static void a_value_ends_at_its_limit(void)
{
    struct karto_value value;
    char *letters = karto_arena_alloc(&arena, KARTO_VALUE_SIZE_MAX + 2);
    memset(letters, 'a', KARTO_VALUE_SIZE_MAX + 1);
    for (size_t size = KARTO_VALUE_SIZE_MAX - 1; size <= KARTO_VALUE_SIZE_MAX + 1; size++) {
        enum karto_err want = size <= KARTO_VALUE_SIZE_MAX ? KARTO_OK : KARTO_E_CORRUPT;
        struct karto_slice bytes = karto_value_bytes(&arena, karto_value_text(karto_slice(letters, size)));
        CHECK_INT(karto_value_decode(bytes, &value), want);
    }
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static void every_day_from_0001_to_9999(void)
{
    int64_t day = KARTO_DATE_MIN, made;
    for (int y = 1; y <= 9999; y++)
        for (int m = 1; m <= 12; m++) {
            for (int d = 1; d <= month_days(y, m); d++, day++) {
                int year, month, at;
                CHECK(karto_date_make(y, m, d, &made));
                CHECK_INT(made, day);
                karto_date_split(day, &year, &month, &at);
                CHECK(year == y && month == m && at == d);
            }
            CHECK(!karto_date_make(y, m, month_days(y, m) + 1, &made));
        }
    CHECK_INT(day - 1, KARTO_DATE_MAX);
    CHECK(karto_date_make(1970, 1, 1, &made) && made == 0);
    CHECK(!karto_date_make(0, 12, 31, &made) && !karto_date_make(10000, 1, 1, &made));
    CHECK(!karto_date_make(2026, 0, 1, &made) && !karto_date_make(2026, 13, 1, &made));
    CHECK(!karto_date_make(2026, 1, 0, &made) && !karto_date_make(2026, 2, -1, &made));
}

static void nil_is_nothing_or_cleared(void)
{
    CHECK(karto_value_is_nil(karto_slice(NULL, 0)));
    CHECK(karto_value_is_nil(karto_value_bytes(&arena, karto_value_nil())));
    CHECK(!karto_value_is_nil(text(&arena, "")));
}

static void check_text_of(void)
{
    static const size_t sizes[] = {1, 31, 32, 255, 256, 60000};
    static uint8_t text[60000];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct karto_buf buf = KARTO_BUF_EMPTY;
        karto_value_encode(karto_value_text(karto_slice(text, sizes[i])), &buf);
        CHECK(karto_slice_equal(karto_value_text_of(karto_buf_slice(&buf)), karto_slice(text, sizes[i])));
        karto_buf_fini(&buf);
    }
    const struct karto_value others[] = {karto_value_nil(),           karto_value_text(karto_slice(NULL, 0)),
                                         karto_value_integer(100000), karto_value_bool(true),
                                         karto_value_date(20000),     karto_value_enum(karto_slice_str("visit"))};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct karto_buf buf = KARTO_BUF_EMPTY;
        karto_value_encode(others[i], &buf);
        CHECK_INT(karto_value_text_of(karto_buf_slice(&buf)).size, 0);
        karto_buf_fini(&buf);
    }
    CHECK_INT(karto_value_text_of(karto_slice(NULL, 0)).size, 0);
}

int main(void)
{
    karto_arena_init(&arena);
    each_type_comes_back();
    dates_out_of_the_calendar_are_refused();
    what_is_no_value_is_refused();
    a_newer_type_is_kept_as_it_is();
    tuples_hold_sixteen_plain_values();
    nested_tuples_are_refused();
    a_value_ends_at_its_limit();
    every_day_from_0001_to_9999();
    nil_is_nothing_or_cleared();
    karto_arena_fini(&arena);
    check_text_of();
    return 0;
}
