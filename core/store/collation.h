/* collation.h - the order of names, which is ICU's and another with each version of it, as an argument of a store: a
 * test gives its own. */
#ifndef KARTO_STORE_COLLATION_H
#define KARTO_STORE_COLLATION_H

#include "core/store/store.h"

struct karto_collation {
    uint64_t version; /* of all forms of text in rows: karto_text_collation_version */
    void (*sort_key)(struct karto_buf *buf, struct karto_slice text, size_t size_max); /* karto_text_sort_key */
};

struct karto_collation karto_collation_icu(void);

#endif
