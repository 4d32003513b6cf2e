/* mark.h - a line that somebody typed, with a mark under the place where it could not be read. */
#ifndef KARTO_CLIENT_MARK_H
#define KARTO_CLIENT_MARK_H

#include "core/base/buf.h"

/* Adds two lines to the picture of a problem: text, and the mark under its byte at. Nothing where the mark would be off
 * the screen. */
void karto_mark_place(struct karto_buf *picture, struct karto_slice text, size_t at);

#endif
