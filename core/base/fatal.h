/* fatal.h - the end of a process that cannot go on: no memory, or a promise of ours that is broken. Everything
 * committed is on disk. */
#ifndef KARTO_BASE_FATAL_H
#define KARTO_BASE_FATAL_H

_Noreturn void karto_fatal(const char *why);

/* What stands before why: "kartoteka: " unless it is said otherwise, before there are threads. Borrowed for as long as
 * the process. */
void karto_fatal_begins(const char *words);

/* p itself, or the end of the process when it is NULL: for allocations. */
void *karto_must(void *p);

/* For what only we can break. Stays in release builds. */
#define KARTO_ASSERT(condition)                                                                                        \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            karto_fatal("assertion failed: " #condition);                                                              \
    } while (0)

#endif
