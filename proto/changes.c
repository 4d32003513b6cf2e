/* A set of changes: encoder and decoder of each column side by side, in the order in which the columns stand. */
#include "proto/changes.h"

#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/columns.h"
#include "proto/nodes.h"

enum { SET_HAS_KEY = 1, SET_HAS_VALUE = 2, SET_HAS_OLD = 4, SET_FORMS = 8 };

/* The changes, and flat lists of what hangs on them, so that each column is one loop. */
struct set {
    struct karto_arena arena; /* temporary */
    struct karto_nodes nodes;
    struct karto_names authors, reasons;
    const struct karto_change *from; /* encoding */
    struct karto_change *to;         /* decoding, with all their touches and seen vectors */
    struct karto_touch *touches;
    struct karto_seen *seen;
    struct karto_arena *out; /* decoding: where what is handed back lives */
    const char **flaws;      /* decoding: what is wrong with each change; NULL: that is an error of all */
    uint32_t count, touch_count, seen_count;
};

static void set_init(struct set *s, uint32_t count)
{
    *s = (struct set){.count = count};
    karto_arena_init(&s->arena);
    karto_nodes_init(&s->nodes);
    karto_names_init(&s->authors);
    karto_names_init(&s->reasons);
}

static void set_fini(struct set *s)
{
    karto_names_fini(&s->reasons);
    karto_names_fini(&s->authors);
    karto_nodes_fini(&s->nodes);
    karto_arena_fini(&s->arena);
}

/* ---- flaws: what is wrong with one change alone, so that the others can be read ---- */

/* Limits of numbers that say how much there is to read: beyond them a change is too large, but can be passed over. */
static uint64_t most(const struct set *s, uint64_t limit)
{
    return s->flaws ? UINT32_MAX : limit;
}

/* What has shown while something of change i was read. */
static void note(struct set *s, struct karto_reader *reader, uint32_t i)
{
    if (!reader->flaw)
        return;
    if (!s->flaws[i])
        s->flaws[i] = reader->flaw;
    reader->flaw = NULL;
}

static void flaw(struct set *s, struct karto_reader *reader, uint32_t i, const char *why)
{
    karto_reader_flaw(reader, why);
    note(s, reader, i);
}

/* A name is read once, and used by many. */
static struct karto_slice read_name(struct set *s, struct karto_reader *reader, uint32_t i, struct karto_names *names,
                                    size_t size_max)
{
    struct karto_slice name = karto_names_read(names, reader, size_max);
    note(s, reader, i);
    if (s->flaws && (name.size > size_max || !karto_utf8_valid(name)))
        flaw(s, reader, i, "a name that is not text, or too long");
    return name;
}

/* ---- dots ---- */

static void pack_dots(struct set *s, struct karto_buf *out)
{
    for (uint32_t i = 0; i < s->count; i++)
        karto_nodes_pack(&s->nodes, out, &s->from[i].stamp.dot.node);
    for (uint32_t i = 0; i < s->count; i++)
        karto_nodes_pack_seq(&s->nodes, out, &s->from[i].stamp.dot);
}

static void read_dots(struct set *s, struct karto_reader *reader)
{
    uint32_t *numbers = karto_arena_array(&s->arena, s->count, sizeof *numbers);
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        numbers[i] = karto_nodes_read(&s->nodes, reader);
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        s->to[i].stamp.dot =
            (struct karto_dot){s->nodes.ids[numbers[i]], karto_nodes_read_seq(&s->nodes, reader, numbers[i])};
}

/* ---- clocks, authors, kinds, records ---- */

static void pack_heads(struct set *s, struct karto_buf *out)
{
    struct karto_hlc *clocks = karto_arena_array(&s->arena, s->count, sizeof *clocks);
    struct karto_rid *ids = karto_arena_array(&s->arena, s->count, sizeof *ids);
    for (uint32_t i = 0; i < s->count; i++) {
        clocks[i] = s->from[i].stamp.hlc;
        ids[i] = s->from[i].record;
    }
    karto_columns_pack_clocks(out, clocks, s->count);
    for (uint32_t i = 0; i < s->count; i++)
        karto_names_pack(&s->authors, out, s->from[i].stamp.author);
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->from[i].kind);
    karto_columns_pack_ids(out, ids, s->count);
}

