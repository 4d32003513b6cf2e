/* record.h - one client, person, purchase, ...: an envelope of fields that merge one by one.
 *
 *   record   fields, ascending by number
 *   field    a version vector, and registers, ascending by key; the unit of causality
 *   register heads, ascending by dot: one value, or several that were written without knowing of each other
 *
 * Invariants: the vector of a field covers each of its heads' dots; no register without heads; the same dot is the same
 * head everywhere. All of it is immutable and lives in an arena (or points into the bytes it was decoded from):
 * operations make new records. */
#ifndef KARTO_MODEL_RECORD_H
#define KARTO_MODEL_RECORD_H

#include "core/base/hash.h"
#include "core/model/hlc.h"
#include "core/model/schema.h"
#include "core/model/vv.h"

struct karto_stamp {
    struct karto_dot dot;
    struct karto_hlc hlc;
    struct karto_slice author; /* the person: a user's name */
};

struct karto_head {
    struct karto_stamp stamp;
    struct karto_slice value; /* encoded; never empty, nil where it was cleared */
};

struct karto_register {
    struct karto_slice key;
    const struct karto_head *heads;
    uint32_t count;
};

struct karto_field {
    uint32_t number;
    struct karto_vv vv;
    const struct karto_register *registers;
    uint32_t count;
};

struct karto_record {
    struct karto_rid id;
    uint32_t kind;
    const struct karto_field *fields;
    uint32_t count;
};

/* NULL where there is none. */
const struct karto_field *karto_record_field(const struct karto_record *record, uint32_t number);

const struct karto_register *karto_field_register(const struct karto_field *field, struct karto_slice key);
const struct karto_register *karto_record_register(const struct karto_record *record, uint32_t field,
                                                   struct karto_slice key);

/* Whether any value stands in it: of changes that were refused, vectors alone are left. */
bool karto_record_has_heads(const struct karto_record *record);

/* What is shown of several heads: the one of the greatest (clock, node). NULL for NULL. */
const struct karto_head *karto_winner(const struct karto_register *reg);

/* The winner's value of a plain field; empty where there is none or it was cleared. */
struct karto_slice karto_record_value(const struct karto_record *record, uint32_t field);

/* The client that a record hangs on; zero: none. */
struct karto_rid karto_client_of(const struct karto_record *record);

/* Of a timeline: the winner at the greatest date not after day; NULL: none, or cleared. */
const struct karto_head *karto_timeline_at(const struct karto_field *field, int64_t day);

/* Whether heads of reg differ in their normal forms. */
bool karto_is_conflict(const struct karto_field_def *def, const struct karto_register *reg);
uint32_t karto_record_conflicts(const struct karto_record *record); /* registers in conflict */

bool karto_record_hidden(const struct karto_record *record);

/* Of a value of `hidden`, which may be empty: whether it hides. And one that does, or does not, in the arena; reason
 * may be empty. */
bool karto_hidden_says(struct karto_slice value);
struct karto_slice karto_hidden_bytes(struct karto_arena *arena, bool hidden, struct karto_slice reason);

/* The oldest and the youngest of all heads' stamps; NULL for an empty record. */
const struct karto_stamp *karto_record_oldest(const struct karto_record *record);
const struct karto_stamp *karto_record_youngest(const struct karto_record *record);

/* Whether decode would take back what encode writes: fields, registers, heads, names and size are within
 * core/base/limits.h. KARTO_E_LIMIT: what was just applied must not be kept. */
KARTO_CHECKED enum karto_err karto_record_check(const struct karto_record *record);

/* Canonical bytes (docs/FORMAT.md): the same on disk and on the wire; equal records are equal bytes. Without the id. */
void karto_record_encode(const struct karto_record *record, struct karto_buf *out);

/* Decodes what encode wrote, checking every length, order and limit; slices of the record point into bytes.
 * KARTO_E_CORRUPT, KARTO_E_LIMIT. */
KARTO_CHECKED enum karto_err karto_record_decode(struct karto_arena *arena, struct karto_rid id,
                                                 struct karto_slice bytes, struct karto_record *record);

uint32_t karto_record_kind_of(struct karto_slice bytes); /* of an encoded record; 0: it cannot be read */

/* The hash that digests add up: of the record's id and one field with its vector and heads. room: for the bytes that
 * are hashed, so that many fields share it; what it holds is overwritten. */
struct karto_sum karto_field_sum(struct karto_buf *room, struct karto_rid id, const struct karto_field *field);
struct karto_sum karto_record_sum(const struct karto_record *record); /* the sum of its fields' */

#endif
