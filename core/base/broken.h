/* broken.h - rules that can be broken on purpose, so that the tests can be tested: in a build with KARTO_BREAK,
 * KARTO_BROKEN("context") is true while the environment's KARTO_BROKEN is "context". In every other build it is
 * constant false, and leaves nothing behind. */
#ifndef KARTO_BASE_BROKEN_H
#define KARTO_BASE_BROKEN_H

#include <stdbool.h>

#ifdef KARTO_BREAK

#include <stdlib.h>
#include <string.h>

static inline bool karto_broken(const char *rule)
{
    static const char *broken;
    if (!broken)
        broken = getenv("KARTO_BROKEN");
    if (!broken)
        broken = "";
    return strcmp(broken, rule) == 0;
}

#define KARTO_BROKEN(rule) karto_broken(rule)

#else

#define KARTO_BROKEN(rule) false

#endif

#endif