static void read_heads(struct set *s, struct karto_reader *reader)
{
    struct karto_hlc *clocks = karto_arena_array(&s->arena, s->count, sizeof *clocks);
    struct karto_rid *ids = karto_arena_array(&s->arena, s->count, sizeof *ids);
    karto_columns_read_clocks(reader, clocks, s->count);
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        s->to[i].stamp.author = read_name(s, reader, i, &s->authors, KARTO_AUTHOR_SIZE_MAX);
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        s->to[i].kind = (uint32_t)karto_read_uint(reader, most(s, KARTO_KIND_MAX));
        if (s->to[i].kind == 0 || s->to[i].kind > KARTO_KIND_MAX)
            flaw(s, reader, i, "an unknown kind");
    }
    karto_columns_read_ids(reader, ids, s->count);
    for (uint32_t i = 0; i < s->count; i++) {
        s->to[i].stamp.hlc = clocks[i];
        s->to[i].record = ids[i];
    }
}

/* ---- batches, vias, reasons ---- */

static void pack_origins(struct set *s, struct karto_buf *out)
{
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->from[i].batch ^ (i ? s->from[i - 1].batch : 0));
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->from[i].via);
    for (uint32_t i = 0; i < s->count; i++)
        karto_names_pack(&s->reasons, out, s->from[i].reason);
}

static void read_origins(struct set *s, struct karto_reader *reader)
{
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        s->to[i].batch = karto_read_uint(reader, UINT64_MAX) ^ (i ? s->to[i - 1].batch : 0);
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        s->to[i].via = (enum karto_via)karto_read_uint(reader, 255);
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        s->to[i].reason = read_name(s, reader, i, &s->reasons, KARTO_REASON_SIZE_MAX);
}

/* ---- how many touches and seen vectors; their fields ---- */

static void pack_field(struct karto_buf *out, uint32_t field, bool first, uint32_t before)
{
    karto_pack_uint(out, first ? field : field - before);
}

static void pack_fields(struct set *s, struct karto_buf *out)
{
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->from[i].count);
    for (uint32_t i = 0; i < s->count; i++)
        karto_pack_uint(out, s->from[i].seen_count);
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->from[i].count; j++)
            pack_field(out, s->from[i].touches[j].field, j == 0, j ? s->from[i].touches[j - 1].field : 0);
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->from[i].seen_count; j++)
            pack_field(out, s->from[i].seen[j].field, j == 0, j ? s->from[i].seen[j - 1].field : 0);
}

/* Of change i. */
static uint32_t read_field(struct set *s, struct karto_reader *reader, uint32_t i, uint32_t before)
{
    uint64_t field = before + karto_read_uint(reader, most(s, KARTO_FIELD_NUMBER_MAX - before));
    if (field == before || field > KARTO_FIELD_NUMBER_MAX)
        flaw(s, reader, i, "fields out of order");
    return (uint32_t)field;
}

/* How many fields change i sets, or has seen. */
static uint64_t read_count(struct set *s, struct karto_reader *reader, uint32_t i, uint32_t *count)
{
    *count = (uint32_t)karto_read_uint(reader, most(s, KARTO_FIELDS_MAX));
    if (*count > KARTO_FIELDS_MAX)
        flaw(s, reader, i, "more fields than allowed");
    return *count;
}

