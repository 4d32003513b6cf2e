/* verdict.h - what a hub says of a change. A verdict is final for its dot. */
#ifndef KARTO_MODEL_VERDICT_H
#define KARTO_MODEL_VERDICT_H

enum karto_verdict {
    KARTO_V_NONE = 0, /* not judged: what stands before it was not taken */
    KARTO_V_APPLIED = 1,
    KARTO_V_CONTAINED = 2, /* was in the hub's log already */
    KARTO_V_REFUSED = 3,   /* and why */
    KARTO_V_FORK = 4,      /* another change has this dot: the store was put back or copied */
    KARTO_V_REISSUE = 5,   /* take a new dot: a lost hub may have known this one */
    KARTO_V_WAITS = 6,     /* something its author saw is missing: only in recovery */
    KARTO_V_ERASED = 7,    /* the record is erased for ever */
    KARTO_V_COUNT
};

#endif
