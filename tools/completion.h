/* completion.h - what shells have to know of karto to complete its command lines: a function _karto_table KEY that
 * prints words, by
 *
 *     nouns              all of them
 *     verbs NOUN         its verbs; none where the noun is all there is
 *     options            those of every command: --json, or --limit= where a value follows, -n alike
 *     options NAME       those of one command, "client set"
 *     words NAME         how many words come first of which nothing is known, and what can follow: "1 name= phone+="
 *     value OPTION       what an option without its dashes can be
 *     choices NOUN FIELD what a field can be
 *
 * "@file" among them stands for a file, "@dir" for a directory. Nothing is printed where nothing is known. */
#ifndef KARTO_TOOLS_COMPLETION_H
#define KARTO_TOOLS_COMPLETION_H

#include "core/base/buf.h"

/* Append the function, as bash and zsh read it, and as fish does. */
void karto_completion_sh(struct karto_buf *out);
void karto_completion_fish(struct karto_buf *out);

#endif