static void read_counts(struct set *s, struct karto_reader *reader)
{
    uint64_t touches = 0, seen = 0;
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        touches += read_count(s, reader, i, &s->to[i].count);
        if (s->to[i].count == 0)
            flaw(s, reader, i, "a change of no field");
    }
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        seen += read_count(s, reader, i, &s->to[i].seen_count);
    karto_columns_check_count(reader, 3 * touches + 2 * seen); /* bytes at least */
    s->touch_count = reader->error ? 0 : (uint32_t)touches;
    s->seen_count = reader->error ? 0 : (uint32_t)seen;
}

static void read_fields(struct set *s, struct karto_reader *reader)
{
    read_counts(s, reader);
    struct karto_touch *touch = s->touches = karto_arena_array(s->out, s->touch_count, sizeof *s->touches);
    struct karto_seen *seen = s->seen = karto_arena_array(s->out, s->seen_count, sizeof *s->seen);
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        s->to[i].touches = touch;
        for (uint32_t j = 0; j < s->to[i].count && !reader->error; j++, touch++)
            touch->field = read_field(s, reader, i, j ? touch[-1].field : 0);
    }
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        s->to[i].seen = seen;
        for (uint32_t j = 0; j < s->to[i].seen_count && !reader->error; j++, seen++)
            seen->field = read_field(s, reader, i, j ? seen[-1].field : 0);
    }
}

/* ---- vectors: the touches' contexts, then what was seen ---- */

static uint32_t list_vectors(struct set *s, struct karto_vv *vectors)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->from[i].count; j++)
            vectors[n++] = s->from[i].touches[j].context;
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->from[i].seen_count; j++)
            vectors[n++] = s->from[i].seen[j].vv;
    return n;
}

static void pack_vectors(struct set *s, struct karto_buf *out)
{
    struct karto_vv *vectors = karto_arena_array(&s->arena, (size_t)s->touch_count + s->seen_count, sizeof *vectors);
    uint32_t n = list_vectors(s, vectors);
    for (uint32_t i = 0; i < n; i++)
        karto_pack_uint(out, vectors[i].count);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < vectors[i].count; j++)
            karto_nodes_pack(&s->nodes, out, &vectors[i].dots[j].node);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < vectors[i].count; j++)
            karto_nodes_pack_seq(&s->nodes, out, &vectors[i].dots[j]);
}

/* The dots of all vectors, one behind the other. */
static struct karto_dot *read_vector_dots(struct set *s, struct karto_reader *reader, uint32_t total)
{
    struct karto_dot *dots = karto_arena_array(s->out, total, sizeof *dots);
    uint32_t *numbers = karto_arena_array(&s->arena, total, sizeof *numbers);
    for (uint32_t i = 0; i < total && !reader->error; i++)
        numbers[i] = karto_nodes_read(&s->nodes, reader);
    for (uint32_t i = 0; i < total && !reader->error; i++)
        dots[i] = (struct karto_dot){s->nodes.ids[numbers[i]], karto_nodes_read_seq(&s->nodes, reader, numbers[i])};
    return dots;
}

/* Of change i. */
static void check_vector(struct set *s, struct karto_reader *reader, uint32_t i, struct karto_vv vv)
{
    if (vv.count > KARTO_VECTOR_MAX)
        flaw(s, reader, i, "a version vector that is too long");
    for (uint32_t j = 1; j < vv.count; j++)
        if (vv.dots[j - 1].node.v >= vv.dots[j].node.v)
            flaw(s, reader, i, "a version vector out of order");
}

static void place_vectors(struct set *s, struct karto_reader *reader, const struct karto_vv *vectors)
{
    struct karto_touch *touch = s->touches;
    struct karto_seen *seen = s->seen;
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        for (uint32_t j = 0; j < s->to[i].count; j++, touch++) {
            touch->context = *vectors++;
            check_vector(s, reader, i, touch->context);
        }
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        for (uint32_t j = 0; j < s->to[i].seen_count; j++, seen++) {
            seen->vv = *vectors++;
            check_vector(s, reader, i, seen->vv);
        }
}

