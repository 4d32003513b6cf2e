/* Every pair of digits with which a postcode begins, and the region that it hints at; regions as people write them. */
#include "core/base/postcode.h"
#include "tests/check.h"

static struct karto_arena arena;

/* The pairs from one to another, their centre, and how its region is written. */
static const struct {
    int first, last;
    const char *centre, *region, *other_way;
} parts[] = {
    {1, 6, "Київ", "м. Київ", "Київ"},
    {7, 9, "Київ", "Київська область", "Київщина"},
    {10, 13, "Житомир", "Житомирська область", "Житомирщина"},
    {14, 17, "Чернігів", "Чернігівська", "чернігівська обл."},
    {18, 20, "Черкаси", "Черкаська область", "Черкащина"},
    {21, 24, "Вінниця", "Вінницька область", "Вінниччина"},
    {25, 28, "Кропивницький", "Кіровоградська область", "Кропивницька"},
    {29, 32, "Хмельницький", "Хмельницька область", "Хмельниччина"},
    {33, 35, "Рівне", "Рівненська область", "Рівненщина"},
    {36, 39, "Полтава", "Полтавська область", "Полтавщина"},
    {40, 42, "Суми", "Сумська область", "Сумщина"},
    {43, 45, "Луцьк", "Волинська область", "Волинь"},
    {46, 48, "Тернопіль", "Тернопільська область", "Тернопілля"},
    {49, 53, "Дніпро", "Дніпропетровська область", "обл. Дніпровська"},
    {54, 57, "Миколаїв", "Миколаївська область", "Миколаївщина"},
    {58, 60, "Чернівці", "Чернівецька область", "Буковина"},
    {61, 64, "Харків", "Харківська область", "Xаркiвська"}, /* a Latin X and i */
    {65, 68, "Одеса", "Одеська область", "Одещина"},
    {69, 72, "Запоріжжя", "Запорізька область", "ЗАПОРІЗЬКА ОБЛ"},
    {73, 75, "Херсон", "Херсонська область", "Херсонщина"},
    {76, 78, "Івано-Франківськ", "Івано-Франківська область", "Прикарпаття"},
    {79, 82, "Львів", "Львівська область", "Стрийський р-н, Львівська обл."},
    {83, 87, "Донецьк", "Донецька область", "Донеччина"},
    {88, 90, "Ужгород", "Закарпатська область", "Закарпаття"},
    {91, 94, "Луганськ", "Луганська область", "Луганщина"},
    {95, 98, "Сімферополь", "АР Крим", "Автономна Республіка Крим"},
    {99, 99, "Севастополь", "м. Севастополь", "Севастополь"},
};
enum { PARTS = sizeof parts / sizeof *parts };

static bool is_elsewhere(int pair, const char *region, const char *city)
{
    char index[24];
    snprintf(index, sizeof index, "%02d%03d", pair, pair * 7);
    return karto_postcode_is_elsewhere(&arena, karto_slice_str(index), karto_slice_str(region), karto_slice_str(city));
}

static void check_pair(int pair, size_t own)
{
    char index[24];
    snprintf(index, sizeof index, "%02d000", pair);
    CHECK_STR(karto_postcode_centre(karto_slice_str(index)), parts[own].centre);
    for (size_t i = 0; i < PARTS; i++) {
        bool same = strcmp(parts[own].centre, parts[i].centre) == 0;
        CHECK_INT(is_elsewhere(pair, parts[i].region, ""), !same);
        CHECK_INT(is_elsewhere(pair, parts[i].other_way, ""), !same);
        CHECK_INT(is_elsewhere(pair, "", parts[i].centre), !same);
        CHECK(!is_elsewhere(pair, parts[own].region, parts[i].centre)); /* there is a Миколаїв near Львів */
    }
}

static void check_pairs(void)
{
    int pair = 1;
    for (size_t i = 0; i < PARTS; i++) {
        CHECK_INT(parts[i].first, pair);
        for (; pair <= parts[i].last; pair++)
            check_pair(pair, i);
    }
    CHECK_INT(pair, 100);
}

static void check_silent(void)
{
    static const char *const none[] = {"00123", "0100", "010000", "7900O", "", "01 001"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        CHECK(karto_postcode_centre(karto_slice_str(none[i])) == NULL);
        CHECK(!karto_postcode_is_elsewhere(&arena, karto_slice_str(none[i]), karto_slice_str("Львівська"),
                                           karto_slice_str("Харків")));
    }
    CHECK(!is_elsewhere(50, "Дніпропетровська", "Кривий Ріг"));
    CHECK(!is_elsewhere(61, "", "Кривий Ріг")); /* of no city but the centres anything is known */
    CHECK(!is_elsewhere(79, "Харьковская", ""));
    CHECK(!is_elsewhere(79, "Mazowieckie", ""));
    CHECK(!is_elsewhere(79, "", ""));
}

int main(void)
{
    karto_arena_init(&arena);
    check_pairs();
    check_silent();
    karto_arena_fini(&arena);
    return 0;
}
