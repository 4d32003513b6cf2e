/* encoding.h - bytes of a file, in whichever encoding a program wrote it, as UTF-8. */
#ifndef KARTO_CLIENT_ENCODING_H
#define KARTO_CLIENT_ENCODING_H

#include "client/csv.h"

enum karto_encoding { KARTO_UTF_8, KARTO_WINDOWS_1251, KARTO_UTF_16 };

/* What --encoding takes, for people. */
#define KARTO_ENCODINGS "utf-8, windows-1251, utf-16"

/* By one of its usual names, capitals or not. False: none that we know. */
bool karto_encoding_parse(const char *name, enum karto_encoding *encoding);

/* Reads from inner and gives UTF-8. UTF-16 is little-endian unless its mark says otherwise; a file that begins with
 * that mark is UTF-16, whatever was said. What is no character becomes U+FFFD; UTF-8 passes as it is. */
struct karto_decoder {
    struct karto_csv_source inner;
    enum karto_encoding encoding;
    bool began, at_end, big_endian;
    uint8_t bytes[16 * 1024]; /* read, from at to size not yet decoded */
    size_t at, size;
    struct karto_buf text; /* decoded, from given on not yet given */
    size_t given;
};

void karto_decoder_init(struct karto_decoder *decoder, const struct karto_csv_source *inner,
                        enum karto_encoding encoding);
void karto_decoder_fini(struct karto_decoder *decoder);
struct karto_csv_source karto_decoder_source(struct karto_decoder *decoder);

#endif
