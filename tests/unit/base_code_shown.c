/* Phones and accounts in groups, as people read them; and that what is shown can be typed. */
#include "core/base/code_shown.h"
#include "core/base/codes.h"
#include "tests/check.h"

static struct karto_arena arena;

static void phone(const char *typed, const char *want)
{
    struct karto_slice text = karto_slice_str(typed), shown = karto_phone_shown(&arena, text);
    CHECK_STR(karto_arena_string(&arena, shown), want);
    CHECK(karto_slice_equal(karto_phone_normal(&arena, shown, NULL), karto_phone_normal(&arena, text, NULL)));
    CHECK(karto_slice_equal(karto_phone_shown(&arena, shown), shown));
}

static void check_phones(void)
{
    static const char *const ways[] = {"+380 67 123-45-67", "(067) 123-45-67", "8 (067) 123-45-67", "80671234567",
                                       "0671234567",        "00380671234567",  "380671234567",      "671234567",
                                       "+38(067)1234567",   "067 123 45 67",   "067–123–45–67"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        phone(ways[i], "+380 67 123-45-67");
    phone("+380 44 123-45-67", "+380 44 123-45-67");
    phone("(0322) 12-34-56", "+380 32 212-34-56");
    phone("067 123 45 67 доб. 12", "+380 67 123-45-67 доб. 12");
    phone("0671234567#12", "+380 67 123-45-67#12");
    phone("067 123 45 67 (Олена)", "+380 67 123-45-67 (Олена)");
    phone("0800123456", "+380 800 123 456");
    phone("0 800 123 4567", "+380 800 123 4567");
    phone("0900123456", "+380 900 123 456");
    /* as they were typed */
    phone("123-45-67", "123-45-67");
    phone("тел. 0671234567", "тел. 0671234567");
    phone("0671234567, 0501234567", "0671234567, 0501234567");
    phone("0671234567 Олена 0501234567", "0671234567 Олена 0501234567");
    phone("+48 22 123 45 67", "+48 22 123 45 67");
    phone("+4712345678", "+4712345678");
    phone("немає", "немає");
    phone("", "");
}

static void iban(const char *typed, const char *want)
{
    CHECK_STR(karto_arena_string(&arena, karto_iban_shown(&arena, karto_slice_str(typed))), want);
}

static void check_accounts(void)
{
    iban("UA213223130000026007233566001", "UA21 3223 1300 0002 6007 2335 6600 1");
    iban("UA21 3223 1300 0002 6007 2335 6600 1", "UA21 3223 1300 0002 6007 2335 6600 1");
    iban("иа213223130000026007233566001", "UA21 3223 1300 0002 6007 2335 6600 1");
    iban("UA113223130000026007233566001", "UA11 3223 1300 0002 6007 2335 6600 1"); /* mistyped, and easier to compare */
    iban("NO9386011117947", "NO93 8601 1117 947");
    iban("26007233566001", "26007233566001");
    iban("", "");
}

int main(void)
{
    karto_arena_init(&arena);
    check_phones();
    check_accounts();
    karto_arena_fini(&arena);
    return 0;
}
