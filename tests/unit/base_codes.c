/* Codes and addresses: every known good and bad value, every way to write a phone, and that a normal form is its own.
 */
#include "core/base/buf.h"
#include "core/base/codes.h"
#include "core/base/reader.h"
#include "tests/check.h"

typedef struct karto_slice normal(struct karto_arena *arena, struct karto_slice text, enum karto_code_check *check);

static struct karto_arena arena;

static void check(normal *f, const char *text, const char *want, enum karto_code_check want_check)
{
    enum karto_code_check got_check;
    CHECK_STR(karto_arena_string(&arena, f(&arena, karto_slice_str(text), &got_check)), want);
    if (got_check != want_check) {
        fprintf(stderr, "\"%s\": check is %d, not %d\n", text, got_check, want_check);
        exit(1);
    }
    CHECK(karto_slice_is(f(&arena, karto_slice_str(text), NULL), want));
}

static void check_edrpou(void)
{
    static const char *const valid[] = {
        "14360570", "21560045", "20077720", "00032106", "00032129", "40075815", "31316718",
        "32490244", "37193071", "30487219", "21673832", "14333937", "32855961", "00131954",
        "37951998", "20003749", "33124015", "40599600", "01000730", "30000440",
    };
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        check(karto_edrpou_normal, valid[i], valid[i], KARTO_CODE_FINE);
        for (char last = '0'; last <= '9'; last++) {
            char code[9];
            snprintf(code, sizeof code, "%.7s%c", valid[i], last);
            check(karto_edrpou_normal, code, code, last == valid[i][7] ? KARTO_CODE_FINE : KARTO_CODE_CHECK_DIGIT);
        }
    }
    check(karto_edrpou_normal, "32855968", "32855968", KARTO_CODE_CHECK_DIGIT);
    check(karto_edrpou_normal, "14360571", "14360571", KARTO_CODE_CHECK_DIGIT);
    check(karto_edrpou_normal, "1436057", "01436057", KARTO_CODE_CHECK_DIGIT);
    check(karto_edrpou_normal, "143605700", "143605700", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, " 1436O571 ", "1436O571", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, " 1436 0570\xc2\xa0", "14360570", KARTO_CODE_FINE);
    check(karto_edrpou_normal, "32106", "00032106", KARTO_CODE_PADDED);
    check(karto_edrpou_normal, "131954", "00131954", KARTO_CODE_PADDED);
    check(karto_edrpou_normal, "1000730", "01000730", KARTO_CODE_PADDED);
    check(karto_edrpou_normal, "3210", "3210", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, "1,43606E+07", "1,43606E+07", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, "", "", KARTO_CODE_SHAPE);
}

/* The number of a sole trader, in the place of a code: also where the weighted sum is negative by the rule as it is
 * usually given, or leaves ten. */
static void check_rnokpp(void)
{
    static const char *const valid[] = {
        "1759013776", "2530414071", "3184710691", "3451517675", "2182917600",
        "2464921030", "9000000002", "9100000007", "8000000003", "1000000000",
    };
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        check(karto_edrpou_normal, valid[i], valid[i], KARTO_CODE_FINE);
        for (char last = '0'; last <= '9'; last++) {
            char code[KARTO_RNOKPP_SIZE + 1];
            snprintf(code, sizeof code, "%.9s%c", valid[i], last);
            check(karto_edrpou_normal, code, code, last == valid[i][9] ? KARTO_CODE_FINE : KARTO_CODE_CHECK_DIGIT);
        }
    }
    check(karto_edrpou_normal, "1759013770", "1759013770", KARTO_CODE_CHECK_DIGIT);
    check(karto_edrpou_normal, " 25304 14071 ", "2530414071", KARTO_CODE_FINE);
    check(karto_edrpou_normal, "253041407", "253041407", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, "25304140711", "25304140711", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, "25304140O1", "25304140O1", KARTO_CODE_SHAPE);
}

