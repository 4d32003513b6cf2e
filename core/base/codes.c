#include "core/base/codes.h"

#include "core/base/text.h"

#include <string.h>

static struct karto_slice answer(struct karto_slice text, enum karto_code_check what, enum karto_code_check *check)
{
    if (check)
        *check = what;
    return text;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool all_digits(struct karto_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text.data[i]))
            return false;
    }
    return true;
}

static bool begins(struct karto_slice text, const char *with)
{
    size_t size = strlen(with);
    return text.size >= size && memcmp(text.data, with, size) == 0;
}

static struct karto_slice skip(struct karto_slice text, size_t size)
{
    return karto_slice(text.data + size, text.size - size);
}

/* Of a normal text, where the only white space is the space. */
static struct karto_slice without_spaces(struct karto_arena *arena, struct karto_slice text)
{
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != ' ')
            out[size++] = text.data[i];
    }
    return karto_slice(out, size);
}

/* Weights 1 to 7; from 30000000 to 59999999 they are 7, 1 to 6. Where the remainder is no digit, once more with weights
 * higher by two. */
static uint8_t edrpou_check_digit(const uint8_t *code)
{
    bool turned = code[0] >= '3' && code[0] <= '5';
    for (unsigned more = 0; more <= 2; more += 2) {
        unsigned sum = 0;
        for (unsigned i = 0; i < 7; i++) {
            unsigned weight = turned ? (i == 0 ? 7 : i) : i + 1;
            sum += (weight + more) * (unsigned)(code[i] - '0');
        }
        if (sum % 11 < 10)
            return (uint8_t)('0' + sum % 11);
    }
    return '0';
}

/* The first weight is -1; 10 is the same modulo 11, and keeps the sum from getting negative. */
static uint8_t rnokpp_check_digit(const uint8_t *number)
{
    static const unsigned weights[] = {10, 5, 7, 9, 4, 6, 10, 5, 7};
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
        sum += weights[i] * (unsigned)(number[i] - '0');
    return (uint8_t)('0' + sum % 11 % 10);
}

static bool check_digit_fits(struct karto_slice digits)
{
    if (digits.size == KARTO_RNOKPP_SIZE)
        return digits.data[KARTO_RNOKPP_SIZE - 1] == rnokpp_check_digit(digits.data);
    return digits.size == 8 && digits.data[7] == edrpou_check_digit(digits.data);
}

static bool is_given_by_authority(struct karto_slice digits)
{
    return digits.size == 9 && (begins(digits, "77") || begins(digits, "88"));
}

/* Two Cyrillic letters and six digits: the letters as capitals, or nothing. */
static struct karto_slice passport(struct karto_arena *arena, struct karto_slice text)
{
    enum { SERIES = 4, SIZE = 10 };
    if (text.size != SIZE || !all_digits(skip(text, SERIES)))
        return karto_slice(NULL, 0);
    uint8_t *bytes = karto_arena_alloc(arena, SIZE);
    memcpy(bytes, text.data, SIZE);
    for (size_t i = 0; i < SERIES; i += 2) {
        unsigned c = (bytes[i] & 0x1Fu) << 6 | (bytes[i + 1] & 0x3Fu);
        if (bytes[i] < 0xD0 || bytes[i] > 0xD2)
            return karto_slice(NULL, 0);
        c -= c >= 0x430 && c <= 0x44F ? 0x20 : c >= 0x450 && c <= 0x45F ? 0x50 : c == 0x491;
        bytes[i] = (uint8_t)(0xC0 | c >> 6);
        bytes[i + 1] = (uint8_t)(0x80 | (c & 0x3F));
    }
    return karto_slice(bytes, SIZE);
}

/* Letters that are typed, or read by a machine, for a digit. */
static const struct {
    const char *letter;
    char digit;
} misread[] = {
    {"О", '0'}, {"о", '0'}, {"O", '0'}, {"o", '0'}, {"З", '3'}, {"з", '3'},
    {"І", '1'}, {"і", '1'}, {"I", '1'}, {"i", '1'}, {"l", '1'},
};

