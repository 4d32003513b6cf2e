/* kv_extent.h - whether a data file of LMDB 0.9 is long enough for all that it refers to, found out by reading and not
 * by mapping: what lies beyond the end of a file must not be touched in a map. */
#ifndef KARTO_STORE_KV_EXTENT_H
#define KARTO_STORE_KV_EXTENT_H

#include "core/base/err.h"

#include <stdint.h>

/* Whether the file begins as LMDB's files do, or is too short for anybody to say. */
bool karto_kv_extent_marked(int file);

/* Walks the trees of the snapshot txn_id, which a live transaction of the caller keeps as it is. Reads all branches and
 * leaves, so it takes as long as a look at every key.
 *   KARTO_E_CORRUPT  something in use lies beyond the end, or makes no sense
 *   KARTO_E_BUSY     commits have overwritten where the snapshot began: take a newer one
 *   KARTO_E_IO       reading fails */
KARTO_CHECKED enum karto_err karto_kv_extent_check(int file, uint64_t txn_id);

#endif
