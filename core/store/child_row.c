#include "core/store/child_row.h"

#include "core/store/words_note.h"

#include <string.h>

enum { COUNTS = 1, DATED = 2, PRICED = 4 }; /* the first byte */
enum { DAY = 4, CURRENCY = 3, TOTAL = 8 };  /* sizes of what follows, each where it is said */

static bool value_of(const struct karto_record *record, uint32_t field, enum karto_type type, struct karto_value *value)
{
    struct karto_slice bytes = karto_record_value(record, field);
    return bytes.size > 0 && karto_value_decode(bytes, value) == KARTO_OK && value->type == type;
}

struct karto_child karto_child_of(const struct karto_record *record)
{
    struct karto_value date, total, status;
    struct karto_child child = {.counts = !karto_record_hidden(record)};
    bool purchase = record->kind == KARTO_PURCHASE;
    if (purchase && value_of(record, KARTO_F_STATUS, KARTO_ENUM, &status) && karto_slice_is(status.text, "cancelled"))
        child.counts = false;
    if (child.counts && value_of(record, KARTO_F_DATE, KARTO_DATE, &date)) {
        child.dated = true;
        child.day = date.integer;
    }
    if (child.counts && purchase && value_of(record, KARTO_F_TOTAL, KARTO_MONEY, &total)) {
        child.priced = true;
        child.total = total.integer;
        memcpy(child.currency, total.currency, CURRENCY);
    }
    return child;
}

bool karto_child_same(const struct karto_record *a, const struct karto_record *b)
{
    static const uint32_t fields[] = {KARTO_F_HIDDEN, KARTO_F_DATE, KARTO_F_TOTAL, KARTO_F_STATUS};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct karto_field *x = karto_record_field(a, fields[i]), *y = karto_record_field(b, fields[i]);
        if ((x || y) && !(x && y && x->registers == y->registers && x->count == y->count))
            return false;
    }
    return true;
}

struct karto_slice karto_child_encode(const struct karto_child *child, uint8_t out[KARTO_CHILD_ROW_MAX])
{
    size_t size = 1;
    out[0] = (uint8_t)((child->counts ? COUNTS : 0) | (child->dated ? DATED : 0) | (child->priced ? PRICED : 0));
    if (child->dated) {
        karto_be32_write((uint32_t)(child->day - KARTO_DATE_MIN), out + size);
        size += DAY;
    }
    if (child->priced) {
        memcpy(out + size, child->currency, CURRENCY);
        karto_be64_write((uint64_t)child->total, out + size + CURRENCY);
        size += CURRENCY + TOTAL;
    }
    return karto_slice(out, size);
}

bool karto_child_decode(struct karto_slice row, struct karto_child *child)
{
    *child = (struct karto_child){.counts = false};
    if (row.size == 0)
        return false;
    *child = (struct karto_child){row.data[0] & COUNTS, row.data[0] & DATED, row.data[0] & PRICED, 0, 0, ""};
    size_t at = 1, size = 1 + (child->dated ? (size_t)DAY : 0) + (child->priced ? (size_t)(CURRENCY + TOTAL) : 0);
    if (row.size != size)
        return false;
    if (child->dated) {
        child->day = (int64_t)karto_be32(row.data + at) + KARTO_DATE_MIN;
        at += DAY;
    }
    if (child->priced) {
        memcpy(child->currency, row.data + at, CURRENCY);
        child->total = (int64_t)karto_be64(row.data + at + CURRENCY);
    }
    return true;
}

enum karto_err karto_child_is_kept(struct karto_tx *tx, struct karto_rid id, bool *kept)
{
    enum karto_err err = karto_words_state(tx);
    *kept = err == KARTO_OK && karto_words_is_ours(tx) && karto_words_has(tx, id);
    return err;
}

enum karto_err karto_child_read(struct karto_tx *tx, struct karto_rid id, struct karto_slice row,
                                struct karto_child *child)
{
    struct karto_entry entry;
    bool kept;
    enum karto_err err = karto_child_is_kept(tx, id, &kept);
    if (err != KARTO_OK || (kept && karto_child_decode(row, child)))
        return err;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    *child = (struct karto_child){.counts = false};
    err = karto_entry_load(tx, id, &entry);
    if (err == KARTO_OK && entry.exists)
        *child = karto_child_of(&entry.view);
    karto_arena_release(&tx->arena, mark);
    return err;
}
