/* fatal.h - the end of a process that cannot go on: no memory, or a promise of ours that is broken. Everything
 * committed is on disk. */
#ifndef KARTO_BASE_FATAL_H
#define KARTO_BASE_FATAL_H

_Noreturn void karto_fatal(const char *why);

/* p itself, or the end of the process when it is NULL: for allocations. */
void *karto_must(void *p);

/* For what only we can break. Stays in release builds. */
#define KARTO_ASSERT(condition)                                                                                        \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            karto_fatal("assertion failed: " #condition);                                                              \
    } while (0)

#endif
