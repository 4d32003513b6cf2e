/* Ukrainian in Latin letters is what the resolution says, and writings of one name have one key. */
#include "core/base/roman.h"
#include "core/base/text.h"
#include "tests/check.h"

static struct karto_arena arena;

static const char *roman(const char *text)
{
    return karto_arena_string(&arena, karto_roman(&arena, karto_slice_str(text)));
}

static const char *key(const char *text)
{
    struct karto_slice word = karto_text_fold(&arena, karto_slice_str(text));
    return karto_arena_string(&arena, karto_roman_key(&arena, word));
}

static const char *const official[][2] = {
    {"Згорани", "Zghorany"},
    {"Розгон", "Rozghon"},
    {"РОЗГОН", "ROZGHON"},
    {"Єнакієве", "Yenakiieve"},
    {"Короп'є", "Koropie"},
    {"Їжакевич", "Yizhakevych"},
    {"Кадиївка", "Kadyivka"},
    {"Мар'їне", "Marine"},
    {"Марʼїне", "Marine"},
    {"Йосипівка", "Yosypivka"},
    {"Стрий", "Stryi"},
    {"Олексій", "Oleksii"},
    {"Юрій", "Yurii"},
    {"Крюківка", "Kriukivka"},
    {"Яготин", "Yahotyn"},
    {"Костянтин", "Kostiantyn"},
    {"Знам'янка", "Znamianka"},
    {"Знам’янка", "Znamianka"},
    {"Феодосія", "Feodosiia"},
    {"Щербухи", "Shcherbukhy"},
    {"Ґалаґан", "Galagan"},
    {"Запоріжжя", "Zaporizhzhia"},
    {"ЩЕДРИК", "SHCHEDRYK"},
    /* each letter at the beginning and elsewhere */
    {"абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "abvhgdeiezhzyiiiklmnoprstufkhtschshshchiuia"},
    {"є ї й ю я", "ye yi y yu ya"},
    {"Є", "Ye"},
    {"Івано-Франківськ", "Ivano-Frankivsk"},
    {"пл. Європейська, 5", "pl. Yevropeiska, 5"},
    {"Янголь-Яр", "Yanhol-Yar"},
    {"ЗАТ 'Юність'", "ZAT 'Yunist'"},
    {"Подъём, Эмма, Крым", "Podiom, Emma, Krym"},
    {"LLC «Roma»", "LLC «Roma»"},
    {"", ""},
};

static const char *const same[][4] = {
    {"Юрій", "Yurii", "Yuriy", "Iurij"},
    {"Запоріжжя", "Zaporizhzhia", "Zaporizhia", "Zaporizhja"},
    {"Харків", "Kharkiv", "Harkiv", "KHARKIV"},
    {"Вінниця", "Vinnytsia", "Vinnitsa", "Winnytsya"},
    {"Луганськ", "Luhansk", "Lugansk", "luhans'k"},
    {"Київ", "Kyiv", "Kyjiv", "KYIV"},
};

int main(void)
{
    karto_arena_init(&arena);
    for (size_t i = 0; i < sizeof official / sizeof *official; i++)
        CHECK_STR(roman(official[i][0]), official[i][1]);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        for (size_t j = 1; j < 4; j++)
            CHECK_STR(key(same[i][j]), key(same[i][0]));
    CHECK_STR(key("Kiev"), "kev");
    CHECK(strcmp(key("Львів"), key("Луцьк")) != 0);
    CHECK_STR(key("1100"), "1100");
    CHECK_STR(key(""), "");
    karto_arena_fini(&arena);
    return 0;
}
