#include "client/encoding.h"

#include <string.h>
#include <strings.h>

bool karto_encoding_parse(const char *name, enum karto_encoding *encoding)
{
    static const struct {
        const char *name;
        enum karto_encoding encoding;
    } names[] = {
        {"utf-8", KARTO_UTF_8},           {"utf8", KARTO_UTF_8},    {"windows-1251", KARTO_WINDOWS_1251},
        {"cp1251", KARTO_WINDOWS_1251},   {"utf-16", KARTO_UTF_16}, {"windows1251", KARTO_WINDOWS_1251},
        {"win-1251", KARTO_WINDOWS_1251}, {"utf16", KARTO_UTF_16},  {"1251", KARTO_WINDOWS_1251},
        {"utf-16le", KARTO_UTF_16},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i].name) == 0) {
            *encoding = names[i].encoding;
            return true;
        }
    }
    return false;
}

/* 0x80 to 0xBF; from 0xC0 on it is the alphabet in its order. 0x98 is nothing. */
static const uint16_t windows_1251[64] = {
    0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021, 0x20AC, 0x2030, 0x0409, 0x2039, 0x040A,
    0x040C, 0x040B, 0x040F, 0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0xFFFD, 0x2122,
    0x0459, 0x203A, 0x045A, 0x045C, 0x045B, 0x045F, 0x00A0, 0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6,
    0x00A7, 0x0401, 0x00A9, 0x0404, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x0407, 0x00B0, 0x00B1, 0x0406, 0x0456,
    0x0491, 0x00B5, 0x00B6, 0x00B7, 0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455, 0x0457,
};

static void add_utf8(struct karto_buf *out, uint32_t c)
{
    if (c < 0x80) {
        karto_buf_add_byte(out, (uint8_t)c);
    } else if (c < 0x800) {
        karto_buf_add_byte(out, (uint8_t)(0xC0 | c >> 6));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        karto_buf_add_byte(out, (uint8_t)(0xE0 | c >> 12));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
    } else {
        karto_buf_add_byte(out, (uint8_t)(0xF0 | c >> 18));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c >> 12 & 0x3F)));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
        karto_buf_add_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
    }
}

static uint32_t of_windows_1251(uint8_t byte)
{
    if (byte < 0x80)
        return byte;
    return byte < 0xC0 ? windows_1251[byte - 0x80] : 0x0410u + byte - 0xC0;
}

/* -- bytes -- */

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

static void take_mark(struct karto_decoder *decoder)
{
    if (decoder->size < 2)
        return;
    bool little = decoder->bytes[0] == 0xFF && decoder->bytes[1] == 0xFE;
    bool big = decoder->bytes[0] == 0xFE && decoder->bytes[1] == 0xFF;
    if (!little && !big)
        return;
    decoder->encoding = KARTO_UTF_16;
    decoder->big_endian = big;
    decoder->at = 2;
}

/* -- UTF-16 -- */

static uint32_t unit_at(const struct karto_decoder *decoder, size_t at)
{
    uint8_t first = decoder->bytes[at], second = decoder->bytes[at + 1];
    return decoder->big_endian ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

/* The character at hand; 0xFFFD for half of one. */
static uint32_t take_utf16(struct karto_decoder *decoder)
{
    size_t left = decoder->size - decoder->at;
    if (left < 2) {
        decoder->at = decoder->size;
        return 0xFFFD;
    }
    uint32_t unit = unit_at(decoder, decoder->at);
    decoder->at += 2;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit > 0xDBFF || left < 4)
        return 0xFFFD;
    uint32_t low = unit_at(decoder, decoder->at);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0xFFFD;
    decoder->at += 2;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

/* -- a source -- */

/* All that waits but, of UTF-16, what could be half of a character. */
static void decode(struct karto_decoder *decoder)
{
    size_t keep = decoder->encoding == KARTO_UTF_16 && !decoder->at_end ? 3 : 0;
    while (decoder->at + keep < decoder->size) {
        switch (decoder->encoding) {
        case KARTO_UTF_8:
            karto_buf_add(&decoder->text, decoder->bytes + decoder->at, decoder->size - decoder->at);
            decoder->at = decoder->size;
            break;
        case KARTO_WINDOWS_1251: add_utf8(&decoder->text, of_windows_1251(decoder->bytes[decoder->at++])); break;
        case KARTO_UTF_16: add_utf8(&decoder->text, take_utf16(decoder)); break;
        }
    }
}

static long read_text(void *context, void *out, size_t size)
{
    struct karto_decoder *decoder = context;
    if (decoder->given == decoder->text.size) {
        karto_buf_clear(&decoder->text);
        decoder->given = 0;
    }
    while (decoder->text.size == 0) {
        if (!need(decoder, 4))
            return -1;
        if (decoder->size == 0)
            return 0;
        if (!decoder->began)
            take_mark(decoder);
        decoder->began = true;
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
    decoder->encoding = encoding;
}

void karto_decoder_fini(struct karto_decoder *decoder)
{
    karto_buf_fini(&decoder->text);
}

struct karto_csv_source karto_decoder_source(struct karto_decoder *decoder)
{
    return (struct karto_csv_source){decoder, read_text};
}
