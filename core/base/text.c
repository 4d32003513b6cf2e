#include "core/base/text.h"

#include "core/base/character.h"
#include "core/base/fatal.h"

#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

/* To be raised when what is done to a text before ICU sees it changes, or a normal form of codes.h: stored keys are of
 * another version then. */
enum { PREPARATION_VERSION = 4 };

enum class {
    CLASS_OTHER,
    CLASS_WHITE,
    CLASS_APOSTROPHE,
    CLASS_QUOTE,
};

struct wide {
    UChar *data;
    int32_t length;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const UNormalizer2 *nfc, *nfkc_casefold;
static UCollator *collator;

/* The collator is only read after this, which ICU allows to several threads at once. */
static void open_icu(void)
{
    UErrorCode error = U_ZERO_ERROR;
    nfc = unorm2_getNFCInstance(&error);
    nfkc_casefold = unorm2_getNFKCCasefoldInstance(&error);
    collator = ucol_open("uk", &error);
    ucol_setAttribute(collator, UCOL_NUMERIC_COLLATION, UCOL_ON, &error);
    if (U_FAILURE(error))
        karto_fatal(u_errorName(error));
}

static void icu(void)
{
    if (pthread_once(&once, open_icu) != 0)
        karto_fatal("pthread_once");
}

/* The code point at *at, which moves behind it; U+FFFD for what is none. */
static UChar32 next(struct karto_slice text, size_t *at)
{
    UChar32 c;
    size_t i = *at;
    U8_NEXT_OR_FFFD(text.data, i, text.size, c);
    *at = i;
    return c;
}

static bool is_white(UChar32 c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

static enum class class_of(UChar32 c) {
    if (c == '\'' || c == '`' || c == 0xB4 || c == 0x2BC || c == 0x2018 || c == 0x2019 ||
        c == 0x2032) return CLASS_APOSTROPHE;
    if (c == '"' || c == 0xAB || c == 0xBB || c == 0x201C || c == 0x201D || c == 0x201E) return CLASS_QUOTE;
    return is_white(c) ? CLASS_WHITE : CLASS_OTHER;
}

/* How many bytes a letter or digit takes that is like no other: of ASCII, or Cyrillic of U+0400 to 047F. 0: something
 * else. */
static size_t letter_size(struct karto_slice text, size_t at)
{
    uint8_t byte = text.data[at];
    if ((byte == 0xD0 || byte == 0xD1) && text.size - at > 1 && (text.data[at + 1] & 0xC0) == 0x80)
        return 2;
    return ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || (byte >= '0' && byte <= '9');
}

/* Starters that compose with nothing before them and stand in NFC for themselves. ICU gives the same answer after a
 * conversion to UTF-16, which nearly all text of ours is spared so. */
static bool is_plain(UChar32 c)
{
    return c < 0x300 || (c >= 0x400 && c <= 0x482) || (c >= 0x48A && c <= 0x4FF) || (c >= 0x2010 && c <= 0x2027) ||
           (c >= 0x20A0 && c <= 0x20BF) || c == 0x2116;
}

static bool all_plain(struct karto_slice text)
{
    for (size_t i = 0, letter; i < text.size;) {
        letter = letter_size(text, i);
        i += letter;
        if (!letter && !is_plain(next(text, &i)))
            return false;
    }
    return true;
}

static struct karto_slice trim(struct karto_slice text)
{
    size_t begin = 0;
    for (size_t i = 0; begin < text.size && is_white(next(text, &i));)
        begin = i;
    int32_t end = (int32_t)text.size;
    for (int32_t i = end; end > (int32_t)begin; end = i) {
        UChar32 c;
        U8_PREV_OR_FFFD(text.data, 0, i, c);
        if (!is_white(c))
            break;
    }
    size_t size = (size_t)end - begin;
    return size ? karto_slice(text.data + begin, size) : karto_slice(NULL, 0);
}

static struct wide widen(struct karto_arena *arena, struct karto_slice text)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t room = (int32_t)text.size + 1; /* one unit for each byte at most */
    struct wide out = {karto_arena_array(arena, (size_t)room, sizeof(UChar)), 0};
    u_strFromUTF8WithSub(out.data, room, &out.length, (const char *)text.data, (int32_t)text.size, 0xFFFD, NULL,
                         &error);
    if (U_FAILURE(error))
        karto_fatal(u_errorName(error));
    return out;
}

static struct karto_slice narrow(struct karto_arena *arena, struct wide text)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t room = text.length * 3 + 1, size = 0; /* three bytes for each unit at most */
    char *out = karto_arena_array(arena, (size_t)room, 1);
    u_strToUTF8WithSub(out, room, &size, text.data, text.length, 0xFFFD, NULL, &error);
    if (U_FAILURE(error))
        karto_fatal(u_errorName(error));
    return karto_slice(out, (size_t)size);
}

