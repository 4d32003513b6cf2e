#include "client/command.h"

#include <string.h>

bool karto_command_is_the_hubs(const struct karto_command *command)
{
    return strcmp(command->noun, "hub") == 0 || strcmp(command->noun, "device") == 0 ||
           strcmp(command->noun, "user") == 0 || strcmp(command->noun, "proposal") == 0 ||
           (strcmp(command->noun, "role") == 0 && strcmp(command->verb, "edit") == 0);
}

bool karto_command_bears_wrong_files(const struct karto_command *command)
{
    return strcmp(command->noun, "help") == 0 || strcmp(command->noun, "version") == 0 ||
           strcmp(command->noun, "doctor") == 0;
}

bool karto_command_bears_no_store(const struct karto_command *command)
{
    return strcmp(command->noun, "help") == 0 || strcmp(command->noun, "version") == 0 ||
           strcmp(command->noun, "sync") == 0;
}

void karto_command_name(const struct karto_command *command, struct karto_buf *out)
{
    karto_buf_add_str(out, command->noun);
    if (command->verb) {
        karto_buf_add_byte(out, ' ');
        karto_buf_add_str(out, command->verb);
    }
}
