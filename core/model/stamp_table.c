#include "core/model/stamp_table.h"

#include "core/base/limits.h"
#include "core/base/pack.h"

#include <stdlib.h>
#include <string.h>

void karto_stamp_table_init(struct karto_stamp_table *table)
{
    karto_arena_init(&table->arena);
    table->nodes = table->few_nodes;
    table->authors = table->few_authors;
    table->runs = table->few_runs;
    table->node_count = table->author_count = table->run_count = 0;
    table->node_room = table->author_room = KARTO_STAMP_TABLE_NAMES;
    table->run_room = KARTO_STAMP_TABLE_RUNS;
    table->standard = NULL;
}

void karto_stamp_table_fini(struct karto_stamp_table *table)
{
    karto_arena_fini(&table->arena);
}

/* Room for one more element of an array in the arena. */
static void *grow(struct karto_arena *arena, void *array, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room *= 2;
    return memcpy(karto_arena_array(arena, *room, size), array, count * size);
}

static void add_node(struct karto_stamp_table *t, struct karto_node node)
{
    if (t->node_count && karto_node_equal(t->nodes[t->node_count - 1], node))
        return;
    t->nodes = grow(&t->arena, t->nodes, t->node_count, &t->node_room, sizeof *t->nodes);
    t->nodes[t->node_count++] = node;
}

static void add_author(struct karto_stamp_table *t, struct karto_slice author)
{
    if (t->author_count && karto_slice_equal(t->authors[t->author_count - 1], author))
        return;
    t->authors = grow(&t->arena, t->authors, t->author_count, &t->author_room, sizeof *t->authors);
    t->authors[t->author_count++] = author;
}

void karto_stamp_table_add(struct karto_stamp_table *table, const struct karto_stamp *stamp)
{
    struct karto_stamp_run *last = table->run_count ? &table->runs[table->run_count - 1] : NULL;
    if (last && karto_dot_equal(last->stamp->dot, stamp->dot) &&
        karto_slice_equal(last->stamp->author, stamp->author)) {
        last->count++;
        return;
    }
    add_node(table, stamp->dot.node);
    add_author(table, stamp->author);
    table->runs = grow(&table->arena, table->runs, table->run_count, &table->run_room, sizeof *table->runs);
    table->runs[table->run_count++] = (struct karto_stamp_run){stamp, 1};
}

void karto_stamp_table_add_vv(struct karto_stamp_table *table, struct karto_vv vv)
{
    for (uint32_t i = 0; i < vv.count; i++)
        add_node(table, vv.dots[i].node);
}

static int compare_nodes(const void *a, const void *b)
{
    uint64_t x = ((const struct karto_node *)a)->v, y = ((const struct karto_node *)b)->v;
    return (x > y) - (x < y);
}

static int compare_authors(const void *a, const void *b)
{
    return karto_slice_compare(*(const struct karto_slice *)a, *(const struct karto_slice *)b);
}

static int compare_runs(const void *a, const void *b)
{
    const struct karto_stamp_run *x = a, *y = b;
    return karto_dot_compare(x->stamp->dot, y->stamp->dot);
}

static const struct karto_stamp *most_frequent(const struct karto_stamp_run *runs, uint32_t count)
{
    const struct karto_stamp *best = NULL;
    uint32_t best_heads = 0;
    for (uint32_t i = 0, heads = 0; i < count; i++) {
        bool same = i > 0 && karto_dot_equal(runs[i - 1].stamp->dot, runs[i].stamp->dot);
        heads = runs[i].count + (same ? heads : 0);
        if (heads >= best_heads) {
            best_heads = heads;
            best = runs[i].stamp;
        }
    }
    return best;
}

void karto_stamp_table_close(struct karto_stamp_table *table)
{
    uint32_t nodes = 0, authors = 0;
    if (table->node_count > 1)
        qsort(table->nodes, table->node_count, sizeof *table->nodes, compare_nodes);
    for (uint32_t i = 0; i < table->node_count; i++)
        if (nodes == 0 || !karto_node_equal(table->nodes[nodes - 1], table->nodes[i]))
            table->nodes[nodes++] = table->nodes[i];
    if (table->author_count > 1)
        qsort(table->authors, table->author_count, sizeof *table->authors, compare_authors);
    for (uint32_t i = 0; i < table->author_count; i++)
        if (authors == 0 || !karto_slice_equal(table->authors[authors - 1], table->authors[i]))
            table->authors[authors++] = table->authors[i];
    table->node_count = nodes;
    table->author_count = authors;
    if (table->run_count > 1) /* most records have been written by one change */
        qsort(table->runs, table->run_count, sizeof *table->runs, compare_runs);
    table->standard = most_frequent(table->runs, table->run_count);
}

