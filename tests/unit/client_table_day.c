/* That days of tables are read where they are unambiguous, and that what is ambiguous, shortened or no day is told. */
#include "client/shortened.h"
#include "client/table_day.h"
#include "core/model/value.h"
#include "tests/check.h"

#define SENTINEL (-987654321)

static void reads(const char *text, enum karto_table_day want, int year, int month, int day)
{
    int64_t days = SENTINEL, wanted = SENTINEL;
    CHECK(year == 0 || karto_date_make(year, month, day, &wanted));
    enum karto_table_day read = karto_table_day_read(karto_slice_str(text), &days);
    if (read != want || (year && days != wanted))
        printf("%s: %d, %lld\n", text, (int)read, (long long)days);
    CHECK(read == want && (year == 0 || days == wanted));
}

static void days(void)
{
    reads("2025-11-06", KARTO_DAY_READ, 2025, 11, 6);
    reads("6.11.2025", KARTO_DAY_READ, 2025, 11, 6);
    reads("06.11.25", KARTO_DAY_READ, 2025, 11, 6);
    reads("05.04.2025", KARTO_DAY_READ, 2025, 4, 5); /* behind points the day is first */
    reads("2025/04/05", KARTO_DAY_READ, 2025, 4, 5);
    reads("2025.4.5", KARTO_DAY_READ, 2025, 4, 5);
    reads("25/12/2025", KARTO_DAY_READ, 2025, 12, 25);
    reads("25/12/25", KARTO_DAY_READ, 2025, 12, 25);
    reads("25/12/70", KARTO_DAY_READ, 1970, 12, 25);
    reads("25-12-2025", KARTO_DAY_READ, 2025, 12, 25);
    reads("12/25/2025", KARTO_DAY_READ, 2025, 12, 25);
    reads("5/5/2025", KARTO_DAY_READ, 2025, 5, 5);
    reads("25.12.2025 0:00:00", KARTO_DAY_READ, 2025, 12, 25);
    reads("2025-12-25T10:20:30.000Z", KARTO_DAY_READ, 2025, 12, 25);
    reads("2025-12-25 10:20", KARTO_DAY_READ, 2025, 12, 25);
    reads("03/04/2025", KARTO_DAY_AMBIGUOUS, 0, 0, 0);
    reads("3-4-25", KARTO_DAY_AMBIGUOUS, 0, 0, 0);
    reads("03/04/2025 12:00", KARTO_DAY_AMBIGUOUS, 0, 0, 0);
}

static void numbers(void)
{
    reads("45967", KARTO_DAY_NUMBER, 2025, 11, 6);
    reads("45967.5", KARTO_DAY_NUMBER, 2025, 11, 6);
    reads("45967,75", KARTO_DAY_NUMBER, 2025, 11, 6);
    reads("20000", KARTO_DAY_NUMBER, 1954, 10, 3);
    reads("60000", KARTO_DAY_NUMBER, 2064, 4, 8);
    static const char *const none[] = {
        "19999",    "60001",      "4596",       "459670",          "45967x",       "45967:1",    "-45967",    "",
        "12",       "2025",       "31.02.2025", "31/13/2025",      "13/13/2025",   "1/2",        "1/2/3",     "1/2/3/4",
        "0/1/2025", "25.12/2025", "2025-13-01", "25.12.2025 noon", "25.12.2025 :", "12/25.2025", "99/99/9999"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        reads(none[i], KARTO_DAY_NONE, 0, 0, 0);
}

static void shortened(void)
{
    static const char *const so[] = {"1,43606E+07", "1.43606E+07", "1E+11", "3,80671E+11", "1e+07", " 1,4E-05 "};
    static const char *const not_so[] = {"14360570", "1E7", "1E+7",    "12E+07", "E+07", "1,E+07",   "1E+07x",
                                         "x1E+07",   "",    "1,43606", "А1E+07", "1E+",  "1,4,3E+07"};
    for (size_t i = 0; i < sizeof so / sizeof *so; i++)
        CHECK(karto_is_shortened(karto_slice_str(so[i])));
    for (size_t i = 0; i < sizeof not_so / sizeof *not_so; i++)
        CHECK(!karto_is_shortened(karto_slice_str(not_so[i])));
}

int main(void)
{
    days();
    numbers();
    shortened();
    return 0;
}
