#include "core/base/fatal.h"

#include <stdio.h>
#include <stdlib.h>

static const char *begins = "kartoteka: ";

void karto_fatal_begins(const char *words)
{
    begins = words;
}

_Noreturn void karto_fatal(const char *why)
{
    fprintf(stderr, "%s%s\n", begins, why);
    abort();
}

void *karto_must(void *p)
{
    if (!p)
        karto_fatal("out of memory");
    return p;
}
