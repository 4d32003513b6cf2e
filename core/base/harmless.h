/* harmless.h - text of others, made fit for where it is read: a terminal obeys what it is sent, and a journal is one
 * line an event. */
#ifndef KARTO_BASE_HARMLESS_H
#define KARTO_BASE_HARMLESS_H

#include "core/base/buf.h"

/* The character at text.data[at] and how many bytes it takes, at least 1; what is no UTF-8 is U+FFFD byte by byte. */
size_t karto_character_at(struct karto_slice text, size_t at, uint32_t *code);

/* Appends a character, at most U+10FFFF. */
void karto_character_add(struct karto_buf *out, uint32_t code);

/* Whether a character is one that commands: a control character (C0, DEL, C1), or one that turns the direction of
 * writing. */
bool karto_character_commands(uint32_t code);

/* Appends text (UTF-8): what commands, and what is no UTF-8, becomes U+FFFD; a line break becomes line_break, a tab or
 * a carriage return a blank (one before a line break goes with it). */
void karto_harmless(struct karto_buf *out, struct karto_slice text, const char *line_break);

#endif