/* With such letters as digits; what is neither stays. */
static struct karto_slice letters_as_digits(struct karto_arena *arena, struct karto_slice text)
{
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    while (text.size) {
        size_t i = 0, count = sizeof misread / sizeof *misread;
        while (i < count && !begins(text, misread[i].letter))
            i++;
        out[size++] = i < count ? (uint8_t)misread[i].digit : text.data[0];
        text = skip(text, i < count ? strlen(misread[i].letter) : 1);
    }
    return karto_slice(out, size);
}

/* What is not made of digits alone. */
static struct karto_slice lettered_normal(struct karto_arena *arena, struct karto_slice text, struct karto_slice code,
                                          enum karto_code_check *check)
{
    struct karto_slice series = passport(arena, code), digits = letters_as_digits(arena, code);
    if (series.size)
        return answer(series, KARTO_CODE_FINE, check);
    if (all_digits(digits) && check_digit_fits(digits))
        return answer(digits, KARTO_CODE_LETTERS, check);
    return answer(text, KARTO_CODE_SHAPE, check);
}

struct karto_slice karto_edrpou_normal(struct karto_arena *arena, struct karto_slice text, enum karto_code_check *check)
{
    struct karto_slice normal = karto_text_normal(arena, text), digits = without_spaces(arena, normal);
    if (!all_digits(digits))
        return lettered_normal(arena, normal, digits, check);
    if (digits.size == KARTO_RNOKPP_SIZE)
        return answer(digits, check_digit_fits(digits) ? KARTO_CODE_FINE : KARTO_CODE_CHECK_DIGIT, check);
    if (is_given_by_authority(digits))
        return answer(digits, KARTO_CODE_FINE, check);
    if (digits.size < 5 || digits.size > 8)
        return answer(normal, KARTO_CODE_SHAPE, check);
    uint8_t *code = karto_arena_alloc(arena, 8);
    memset(code, '0', 8);
    memcpy(code + 8 - digits.size, digits.data, digits.size);
    enum karto_code_check what = digits.size < 8 ? KARTO_CODE_PADDED : KARTO_CODE_FINE;
    if (!check_digit_fits(karto_slice(code, 8)))
        what = KARTO_CODE_CHECK_DIGIT;
    return answer(karto_slice(code, 8), what, check);
}

static const struct {
    char cyrillic[3];
    char latin;
} lookalikes[] = {
    {"А", 'A'}, {"В", 'B'}, {"Е", 'E'}, {"І", 'I'}, {"К", 'K'}, {"М", 'M'}, {"Н", 'H'}, {"О", 'O'}, {"Р", 'P'},
    {"С", 'C'}, {"Т", 'T'}, {"У", 'Y'}, {"Х", 'X'}, {"а", 'A'}, {"в", 'B'}, {"е", 'E'}, {"і", 'I'}, {"к", 'K'},
    {"м", 'M'}, {"н", 'H'}, {"о", 'O'}, {"р", 'P'}, {"с", 'C'}, {"т", 'T'}, {"у", 'Y'}, {"х", 'X'},
};

/* The Latin letter that the two bytes at the beginning of text look like, or 0. */
static char latin_of(struct karto_slice text)
{
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++) {
        if (begins(text, lookalikes[i].cyrillic))
            return lookalikes[i].latin;
    }
    return 0;
}

/* The country is also written by its Ukrainian letter (У) or by the key that one thinks is U (И). */
static bool is_cyrillic_u(struct karto_slice text)
{
    return begins(text, "У") || begins(text, "у") || begins(text, "И") || begins(text, "и");
}

/* Capitals and digits only; empty if there is anything else. */
static struct karto_slice latin_letters(struct karto_arena *arena, struct karto_slice text)
{
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    if (is_cyrillic_u(text) &&
        (begins(skip(text, 2), "A") || begins(skip(text, 2), "a") || latin_of(skip(text, 2)) == 'A')) {
        out[size++] = 'U';
        text = skip(text, 2);
    }
    while (text.size) {
        uint8_t c = text.data[0];
        char latin = c >= 0x80 ? latin_of(text) : 0;
        if (is_lower(c))
            out[size++] = (uint8_t)(c - 'a' + 'A');
        else if (is_upper(c) || is_digit(c))
            out[size++] = c;
        else if (latin)
            out[size++] = (uint8_t)latin;
        else
            return karto_slice(NULL, 0);
        text = skip(text, latin ? 2 : 1);
    }
    return karto_slice(out, size);
}

