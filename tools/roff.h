/* roff.h - pages of the manual, as man(7) wants them. Text is UTF-8 and is put in as it is: whatever roff would take
 * for a request or an escape is written so that it is a character. */
#ifndef KARTO_TOOLS_ROFF_H
#define KARTO_TOOLS_ROFF_H

#include "core/base/buf.h"

/* Begins a page: its name, "karto-client", its section, '1', and the two headings of lexgrog(1). */
void karto_roff_page(struct karto_buf *out, const char *name, char section, const char *heading, const char *summary);

void karto_roff_section(struct karto_buf *out, struct karto_slice heading);
void karto_roff_subsection(struct karto_buf *out, struct karto_slice heading);

/* A paragraph of running text; empty is none. Line breaks in it are blanks. */
void karto_roff_paragraph(struct karto_buf *out, struct karto_slice text);

/* A heading within a subsection. */
void karto_roff_label(struct karto_buf *out, struct karto_slice label);

/* Lines as they stand, of a program or a table. */
void karto_roff_lines(struct karto_buf *out, struct karto_slice lines);

/* What something is called, in bold, and what it is, indented below. */
void karto_roff_item(struct karto_buf *out, struct karto_slice name, struct karto_slice text);

/* Text in the middle of a line. */
void karto_roff_text(struct karto_buf *out, struct karto_slice text);

#endif
