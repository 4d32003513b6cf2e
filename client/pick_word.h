/* pick_word.h - the word of a command line that names a record; where the shell has taken a name apart, the line as it
 * should be typed. */
#ifndef KARTO_CLIENT_PICK_WORD_H
#define KARTO_CLIENT_PICK_WORD_H

#include "client/cli.h"

/* The name of a record that the first count words of the command line are: one word. None, or several of which the
 * shell has made a name: KARTO_E_USAGE, with the line as it should be typed in cli->problem. */
KARTO_CHECKED enum karto_err karto_pick_word(struct karto_cli *cli, size_t count, const char **text);

#endif
