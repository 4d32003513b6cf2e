/* syncd_line.h - what karto-syncd says to whom started it, or asked it: one line, "ok ..." or "err E-...". */
#ifndef KARTO_CLIENT_SYNCD_LINE_H
#define KARTO_CLIENT_SYNCD_LINE_H

#include "core/base/os_process.h"

#define KARTO_SYNCD "karto-syncd"

struct karto_syncd_line {
    char text[KARTO_SIBLING_LINE_MAX]; /* the last one; empty: none has come */
};

/* Hears a line into context, a struct karto_syncd_line: for karto_run_sibling. */
void karto_syncd_hear(void *context, const char *line);

/* KARTO_OK for "ok ...", with what is behind that in *rest (may be NULL); the error that is named; KARTO_E_PROTOCOL for
 * anything else. */
enum karto_err karto_syncd_understand(const char *line, const char **rest);

/* A word of an argv, which takes char *const[] and changes nothing. */
char *karto_syncd_word(const char *word);

#endif
