/* character.h - one character of UTF-8: read, written, and whether it commands. */
#ifndef KARTO_BASE_CHARACTER_H
#define KARTO_BASE_CHARACTER_H

#include "core/base/buf.h"

/* The character at text.data[at] and how many bytes it takes, at least 1; what is no UTF-8 is U+FFFD byte by byte. */
size_t karto_character_at(struct karto_slice text, size_t at, uint32_t *code);

/* Appends a character, at most U+10FFFF. */
void karto_character_add(struct karto_buf *out, uint32_t code);

/* The small letter of U+0400 to U+04FF but U+0482 to U+0489, which are no letters. */
static inline uint32_t karto_character_small_cyrillic(uint32_t code)
{
    if (code < 0x410)
        return code + 0x50;
    if (code < 0x430)
        return code + 0x20;
    if (code < 0x460)
        return code;
    if (code == 0x4C0)
        return 0x4CF;
    if (code > 0x4C0 && code < 0x4CF)
        return code + (code & 1);
    return code == 0x4CF ? code : code | 1;
}

/* Whether a character is one that commands: a control character (C0, DEL, C1), or one that turns the direction of
 * writing. */
bool karto_character_commands(uint32_t code);

#endif
