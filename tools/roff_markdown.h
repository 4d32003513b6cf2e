/* roff_markdown.h - a document of docs/ as a page of the manual, so that there is one text for both. What documents
 * use: one "# Title", "## Heading", paragraphs, blocks indented by four blanks, tables of two columns; `code`,
 * *stress*, **bold** and [links](elsewhere), of which only the words stay. */
#ifndef KARTO_TOOLS_ROFF_MARKDOWN_H
#define KARTO_TOOLS_ROFF_MARKDOWN_H

#include "core/base/buf.h"

/* Appends everything below the title. */
void karto_roff_markdown(struct karto_buf *out, struct karto_slice document);

#endif
