#include "proto/state_set.h"

#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/columns.h"
#include "proto/nodes.h"

#include <stdlib.h>

enum { PARTS = 5, STAMP_PARTS = 4 };

/* A field: its number, and what stands behind it, one element. */
struct part_field {
    uint32_t number, state; /* of which state of the set */
    struct karto_slice content;
};

/* A state taken apart: docs/FORMAT.md, "A record". */
struct parts {
    uint32_t kind;
    struct karto_node *nodes;
    uint32_t *numbers; /* decoding: of the nodes in the set */
    struct karto_slice *authors;
    uint32_t node_count, author_count;
    bool has_stamp;
    uint32_t stamp_node, stamp_author; /* numbers in the record's own tables */
    uint64_t stamp_seq;
    struct karto_hlc stamp_clock;
    struct part_field *fields;
    uint32_t field_count;
};

struct set {
    struct karto_arena arena; /* temporary */
    struct karto_nodes nodes;
    struct karto_names authors, homes;
    struct parts *parts;
    struct part_field **columns; /* the fields of all states by number, those of one number in the states' order */
    uint32_t count, field_count;
};

static void set_init(struct set *s, uint32_t count)
{
    *s = (struct set){.count = count};
    karto_arena_init(&s->arena);
    karto_nodes_init(&s->nodes);
    karto_names_init(&s->authors);
    karto_names_init(&s->homes);
    s->parts = karto_arena_array(&s->arena, count, sizeof *s->parts);
}

static void set_fini(struct set *s)
{
    karto_names_fini(&s->homes);
    karto_names_fini(&s->authors);
    karto_nodes_fini(&s->nodes);
    karto_arena_fini(&s->arena);
}

/* ---- a state's bytes and its parts ---- */

static void take_nodes(struct karto_reader *reader, struct karto_arena *arena, struct parts *p)
{
    struct karto_slice bytes = karto_read_bin(reader, 8 * KARTO_VECTOR_MAX);
    if (bytes.size % 8)
        karto_reader_fail(reader, "a table of nodes that is cut");
    p->node_count = reader->error ? 0 : (uint32_t)(bytes.size / 8);
    p->nodes = karto_arena_array(arena, p->node_count, sizeof *p->nodes);
    for (uint32_t i = 0; i < p->node_count; i++) {
        p->nodes[i].v = karto_be64(bytes.data + 8 * i);
        if (p->nodes[i].v == 0)
            karto_reader_fail(reader, "node 0");
    }
}

static void take_stamp(struct karto_reader *reader, struct parts *p)
{
    p->has_stamp = !karto_read_nil(reader);
    if (!p->has_stamp)
        return;
    if (karto_read_array(reader, STAMP_PARTS) != STAMP_PARTS)
        karto_reader_fail(reader, "a stamp of other than four parts");
    p->stamp_node = (uint32_t)karto_read_uint(reader, UINT32_MAX);
    p->stamp_seq = karto_read_uint(reader, UINT64_MAX);
    p->stamp_clock.v = karto_read_uint(reader, UINT64_MAX);
    p->stamp_author = (uint32_t)karto_read_uint(reader, UINT32_MAX);
    if (p->stamp_node >= p->node_count || p->stamp_author >= p->author_count || p->stamp_seq == 0)
        karto_reader_fail(reader, "a stamp of no node, author or number");
}

static void take_fields(struct karto_reader *reader, struct karto_arena *arena, struct parts *p)
{
    uint32_t count = karto_read_array(reader, 2 * KARTO_FIELDS_MAX);
    if (count % 2)
        karto_reader_fail(reader, "a field without content");
    p->field_count = count / 2;
    p->fields = karto_arena_array(arena, p->field_count, sizeof *p->fields);
    for (uint32_t i = 0; i < p->field_count && !reader->error; i++) {
        p->fields[i].number = (uint32_t)karto_read_uint(reader, KARTO_FIELD_NUMBER_MAX);
        p->fields[i].content = karto_read_any(reader, KARTO_RECORD_SIZE_MAX);
        if (p->fields[i].number <= (i ? p->fields[i - 1].number : 0))
            karto_reader_fail(reader, "fields out of order");
    }
}

