/* manual_page.h - pages of the manual, in each language, from what karto itself goes by: the table of commands, the
 * texts of its help, its errors. So nothing is described that is not there, and nothing is left out. */
#ifndef KARTO_TOOLS_MANUAL_PAGE_H
#define KARTO_TOOLS_MANUAL_PAGE_H

#include "client/help.h"

/* Each appends a whole page: karto(1); karto-NOUN(1), with all verbs of the noun; a topic, karto-TOPIC. */
void karto_manual_karto(struct karto_buf *out, enum karto_lang lang);
void karto_manual_noun(struct karto_buf *out, enum karto_lang lang, const char *noun);
void karto_manual_topic(struct karto_buf *out, enum karto_lang lang, const struct karto_help *help);

/* '5' or '7'; 0: it has no page of its own, being part of karto(1) or a command. */
char karto_manual_topic_section(const struct karto_help *help);

/* Appends what stands at the end of every page. */
void karto_manual_see_also(struct karto_buf *out, enum karto_lang lang);

#endif
