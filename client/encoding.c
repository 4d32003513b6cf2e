#include "client/encoding.h"

#include "client/encoding_guess.h"
#include "core/base/character.h"
#include "core/base/text.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    enum karto_encoding encoding;
} names[] = {
    /* the first of each is its name */
    {"utf-8", KARTO_UTF_8},
    {"utf8", KARTO_UTF_8},
    {"utf-16", KARTO_UTF_16},
    {"utf16", KARTO_UTF_16},
    {"utf-16le", KARTO_UTF_16},
    {"utf-16be", KARTO_UTF_16_BE},
    {"windows-1251", KARTO_WINDOWS_1251},
    {"windows1251", KARTO_WINDOWS_1251},
    {"win-1251", KARTO_WINDOWS_1251},
    {"cp1251", KARTO_WINDOWS_1251},
    {"1251", KARTO_WINDOWS_1251},
    {"cp866", KARTO_CP866},
    {"ibm866", KARTO_CP866},
    {"866", KARTO_CP866},
    {"cp1125", KARTO_CP1125},
    {"cp866u", KARTO_CP1125},
    {"ruscii", KARTO_CP1125},
    {"koi8-u", KARTO_KOI8_U},
    {"koi8u", KARTO_KOI8_U},
    {"koi8-r", KARTO_KOI8_U}, /* which it has all letters of */
};
enum { NAMES = sizeof names / sizeof *names };

bool karto_encoding_parse(const char *name, enum karto_encoding *encoding)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (strcasecmp(name, names[i].name) == 0) {
            *encoding = names[i].encoding;
            return true;
        }
    }
    return false;
}

const char *karto_encoding_name(enum karto_encoding encoding)
{
    for (size_t i = 0; i < NAMES; i++)
        if (names[i].encoding == encoding)
            return names[i].name;
    return names[0].name;
}

void karto_encoding_page(enum karto_encoding encoding, uint16_t page[128])
{
    const char *name = encoding == KARTO_CP866    ? "ibm-866"
                       : encoding == KARTO_CP1125 ? "ibm-1125"
                       : encoding == KARTO_KOI8_U ? "KOI8-U"
                                                  : "windows-1251";
    karto_text_code_page(name, page);
}

/* -- bytes -- */

enum { NO_CHARACTER = 0xFFFD };

/* Reads until so many bytes wait, or there are no more. False: the source said no. */
static bool need(struct karto_decoder *decoder, size_t size)
{
    memmove(decoder->bytes, decoder->bytes + decoder->at, decoder->size - decoder->at);
    decoder->size -= decoder->at;
    decoder->at = 0;
    while (decoder->size < size && !decoder->at_end) {
        long got = decoder->inner.read(decoder->inner.context, decoder->bytes + decoder->size,
                                       sizeof decoder->bytes - decoder->size);
        if (got < 0)
            return false;
        decoder->at_end = got == 0;
        decoder->size += (size_t)got;
    }
    return true;
}

/* That of UTF-8 stays, for whoever reads the text. */
static void take_mark(struct karto_decoder *decoder)
{
    if (decoder->size >= 3 && memcmp(decoder->bytes, "\xEF\xBB\xBF", 3) == 0)
        decoder->encoding = KARTO_UTF_8;
    if (decoder->size < 2)
        return;
    bool little = decoder->bytes[0] == 0xFF && decoder->bytes[1] == 0xFE;
    bool big = decoder->bytes[0] == 0xFE && decoder->bytes[1] == 0xFF;
    if (!little && !big)
        return;
    decoder->encoding = big ? KARTO_UTF_16_BE : KARTO_UTF_16;
    decoder->at = 2;
}

/* -- UTF-16 -- */