/* The bytes of a state into its parts. The reader takes only the shortest forms, and those are what join writes; what
 * is wrong inside of a text goes as it is. */
static enum karto_err split(struct karto_arena *arena, struct karto_slice bytes, struct parts *p)
{
    struct karto_reader reader;
    karto_reader_init(&reader, bytes);
    reader.forgiving = true;
    if (karto_read_array(&reader, PARTS) != PARTS)
        karto_reader_fail(&reader, "a record of other than five parts");
    p->kind = (uint32_t)karto_read_uint(&reader, KARTO_KIND_MAX);
    take_nodes(&reader, arena, p);
    p->author_count = karto_read_array(&reader, KARTO_VECTOR_MAX);
    p->authors = karto_arena_array(arena, p->author_count, sizeof *p->authors);
    for (uint32_t i = 0; i < p->author_count; i++)
        p->authors[i] = karto_read_str(&reader, KARTO_AUTHOR_SIZE_MAX);
    take_stamp(&reader, p);
    take_fields(&reader, arena, p);
    return karto_reader_end(&reader);
}

static void join(struct karto_buf *out, const struct parts *p)
{
    struct karto_buf nodes = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < p->node_count; i++)
        karto_buf_add_be64(&nodes, p->nodes[i].v);
    karto_pack_array(out, PARTS);
    karto_pack_uint(out, p->kind);
    karto_pack_bin(out, karto_buf_slice(&nodes));
    karto_buf_fini(&nodes);
    karto_pack_array(out, p->author_count);
    for (uint32_t i = 0; i < p->author_count; i++)
        karto_pack_str(out, p->authors[i]);
    if (p->has_stamp) {
        karto_pack_array(out, STAMP_PARTS);
        karto_pack_uint(out, p->stamp_node);
        karto_pack_uint(out, p->stamp_seq);
        karto_pack_uint(out, p->stamp_clock.v);
        karto_pack_uint(out, p->stamp_author);
    } else {
        karto_pack_nil(out);
    }
    karto_pack_array(out, 2 * p->field_count);
    for (uint32_t i = 0; i < p->field_count; i++) {
        karto_pack_uint(out, p->fields[i].number);
        karto_buf_add_slice(out, p->fields[i].content);
    }
}

/* ---- ids, homes, kinds ---- */

static void pack_heads(struct set *s, struct karto_buf *out, const struct karto_state *states)
{
    struct karto_rid *ids = karto_arena_array(&s->arena, s->count, sizeof *ids);
    for (uint32_t i = 0; i < s->count; i++)
        ids[i] = states[i].record;
    karto_columns_pack_ids(out, ids, s->count);
    for (uint32_t i = 0; i < s->count; i++)
        karto_names_pack(&s->homes, out, states[i].home);
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->parts[i].kind);
}

static void read_heads(struct set *s, struct karto_reader *reader, struct karto_state *states)
{
    struct karto_rid *ids = karto_arena_array(&s->arena, s->count, sizeof *ids);
    karto_columns_read_ids(reader, ids, s->count);
    for (uint32_t i = 0; i < s->count; i++)
        states[i].record = ids[i];
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        states[i].home = karto_names_read(&s->homes, reader, KARTO_TERRITORY_SIZE_MAX);
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        s->parts[i].kind = (uint32_t)karto_read_uint(reader, UINT32_MAX);
}

/* ---- each state's tables of nodes and authors ---- */

static void pack_tables(struct set *s, struct karto_buf *out)
{
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->parts[i].node_count);
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->parts[i].node_count; j++)
            karto_nodes_pack(&s->nodes, out, &s->parts[i].nodes[j]);
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->parts[i].author_count);
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->parts[i].author_count; j++)
            karto_names_pack(&s->authors, out, s->parts[i].authors[j]);
}

