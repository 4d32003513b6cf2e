/* encoding_write.h - UTF-8 in an encoding of one byte a character, for programs that know no other. */
#ifndef KARTO_CLIENT_ENCODING_WRITE_H
#define KARTO_CLIENT_ENCODING_WRITE_H

#include "client/encoding.h"

/* What --encoding of export takes, for people. */
#define KARTO_ENCODINGS_WRITTEN "utf-8, windows-1251, cp866, cp1125, koi8-u"

struct karto_encoder {
    enum karto_encoding encoding;
    uint16_t page[128];
    uint64_t lost; /* characters for which there is nothing but ? */
};

/* encoding: UTF-8, which stays as it is, or one of one byte a character. False: another. */
bool karto_encoder_init(struct karto_encoder *encoder, enum karto_encoding encoding);

/* Appends text. What the encoding lacks is written as people write it without: ₴ as грн, ʼ as ’ or ', quotation marks
 * as ', in cp866 і as the Latin i and ґ as г; a mark of the byte order is left out. */
void karto_encoder_add(struct karto_encoder *encoder, struct karto_slice text, struct karto_buf *out);

#endif