uint32_t karto_stamp_table_node(const struct karto_stamp_table *table, struct karto_node node)
{
    const struct karto_node *found =
        bsearch(&node, table->nodes, table->node_count, sizeof *table->nodes, compare_nodes);
    return (uint32_t)(found - table->nodes);
}

uint32_t karto_stamp_table_author(const struct karto_stamp_table *table, struct karto_slice author)
{
    const struct karto_slice *found =
        bsearch(&author, table->authors, table->author_count, sizeof *table->authors, compare_authors);
    return (uint32_t)(found - table->authors);
}

void karto_stamp_table_pack_nodes(struct karto_buf *out, const struct karto_stamp_table *table)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < table->node_count; i++)
        karto_buf_add_be64(&bytes, table->nodes[i].v);
    karto_pack_bin(out, karto_buf_slice(&bytes));
    karto_buf_fini(&bytes);
}

void karto_stamp_table_pack_authors(struct karto_buf *out, const struct karto_stamp_table *table)
{
    karto_pack_array(out, table->author_count);
    for (uint32_t i = 0; i < table->author_count; i++)
        karto_pack_str(out, table->authors[i]);
}

void karto_stamp_table_pack_vv(struct karto_buf *out, const struct karto_stamp_table *table, struct karto_vv vv)
{
    karto_pack_array(out, 2 * vv.count);
    for (uint32_t i = 0; i < vv.count; i++) {
        karto_pack_uint(out, karto_stamp_table_node(table, vv.dots[i].node));
        karto_pack_uint(out, vv.dots[i].seq);
    }
}

/* ---- decode ---- */

void karto_stamp_names_set_nodes(struct karto_stamp_names *names, struct karto_reader *reader,
                                 struct karto_arena *arena, struct karto_slice bytes)
{
    if (bytes.size % 8)
        karto_reader_fail(reader, "a table of nodes that is cut");
    names->node_count = (uint32_t)(bytes.size / 8);
    names->nodes = karto_arena_array(arena, names->node_count, sizeof *names->nodes);
    for (uint32_t i = 0; i < names->node_count; i++) {
        names->nodes[i].v = karto_be64(bytes.data + 8 * i);
        if (names->nodes[i].v == 0 || (i > 0 && names->nodes[i - 1].v >= names->nodes[i].v))
            karto_reader_fail(reader, "nodes out of order");
    }
}

void karto_stamp_names_read(struct karto_stamp_names *names, struct karto_reader *reader, struct karto_arena *arena)
{
    karto_stamp_names_set_nodes(names, reader, arena, karto_read_bin(reader, 8 * KARTO_VECTOR_MAX));
    names->author_count = karto_read_array(reader, KARTO_VECTOR_MAX);
    names->authors = karto_arena_array(arena, names->author_count, sizeof *names->authors);
    for (uint32_t i = 0; i < names->author_count && !reader->error; i++) {
        names->authors[i] = karto_read_str(reader, KARTO_AUTHOR_SIZE_MAX);
        if (i > 0 && karto_slice_compare(names->authors[i - 1], names->authors[i]) >= 0)
            karto_reader_fail(reader, "authors out of order");
    }
}

struct karto_node karto_stamp_names_node(const struct karto_stamp_names *names, struct karto_reader *reader)
{
    uint64_t i = karto_read_uint(reader, UINT32_MAX);
    if (i < names->node_count)
        return names->nodes[i];
    karto_reader_fail(reader, "a node that is not in the table");
    return (struct karto_node){0};
}

struct karto_slice karto_stamp_names_author(const struct karto_stamp_names *names, struct karto_reader *reader)
{
    uint64_t i = karto_read_uint(reader, UINT32_MAX);
    if (i < names->author_count)
        return names->authors[i];
    karto_reader_fail(reader, "an author who is not in the table");
    return karto_slice(NULL, 0);
}

struct karto_vv karto_stamp_names_vv(const struct karto_stamp_names *names, struct karto_reader *reader,
                                     struct karto_arena *arena)
{
    uint32_t parts = karto_read_array(reader, 2 * KARTO_VECTOR_MAX), count = parts / 2;
    if (parts % 2)
        karto_reader_fail(reader, "a version vector that is cut");
    struct karto_dot *dots = karto_arena_array(arena, count, sizeof *dots);
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        dots[i].node = karto_stamp_names_node(names, reader);
        dots[i].seq = karto_read_uint(reader, UINT64_MAX);
        if (dots[i].seq == 0 || (i > 0 && dots[i - 1].node.v >= dots[i].node.v))
            karto_reader_fail(reader, "a version vector out of order");
    }
    return reader->error ? KARTO_VV_EMPTY : (struct karto_vv){dots, count};
}
