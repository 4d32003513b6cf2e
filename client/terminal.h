/* terminal.h - what may be sent to a terminal. Names and notes come from other people, and a terminal obeys what it is
 * sent, so text is made harmless first. */
#ifndef KARTO_CLIENT_TERMINAL_H
#define KARTO_CLIENT_TERMINAL_H

#include "core/base/buf.h"

/* Appends text (UTF-8): control characters, and those that turn the direction of writing, become U+FFFD; a tab or a
 * line break becomes a space. */
void karto_terminal_text(struct karto_buf *out, struct karto_slice text);

/* The same for text of several lines, which keeps its line breaks. */
void karto_terminal_lines(struct karto_buf *out, struct karto_slice text);

/* Appends text as it fits in width columns (at least 1), with an ellipsis where something was cut. */
void karto_terminal_cut(struct karto_buf *out, struct karto_slice text, size_t width);

void karto_terminal_spaces(struct karto_buf *out, size_t count);

enum karto_color { KARTO_COLOR_AUTO, KARTO_COLOR_ALWAYS, KARTO_COLOR_NEVER };

/* Whether to colour what goes to a terminal, or not to one: no_color and term are the variables NO_COLOR and TERM. A
 * choice that somebody made for this program counts for more than NO_COLOR does. */
bool karto_terminal_color(enum karto_color choice, bool is_terminal, const char *no_color, const char *term);

#define KARTO_STYLE_BOLD "\033[1m"
#define KARTO_STYLE_DIM  "\033[2m"
#define KARTO_STYLE_RED  "\033[31m"
#define KARTO_STYLE_NONE "\033[0m"

#endif
