/* merge.h - the only two ways in which a record changes. docs/MERGE.md is the truth table with examples. */
#ifndef KARTO_MODEL_MERGE_H
#define KARTO_MODEL_MERGE_H

#include "core/model/change.h"

enum karto_outcome {
    KARTO_KNOWN,   /* every field already covers its dot: nothing to do */
    KARTO_GAP,     /* something that its author saw is missing here: the whole change waits */
    KARTO_APPLIED, /* *out is the record after it */
};

/* For each field that the change sets: the heads that its context does not cover stay, and its own comes in (a removed
 * element brings none); the field's vector gains the dot. record may be empty (count 0). *out shares memory with both.
 */
enum karto_outcome karto_apply(struct karto_arena *arena, const struct karto_record *record,
                               const struct karto_change *change, struct karto_record *out);

/* Two copies of one record: a head survives if both have it, or if the other's vector for the field does not cover it;
 * vectors take the maximum. Commutative, associative, idempotent. */
void karto_join(struct karto_arena *arena, const struct karto_record *a, const struct karto_record *b,
                struct karto_record *out);

#endif