static bool iban_shape(struct karto_slice iban)
{
    if (iban.size < 15 || iban.size > 34 || !is_upper(iban.data[0]) || !is_upper(iban.data[1]) ||
        !all_digits(karto_slice(iban.data + 2, 2)))
        return false;
    /* Ukrainian: the bank's code, six digits, is followed by the account in 19 characters */
    return !begins(iban, "UA") || (iban.size == 29 && all_digits(karto_slice(iban.data + 4, 6)));
}

static unsigned iban_remainder(struct karto_slice iban)
{
    unsigned remainder = 0;
    for (size_t i = 0; i < iban.size; i++) {
        uint8_t c = iban.data[(i + 4) % iban.size];
        remainder = is_digit(c) ? remainder * 10 + (unsigned)(c - '0') : remainder * 100 + (unsigned)(c - 'A' + 10);
        remainder %= 97;
    }
    return remainder;
}

struct karto_slice karto_iban_normal(struct karto_arena *arena, struct karto_slice text, enum karto_code_check *check)
{
    struct karto_slice normal = karto_text_normal(arena, text);
    struct karto_slice iban = latin_letters(arena, without_spaces(arena, normal));
    if (!iban_shape(iban))
        return answer(normal, KARTO_CODE_SHAPE, check);
    return answer(iban, iban_remainder(iban) == 1 ? KARTO_CODE_FINE : KARTO_CODE_CHECK_DIGIT, check);
}

struct karto_slice karto_katottg_normal(struct karto_arena *arena, struct karto_slice text,
                                        enum karto_code_check *check)
{
    struct karto_slice normal = karto_text_normal(arena, text);
    struct karto_slice code = latin_letters(arena, without_spaces(arena, normal));
    bool fits = code.size == 19 && begins(code, "UA") && all_digits(skip(code, 2));
    return answer(fits ? code : normal, fits ? KARTO_CODE_FINE : KARTO_CODE_SHAPE, check);
}

/* Of the Cyrillic capitals, two bytes each, U+0400 to U+040F are 0x50 below their small letters,
 * U+0410 to U+042F 0x20, and those from U+0490 on alternate. */
static void lower_cyrillic(uint8_t *text, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        if (text[i] != 0xD0 && text[i] != 0xD2)
            continue;
        unsigned c = (text[i] & 0x1Fu) << 6 | (text[i + 1] & 0x3Fu);
        if (c >= 0x400 && c <= 0x40F)
            c += 0x50;
        else if (c >= 0x410 && c <= 0x42F)
            c += 0x20;
        else if (c >= 0x490 && c <= 0x4BF)
            c |= 1;
        text[i] = (uint8_t)(0xC0 | c >> 6);
        text[i + 1] = (uint8_t)(0x80 | (c & 0x3F));
    }
}

/* A normal text again: a small letter can form one character with an accent where the capital does not. */
static struct karto_slice to_lower(struct karto_arena *arena, struct karto_slice text, bool cyrillic)
{
    uint8_t *out = karto_arena_alloc(arena, text.size);
    for (size_t i = 0; i < text.size; i++)
        out[i] = is_upper(text.data[i]) ? (uint8_t)(text.data[i] - 'A' + 'a') : text.data[i];
    if (cyrillic)
        lower_cyrillic(out, text.size);
    return karto_text_normal(arena, karto_slice(out, text.size));
}

struct karto_slice karto_email_normal(struct karto_arena *arena, struct karto_slice text)
{
    struct karto_slice normal = karto_text_normal(arena, text);
    const uint8_t *at = normal.size ? memchr(normal.data, '@', normal.size) : NULL;
    size_t before = at ? (size_t)(at - normal.data) : 0;
    if (before == 0 || before + 1 == normal.size || memchr(normal.data, ' ', normal.size) ||
        memchr(at + 1, '@', normal.size - before - 1))
        return normal;
    return to_lower(arena, normal, false);
}

