/* os_terminal.h - the size of the terminal, which POSIX does not tell. */
#ifndef KARTO_BASE_OS_TERMINAL_H
#define KARTO_BASE_OS_TERMINAL_H

/* Columns of the terminal behind a descriptor; 0 when there is none, or it does not say. */
unsigned karto_os_terminal_columns(int descriptor);

#endif
