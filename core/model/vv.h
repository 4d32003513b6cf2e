/* vv.h - version vectors: for each node, the seq up to which all of its changes are contained. Immutable: every
 * operation makes a new one in an arena, or gives back one of its arguments.
 *
 * Invariant of the whole system: if the version vector of a field covers a dot, this copy contains that dot's effect on
 * the field. */
#ifndef KARTO_MODEL_VV_H
#define KARTO_MODEL_VV_H

#include "core/base/arena.h"
#include "core/model/id.h"

struct karto_vv {
    const struct karto_dot *dots; /* ascending by node, each node once, seq > 0 */
    uint32_t count;
};

#define KARTO_VV_EMPTY ((struct karto_vv){NULL, 0})

uint64_t karto_vv_seq(struct karto_vv vv, struct karto_node node); /* 0: none of its changes */
bool karto_vv_covers(struct karto_vv vv, struct karto_dot dot);
bool karto_vv_includes(struct karto_vv vv, struct karto_vv smaller);
bool karto_vv_equal(struct karto_vv a, struct karto_vv b);
struct karto_vv karto_vv_with(struct karto_arena *arena, struct karto_vv vv,
                              struct karto_dot dot); /* covers dot besides */
struct karto_vv karto_vv_cap(struct karto_arena *arena, struct karto_vv vv, struct karto_node node,
                             uint64_t seq_max); /* of node no more than this; 0: nothing of it */
struct karto_vv karto_vv_max(struct karto_arena *arena, struct karto_vv a, struct karto_vv b);

#endif