static void read_vectors(struct set *s, struct karto_reader *reader)
{
    uint32_t n = s->touch_count + s->seen_count;
    uint64_t total = 0;
    struct karto_vv *vectors = karto_arena_array(&s->arena, n, sizeof *vectors);
    for (uint32_t i = 0; i < n && !reader->error; i++) {
        vectors[i].count = (uint32_t)karto_read_uint(reader, most(s, KARTO_VECTOR_MAX));
        total += vectors[i].count;
    }
    karto_columns_check_count(reader, total);
    const struct karto_dot *dots = read_vector_dots(s, reader, reader->error ? 0 : (uint32_t)total);
    for (uint32_t i = 0; i < n && !reader->error; i++) {
        vectors[i].dots = dots;
        dots += vectors[i].count;
    }
    place_vectors(s, reader, vectors);
}

/* ---- sets ---- */

static unsigned form_of(const struct karto_set *set)
{
    return (set->key.size ? SET_HAS_KEY : 0u) | (set->value.size ? SET_HAS_VALUE : 0u) |
           (set->old.size ? SET_HAS_OLD : 0u);
}

static void pack_set(struct karto_buf *out, const struct karto_set *set)
{
    if (set->key.size)
        karto_pack_bin(out, set->key);
    karto_buf_add_slice(out, set->value); /* values are MessagePack elements, and say where they end */
    karto_buf_add_slice(out, set->old);
}

static void pack_touch_forms(struct karto_buf *out, const struct karto_touch *touch)
{
    for (uint32_t i = 0; i < touch->count; i++)
        karto_pack_uint(out, form_of(&touch->sets[i]));
}

static void pack_touch_sets(struct karto_buf *out, const struct karto_touch *touch)
{
    for (uint32_t i = 0; i < touch->count; i++)
        pack_set(out, &touch->sets[i]);
}

static void pack_sets(struct set *s, struct karto_buf *out)
{
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->from[i].count; j++)
            karto_pack_uint(out, s->from[i].touches[j].count);
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->from[i].count; j++)
            pack_touch_forms(out, &s->from[i].touches[j]);
    for (uint32_t i = 0; i < s->count; i++)
        for (uint32_t j = 0; j < s->from[i].count; j++)
            pack_touch_sets(out, &s->from[i].touches[j]);
}

static struct karto_slice read_value(struct karto_reader *reader)
{
    struct karto_value value;
    struct karto_slice bytes = karto_read_any(reader, KARTO_VALUE_SIZE_MAX);
    if (!reader->error && karto_value_decode(bytes, &value) != KARTO_OK)
        karto_reader_flaw(reader, "not a value");
    return bytes;
}

static void read_set(struct karto_reader *reader, struct karto_set *set, unsigned form)
{
    if (form & SET_HAS_KEY) {
        set->key = karto_read_bin(reader, KARTO_KEY_SIZE_MAX);
        if (set->key.size == 0)
            karto_reader_flaw(reader, "a key that is announced and empty");
    }
    if (form & SET_HAS_VALUE)
        set->value = read_value(reader);
    if (form & SET_HAS_OLD)
        set->old = read_value(reader);
}

/* How many sets each touch has; together, or 0 after an error. */
static uint32_t read_set_counts(struct set *s, struct karto_reader *reader)
{
    uint64_t total = 0;
    struct karto_touch *touch = s->touches;
    for (uint32_t i = 0; i < s->count && !reader->error; i++) {
        uint64_t before = total;
        for (uint32_t j = 0; j < s->to[i].count && !reader->error; j++, touch++) {
            touch->count = (uint32_t)karto_read_uint(reader, most(s, KARTO_SETS_MAX));
            total += touch->count;
        }
        if (total - before > KARTO_SETS_MAX)
            flaw(s, reader, i, "more sets than allowed");
    }
    karto_columns_check_count(reader, total);
    return reader->error ? 0 : (uint32_t)total;
}

