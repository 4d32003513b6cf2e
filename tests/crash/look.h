/* look.h - what a store says of itself, read beside the programs that work on it. */
#ifndef KARTO_TESTS_CRASH_LOOK_H
#define KARTO_TESTS_CRASH_LOOK_H

#include "core/base/hash.h"
#include "core/store/store.h"

enum { LOOK_TERRITORIES_MAX = 16 };

struct look_territory {
    char name[65];
    struct karto_sum sum;
};

struct look {
    enum karto_store_role role;
    uint64_t pending, refused, cursor, position;
    bool reconciling;
    struct look_territory territories[LOOK_TERRITORIES_MAX]; /* with anything in them; "*" too */
    uint32_t count;
};

/* KARTO_E_NO_STORE and the other errors of karto_store_open. */
KARTO_CHECKED enum karto_err look_at(const char *dir, struct look *look);

/* Whether a device has nothing pending and holds exactly its territories (and what is everybody's) as the hub does.
 * names ends with NULL. Says what differs, where say is set. */
bool look_agrees(const struct look *device, const struct look *hub, const char *const *names, bool say);

/* Walks the whole store (core/store/check.h): fails the test on a problem. */
void look_check(const char *dir);

#endif
