#include "core/model/vv.h"

/* The first entry whose node is not smaller. */
static uint32_t lower_bound(struct karto_vv vv, struct karto_node node)
{
    uint32_t low = 0, high = vv.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (vv.dots[middle].node.v < node.v)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t karto_vv_seq(struct karto_vv vv, struct karto_node node)
{
    uint32_t i = lower_bound(vv, node);
    return i < vv.count && karto_node_equal(vv.dots[i].node, node) ? vv.dots[i].seq : 0;
}

bool karto_vv_covers(struct karto_vv vv, struct karto_dot dot)
{
    return karto_vv_seq(vv, dot.node) >= dot.seq;
}

bool karto_vv_includes(struct karto_vv vv, struct karto_vv smaller)
{
    for (uint32_t i = 0; i < smaller.count; i++)
        if (!karto_vv_covers(vv, smaller.dots[i]))
            return false;
    return true;
}

bool karto_vv_equal(struct karto_vv a, struct karto_vv b)
{
    if (a.count != b.count)
        return false;
    for (uint32_t i = 0; i < a.count; i++)
        if (!karto_dot_equal(a.dots[i], b.dots[i]))
            return false;
    return true;
}

struct karto_vv karto_vv_with(struct karto_arena *arena, struct karto_vv vv, struct karto_dot dot)
{
    return karto_vv_covers(vv, dot) ? vv : karto_vv_max(arena, vv, (struct karto_vv){&dot, 1});
}

struct karto_vv karto_vv_cap(struct karto_arena *arena, struct karto_vv vv, struct karto_node node, uint64_t seq_max)
{
    struct karto_dot *out = karto_arena_array(arena, vv.count, sizeof *out);
    uint32_t count = 0;
    for (uint32_t i = 0; i < vv.count; i++) {
        bool capped = karto_node_equal(vv.dots[i].node, node) && vv.dots[i].seq > seq_max;
        if (!capped || seq_max > 0)
            out[count++] = (struct karto_dot){vv.dots[i].node, capped ? seq_max : vv.dots[i].seq};
    }
    return (struct karto_vv){out, count};
}

struct karto_vv karto_vv_max(struct karto_arena *arena, struct karto_vv a, struct karto_vv b)
{
    struct karto_dot *out = karto_arena_array(arena, (size_t)a.count + b.count, sizeof *out);
    uint32_t i = 0, j = 0, count = 0;
    while (i < a.count || j < b.count) {
        if (j == b.count || (i < a.count && a.dots[i].node.v < b.dots[j].node.v))
            out[count++] = a.dots[i++];
        else if (i == a.count || b.dots[j].node.v < a.dots[i].node.v)
            out[count++] = b.dots[j++];
        else {
            out[count++] = a.dots[i].seq > b.dots[j].seq ? a.dots[i] : b.dots[j];
            i++, j++;
        }
    }
    return (struct karto_vv){out, count};
}
