/* encoding.h - bytes of a file, in whichever encoding a program wrote it, as UTF-8. */
#ifndef KARTO_CLIENT_ENCODING_H
#define KARTO_CLIENT_ENCODING_H

#include "client/csv.h"

enum karto_encoding {
    KARTO_FIND_OUT,
    KARTO_UTF_8,
    KARTO_UTF_16, /* little-endian */
    KARTO_UTF_16_BE,
    KARTO_WINDOWS_1251, /* from here on: one byte a character */
    KARTO_CP866,        /* of DOS */
    KARTO_CP1125,       /* the same with all Ukrainian letters, also called cp866u and RUSCII */
    KARTO_KOI8_U,
};

/* What --encoding takes, for people. */
#define KARTO_ENCODINGS "utf-8, utf-16, windows-1251, cp866, cp1125, koi8-u"

/* By one of its usual names, capitals or not. False: none that we know. */
bool karto_encoding_parse(const char *name, enum karto_encoding *encoding);
const char *karto_encoding_name(enum karto_encoding encoding);

/* The characters of the bytes 0x80 to 0xFF in an encoding of one byte a character. */
void karto_encoding_page(enum karto_encoding encoding, uint16_t page[128]);

enum { KARTO_NO_UTF_8 = 0xFF }; /* a byte that no text in UTF-8 has */

/* Reads from inner and gives UTF-8. A file that begins with the mark of UTF-8 or UTF-16 is that, whatever was said.
 * What is no character becomes KARTO_NO_UTF_8, so that nobody takes it for a text; UTF-8 passes as it is.
 * KARTO_FIND_OUT: by the first part that is more than ASCII. */
struct karto_decoder {
    struct karto_csv_source inner;
    enum karto_encoding encoding; /* as was said, and then as was found */
    enum karto_encoding looks;    /* what that part looks like; KARTO_FIND_OUT: it did not come yet */
    bool began, at_end;
    uint16_t page[128];
    uint8_t bytes[16 * 1024]; /* read, from at to size not yet decoded */
    size_t at, size;
    struct karto_buf text; /* decoded, from given on not yet given */
    size_t given;
};

void karto_decoder_init(struct karto_decoder *decoder, const struct karto_csv_source *inner,
                        enum karto_encoding encoding);
void karto_decoder_fini(struct karto_decoder *decoder);
struct karto_csv_source karto_decoder_source(struct karto_decoder *decoder);

/* What it was, once all is read: UTF-8 where everything was ASCII. */
enum karto_encoding karto_decoder_encoding(const struct karto_decoder *decoder);

/* What the file looks like although something else was said; KARTO_FIND_OUT: there is no doubt. */
enum karto_encoding karto_decoder_doubt(const struct karto_decoder *decoder);

/* Appends a text of a file in UTF-8 that is none, as it was meant perhaps: of another encoding that it looks like, or
 * damaged, with U+FFFD for what is lost. like: karto_encoding_guess of more of the same. */
void karto_encoding_rescue(struct karto_slice text, enum karto_encoding like, struct karto_buf *out);

#endif
