#include "core/base/os_terminal.h"

#include <sys/ioctl.h>

unsigned karto_os_terminal_columns(int descriptor)
{
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
