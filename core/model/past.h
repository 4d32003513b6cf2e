/* past.h - older changes on their way from a hub to a device: what is asked for, and a page of them. Positions are the
 * hub's. See PROTOCOL.md, "history". */
#ifndef KARTO_MODEL_PAST_H
#define KARTO_MODEL_PAST_H

#include "core/model/change.h"

/* Of this record, what is older than a position. */
struct karto_past_place {
    struct karto_rid record;
    uint64_t before; /* the position itself is not meant */
    int64_t at_ms;   /* in an answer: when the entry at this position came to the hub */
};

struct karto_past_ask {
    uint64_t cursor;                       /* what the device has pulled: nothing above it is meant */
    uint64_t before;                       /* of the whole scope, when no record is named */
    int64_t since_ms;                      /* what came to the hub earlier is not wanted */
    uint64_t budget;                       /* bytes that are enough */
    const struct karto_past_place *places; /* or of these records alone */
    uint32_t place_count;
};

struct karto_past_change {
    uint64_t position, previous; /* in the hub's log; of the same record's entry before, 0: none */
    int64_t at_ms;               /* when it came to the hub */
    struct karto_change change;  /* with old values; void: it was refused */
};

struct karto_past_page {
    uint64_t below; /* everything asked for from this position up was given; 0: all there is. With records named: of the
                       first that is not done */
    int64_t at_ms;  /* when the entry at that position came to the hub; 0: unknown */
    uint32_t done;  /* how many of the named records are through */
    bool more;      /* there is more than the budget: ask on from below */
    const struct karto_past_change *changes; /* descending by position: all, or those of each named record in turn */
    uint32_t count;
    const struct karto_past_place *places; /* of these, what is older lies outside of the scope's territories: to be
                                              asked for by name */
    uint32_t place_count;
};

#endif
