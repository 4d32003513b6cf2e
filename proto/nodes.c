#include "proto/nodes.h"

#include "core/base/pack.h"

#include <string.h>

void karto_nodes_init(struct karto_nodes *nodes)
{
    memset(nodes, 0, sizeof *nodes);
    karto_names_init(&nodes->names);
    karto_arena_init(&nodes->arena);
}

void karto_nodes_fini(struct karto_nodes *nodes)
{
    karto_names_fini(&nodes->names);
    karto_arena_fini(&nodes->arena);
}

static void append(struct karto_nodes *nodes, struct karto_node node)
{
    if (nodes->count == nodes->room) {
        nodes->room = nodes->room ? 2 * nodes->room : 16;
        struct karto_node *ids = karto_arena_array(&nodes->arena, nodes->room, sizeof *ids);
        uint64_t *seqs = karto_arena_array(&nodes->arena, nodes->room, sizeof *seqs);
        if (nodes->count) {
            memcpy(ids, nodes->ids, nodes->count * sizeof *ids);
            memcpy(seqs, nodes->seqs, nodes->count * sizeof *seqs);
        }
        nodes->ids = ids;
        nodes->seqs = seqs;
    }
    nodes->ids[nodes->count++] = node;
}

static uint32_t number_of(struct karto_nodes *nodes, const struct karto_node *node, bool *is_new)
{
    uint32_t number = karto_names_number(&nodes->names, karto_slice(&node->v, sizeof node->v), is_new);
    if (*is_new)
        append(nodes, *node);
    return number;
}

void karto_nodes_pack(struct karto_nodes *nodes, struct karto_buf *out, const struct karto_node *node)
{
    bool is_new;
    karto_pack_uint(out, number_of(nodes, node, &is_new));
    if (is_new)
        karto_pack_uint(out, node->v);
}

void karto_nodes_pack_seq(struct karto_nodes *nodes, struct karto_buf *out, const struct karto_dot *dot)
{
    bool is_new;
    uint32_t number = number_of(nodes, &dot->node, &is_new);
    karto_pack_int(out, (int64_t)(dot->seq - nodes->seqs[number]));
    nodes->seqs[number] = dot->seq;
}

uint32_t karto_nodes_read(struct karto_nodes *nodes, struct karto_reader *reader)
{
    uint64_t number = karto_read_uint(reader, nodes->count);
    if (!reader->error && number == nodes->count) {
        struct karto_node node = {karto_read_uint(reader, UINT64_MAX)};
        if (node.v == 0)
            karto_reader_fail(reader, "node 0");
        if (!reader->error)
            append(nodes, node);
    }
    return reader->error ? 0 : (uint32_t)number;
}

uint64_t karto_nodes_read_seq(struct karto_nodes *nodes, struct karto_reader *reader, uint32_t number)
{
    uint64_t difference = (uint64_t)karto_read_int(reader);
    if (reader->error)
        return 0;
    nodes->seqs[number] += difference;
    if (nodes->seqs[number] == 0)
        karto_reader_fail(reader, "a change numbered 0");
    return nodes->seqs[number];
}