static bool begins_nocase(struct karto_slice text, const char *with)
{
    for (size_t i = 0; with[i]; i++) {
        if (i >= text.size || (is_upper(text.data[i]) ? text.data[i] - 'A' + 'a' : text.data[i]) != with[i])
            return false;
    }
    return true;
}

static bool ends(struct karto_slice text, const char *with)
{
    size_t size = strlen(with);
    return text.size >= size && memcmp(text.data + text.size - size, with, size) == 0;
}

/* The host: all before the path, the query or the fragment. */
static size_t host_size(struct karto_slice site)
{
    size_t size = 0;
    while (size < site.size && !memchr("/?#", site.data[size], 3))
        size++;
    return size;
}

/* "www.com" is somebody's site, "www.a.com" that of "a.com". */
static bool has_www(struct karto_slice host)
{
    return begins_nocase(host, "www.") && host.size > 5 && memchr(host.data + 5, '.', host.size - 5);
}

/* Each of these may stand there more than once; what is left would go the next time. */
static struct karto_slice site_host(struct karto_slice host)
{
    while (has_www(host))
        host = skip(host, 4);
    while (ends(host, ":80") || ends(host, ":443"))
        host.size -= ends(host, ":80") ? 3 : 4;
    return host;
}

static bool host_shape(struct karto_slice host)
{
    return host.size >= 3 && host.data[0] != '.' && memchr(host.data, '.', host.size);
}

struct karto_slice karto_site_normal(struct karto_arena *arena, struct karto_slice text)
{
    struct karto_slice normal = karto_text_normal(arena, text), site = normal;
    if (normal.size == 0)
        return normal;
    while (begins_nocase(site, "http://") || begins_nocase(site, "https://"))
        site = skip(site, begins_nocase(site, "http://") ? 7 : 8);
    struct karto_slice host = karto_slice(site.data, host_size(site)), path = skip(site, host.size);
    host = site_host(host);
    if (!host_shape(host) || memchr(normal.data, ' ', normal.size))
        return normal;
    if (!memchr(path.data, '?', path.size) && !memchr(path.data, '#', path.size)) {
        while (ends(path, "/"))
            path.size--;
    }
    struct karto_slice lower = to_lower(arena, host, true);
    uint8_t *out = karto_arena_alloc(arena, lower.size + path.size);
    memcpy(out, lower.data, lower.size);
    if (path.size)
        memcpy(out + lower.size, path.data, path.size);
    return karto_slice(out, lower.size + path.size);
}

/* A phone taken apart. */
struct phone {
    struct karto_buf digits, extension;
    bool plus;  /* + before the digits */
    bool local; /* ~ before them, or a word between them: they are not one number */
};

/* The letters at the beginning of text, which is in small letters: ASCII, or two bytes of UTF-8 from U+00C0 on (below
 * are signs, and what is longer are dashes and other marks). # stands for a word. */
static size_t word_size(struct karto_slice text)
{
    size_t size = 0;
    if (text.data[0] == '#')
        return 1;
    while (size < text.size) {
        uint8_t c = text.data[size];
        if (is_lower(c))
            size++;
        else if (c >= 0xC3 && c <= 0xDF && size + 1 < text.size)
            size += 2;
        else
            break;
    }
    return size;
}

static bool is_extension(struct karto_slice word)
{
    static const char *const words[] = {
        "#",          "x",  "х",    "ext",   "extn",       "extension",  "доб",        "дод",
        "додатковий", "вн", "внут", "внутр", "внутрішній", "внутренний", "добавочный",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (karto_slice_is(word, words[i]))
            return true;
    }
    return false;
}

static void phone_read(struct phone *phone, struct karto_slice text)
{
    bool in_extension = false, word_seen = false;
    while (text.size) {
        uint8_t c = text.data[0];
        bool first = phone->digits.size == 0;
        size_t word = word_size(text);
        if (is_digit(c)) {
            phone->local |= word_seen && !in_extension;
            karto_buf_add_byte(in_extension ? &phone->extension : &phone->digits, c);
        } else if (word && !first && is_extension(karto_slice(text.data, word))) {
            in_extension = true;
        } else if (word && !first) {
            word_seen = true;
        } else if (first) {
            phone->plus |= c == '+';
            phone->local |= c == '~';
        }
        text = skip(text, word ? word : 1);
    }
}