/* Who has no number: one that an authority has given, or a passport. */
static void check_other_kinds(void)
{
    check(karto_edrpou_normal, "770000001", "770000001", KARTO_CODE_FINE);
    check(karto_edrpou_normal, "88 000000 2", "880000002", KARTO_CODE_FINE);
    check(karto_edrpou_normal, "790000001", "790000001", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, "КС 123456", "КС123456", KARTO_CODE_FINE);
    check(karto_edrpou_normal, "кс123456", "КС123456", KARTO_CODE_FINE);
    check(karto_edrpou_normal, "ґї123456", "ҐЇ123456", KARTO_CODE_FINE);
    check(karto_edrpou_normal, "ІО123456", "ІО123456", KARTO_CODE_FINE); /* no digits that were misread */
    check(karto_edrpou_normal, "КС 12345", "КС 12345", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, "К 123456", "К 123456", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, "KC 123456", "KC 123456", KARTO_CODE_SHAPE); /* of another country */
}

/* Letters for digits: only where the check digit then says that they were. */
static void check_misread(void)
{
    static const char *const written[] = {"1436O570", "1436o570", "1436О570", "1436о570", "І4360570", "і4360570",
                                          "I4360570", "i4360570", "l4360570", "14З60570", "14з60570", "І4З6О57О"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        check(karto_edrpou_normal, written[i], "14360570", KARTO_CODE_LETTERS);
    check(karto_edrpou_normal, "253О414О7І", "2530414071", KARTO_CODE_LETTERS);
    check(karto_edrpou_normal, "ООО32Іо6", "00032106", KARTO_CODE_LETTERS);
    check(karto_edrpou_normal, "1436S570", "1436S570", KARTO_CODE_SHAPE);
    check(karto_edrpou_normal, "О32106", "О32106", KARTO_CODE_SHAPE); /* not also without zeros */
}

static void check_katottg(void)
{
    const char *want = "UA71020010000037786";
    check(karto_katottg_normal, want, want, KARTO_CODE_FINE);
    check(karto_katottg_normal, "UA80000000000093317", "UA80000000000093317", KARTO_CODE_FINE);
    check(karto_katottg_normal, " ua71 0200 1000 0037 786", want, KARTO_CODE_FINE);
    check(karto_katottg_normal, "УА71020010000037786", want, KARTO_CODE_FINE);
    check(karto_katottg_normal, "UА71020010000037786", want, KARTO_CODE_FINE);
    check(karto_katottg_normal, "UA7102001000003778", "UA7102001000003778", KARTO_CODE_SHAPE);
    check(karto_katottg_normal, "UA710200100000377861", "UA710200100000377861", KARTO_CODE_SHAPE);
    check(karto_katottg_normal, "DE71020010000037786", "DE71020010000037786", KARTO_CODE_SHAPE);
    check(karto_katottg_normal, "UA7102001000003778O", "UA7102001000003778O", KARTO_CODE_SHAPE);
    check(karto_katottg_normal, "7120910100", "7120910100", KARTO_CODE_SHAPE); /* of the register before it */
    check(karto_katottg_normal, "", "", KARTO_CODE_SHAPE);
}

static void check_iban(void)
{
    static const char *const valid[] = {
        "UA213223130000026007233566001",   "UA903052992990004149123456789", "UA223052990000026001234567890",
        "UA613003350000000260012345678",   "DE89370400440532013000",        "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S",
    };
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        check(karto_iban_normal, valid[i], valid[i], KARTO_CODE_FINE);
    const char *want = valid[0];
    check(karto_iban_normal, "UA21 3223 1300 0002 6007 2335 6600 1", want, KARTO_CODE_FINE);
    check(karto_iban_normal, "ua213223130000026007233566001", want, KARTO_CODE_FINE);
    check(karto_iban_normal, "ИА213223130000026007233566001", want, KARTO_CODE_FINE);
    check(karto_iban_normal,
          "УА21\xc2\xa0"
          "3223130000026007233566001",
          want, KARTO_CODE_FINE);
    check(karto_iban_normal, "уA213223130000026007233566001", want, KARTO_CODE_FINE);
    check(karto_iban_normal, "UА213223130000026007233566001", want, KARTO_CODE_FINE);
    check(karto_iban_normal, "МТ84МАLТ011000012345МТLСАSТ001S", valid[6], KARTO_CODE_FINE);
    check(karto_iban_normal, "UA113223130000026007233566001", "UA113223130000026007233566001", KARTO_CODE_CHECK_DIGIT);
    check(karto_iban_normal, "UA213223130000026007233566010", "UA213223130000026007233566010", KARTO_CODE_CHECK_DIGIT);
    check(karto_iban_normal, "UA21322313000002600723356600", "UA21322313000002600723356600", KARTO_CODE_SHAPE);
    check(karto_iban_normal, "UA2132231300000260072335660011", "UA2132231300000260072335660011", KARTO_CODE_SHAPE);
    check(karto_iban_normal, " рахунок  2600 ", "рахунок 2600", KARTO_CODE_SHAPE);
    check(karto_iban_normal, "26007233566001", "26007233566001", KARTO_CODE_SHAPE);
    check(karto_iban_normal, "", "", KARTO_CODE_SHAPE);
}

static void phone(const char *text, const char *want)
{
    check(karto_phone_normal, text, want, KARTO_CODE_FINE);
}

static void check_phone(void)
{
    phone("+380 44 123-45-67", "380441234567");
    phone("(044) 123 45 67", "380441234567");
    phone("8 (067) 123-45-67", "380671234567");
    phone("80671234567", "380671234567");
    phone("0671234567", "380671234567");
    phone("00380501234567", "380501234567");
    phone("380501234567", "380501234567");
    phone("501234567", "380501234567");
    phone("+38(050)1234567", "380501234567");
    phone("067 123 45 67 доб. 12", "380671234567x12");
    phone("123-45-67", "~1234567");
    phone("+380 67 123-45-67", "380671234567");
    phone("(067) 123-45-67", "380671234567");
    phone("+380 (067) 123-45-67", "380671234567");
    phone("067–123–45–67", "380671234567"); /* dashes of typographers */
    phone("067\xc2\xa0"
          "1234567",
          "380671234567");
    phone("тел. 067 123 45 67 (Олена)", "380671234567");
    phone("067 123 45 67 Дод.12", "380671234567x12");
    phone("0671234567 EXT 12", "380671234567x12");
    phone("0671234567#12", "380671234567x12");
    phone("0671234567 вн. 12", "380671234567x12");
    phone("123-45-67 x 12", "~1234567x12");
    phone("0 800 123 456", "380800123456");
    phone("0 800 123 4567", "3808001234567");
    phone("+380 800 123 4567", "3808001234567");
    phone("0900 123 456", "380900123456");
    phone("0671234567 Олена 0501234567", "~06712345670501234567");
    phone("0671234567, 0501234567", "~06712345670501234567");
    phone("0790 123 456", "380790123456");
    phone("0390 123 456", "380390123456");
    phone("089 123 45 67", "380891234567");   /* by the internet */
    phone("(0322) 12-34-56", "380322123456"); /* an area of three digits */
    phone("0-800-50-12-34", "380800501234");
    static const char *const networks[] = {"50", "66", "75", "95", "99", "67", "68", "77", "96", "97", "98", "63", "73",
                                           "93", "71", "72", "79", "91", "92", "94", "39", "31", "44", "69", "89"};
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        char text[16], want[16];
        snprintf(text, sizeof text, "0%s0123456", networks[i]);
        snprintf(want, sizeof want, "380%s0123456", networks[i]);
        phone(text, want);
        phone(want, want);
        phone(text + 1, want);
    }
}

