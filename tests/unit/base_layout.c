/* What was typed in the wrong keyboard layout is read as it was meant, both ways. */
#include "core/base/layout.h"
#include "tests/check.h"

static struct karto_arena arena;

static const char *other(const char *text)
{
    return karto_arena_string(&arena, karto_layout_other(&arena, karto_slice_str(text)));
}

static const char *const pairs[][2] = {
    {"Нова Пошта", "Yjdf Gjinf"},
    {"ТОВ Їжак", "NJD };fr"},
    {"ПриватБанк", "Ghbdfn<fyr"},
    {"Єва", "\"df"},
    {"Юрій", ">hsq"},
    {"Щедрик", "Otlhbr"},
    {"Дмшм", "Lviv"},
    {"П'ять 5", "G`znm 5"},
    {"ґ Ґ", "\\ |"},
    {"йцукенгшщзхї", "qwertyuiop[]"},
    {"фівапролджє", "asdfghjkl;'"},
    {"ячсмитьбю", "zxcvbnm,."},
    {"ЙЦУКЕНГШЩЗХЇ", "QWERTYUIOP{}"},
    {"ФІВАПРОЛДЖЄ", "ASDFGHJKL:\""},
    {"ЯЧСМИТЬБЮ", "ZXCVBNM<>"},
};

int main(void)
{
    karto_arena_init(&arena);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        CHECK_STR(other(pairs[i][0]), pairs[i][1]);
        CHECK_STR(other(pairs[i][1]), pairs[i][0]);
    }
    CHECK_STR(other(""), "");
    CHECK_STR(other("2026 (!)"), "2026 (!)");
    CHECK_STR(other("漢"), "漢");
    karto_arena_fini(&arena);
    return 0;
}
