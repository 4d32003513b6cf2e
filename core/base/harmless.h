/* harmless.h - text of others, made fit for where it is read: a terminal obeys what it is sent, and a journal is one
 * line an event. */
#ifndef KARTO_BASE_HARMLESS_H
#define KARTO_BASE_HARMLESS_H

#include "core/base/buf.h"

/* Appends text (UTF-8): what commands, and what is no UTF-8, becomes U+FFFD; a line break becomes line_break, a tab or
 * a carriage return a blank (one before a line break goes with it). */
void karto_harmless(struct karto_buf *out, struct karto_slice text, const char *line_break);

#endif