/* text in the form of norm; text itself if it already is. */
static struct karto_slice normalize(struct karto_arena *arena, struct karto_slice text, const UNormalizer2 *norm)
{
    if (text.size == 0)
        return text;
    UErrorCode error = U_ZERO_ERROR;
    struct wide in = widen(arena, text);
    if (unorm2_quickCheck(norm, in.data, in.length, &error) == UNORM_YES && U_SUCCESS(error))
        return text;
    int32_t room = in.length * 2;
    struct wide out = {karto_arena_array(arena, (size_t)room, sizeof(UChar)), 0};
    error = U_ZERO_ERROR;
    out.length = unorm2_normalize(norm, in.data, in.length, out.data, room, &error);
    if (error == U_BUFFER_OVERFLOW_ERROR) {
        error = U_ZERO_ERROR;
        out.data = karto_arena_array(arena, (size_t)out.length, sizeof(UChar));
        out.length = unorm2_normalize(norm, in.data, in.length, out.data, out.length, &error);
    }
    if (U_FAILURE(error))
        karto_fatal(u_errorName(error));
    return narrow(arena, out);
}

/* A copy with LF for CR LF. Any number of CRs before the LF goes, as one more would only wait for the next time. */
static struct karto_slice copy_lines(struct karto_arena *arena, struct karto_slice text)
{
    if (text.size == 0 || !memchr(text.data, '\r', text.size))
        return karto_arena_copy(arena, text);
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\n') {
            while (size && out[size - 1] == '\r')
                size--;
        }
        out[size++] = text.data[i];
    }
    return karto_slice(out, size);
}

struct karto_slice karto_text_clean(struct karto_arena *arena, struct karto_slice text)
{
    KARTO_ASSERT(text.size <= KARTO_TEXT_SIZE_MAX);
    text = trim(text);
    if (!all_plain(text)) {
        icu();
        text = normalize(arena, text, nfc);
    }
    return copy_lines(arena, text);
}

/* A copy with one space for each run of white space and none outside, and with the given ASCII characters for
 * apostrophes and quotation marks; 0 drops them. */
static struct karto_slice simplify(struct karto_arena *arena, struct karto_slice text, char apostrophe, char quote)
{
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    bool space = false;
    for (size_t i = 0, begin = 0; i < text.size; begin = i) {
        size_t letter = letter_size(text, i);
        i += letter;
        enum class class = letter ? CLASS_OTHER : class_of(next(text, &i));
        char mark = class == CLASS_APOSTROPHE ? apostrophe : quote;
        if (class == CLASS_WHITE)
            space = size > 0;
        if (class == CLASS_WHITE || (class != CLASS_OTHER && !mark))
            continue;
        if (space)
            out[size++] = ' ';
        space = false;
        if (class != CLASS_OTHER) {
            out[size++] = (uint8_t)mark;
        } else {
            memcpy(out + size, text.data + begin, i - begin);
            size += i - begin;
        }
    }
    return karto_slice(size ? out : NULL, size);
}

struct karto_slice karto_text_normal(struct karto_arena *arena, struct karto_slice text)
{
    return simplify(arena, karto_text_clean(arena, text), '\'', '"');
}

static const struct {
    UChar32 latin;
    char cyrillic[3];
} lookalikes[] = {
    {'a', "а"}, {'c', "с"}, {'e', "е"}, {'i', "і"}, {'o', "о"}, {'p', "р"},  {'x', "х"},  {'y', "у"},
    {'A', "А"}, {'B', "В"}, {'C', "С"}, {'E', "Е"}, {'H', "Н"}, {'I', "І"},  {'K', "К"},  {'M', "М"},
    {'O', "О"}, {'P', "Р"}, {'T', "Т"}, {'X', "Х"}, {'Y', "У"}, {0xEF, "ї"}, {0xCF, "Ї"},
};

