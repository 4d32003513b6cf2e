/* commands.h - the table of subcommands: what karto runs by, and what the manual and the completions are made from. */
#ifndef KARTO_CLIENT_COMMANDS_H
#define KARTO_CLIENT_COMMANDS_H

#include "client/command.h"

extern const struct karto_command karto_commands[];
extern const unsigned karto_command_count;

#endif
