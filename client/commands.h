/* commands.h - the table of subcommands: what karto runs by, and what the manual and the completions are made from. */
#ifndef KARTO_CLIENT_COMMANDS_H
#define KARTO_CLIENT_COMMANDS_H

#include "client/command.h"

extern const struct karto_command karto_commands[];
extern const unsigned karto_command_count;

/* Whether it is the first of the table with its noun: for what is done once a noun. */
bool karto_command_begins_noun(unsigned at);

#endif