/* Of what a state has in numbers one more than allowed is read, so that it can be set aside; more is a broken frame. */
static void read_node_tables(struct set *s, struct karto_reader *reader)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        total += s->parts[i].node_count = (uint32_t)karto_read_uint(reader, KARTO_VECTOR_MAX + 1);
    karto_columns_check_count(reader, total);
    if (reader->error)
        return;
    struct karto_node *nodes = karto_arena_array(&s->arena, total, sizeof *nodes);
    uint32_t *numbers = karto_arena_array(&s->arena, total, sizeof *numbers);
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        s->parts[i].nodes = nodes;
        s->parts[i].numbers = numbers;
        for (uint32_t j = 0; j < s->parts[i].node_count && !reader->error; j++) {
            *numbers = karto_nodes_read(&s->nodes, reader);
            if (!reader->error)
                *nodes++ = s->nodes.ids[*numbers++];
        }
    }
}

static void read_author_tables(struct set *s, struct karto_reader *reader)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        total += s->parts[i].author_count = (uint32_t)karto_read_uint(reader, KARTO_VECTOR_MAX + 1);
    karto_columns_check_count(reader, total);
    struct karto_slice *authors = karto_arena_array(&s->arena, reader->error ? 0 : total, sizeof *authors);
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        s->parts[i].authors = authors;
        for (uint32_t j = 0; j < s->parts[i].author_count && !reader->error; j++)
            *authors++ = karto_names_read(&s->authors, reader, KARTO_AUTHOR_SIZE_MAX);
    }
}

/* ---- standard stamps ---- */

static void pack_stamps(struct set *s, struct karto_buf *out)
{
    struct karto_hlc *clocks = karto_arena_array(&s->arena, s->count, sizeof *clocks);
    uint32_t stamps = 0;
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->parts[i].has_stamp ? s->parts[i].stamp_node + 1 : 0);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct parts *p = &s->parts[i];
        if (!p->has_stamp)
            continue;
        struct karto_dot dot = {p->nodes[p->stamp_node], p->stamp_seq};
        karto_nodes_pack_seq(&s->nodes, out, &dot); /* its node has a number already, so dot may go */
        clocks[stamps++] = p->stamp_clock;
    }
    karto_columns_pack_clocks(out, clocks, stamps);
    for (uint32_t i = 0; i < s->count; i++)
        if (s->parts[i].has_stamp)
            karto_pack_uint(out, s->parts[i].stamp_author);
}

/* Which node each standard stamp is of; how many have one. */
static uint32_t read_stamp_nodes(struct set *s, struct karto_reader *reader)
{
    uint32_t stamps = 0;
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        uint64_t number = karto_read_uint(reader, s->parts[i].node_count);
        s->parts[i].has_stamp = number > 0;
        s->parts[i].stamp_node = number ? (uint32_t)number - 1 : 0;
        stamps += s->parts[i].has_stamp;
    }
    return reader->error ? 0 : stamps;
}

static void read_stamps(struct set *s, struct karto_reader *reader)
{
    uint32_t stamps = read_stamp_nodes(s, reader), at = 0;
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        if (s->parts[i].has_stamp)
            s->parts[i].stamp_seq =
                karto_nodes_read_seq(&s->nodes, reader, s->parts[i].numbers[s->parts[i].stamp_node]);
    struct karto_hlc *clocks = karto_arena_array(&s->arena, stamps, sizeof *clocks);
    karto_columns_read_clocks(reader, clocks, stamps);
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        struct parts *p = &s->parts[i];
        if (!p->has_stamp)
            continue;
        p->stamp_clock = clocks[at++];
        p->stamp_author = (uint32_t)karto_read_uint(reader, UINT32_MAX);
    }
}

/* ---- fields: how many each state has, their numbers, then by number what is in them ---- */

static int by_column(const void *a, const void *b)
{
    const struct part_field *x = *(struct part_field *const *)a, *y = *(struct part_field *const *)b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->state > y->state) - (x->state < y->state);
}

static void sort_fields(struct set *s)
{
    uint32_t n = 0;
    s->columns = karto_arena_array(&s->arena, s->field_count, sizeof(struct part_field *));
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->parts[i].field_count; j++) {
            s->parts[i].fields[j].state = i;
            s->columns[n++] = &s->parts[i].fields[j];
        }
    if (n > 1)
        qsort(s->columns, n, sizeof(struct part_field *), by_column);
}