/* Two bytes of UTF-8, or NULL. */
static const char *lookalike_of(UChar32 c)
{
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++) {
        if (lookalikes[i].latin == c)
            return lookalikes[i].cyrillic;
    }
    return NULL;
}

/* What the letters of one word are. */
struct word {
    size_t end;
    bool cyrillic, lookalike, other_latin;
};

static bool is_word(UChar32 c)
{
    return u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) || class_of(c) == CLASS_APOSTROPHE;
}

/* The word from begin on: letters, their marks, and apostrophes. Of no length where none begins. */
static struct word word_at(struct karto_slice text, size_t begin)
{
    struct word word = {begin, false, false, false};
    for (size_t i = begin; i < text.size; word.end = i) {
        UChar32 c = next(text, &i);
        if (!is_word(c))
            break;
        UErrorCode error = U_ZERO_ERROR;
        UScriptCode script = uscript_getScript(c, &error);
        if (script == USCRIPT_CYRILLIC)
            word.cyrillic = true;
        else if (lookalike_of(c))
            word.lookalike = true;
        else if (script == USCRIPT_LATIN)
            word.other_latin = true;
    }
    return word;
}

/* Whether there can be anything to repair: ASCII letters, or those of U+00C0 to U+00FF, beside others. */
static bool may_be_mixed(struct karto_slice text)
{
    bool latin = false, other = false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i], small = c | 0x20;
        latin |= (small >= 'a' && small <= 'z') || c == 0xC3;
        other |= c >= 0xD0;
    }
    return latin && other;
}

struct karto_slice karto_text_repair(struct karto_arena *arena, struct karto_slice text)
{
    if (!may_be_mixed(text))
        return karto_arena_copy(arena, text);
    uint8_t *out = karto_arena_array(arena, text.size, 2);
    size_t size = 0;
    for (size_t i = 0; i < text.size;) {
        struct word word = word_at(text, i);
        bool repair = word.cyrillic && word.lookalike && !word.other_latin;
        size_t begin = i;
        do {
            const char *cyrillic = lookalike_of(next(text, &i));
            bool replace = repair && cyrillic;
            memcpy(out + size, replace ? (const uint8_t *)cyrillic : text.data + begin, replace ? 2 : i - begin);
            size += replace ? 2 : i - begin;
            begin = i;
        } while (i < word.end);
    }
    return karto_slice(out, size);
}

/* The letter that looks like this one in the other alphabet, and in *size its bytes; NULL: none. */
static const char *lookalike_either(UChar32 c, char latin[2], size_t *size)
{
    *size = 2;
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++) {
        size_t at = 0;
        if (lookalikes[i].latin == c)
            return lookalikes[i].cyrillic;
        if (next(karto_slice(lookalikes[i].cyrillic, 2), &at) != c)
            continue;
        *size = lookalikes[i].latin < 0x80 ? 1 : 2;
        latin[0] = (char)(*size == 1 ? lookalikes[i].latin : 0xC0 | lookalikes[i].latin >> 6);
        latin[1] = (char)(0x80 | (lookalikes[i].latin & 0x3F));
        return latin;
    }
    return NULL;
}

struct karto_slice karto_text_lookalike(struct karto_arena *arena, struct karto_slice text)
{
    uint8_t *out = karto_arena_array(arena, text.size, 2);
    size_t size = 0;
    for (size_t i = 0, begin = 0; i < text.size;) {
        size_t end = word_at(text, i).end, twin_size;
        bool all = end > i;
        char latin[2];
        for (size_t at = i; all && at < end;)
            all = lookalike_either(next(text, &at), latin, &twin_size);
        do {
            begin = i;
            UChar32 c = next(text, &i);
            const char *twin = all ? lookalike_either(c, latin, &twin_size) : NULL;
            memcpy(out + size, twin ? (const uint8_t *)twin : text.data + begin, twin ? twin_size : i - begin);
            size += twin ? twin_size : i - begin;
        } while (i < end);
    }
    return karto_slice(size ? out : NULL, size);
}

/* The small letter of U+0400 to U+047F, as two bytes at out. */
static void write_small_cyrillic(const uint8_t *p, uint8_t *out)
{
    unsigned c = karto_character_small_cyrillic((p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu));
    out[0] = (uint8_t)(0xC0 | c >> 6);
    out[1] = (uint8_t)(0x80 | (c & 0x3F));
}

/* What folding comes to for ASCII and U+0400 to U+047F, « and »: nearly all there is. False: it takes more than this.
 */