/* Of change i. */
static void read_touch_sets(struct set *s, struct karto_reader *reader, uint32_t i, const struct karto_touch *touch,
                            struct karto_set *sets, const uint8_t *forms)
{
    for (uint32_t j = 0; j < touch->count && !reader->error; j++) {
        read_set(reader, &sets[j], forms[j]);
        note(s, reader, i);
        if (j > 0 && !reader->error && karto_slice_compare(sets[j - 1].key, sets[j].key) >= 0)
            flaw(s, reader, i, "registers out of order");
    }
}

static void read_sets(struct set *s, struct karto_reader *reader)
{
    uint32_t total = read_set_counts(s, reader);
    struct karto_set *sets = karto_arena_array(s->out, total, sizeof *sets);
    uint8_t *forms = karto_arena_alloc(&s->arena, total);
    for (uint32_t i = 0; i < total; i++)
        forms[i] = (uint8_t)karto_read_uint(reader, SET_FORMS - 1);
    struct karto_touch *touch = s->touches;
    for (uint32_t i = 0; i < s->count && !reader->error; i++)
        for (uint32_t j = 0; j < s->to[i].count; j++, touch++) {
            touch->sets = sets;
            read_touch_sets(s, reader, i, touch, sets, forms);
            sets += touch->count;
            forms += touch->count;
        }
}

/* ---- limits ---- */

static bool touch_fits(const struct karto_touch *touch, uint64_t *sets)
{
    *sets += touch->count;
    for (uint32_t i = 0; i < touch->count; i++)
        if (touch->sets[i].key.size > KARTO_KEY_SIZE_MAX || touch->sets[i].value.size > KARTO_VALUE_SIZE_MAX ||
            touch->sets[i].old.size > KARTO_VALUE_SIZE_MAX)
            return false;
    return touch->field <= KARTO_FIELD_NUMBER_MAX && touch->context.count <= KARTO_VECTOR_MAX;
}

static bool change_fits(const struct karto_change *change)
{
    uint64_t sets = 0;
    if (change->stamp.author.size > KARTO_AUTHOR_SIZE_MAX || change->reason.size > KARTO_REASON_SIZE_MAX ||
        change->kind > KARTO_KIND_MAX || change->count > KARTO_FIELDS_MAX || change->seen_count > KARTO_FIELDS_MAX)
        return false;
    for (uint32_t i = 0; i < change->count; i++)
        if (!touch_fits(&change->touches[i], &sets))
            return false;
    for (uint32_t i = 0; i < change->seen_count; i++)
        if (change->seen[i].field > KARTO_FIELD_NUMBER_MAX || change->seen[i].vv.count > KARTO_VECTOR_MAX)
            return false;
    return sets <= KARTO_SETS_MAX;
}

/* ---- all of it ---- */

enum karto_err karto_changes_pack(struct karto_buf *out, const struct karto_change *changes, uint32_t count)
{
    struct set s;
    for (uint32_t i = 0; i < count; i++)
        if (!change_fits(&changes[i]))
            return KARTO_E_LIMIT;
    set_init(&s, count);
    s.from = changes;
    for (uint32_t i = 0; i < count; i++) {
        s.touch_count += changes[i].count;
        s.seen_count += changes[i].seen_count;
    }
    pack_dots(&s, out);
    pack_heads(&s, out);
    pack_origins(&s, out);
    pack_fields(&s, out);
    pack_vectors(&s, out);
    pack_sets(&s, out);
    set_fini(&s);
    return KARTO_OK;
}

void karto_changes_read(struct karto_reader *reader, struct karto_arena *arena, struct karto_change *changes,
                        const char **flaws, uint32_t count)
{
    struct set s;
    set_init(&s, count);
    s.to = changes;
    s.flaws = flaws;
    s.out = arena;
    reader->forgiving = flaws != NULL;
    read_dots(&s, reader);
    read_heads(&s, reader);
    read_origins(&s, reader);
    read_fields(&s, reader);
    read_vectors(&s, reader);
    read_sets(&s, reader);
    reader->forgiving = false;
    set_fini(&s);
}