static void pack_fields(struct set *s, struct karto_buf *out)
{
    for (uint32_t i = 0; i < s->count; i++) {
        karto_pack_uint(out, s->parts[i].field_count);
        s->field_count += s->parts[i].field_count;
    }
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->parts[i].field_count; j++)
            karto_pack_uint(out, s->parts[i].fields[j].number - (j ? s->parts[i].fields[j - 1].number : 0));
    sort_fields(s);
    for (uint32_t i = 0; i < s->field_count; i++)
        karto_buf_add_slice(out, s->columns[i]->content);
}

static void read_numbers(struct karto_reader *reader, struct parts *p)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < p->field_count && !reader->error; i++)
        p->fields[i].number = number += (uint32_t)karto_read_uint(reader, UINT32_MAX - number);
}

static void read_fields(struct set *s, struct karto_reader *reader)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        total += s->parts[i].field_count = (uint32_t)karto_read_uint(reader, KARTO_FIELDS_MAX + 1);
    karto_columns_check_count(reader, 2 * total); /* a number and an element for each */
    if (reader->error)
        return;
    s->field_count = (uint32_t)total;
    struct part_field *fields = karto_arena_array(&s->arena, s->field_count, sizeof *fields);
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        s->parts[i].fields = fields;
        fields += s->parts[i].field_count;
        read_numbers(reader, &s->parts[i]);
    }
    if (reader->error)
        return;
    sort_fields(s);
    for (uint32_t i = 0; i < s->field_count && !reader->error; i++)
        s->columns[i]->content = karto_read_any(reader, KARTO_RECORD_SIZE_MAX);
}

/* ---- all of it ---- */

static enum karto_err split_all(struct set *s, const struct karto_state *states)
{
    size_t total = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        total += states[i].state.size;
        if (states[i].state.size > KARTO_RECORD_SIZE_MAX || states[i].home.size > KARTO_TERRITORY_SIZE_MAX ||
            total > KARTO_BODY_SIZE_MAX)
            return KARTO_E_LIMIT;
        enum karto_err err = split(&s->arena, states[i].state, &s->parts[i]);
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

enum karto_err karto_state_set_pack(struct karto_buf *out, const struct karto_state *states, uint32_t count)
{
    struct set s;
    set_init(&s, count);
    enum karto_err err = split_all(&s, states);
    if (err == KARTO_OK) {
        pack_heads(&s, out, states);
        pack_tables(&s, out);
        pack_stamps(&s, out);
        pack_fields(&s, out);
    }
    set_fini(&s);
    return err;
}

/* Without numbers and lengths, of which there are few and short ones for each. */
static uint64_t size_of(const struct parts *p)
{
    uint64_t size = 8 * (uint64_t)p->node_count;
    for (uint32_t i = 0; i < p->author_count; i++)
        size += p->authors[i].size;
    for (uint32_t i = 0; i < p->field_count; i++)
        size += p->fields[i].content.size;
    return size;
}

/* A few bytes can name many long authors: so what comes of it is bounded, before it is made. */
static void join_all(struct set *s, struct karto_reader *reader, struct karto_arena *arena, struct karto_state *states)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    uint64_t total = 0;
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        total += size_of(&s->parts[i]);
        if (total > KARTO_BODY_SIZE_MAX) {
            karto_reader_fail(reader, "states over their limit");
            break;
        }
        karto_buf_clear(&bytes);
        join(&bytes, &s->parts[i]);
        states[i].state = karto_arena_copy(arena, karto_buf_slice(&bytes));
    }
    karto_buf_fini(&bytes);
}

/* What is wrong inside of a state is not looked at: it is put together as it came. */
void karto_state_set_read(struct karto_reader *reader, struct karto_arena *arena, struct karto_state *states,
                          uint32_t count)
{
    struct set s;
    set_init(&s, count);
    reader->forgiving = true;
    read_heads(&s, reader, states);
    read_node_tables(&s, reader);
    read_author_tables(&s, reader);
    read_stamps(&s, reader);
    read_fields(&s, reader);
    join_all(&s, reader, arena, states);
    reader->forgiving = false;
    reader->flaw = NULL;
    set_fini(&s);
}