/* Whether nine digits begin with an area or network of Ukraine. Liberal: new ones are opened. */
static bool is_area(const uint8_t *digits)
{
    int two = (digits[0] - '0') * 10 + digits[1] - '0';
    if (two == 80 || two == 90) /* free of charge; at the caller's expense */
        return digits[2] == '0';
    return (two >= 31 && two <= 69) || two == 71 || two == 72 || two == 73 || two == 75 || two == 77 || two == 79 ||
           two == 89 || two >= 91;
}

/* The digits behind +380 of a Ukrainian number written in any way, or nothing. Nine; ten for some that are free of
 * charge (800). */
static struct karto_slice national(struct karto_slice digits, bool plus)
{
    struct karto_slice none = {NULL, 0}, rest = digits;
    if (begins(digits, "380")) {
        rest = skip(digits, 3);
        if (rest.size == 10 && rest.data[0] == '0') /* +380 (067) 123-45-67 */
            rest = skip(rest, 1);
        bool whole = (rest.size == 9 && rest.data[0] != '0') || (rest.size == 10 && begins(rest, "800"));
        return whole ? rest : none;
    }
    if (plus)
        return none;
    if (begins(digits, "80") && digits.size >= 11) /* the trunk prefix of old: 8 067 */
        rest = skip(digits, 2);
    else if (begins(digits, "0"))
        rest = skip(digits, 1);
    bool whole =
        (rest.size == 9 && is_area(rest.data)) || (rest.size == 10 && rest.size < digits.size && begins(rest, "800"));
    return whole ? rest : none;
}

/* Whether digits are those of a foreign number. Without a plus only as many as no local number has. */
static bool is_foreign(struct karto_slice digits, bool plus)
{
    return digits.size >= (plus ? 8 : 11) && digits.size <= 15 && digits.data[0] != '0' && !begins(digits, "380");
}

static void phone_write(struct karto_buf *out, const struct phone *phone)
{
    struct karto_slice all = karto_buf_slice(&phone->digits), digits = all;
    bool plus = phone->plus;
    if (begins(digits, "00")) {
        plus = true;
        digits = skip(digits, 2);
    }
    struct karto_slice ours = national(digits, plus);
    if (phone->local || (!ours.size && !is_foreign(digits, plus))) {
        karto_buf_add_byte(out, '~');
        karto_buf_add_slice(out, all);
    } else if (ours.size) {
        karto_buf_add_str(out, "380");
        karto_buf_add_slice(out, ours);
    } else {
        if (!is_foreign(digits, false) || national(digits, false).size)
            karto_buf_add_byte(out, '+');
        karto_buf_add_slice(out, digits);
    }
    if (phone->extension.size)
        karto_buf_add_byte(out, 'x');
    karto_buf_add_slice(out, karto_buf_slice(&phone->extension));
}

struct karto_slice karto_phone_normal(struct karto_arena *arena, struct karto_slice text, enum karto_code_check *check)
{
    struct karto_slice normal = karto_text_normal(arena, text);
    struct phone phone = {KARTO_BUF_EMPTY, KARTO_BUF_EMPTY, false, false};
    struct karto_buf key = KARTO_BUF_EMPTY;
    phone_read(&phone, to_lower(arena, normal, true));
    bool any = phone.digits.size > 0;
    if (any)
        phone_write(&key, &phone);
    struct karto_slice out = any ? karto_arena_copy(arena, karto_buf_slice(&key)) : normal;
    karto_buf_fini(&key);
    karto_buf_fini(&phone.digits);
    karto_buf_fini(&phone.extension);
    return answer(out, any ? KARTO_CODE_FINE : KARTO_CODE_SHAPE, check);
}

bool karto_phone_plain(struct karto_slice text)
{
    enum { DIGITS_MIN = 5 };
    size_t digits = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte >= '0' && byte <= '9')
            digits++;
        else if (byte == 0 || !strchr(" +()-.", byte))
            return false;
    }
    return digits >= DIGITS_MIN;
}
