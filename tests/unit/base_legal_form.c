/* Names are the same whatever firm they are of, and in whatever quotation marks: every form and every mark. */
#include "core/base/legal_form.h"
#include "core/base/text.h"
#include "tests/check.h"

static struct karto_arena arena;

static struct karto_tokens tokens_of(const char *name)
{
    return karto_tokens_of(&arena, karto_slice_str(name));
}

static const char *core_of(const char *name)
{
    struct karto_tokens tokens = tokens_of(name);
    struct karto_name_core core = karto_name_core(tokens);
    struct karto_buf text = KARTO_BUF_EMPTY;
    for (uint32_t i = core.first; i < core.end; i++) {
        karto_buf_add_str(&text, i > core.first ? " " : "");
        karto_buf_add_slice(&text, tokens.all[i].text);
    }
    const char *out = karto_arena_string(&arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return out;
}

static const char *const forms[] = {
    "ТОВ",   "ТзОВ", "ТДВ",  "ПП",  "ФОП", "АТ",   "ПАТ", "ПрАТ", "ДП",  "КП", "КНП",
    "ФГ",    "СФГ",  "СТОВ", "СК",  "ПСП", "ОСББ", "ГО",  "БО",   "БФ",  "ВК", "філія",
    "Філія", "ООО",  "ЗАО",  "ОАО", "ЧП",  "СПД",  "КФХ", "LLC",  "JSC", "PE",
};

static const char *const quotations[][2] = {{"«", "»"}, {"„", "“"}, {"“", "”"}, {"\"", "\""}, {"''", "''"}, {"", ""}};

static void check_forms(void)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char name[100];
        CHECK(karto_is_legal_form(karto_text_fold(&arena, karto_slice_str(forms[i]))));
        for (size_t j = 0; j < sizeof quotations / sizeof *quotations; j++) {
            snprintf(name, sizeof name, "%s %sНова Пошта%s", forms[i], quotations[j][0], quotations[j][1]);
            CHECK_STR(core_of(name), "нова пошта");
            snprintf(name, sizeof name, "%sНОВА ПОШТА%s, %s", quotations[j][0], quotations[j][1], forms[i]);
            CHECK_STR(core_of(name), "нова пошта");
        }
        CHECK_STR(core_of(forms[i]), karto_arena_string(&arena, karto_text_fold(&arena, karto_slice_str(forms[i]))));
    }
}

static bool are_same(const char *a, const char *b)
{
    return karto_name_same(tokens_of(a), tokens_of(b));
}

static void check_same(void)
{
    CHECK_STR(core_of("ФОП Мар’яна Ґудзь, ПП"), "маряна ґудзь");
    CHECK_STR(core_of("TОВ «Дім»"), "дім"); /* a Latin T */
    CHECK_STR(core_of("Товари ГО для дому"), "товари го для дому");
    CHECK(are_same("ТОВ «М’ята»", "мʼята"));
    CHECK(are_same("ТОВ «Нова Пошта»", "нова-пошта"));
    CHECK(!are_same("ТОВ «Нова Пошта»", "Пошта нова"));
    CHECK(!are_same("ТОВ «Ромашка»", "ТОВ «Ромашка-Опт»"));
    CHECK(are_same("ТОВ", "тов"));
    CHECK(!are_same("", ""));
    CHECK(!are_same("«»", "!"));
}

int main(void)
{
    karto_arena_init(&arena);
    check_forms();
    check_same();
    karto_arena_fini(&arena);
    return 0;
}
