/* as_of.h - a record as it was at the end of a day, from its history; and who made it. */
#ifndef KARTO_STORE_AS_OF_H
#define KARTO_STORE_AS_OF_H

#include "core/store/entry.h"

/* What the history here tells of a record. On a device it may begin later than the record: what was there before came
 * as a whole. */
struct karto_past {
    bool complete;    /* all of it, from the first change on */
    int64_t since_ms; /* if not: the moment from which on it is */
    bool made;        /* the change that made the record is known: first */
    struct karto_stamp first;
};

/* What it finds lives in arena, which is not the transaction's. */
KARTO_CHECKED enum karto_err karto_past_of(struct karto_tx *tx, const struct karto_entry *entry,
                                           struct karto_arena *arena, struct karto_past *past);

/* The record as of the end of day, with one head for each register: the last of those written by then. What is not
 * known is left out: past tells from when on everything is. No fields: it was not there, or nothing is known. *out
 * lives in arena, which is not the transaction's. */
KARTO_CHECKED enum karto_err karto_record_as_of(struct karto_tx *tx, const struct karto_entry *entry, int64_t day,
                                                struct karto_arena *arena, struct karto_record *out);

#endif
