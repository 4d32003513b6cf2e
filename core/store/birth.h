/* birth.h - a new data file appears in its directory whole or not at all: it is made in a directory beside it, and then
 * linked into its place. Whoever is killed on the way, or finds the disk full, leaves nothing that the next attempt
 * would not remove. */
#ifndef KARTO_STORE_BIRTH_H
#define KARTO_STORE_BIRTH_H

#include "core/base/buf.h"
#include "core/base/err.h"

struct karto_birth {
    struct karto_buf dir, making; /* paths, each ended by a 0 */
    int lock;
};

/* An empty directory to make the data file in: birth->making. KARTO_E_EXISTS: dir has a data file. KARTO_E_BUSY:
 * another process is just making one. */
KARTO_CHECKED enum karto_err karto_birth_begin(struct karto_birth *birth, const char *dir);

/* The data file, closed, takes its place if err is KARTO_OK; else err comes back. Removes what was made beside it.
 * KARTO_E_EXISTS: somebody has put one there meanwhile, which stays. */
KARTO_CHECKED enum karto_err karto_birth_end(struct karto_birth *birth, enum karto_err err);

#endif
