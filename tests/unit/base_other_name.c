/* The other names of cities and people lead to each other, in either alphabet; and to nothing else. */
#include "core/base/other_name.h"
#include "core/base/roman.h"
#include "core/base/text.h"
#include "tests/check.h"

static struct karto_arena arena;

static struct karto_slice key_of(const char *word)
{
    return karto_roman_key(&arena, karto_text_fold(&arena, karto_slice_str(word)));
}

static bool leads(const char *from, const char *to)
{
    struct karto_slice names[KARTO_OTHER_NAMES_MAX];
    unsigned count = karto_other_names(&arena, key_of(from), names);
    for (unsigned i = 0; i < count; i++)
        if (karto_slice_equal(names[i], key_of(to)))
            return true;
    return false;
}

static const char *const pairs[][2] = {
    {"kiev", "kyiv"},
    {"Kiev", "Київ"},
    {"Киев", "Kyiv"},
    {"Киев", "Київ"},
    {"kharkov", "kharkiv"},
    {"Kharkov", "Харків"},
    {"Харьков", "Харків"},
    {"Сергей", "Сергій"},
    {"Sergey", "Сергій"},
    {"Sergei", "Serhii"},
    {"Николаев", "Миколаїв"},
    {"Nikolaev", "Mykolaiv"},
    {"Lvov", "Львів"},
    {"Chernigov", "Чернігів"},
    {"Zaporozhye", "Запоріжжя"},
    {"Dnepr", "Dnipro"},
    {"Днепропетровск", "Дніпро"},
    {"Dnipropetrovsk", "Дніпро"},
    {"Кировоград", "Кропивницький"},
    {"Rovno", "Рівне"},
    {"Ternopol", "Тернопіль"},
    {"Пётр", "Петро"},
    {"Nikolay", "Микола"},
    {"Татьяна", "Тетяна"},
};

int main(void)
{
    struct karto_slice names[KARTO_OTHER_NAMES_MAX];
    karto_arena_init(&arena);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK(leads(pairs[i][0], pairs[i][1]) && leads(pairs[i][1], pairs[i][0]));
    CHECK(!leads("Київ", "Харків"));
    CHECK(!leads("Київ", "Київ"));
    CHECK_INT(karto_other_names(&arena, key_of("Ромашка"), names), 0);
    CHECK_INT(karto_other_names(&arena, key_of(""), names), 0);
    karto_arena_fini(&arena);
    return 0;
}