/* What may be a phone although nobody has said so. */
static void check_phone_plain(void)
{
    static const char *const phones[] = {"0671234567", "+380 (67) 123-45-67", "067.123.45.67", "12345", "14360570"};
    static const char *const others[] = {
        "", "1", "1234", "EXT-1", "Школа 24", "24/7", "+ - .", "тел. 067123456", "067123456a", "7f3a90c1", "(1-2-3)"};
    for (size_t i = 0; i < sizeof phones / sizeof *phones; i++)
        CHECK(karto_phone_plain(karto_slice_str(phones[i])));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CHECK(!karto_phone_plain(karto_slice_str(others[i])));
}

static void check_phone_foreign(void)
{
    phone("+49 30 0074321", "49300074321");
    phone("0049 30 0074321", "49300074321");
    phone("49300074321", "49300074321");
    phone("+1 (503) 555-7555", "15035557555");
    phone("+48 22 123 45 67 ext 3", "48221234567x3");
    phone("+47 12 34 56 78", "+4712345678");
    phone("004712345678", "+4712345678");
    phone("4712345678", "~4712345678");
    phone("+50123456", "+50123456");
    phone("+80671234567", "+80671234567"); /* no country begins so; without the + it is ours */
    phone("+380 67 123-45-6", "~38067123456");
    phone("+12", "~12");
    phone("0012", "~0012");
    phone("(5) 555-4729", "~55554729");
    phone("030-0074321", "~0300074321");
    phone("(171) 555-7788", "~1715557788");
    phone("0621-08460", "~062108460");
    phone("88.60.15.31", "~88601531");
    phone("(604) 555-4729", "~6045554729");
    phone("+1234567890123456", "~1234567890123456");
    phone("~12-34", "~1234");
    check(karto_phone_normal, "", "", KARTO_CODE_SHAPE);
    check(karto_phone_normal, "  немає   ще", "немає ще", KARTO_CODE_SHAPE);
    check(karto_phone_normal, "+", "+", KARTO_CODE_SHAPE);
}

