/* model.h - people who edit a record, in a few words: for tests of core/model. All of it lives in one arena. */
#ifndef KARTO_TESTS_MODEL_H
#define KARTO_TESTS_MODEL_H

#include "core/model/merge.h"
#include "tests/check.h"

enum { SITE = 29, NOTE = 31, CREDIT = 30, CITY = 42 };

/* One writer: a laptop or head office, with its own copy of the record. */
struct writer {
    struct karto_node node;
    uint64_t seq;
    const char *author;
    struct karto_record copy;
};

static inline struct writer writer_make(uint64_t node, const char *author)
{
    struct writer w = {.node = {node}, .author = author};
    w.copy.id = (struct karto_rid){{0x01, 0x9a, 0xbc, 0x32, 0x58, 0x00, 0x70, 0x01, 0x80, 0, 0, 0, 0, 0, 0, 1}};
    w.copy.kind = KARTO_CLIENT;
    return w;
}

static inline struct karto_slice str(const char *text)
{
    return karto_slice_str(text);
}

static inline struct karto_slice text(struct karto_arena *arena, const char *utf8)
{
    return karto_value_bytes(arena, karto_value_text(str(utf8)));
}

static inline struct karto_slice hidden(struct karto_arena *arena, bool is_hidden, const char *reason)
{
    struct karto_slice parts[] = {karto_value_bytes(arena, karto_value_bool(is_hidden)), text(arena, reason)};
    return karto_tuple_bytes(arena, parts, 2);
}

/* An edit: value NULL removes the element key of a set. */
static inline struct karto_edit edit(struct karto_arena *arena, uint32_t field, const char *key, const char *value)
{
    return (struct karto_edit){field, str(key), value ? text(arena, value) : karto_slice(NULL, 0)};
}

/* The change that w makes with these edits at hour o'clock, applied to his own copy. */
static inline struct karto_change writes(struct karto_arena *arena, struct writer *w, int hour,
                                         const struct karto_edit *edits, uint32_t count)
{
    struct karto_change change = {.kind = KARTO_CLIENT, .record = w->copy.id, .batch = 1, .via = KARTO_VIA_CLI};
    change.stamp.dot = (struct karto_dot){w->node, ++w->seq};
    change.stamp.hlc = karto_hlc_make(1763980800000LL + hour * 3600000LL);
    change.stamp.author = str(w->author);
    karto_change_make(arena, &w->copy, edits, count, &change);
    CHECK_INT(karto_apply(arena, &w->copy, &change, &w->copy), KARTO_APPLIED);
    return change;
}

static inline struct karto_change sets(struct karto_arena *arena, struct writer *w, int hour, uint32_t field,
                                       const char *key, const char *value)
{
    struct karto_edit one = edit(arena, field, key, value);
    return writes(arena, w, hour, &one, 1);
}

/* What w learns: an outcome. */
static inline enum karto_outcome hears(struct karto_arena *arena, struct writer *w, const struct karto_change *change)
{
    struct karto_record next;
    enum karto_outcome outcome = karto_apply(arena, &w->copy, change, &next);
    if (outcome == KARTO_APPLIED)
        w->copy = next;
    return outcome;
}

static inline uint32_t heads(const struct karto_record *record, uint32_t field, const char *key)
{
    const struct karto_register *reg = karto_record_register(record, field, str(key));
    return reg ? reg->count : 0;
}

/* The text that is shown; "" where there is none. Good until the next call. */
static inline const char *shown(const struct karto_record *record, uint32_t field, const char *key)
{
    static char out[200];
    const struct karto_head *head = karto_winner(karto_record_register(record, field, str(key)));
    struct karto_value value = karto_value_nil();
    if (head)
        CHECK_INT(karto_value_decode(head->value, &value), KARTO_OK);
    CHECK(value.text.size < sizeof out);
    if (value.text.size)
        memcpy(out, value.text.data, value.text.size);
    out[value.text.size] = 0;
    return out;
}

static inline struct karto_slice record_bytes(struct karto_arena *arena, const struct karto_record *record)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_record_encode(record, &buf);
    struct karto_slice bytes = karto_arena_copy(arena, karto_buf_slice(&buf));
    karto_buf_fini(&buf);
    return bytes;
}

static inline struct karto_slice change_bytes(struct karto_arena *arena, const struct karto_change *change, bool old)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_change_encode(change, old, &buf);
    struct karto_slice bytes = karto_arena_copy(arena, karto_buf_slice(&buf));
    karto_buf_fini(&buf);
    return bytes;
}

static inline bool same_record(struct karto_arena *arena, const struct karto_record *a, const struct karto_record *b)
{
    return karto_slice_equal(record_bytes(arena, a), record_bytes(arena, b));
}

/* What must hold of every record: order, coverage, no register without heads. */
static inline void check_record(const struct karto_record *record)
{
    for (uint32_t i = 0; i < record->count; i++) {
        const struct karto_field *field = &record->fields[i];
        CHECK(i == 0 || field[-1].number < field->number);
        for (uint32_t j = 0; j < field->count; j++) {
            const struct karto_register *reg = &field->registers[j];
            CHECK(reg->count > 0);
            CHECK(j == 0 || karto_slice_compare(reg[-1].key, reg->key) < 0);
            for (uint32_t k = 0; k < reg->count; k++) {
                CHECK(karto_vv_covers(field->vv, reg->heads[k].stamp.dot));
                CHECK(k == 0 || karto_dot_compare(reg->heads[k - 1].stamp.dot, reg->heads[k].stamp.dot) < 0);
            }
        }
    }
}

/* splitmix64 (Vigna): the same numbers on every machine. */
static inline uint64_t next_u64(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static inline uint32_t below(uint64_t *state, uint32_t end)
{
    return (uint32_t)(next_u64(state) % end);
}

#endif