static uint32_t unit_at(const struct karto_decoder *decoder, size_t at)
{
    uint8_t first = decoder->bytes[at], second = decoder->bytes[at + 1];
    return decoder->encoding == KARTO_UTF_16_BE ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

/* What is no character becomes a byte that is no UTF-8. */
static void add_character(struct karto_decoder *decoder, uint32_t code)
{
    if (code == NO_CHARACTER)
        karto_buf_add_byte(&decoder->text, KARTO_NO_UTF_8);
    else
        karto_character_add(&decoder->text, code);
}

/* The character at hand; NO_CHARACTER for half of one. */
static uint32_t take_utf16(struct karto_decoder *decoder)
{
    size_t left = decoder->size - decoder->at;
    if (left < 2) {
        decoder->at = decoder->size;
        return NO_CHARACTER;
    }
    uint32_t unit = unit_at(decoder, decoder->at);
    decoder->at += 2;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit > 0xDBFF || left < 4)
        return NO_CHARACTER;
    uint32_t low = unit_at(decoder, decoder->at);
    if (low < 0xDC00 || low > 0xDFFF)
        return NO_CHARACTER;
    decoder->at += 2;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

/* -- a source -- */

static void add_all(struct karto_decoder *decoder)
{
    karto_buf_add(&decoder->text, decoder->bytes + decoder->at, decoder->size - decoder->at);
    decoder->at = decoder->size;
}

static void add_byte(struct karto_decoder *decoder)
{
    uint8_t byte = decoder->bytes[decoder->at++];
    add_character(decoder, byte < 0x80 ? byte : decoder->page[byte - 0x80]);
}

static bool is_wide(const struct karto_decoder *decoder)
{
    return decoder->encoding == KARTO_UTF_16 || decoder->encoding == KARTO_UTF_16_BE;
}

/* All that waits but, of UTF-16, what could be half of a character. */
static void decode(struct karto_decoder *decoder)
{
    size_t keep = is_wide(decoder) && !decoder->at_end ? 3 : 0;
    while (decoder->at + keep < decoder->size) {
        switch (decoder->encoding) {
        case KARTO_FIND_OUT:
        case KARTO_UTF_8: add_all(decoder); break;
        case KARTO_UTF_16:
        case KARTO_UTF_16_BE: add_character(decoder, take_utf16(decoder)); break;
        case KARTO_WINDOWS_1251:
        case KARTO_CP866:
        case KARTO_CP1125:
        case KARTO_KOI8_U: add_byte(decoder); break;
        }
    }
}

static void set_encoding(struct karto_decoder *decoder, enum karto_encoding encoding)
{
    decoder->encoding = encoding;
    if (encoding >= KARTO_WINDOWS_1251)
        karto_encoding_page(encoding, decoder->page);
}

/* What is ASCII says nothing, and passes; so does a zero byte in the midst of it. */
static void look(struct karto_decoder *decoder)
{
    bool has_zero = false, has_high = false;
    for (size_t i = decoder->at; i < decoder->size; i++) {
        has_zero = has_zero || decoder->bytes[i] == 0;
        has_high = has_high || decoder->bytes[i] >= 0x80;
    }
    if (!has_zero && !has_high)
        return;
    enum karto_encoding guess =
        karto_encoding_guess(karto_slice(decoder->bytes + decoder->at, decoder->size - decoder->at));
    if (!has_high && guess == KARTO_UTF_8)
        return;
    decoder->looks = guess;
    bool is_turned = decoder->encoding == KARTO_UTF_16 && guess == KARTO_UTF_16_BE;
    if (decoder->encoding == KARTO_FIND_OUT || is_turned) /* who says UTF-16 does not say which */
        set_encoding(decoder, guess);
}

static long read_text(void *context, void *out, size_t size)
{
    struct karto_decoder *decoder = context;
    if (decoder->given == decoder->text.size) {
        karto_buf_clear(&decoder->text);
        decoder->given = 0;
    }
    while (decoder->text.size == 0) {
        if (!need(decoder, decoder->looks == KARTO_FIND_OUT ? sizeof decoder->bytes : 4))
            return -1;
        if (decoder->size == 0)
            return 0;
        if (!decoder->began)
            take_mark(decoder);
        decoder->began = true;
        if (decoder->looks == KARTO_FIND_OUT)
            look(decoder);
        decode(decoder);
    }
    size_t left = decoder->text.size - decoder->given;
    size_t taken = left < size ? left : size;
    if (taken)
        memcpy(out, decoder->text.data + decoder->given, taken);
    decoder->given += taken;
    return (long)taken;
}

void karto_decoder_init(struct karto_decoder *decoder, const struct karto_csv_source *inner,
                        enum karto_encoding encoding)
{
    memset(decoder, 0, sizeof *decoder);
    decoder->inner = *inner;
    set_encoding(decoder, encoding);
}

void karto_decoder_fini(struct karto_decoder *decoder)
{
    karto_buf_fini(&decoder->text);
}

struct karto_csv_source karto_decoder_source(struct karto_decoder *decoder)
{
    return (struct karto_csv_source){decoder, read_text};
}

enum karto_encoding karto_decoder_encoding(const struct karto_decoder *decoder)
{
    return decoder->encoding == KARTO_FIND_OUT ? KARTO_UTF_8 : decoder->encoding;
}

enum karto_encoding karto_decoder_doubt(const struct karto_decoder *decoder)
{
    enum karto_encoding is = karto_decoder_encoding(decoder), looks = decoder->looks;
    bool is_dos = is == KARTO_CP866 || is == KARTO_CP1125;
    if (looks == KARTO_FIND_OUT || looks == is || (is_dos && (looks == KARTO_CP866 || looks == KARTO_CP1125)))
        return KARTO_FIND_OUT;
    return looks;
}

void karto_encoding_rescue(struct karto_slice text, enum karto_encoding like, struct karto_buf *out)
{
    uint16_t page[128];
    bool by_page = like >= KARTO_WINDOWS_1251;
    if (by_page)
        karto_encoding_page(like, page);
    for (size_t at = 0; at < text.size;) {
        uint32_t code = text.data[at];
        if (by_page)
            code = text.data[at] < 0x80 ? code : page[text.data[at] - 0x80];
        at += by_page ? 1 : karto_character_at(text, at, &code);
        karto_character_add(out, code);
    }
}