static void check_plain(struct karto_slice (*f)(struct karto_arena *, struct karto_slice), const char *text,
                        const char *want)
{
    CHECK_STR(karto_arena_string(&arena, f(&arena, karto_slice_str(text))), want);
}

static void check_email_site(void)
{
    check_plain(karto_email_normal, " Olena.O’Brien@Example.COM ", "olena.o'brien@example.com");
    check_plain(karto_email_normal, "info@пошта.укр", "info@пошта.укр");
    check_plain(karto_email_normal, "H\xcc\xb1@x.ua", "\xe1\xba\x96@x.ua");
    check_plain(karto_email_normal, "Info example.com", "Info example.com");
    check_plain(karto_email_normal, "@x.ua", "@x.ua");
    check_plain(karto_email_normal, "a@", "a@");
    check_plain(karto_email_normal, "a@b@c", "a@b@c");
    check_plain(karto_email_normal, "", "");

    static const char *const same[] = {"example.com.ua",
                                       "https://example.com.ua/",
                                       "HTTP://WWW.Example.COM.ua",
                                       "www.example.com.ua//",
                                       "http://example.com.ua:80",
                                       "https://example.com.ua:443/",
                                       " http://www.example.com.ua/ "};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        check_plain(karto_site_normal, same[i], "example.com.ua");
    check_plain(karto_site_normal, "https://Example.com/Shop/Ціни/", "example.com/Shop/Ціни");
    check_plain(karto_site_normal, "Example.com?Page=/", "example.com?Page=/");
    check_plain(karto_site_normal, "example.com:8080/", "example.com:8080");
    check_plain(karto_site_normal, "https://Ґанок-Їжака.УКР/", "ґанок-їжака.укр");
    check_plain(karto_site_normal, "www.com", "www.com");
    check_plain(karto_site_normal, "http://www.www.a.com", "a.com");
    check_plain(karto_site_normal, "HTTP://", "HTTP://");
    check_plain(karto_site_normal, "немає сайту.", "немає сайту.");
    check_plain(karto_site_normal, "Localhost", "Localhost");
    check_plain(karto_site_normal, "", "");
}

static struct karto_slice email(struct karto_arena *into, struct karto_slice text, enum karto_code_check *check_out)
{
    (void)check_out;
    return karto_email_normal(into, text);
}

static struct karto_slice site(struct karto_arena *into, struct karto_slice text, enum karto_code_check *check_out)
{
    (void)check_out;
    return karto_site_normal(into, text);
}

static uint64_t state = 14360570;

static uint32_t below(uint32_t limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % limit;
}

