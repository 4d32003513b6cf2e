#include "core/base/fatal.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void karto_fatal(const char *why)
{
    fprintf(stderr, "kartoteka: %s\n", why);
    abort();
}

void *karto_must(void *p)
{
    if (!p)
        karto_fatal("out of memory");
    return p;
}
