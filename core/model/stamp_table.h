/* stamp_table.h - the nodes and authors that the bytes of a record or change name once, at their beginning, and by
 * number after that. Shared by their encoders and decoders; nobody else needs it. */
#ifndef KARTO_MODEL_STAMP_TABLE_H
#define KARTO_MODEL_STAMP_TABLE_H

#include "core/base/reader.h"
#include "core/model/record.h"

enum { KARTO_STAMP_TABLE_NAMES = 8, KARTO_STAMP_TABLE_RUNS = 32 };

/* A stamp, and how many heads one behind the other have it. */
struct karto_stamp_run {
    const struct karto_stamp *stamp;
    uint32_t count;
};

/* For encoding: first everything is added, then it is closed, then numbers are asked for. It must not be moved: what is
 * few, as nearly always, stands in the table itself and takes no other memory. */
struct karto_stamp_table {
    struct karto_arena arena;
    struct karto_node few_nodes[KARTO_STAMP_TABLE_NAMES];
    struct karto_slice few_authors[KARTO_STAMP_TABLE_NAMES];
    struct karto_stamp_run few_runs[KARTO_STAMP_TABLE_RUNS];
    struct karto_node *nodes; /* ascending once closed */
    struct karto_slice *authors;
    struct karto_stamp_run *runs;
    uint32_t node_count, author_count, run_count;
    uint32_t node_room, author_room, run_room;
    const struct karto_stamp
        *standard; /* the stamp of most heads, of several the one of the greatest dot; NULL: no heads */
};

void karto_stamp_table_init(struct karto_stamp_table *table);
void karto_stamp_table_fini(struct karto_stamp_table *table);
void karto_stamp_table_add(struct karto_stamp_table *table,
                           const struct karto_stamp *stamp); /* which must stay until closed */
void karto_stamp_table_add_vv(struct karto_stamp_table *table, struct karto_vv vv);
void karto_stamp_table_close(struct karto_stamp_table *table);
uint32_t karto_stamp_table_node(const struct karto_stamp_table *table, struct karto_node node);
uint32_t karto_stamp_table_author(const struct karto_stamp_table *table, struct karto_slice author);
void karto_stamp_table_pack_nodes(struct karto_buf *out,
                                  const struct karto_stamp_table *table); /* bin, 8 bytes a node */
void karto_stamp_table_pack_authors(struct karto_buf *out, const struct karto_stamp_table *table); /* array of str */
void karto_stamp_table_pack_vv(struct karto_buf *out, const struct karto_stamp_table *table, struct karto_vv vv);

/* For decoding. */
struct karto_stamp_names {
    struct karto_node *nodes;
    struct karto_slice *authors;
    uint32_t node_count, author_count;
};

/* Table of nodes from its bytes, as pack_nodes wrote them. */
void karto_stamp_names_set_nodes(struct karto_stamp_names *names, struct karto_reader *reader,
                                 struct karto_arena *arena, struct karto_slice bytes);
void karto_stamp_names_read(struct karto_stamp_names *names, struct karto_reader *reader, struct karto_arena *arena);
struct karto_node karto_stamp_names_node(const struct karto_stamp_names *names, struct karto_reader *reader);
struct karto_slice karto_stamp_names_author(const struct karto_stamp_names *names, struct karto_reader *reader);
struct karto_vv karto_stamp_names_vv(const struct karto_stamp_names *names, struct karto_reader *reader,
                                     struct karto_arena *arena); /* array: node number, seq, ... */

#endif