static bool fold_plain(struct karto_arena *arena, struct karto_slice text, struct karto_slice *folded)
{
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    bool space = false;
    for (size_t i = 0, bytes; i < text.size; i += bytes) {
        const uint8_t *p = text.data + i;
        bytes = letter_size(text, i);
        bool quotes = text.size - i > 1 && p[0] == 0xC2 && (p[1] == 0xAB || p[1] == 0xBB);
        if (bytes == 0 && p[0] >= 0x80 && !quotes)
            return false;
        enum class class = bytes ? CLASS_OTHER : quotes ? CLASS_QUOTE : class_of(p[0]);
        bytes = bytes ? bytes : quotes ? 2 : 1;
        if (class == CLASS_OTHER && space)
            out[size++] = ' ';
        space = class == CLASS_WHITE ? size > 0 : class != CLASS_OTHER && space;
        if (class == CLASS_OTHER && bytes == 2)
            write_small_cyrillic(p, out + size);
        else if (class == CLASS_OTHER)
            out[size] = p[0] >= 'A' && p[0] <= 'Z' ? p[0] | 0x20 : p[0];
        size += class == CLASS_OTHER ? bytes : 0;
    }
    *folded = karto_slice(size ? out : NULL, size);
    return true;
}

/* ---- apostrophes of old ---- */

static bool is_iotated(const uint8_t *p)
{
    static const char all[][3] = {"я", "ю", "є", "ї", "Я", "Ю", "Є", "Ї"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (memcmp(p, all[i], 2) == 0)
            return true;
    return false;
}

static bool is_letter_at(struct karto_slice text, size_t at)
{
    return at < text.size && (text.data[at] >= 0x80 || (text.data[at] | 0x20) >= 'a');
}

/* Whether a quotation begins here: an even number of marks stands before, and the next one has no letter behind. */
static bool opens_quotation(struct karto_slice text, size_t at)
{
    bool even = true;
    for (size_t i = 0; i < at; i++)
        even ^= text.data[i] == '"';
    const uint8_t *next_mark = memchr(text.data + at + 1, '"', text.size - at - 1);
    return even && next_mark && !is_letter_at(text, (size_t)(next_mark - text.data) + 1);
}

bool karto_text_is_old_apostrophe(struct karto_slice text, size_t at)
{
    if (at < 2 || text.size - at < 3 || text.data[at - 2] < 0xD0 || text.data[at - 2] > 0xD3 ||
        !is_iotated(text.data + at + 1))
        return false;
    return text.data[at] == '*' || (text.data[at] == '"' && !opens_quotation(text, at));
}

/* A copy without those that are no quotation marks; text itself if there are none. */
static struct karto_slice without_stars(struct karto_arena *arena, struct karto_slice text)
{
    if (text.size == 0 || !memchr(text.data, '*', text.size))
        return text;
    uint8_t *out = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '*' || !karto_text_is_old_apostrophe(text, i))
            out[size++] = text.data[i];
    return size < text.size ? karto_slice(out, size) : text;
}

/* Capital look-alikes can only be told before case folding (B is one, b is not). What folding brings forth (wide
 * letters, accents and spaces that compatibility characters contain) and what comes together when an apostrophe goes
 * is looked at again behind it. */
static struct karto_slice fold(struct karto_arena *arena, struct karto_slice text)
{
    struct karto_slice plain;
    if (!may_be_mixed(text) && fold_plain(arena, text, &plain))
        return plain;
    text = karto_text_clean(arena, text);
    icu();
    text = normalize(arena, karto_text_repair(arena, simplify(arena, text, '\'', '"')), nfkc_casefold);
    struct karto_slice bare = simplify(arena, text, 0, 0);
    if (!karto_slice_equal(bare, text))
        bare = normalize(arena, bare, nfkc_casefold);
    struct karto_slice repaired = karto_text_repair(arena, bare);
    return karto_slice_equal(repaired, bare) ? bare : normalize(arena, repaired, nfkc_casefold);
}

/* What stands together when a star goes is folded once more. */
struct karto_slice karto_text_fold(struct karto_arena *arena, struct karto_slice text)
{
    struct karto_slice folded = fold(arena, text), bare = without_stars(arena, folded);
    return bare.size == folded.size ? folded : karto_text_fold(arena, bare);
}

