/* failing: linked with a program's own main, it puts a disk that fails below one store. KARTO_FAILING_STORE is the
 * directory of the store; KARTO_FAILING says at which write or sync since the program began, and how: "full 3", "sync
 * 1". Without them the disk is fine. */
#include "tests/sim/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 1 };

static void refuse(const char *what)
{
    fprintf(stderr, "failing: %s\n", what);
    exit(EXIT_FAILURE);
}

__attribute__((constructor)) static void arm(void)
{
    const char *store = getenv("KARTO_FAILING_STORE"), *how = getenv("KARTO_FAILING");
    char path[200], word[10];
    unsigned nth;
    if (!store || !how)
        return;
    if (sscanf(how, "%9s %u", word, &nth) != 2 || (strcmp(word, "full") != 0 && strcmp(word, "sync") != 0))
        refuse("KARTO_FAILING makes no sense");
    if ((size_t)snprintf(path, sizeof path, "%s/data.mdb", store) >= sizeof path)
        refuse("KARTO_FAILING_STORE is too long");
    disk_arm(disk_new(path, SEED), strcmp(word, "full") == 0 ? DISK_FULL : DISK_BAD_SYNC, nth);
}
