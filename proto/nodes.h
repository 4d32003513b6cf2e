/* nodes.h - node ids as numbers, like names.h, and seqs as differences: a dot's seq is written as the difference from
 * the last seq of the same node that stands before it in the body, modulo 2^64 and as a signed number; the first one's
 * from 0. */
#ifndef KARTO_PROTO_NODES_H
#define KARTO_PROTO_NODES_H

#include "core/model/id.h"
#include "proto/names.h"

struct karto_nodes {
    struct karto_names names; /* encoding only */
    struct karto_arena arena;
    struct karto_node *ids; /* by number */
    uint64_t *seqs;         /* the last one, by number */
    uint32_t count, room;
};

void karto_nodes_init(struct karto_nodes *nodes);
void karto_nodes_fini(struct karto_nodes *nodes);

/* *node must stay until fini. */
void karto_nodes_pack(struct karto_nodes *nodes, struct karto_buf *out, const struct karto_node *node);
void karto_nodes_pack_seq(struct karto_nodes *nodes, struct karto_buf *out, const struct karto_dot *dot);

/* A node as its number, which karto_nodes_read_seq and ids[] take; 0 after an error, when ids[0] may not be there. */
uint32_t karto_nodes_read(struct karto_nodes *nodes, struct karto_reader *reader);
uint64_t karto_nodes_read_seq(struct karto_nodes *nodes, struct karto_reader *reader, uint32_t number); /* never 0 */

#endif
