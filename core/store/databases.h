/* databases.h - the databases of a store, and their keys: docs/FORMAT.md in C. Numbers are big-endian, so that keys
 * sort as they count. */
#ifndef KARTO_STORE_DATABASES_H
#define KARTO_STORE_DATABASES_H

enum karto_db {
    KARTO_DB_META,      /* name -> text or bytes; "ledger": the counters, see ledger.h */
    KARTO_DB_RECORDS,   /* record id -> header, the record as the user sees it */
    KARTO_DB_BASE,      /* record id -> how many changes of it are pending, the record as the hub has confirmed it */
    KARTO_DB_LOG,       /* position -> one thing that happened to one record */
    KARTO_DB_OWN,       /* node, seq -> what became of a change made here (devices) */
    KARTO_DB_PENDING,   /* position -> node, seq: made here and not yet judged (devices) */
    KARTO_DB_DOTS,      /* node, seq -> position, hash, verdict (hub) */
    KARTO_DB_FEED,      /* territory, 0, position -> nothing (hub) */
    KARTO_DB_DUE,       /* day, record id -> nothing: timelines that take effect then (hub) */
    KARTO_DB_INDEX,     /* index, kind, value, record id -> nothing */
    KARTO_DB_DIGEST,    /* territory, 0, kind, field -> sum of hashes */
    KARTO_DB_NODES,     /* node -> device's record id (hub) */
    KARTO_DB_DEVICES,   /* device's record id -> user, role, scope, certificate (hub) */
    KARTO_DB_INVITES,   /* hash of the token -> what it was made for (hub) */
    KARTO_DB_PAST,      /* hub position -> what happened before, as the hub's log has it (devices) */
    KARTO_DB_PAST_OF,   /* record id, hub position -> nothing: what of it is in the past (devices) */
    KARTO_DB_LACKS,     /* record id -> below which position its past is still to be fetched (devices) */
    KARTO_DB_LEFT,      /* record id -> the last entry of the log about a record that is gone (devices) */
    KARTO_DB_SIDE,      /* number -> what cannot be decoded or applied, and why; see quarantine.h */
    KARTO_DB_BATCHES,   /* number, number of what it takes back, author -> where in the log; see batches.h */
    KARTO_DB_WORDS,     /* term, 0, place, number -> numbers of records */
    KARTO_DB_GRAMS,     /* three letters or a sound, 0, word -> nothing */
    KARTO_DB_NOTED,     /* record id -> the terms that words still has of it */
    KARTO_DB_NUMBERS,   /* number -> kind, record id; and record id -> number */
    KARTO_DB_MARKS,     /* node -> seq up to which a backup had its changes (hub) */
    KARTO_DB_HELD,      /* record id, device -> a state for the administrator to decide on; device -> how many (hub) */
    KARTO_DB_DISMISSED, /* node, seq -> when the refusal of a change made here was dismissed (devices) */
    KARTO_DB_PROPOSALS, /* record id, position -> what a device wanted and may not; device -> how many (hub) */
    KARTO_DB_COUNT
};

#endif
