/* epoch.h - when and as whom a hub was made, restored or promoted; ordered, and never the same twice. A device talks to
 * no hub of a lower epoch than it has heard. */
#ifndef KARTO_MODEL_EPOCH_H
#define KARTO_MODEL_EPOCH_H

#include "core/model/id.h"

struct karto_epoch {
    int64_t ms; /* UTC milliseconds since 1970; 0 with node 0: none yet */
    struct karto_node node;
};

static inline int karto_epoch_compare(struct karto_epoch a, struct karto_epoch b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    return (a.node.v > b.node.v) - (a.node.v < b.node.v);
}

static inline bool karto_epoch_equal(struct karto_epoch a, struct karto_epoch b)
{
    return karto_epoch_compare(a, b) == 0;
}

#endif