/* Quotation marks are dropped like apostrophes: a firm stands under its first letter. (ICU's own way of ignoring
 * punctuation would ignore the spaces between words too.) */
void karto_text_sort_key(struct karto_buf *buf, struct karto_slice text, size_t size_max)
{
    icu();
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct wide wide = widen(&arena, simplify(&arena, without_stars(&arena, karto_text_clean(&arena, text)), 0, 0));
    int32_t room = wide.length * 2 + 64, size;
    uint8_t *key = karto_arena_array(&arena, (size_t)room, 1);
    size = ucol_getSortKey(collator, wide.data, wide.length, key, room);
    if (size > room) {
        key = karto_arena_array(&arena, (size_t)size, 1);
        size = ucol_getSortKey(collator, wide.data, wide.length, key, size);
    }
    KARTO_ASSERT(size > 0);
    size_t bare = (size_t)size - 1; /* ICU ends keys with a 0 */
    karto_buf_add(buf, key, bare < size_max ? bare : size_max);
    karto_arena_fini(&arena);
}

uint64_t karto_text_collation_version(void)
{
    icu();
    UVersionInfo rules, uca;
    ucol_getVersion(collator, rules);
    ucol_getUCAVersion(collator, uca);
    uint8_t bytes[8] = {rules[0], rules[1], rules[2], rules[3], uca[0], uca[1], uca[2], PREPARATION_VERSION};
    return karto_be64(bytes);
}

enum karto_text_class karto_text_class(struct karto_slice text, size_t *at)
{
    UChar32 c = next(text, at);
    if (u_isalpha(c))
        return KARTO_TEXT_LETTER;
    if (u_isdigit(c))
        return KARTO_TEXT_DIGIT;
    return U_GET_GC_MASK(c) & U_GC_M_MASK ? KARTO_TEXT_MARK : KARTO_TEXT_OTHER;
}

uint32_t karto_text_unicode_version(void)
{
    UVersionInfo version;
    u_getUnicodeVersion(version);
    return karto_be32(version);
}

static size_t width_of(UChar32 c)
{
    if (c < 0x300)
        return c >= ' ' && (c < 0x7F || c >= 0xA0);
    if (c >= 0x400 && c <= 0x482)
        return 1;
    if (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK))
        return 0;
    if (c >= 0x1160 && c <= 0x11FF) /* vowels and finals that join the syllable before them */
        return 0;
    int32_t east_asian = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    return east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
}

size_t karto_text_width(struct karto_slice text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.size;)
        width += width_of(next(text, &i));
    return width;
}

struct karto_slice karto_text_cut(struct karto_slice text, size_t columns)
{
    size_t end = 0;
    for (size_t i = 0; i < text.size; end = i) {
        size_t width = width_of(next(text, &i));
        if (width > columns)
            break;
        columns -= width;
    }
    return karto_slice(text.data, end);
}

/* -- other encodings -- */

void karto_text_code_page(const char *name, uint16_t page[128])
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = ucnv_open(name, &error);
    for (int i = 0; i < 128 && U_SUCCESS(error); i++) {
        const char byte = (char)(0x80 + i);
        UChar character[2] = {0};
        int32_t size = ucnv_toUChars(converter, character, 2, &byte, 1, &error);
        bool is_control = character[0] < 0xA0; /* what a byte without a character is turned into */
        page[i] = size == 1 && !is_control ? character[0] : 0xFFFD;
    }
    if (U_FAILURE(error))
        karto_fatal(u_errorName(error));
    ucnv_close(converter);
}

/* Whether there may be a combining mark: U+0300 to 036F, U+0483 to 0489, or from U+0580 on. */
static bool may_have_marks(struct karto_slice text)
{
    uint8_t found = 0; /* no wider than what is compared, so that many are compared at once */
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        found |= (uint8_t)((byte >= 0xD6) | (byte == 0xD2) | ((byte & 0xFC) == 0xCC));
    }
    return found;
}

bool karto_text_marks_fit(struct karto_slice text)
{
    if (!may_have_marks(text))
        return true;
    unsigned marks = 0;
    for (size_t i = 0; i < text.size;) {
        UChar32 c;
        U8_NEXT_OR_FFFD(text.data, i, text.size, c);
        marks = c >= 0x300 && u_getCombiningClass(c) ? marks + 1 : 0;
        if (marks > KARTO_TEXT_MARKS_MAX)
            return false;
    }
    return true;
}
