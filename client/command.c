#include "client/command.h"

void karto_command_name(const struct karto_command *command, struct karto_buf *out)
{
    karto_buf_add_str(out, command->noun);
    if (command->verb) {
        karto_buf_add_byte(out, ' ');
        karto_buf_add_str(out, command->verb);
    }
}