static const char *const parts[] = {
    "0",
    "1",
    "2",
    "3",
    "5",
    "6",
    "7",
    "8",
    "9",
    "00",
    "380",
    "80",
    "067",
    "0800",
    "1234567",
    "12345678901",
    "+",
    "~",
    "x",
    "х",
    "#",
    "ext",
    "доб.",
    "Дод",
    "тел",
    "-",
    "–",
    "(",
    ")",
    " ",
    "\xc2\xa0",
    "\n",
    "\r",
    ".",
    ",",
    "/",
    "//",
    ":",
    ":80",
    ":443",
    "?",
    "@",
    "http://",
    "HTTPS://",
    "www.",
    "WWW.",
    "a",
    "Z",
    "H",
    "J",
    "\xcc\xb1",
    "\xcc\x8c",
    "\xcc\xb8",
    "\xcc\x88",
    "UA",
    "УА",
    "иа",
    "DE",
    "00000000000000000000000",
    "А",
    "в",
    "Й",
    "О",
    "З",
    "і",
    "КС",
    "77",
    "Ґ",
    "Ѐ",
    "ӂ",
    "'",
    "’",
    "«",
    "ß",
    "İ",
    "\xe2\x84\xaa",
    "Ａ",
    "１",
    "漢",
    "😀",
    "\xe2\x80\x8b",
    "\xef\xbb\xbf",
    "\x01",
    "\x7f",
    "\xef\xbf\xbf",
};

static normal *const all[] = {
    karto_edrpou_normal, karto_iban_normal, karto_phone_normal, karto_katottg_normal, email, site};

static void check_idempotent(void)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    for (int round = 0; round < 100000; round++) {
        karto_buf_clear(&text);
        for (uint32_t n = below(12); n > 0; n--)
            karto_buf_add_str(&text, parts[below(sizeof parts / sizeof *parts)]);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            struct karto_slice once = all[i](&arena, karto_buf_slice(&text), NULL);
            struct karto_slice twice = all[i](&arena, once, NULL);
            if (!karto_slice_equal(once, twice) || !karto_utf8_valid(once)) {
                fprintf(stderr, "code %zu of \"%.*s\": \"%.*s\", then \"%.*s\"\n", i, (int)text.size,
                        (const char *)text.data, (int)once.size, (const char *)once.data, (int)twice.size,
                        (const char *)twice.data);
                exit(1);
            }
        }
        karto_arena_reset(&arena);
    }
    karto_buf_fini(&text);
}

/* The digits of text, without what only says "Ukraine" or "abroad" in front of a number. */
static size_t bare_digits(struct karto_slice text, char out[64])
{
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9')
            out[size++] = (char)text.data[i];
    }
    out[size] = 0;
    return size;
}

/* Two numbers have one key only if one ends in the other, and begins with nothing but a prefix of ours: all digits of a
 * number are in its key. */
static void check_distinct(void)
{
    static const char *const prefixes[] = {"", "0", "80", "00", "380", "3800", "00380", "003800"};
    for (int round = 0; round < 100000; round++) {
        char text[64], digits[64], key[64];
        size_t size = 0;
        for (uint32_t n = 1 + below(14); n > 0; n--) {
            if (below(4) == 0)
                text[size++] = "-() ."[below(5)];
            text[size++] = (char)('0' + (below(3) ? below(10) : (below(2) ? 0 : 8)));
        }
        text[size] = 0;
        bare_digits(karto_slice_str(text), digits);
        struct karto_slice got = karto_phone_normal(&arena, karto_slice_str(text), NULL);
        bare_digits(got, key);
        bool whole = false;
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
            size_t prefix = strlen(prefixes[i]);
            const char *of_key = strncmp(key, "380", 3) == 0 && got.data[0] != '~' ? key + 3 : key;
            whole |= strncmp(digits, prefixes[i], prefix) == 0 && strcmp(digits + prefix, of_key) == 0;
        }
        CHECK(whole);
        CHECK(got.data[0] != '~' || strcmp(key, digits) == 0);
        karto_arena_reset(&arena);
    }
}

static void check_garbage(void)
{
    for (int round = 0; round < 50000; round++) {
        size_t size = below(20);
        uint8_t *bytes = karto_arena_alloc(&arena, size);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)below(256);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            enum karto_code_check what = (enum karto_code_check)99;
            all[i](&arena, karto_slice(bytes, size), &what);
            CHECK(i >= 4 || what <= KARTO_CODE_SHAPE);
        }
        karto_arena_reset(&arena);
    }
}

int main(void)
{
    karto_arena_init(&arena);
    check_edrpou();
    check_rnokpp();
    check_other_kinds();
    check_misread();
    check_katottg();
    check_iban();
    check_phone();
    check_phone_plain();
    check_phone_foreign();
    check_email_site();
    check_idempotent();
    check_distinct();
    check_garbage();
    karto_arena_fini(&arena);
    return 0;
}
