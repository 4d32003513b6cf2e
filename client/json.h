/* json.h - the letters of JSON (RFC 8259). */
#ifndef KARTO_CLIENT_JSON_H
#define KARTO_CLIENT_JSON_H

#include "core/base/buf.h"

/* Appends text (UTF-8) as a JSON string, quotes included. Only what must be escaped is. */
void karto_json_text(struct karto_buf *out, struct karto_slice text);

/* Appends a comma where one is due before the next key or value. Whether it is, the last byte tells: not behind a
 * brace, a bracket or a colon, and not at the beginning. */
void karto_json_comma(struct karto_buf *out);

#endif
