/* change.h - one atomic edit of one record, by one person on one node. For each field that it sets it carries the
 * field's version vector as the author saw it, its context: that is what tells a later value from a conflicting one. */
#ifndef KARTO_MODEL_CHANGE_H
#define KARTO_MODEL_CHANGE_H

#include "core/model/record.h"

enum karto_via {
    KARTO_VIA_CLI = 1,
    KARTO_VIA_WEB,
    KARTO_VIA_IMPORT,
    KARTO_VIA_RULE, /* the hub's own rules */
    KARTO_VIA_MERGE,
};

struct karto_set {
    struct karto_slice key;
    struct karto_slice value; /* encoded; empty: the element of a set is removed */
    struct karto_slice
        old; /* what the author saw there: encoded, nil for nothing; empty: not known here. Not part of the hash */
};

struct karto_touch {
    uint32_t field;
    struct karto_vv context;
    const struct karto_set *sets; /* ascending by key. None: the change was refused, and travels without its values */
    uint32_t count;
};

struct karto_seen {
    uint32_t field;
    struct karto_vv vv;
};

struct karto_change {
    struct karto_stamp stamp;
    uint32_t kind;
    struct karto_rid record;
    const struct karto_touch *touches; /* ascending by field; at least one */
    uint32_t count;
    uint64_t batch; /* one import or bulk edit is one undo: the same in all its changes (batch.h); never 0 */
    enum karto_via via;
    struct karto_slice reason; /* may be empty */
    /* For the hub's rule on hiding alone: the vector of `hidden` if the author saw the record hidden, and in a hide
     * those of all fields. */
    const struct karto_seen *seen;
    uint32_t seen_count;
};

/* What a person sets in one edit: not yet a change. */
struct karto_edit {
    uint32_t field;
    struct karto_slice key, value;
};

/* The change that makes these edits of record as it stands (count 0 for a new one): contexts, old values and what was
 * seen are taken from it. stamp, kind, record, batch, via and reason of *change are the caller's and stay. Of several
 * edits of one register the last counts. */
void karto_change_make(struct karto_arena *arena, const struct karto_record *record, const struct karto_edit *edits,
                       uint32_t count, struct karto_change *change);

/* Fills in the old values that are not known, from a record that the change was not yet applied to: the winner of the
 * heads that its context covers, nil where there is none. */
void karto_change_fill_old(struct karto_arena *arena, const struct karto_record *record, struct karto_change *change);

/* Without the old values, for who can find them in his own copy. */
void karto_change_forget_old(struct karto_arena *arena, struct karto_change *change);

/* No more than which fields the change set: without values and contexts, which are as large as others have made them.
 */
struct karto_change karto_change_bare(struct karto_arena *arena, const struct karto_change *change);

/* The change as it travels when it was refused: the same fields and contexts, no values. */
struct karto_change karto_change_void(struct karto_arena *arena, const struct karto_change *change);
bool karto_change_is_void(const struct karto_change *change);

/* Whether it made its record: who does gives it a name, or the client that it hangs on, and has seen neither before. */
bool karto_change_makes(const struct karto_change *change);

const char *karto_via_name(enum karto_via via); /* "cli", "import", ...; NULL: of a newer version */

const struct karto_touch *karto_change_touch(const struct karto_change *change,
                                             uint32_t field); /* NULL: does not set it */

/* Whether its record has no id, any register of a known field has a wrong key or type, a context claims the change's
 * own dot, or a limit is exceeded. */
KARTO_CHECKED enum karto_err karto_change_check(const struct karto_change *change);

/* Canonical bytes (docs/FORMAT.md). Without old values they are what the change's hash covers: the same wherever it
 * went. */
void karto_change_encode(const struct karto_change *change, bool with_old, struct karto_buf *out);

/* Whether these bytes are so few, old values and all, that they can surely be read again. Cheap: nothing is encoded. */
bool karto_change_is_small(const struct karto_change *change);
KARTO_CHECKED enum karto_err karto_change_decode(struct karto_arena *arena, struct karto_slice bytes,
                                                 struct karto_change *change);

#endif
