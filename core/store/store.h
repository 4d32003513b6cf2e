/* store.h - one store: a directory (0700) with an LMDB environment and the keys of its owner, used by several processes
 * at once. Every public operation is one transaction; what is acknowledged is on disk. */
#ifndef KARTO_STORE_STORE_H
#define KARTO_STORE_STORE_H

#include "core/model/record.h"
#include "core/store/kv.h"
#include "core/store/ledger.h"

enum { KARTO_FORMAT = 1 };

struct karto_store;
struct karto_collation;

struct karto_store_options {
    const char *dir;
    const struct karto_sys *sys; /* must outlive the store */
    bool read_only;
    bool same_node;                          /* a copy goes on as the node that it was: copied.h */
    bool no_sync;                            /* tests only: see kv.h */
    size_t map_size;                         /* 0: as kv.h says */
    const struct karto_collation *collation; /* tests only: see collation.h. NULL: ICU's */
};

struct karto_tx;

/* An error undoes all of it, and is returned. Work is done again from the beginning when the file had to grow: it must
 * start from scratch. */
typedef enum karto_err karto_work(struct karto_tx *tx, void *context);

struct karto_store_identity {
    enum karto_store_role role;
    struct karto_slice user;       /* who works here: the author of changes */
    struct karto_slice name;       /* of the device or organisation, for people */
    struct karto_slice public_key; /* DER; node ids are made of it */
    karto_work *fill;              /* what else belongs into it from the beginning; NULL: nothing */
    void *context;
};

/* Makes the directory and a store in it: whole or, killed on the way, not at all. KARTO_E_EXISTS: there is one.
 * KARTO_E_BUSY: another process is making one. KARTO_E_REVOKED: there was one, whose data had to be removed
 * (revoked.h). KARTO_E_NETWORK_FS, KARTO_E_EXPOSED, KARTO_E_READONLY, KARTO_E_FULL. */
KARTO_CHECKED enum karto_err karto_store_create(const struct karto_store_options *options,
                                                const struct karto_store_identity *identity,
                                                struct karto_store **store);

/* KARTO_E_NO_STORE, KARTO_E_FOREIGN, KARTO_E_NEWER (a newer program must open it), KARTO_E_CORRUPT, KARTO_E_EXPOSED,
 * KARTO_E_NETWORK_FS, KARTO_E_READONLY, KARTO_E_REVOKED (its data had to be removed: revoked.h). Rows of another
 * collation (collation.h), or those that an older program has left out (batches.h), are made anew, which takes as long
 * as reading everything, and KARTO_E_FULL if there is no room for them. With read_only too, for once, where this
 * process may write; where it may not, or that fails, they are read as they are; but a database that is missing
 * altogether is KARTO_E_READONLY. Opened for writing, a store that was copied becomes another node first (copied.h). */
KARTO_CHECKED enum karto_err karto_store_open(const struct karto_store_options *options, struct karto_store **store);
void karto_store_close(struct karto_store *store); /* NULL is fine */

const char *karto_store_dir(const struct karto_store *store);
bool karto_store_was_copied(const struct karto_store *store); /* and opening it has made another node of it */
struct karto_kv *karto_store_kv(struct karto_store *store);

/* ---- transactions ---- */

/* How far the index of words is made; words.h. */
struct karto_words_state {
    bool known;               /* the rest was read in this transaction */
    bool making;              /* for the first time, or anew: records behind this one are not in it */
    struct karto_rid through; /* while making */
    uint32_t next;            /* number of the next record that gets one */
    uint64_t position;        /* of the log, up to which all that changed is noted */
    uint64_t version;         /* karto_token_version */
};

/* Whether a record lay in a device's scope lately (hub_judge.c): asked of each change of a push, and told from the
 * record's history. */
struct karto_lately {
    struct karto_rid device, record;
    bool former; /* in the scope that it had before */
    bool known, inside;
};

enum { KARTO_LATELY = 32 }; /* records that a transaction remembers this of */

struct karto_tx {
    struct karto_store *store;
    struct karto_kv_txn *kv;
    const struct karto_sys *sys;
    const struct karto_collation *collation; /* of the rows of index that are written, and of all once it writes */
    struct karto_arena arena;                /* for as long as the transaction */
    struct karto_buf row;                    /* for the bytes of one that is put: good until the next */
    struct karto_ledger ledger;
    struct karto_digest_sums *sums;  /* digest.h: what is still to be added to the digests */
    struct karto_late_rows *late;    /* late_rows.h: rows that are still to be put into the index */
    struct karto_aside *aside;       /* aside.h: what a thread does of it */
    struct karto_gathered *gathered; /* words_gather.h: the store's, while it writes; else NULL */
    struct karto_open_batch *batch;  /* batches.h: whose row is still to be put */
    struct karto_words_state words;
    uint8_t secret[32]; /* once it was asked for */
    bool has_secret;
    struct karto_buf user; /* the same; empty: it was not */
    struct karto_lately lately[KARTO_LATELY];
    bool write;
};

/* Before work, rows are made anew if another program has left those of another collation, or left some out. Once it is
 * committed, a write may go on to settle the index of words (words.h), in transactions of its own whose errors are
 * nobody's; write_alone never does. */
KARTO_CHECKED enum karto_err karto_store_write(struct karto_store *store, karto_work *work, void *context);
KARTO_CHECKED enum karto_err karto_store_write_alone(struct karto_store *store, karto_work *work, void *context);
KARTO_CHECKED enum karto_err karto_store_read(struct karto_store *store, karto_work *work, void *context);

/* ---- rows of meta ---- */

/* Names are those of docs/FORMAT.md, "Rows of meta". KARTO_E_NOT_FOUND leaves *value empty. It is in the arena. */
KARTO_CHECKED enum karto_err karto_meta_get(struct karto_tx *tx, const char *name, struct karto_slice *value);
KARTO_CHECKED enum karto_err karto_meta_put(struct karto_tx *tx, const char *name, struct karto_slice value);

/* The key of keyed hashes: 32 random bytes. Read once in a transaction; *secret points into tx. */
KARTO_CHECKED enum karto_err karto_secret(struct karto_tx *tx, const uint8_t **secret);

/* Whose store it is: the author of what is written here. Read once in a transaction; *user points into tx. */
KARTO_CHECKED enum karto_err karto_user(struct karto_tx *tx, struct karto_slice *user);
KARTO_CHECKED enum karto_err karto_set_user(struct karto_tx *tx, struct karto_slice user);

/* ---- node ids ---- */

struct karto_own_node {
    struct karto_node node;
    uint64_t random;
};

/* All node ids that this store has written under, oldest first; *nodes in the arena. */
KARTO_CHECKED enum karto_err karto_own_nodes(struct karto_tx *tx, const struct karto_own_node **nodes, uint32_t *count);
bool karto_is_own_node(struct karto_tx *tx, struct karto_node node);

/* A new one, from now on the writer: seq begins at 1 again. */
KARTO_CHECKED enum karto_err karto_new_node(struct karto_tx *tx);

/* Now by the hub's clock, as far as this store knows it; and the stamp for the next change. */
int64_t karto_now_ms(const struct karto_tx *tx);
int64_t karto_today(const struct karto_tx *tx); /* the day of it, in days */
struct karto_hlc karto_next_stamp(struct karto_tx *tx);

/* ---- rows that are read on the way: copied to the arena when the transaction writes, else pointing into the store
 * ---- */

KARTO_CHECKED enum karto_err karto_row(struct karto_tx *tx, unsigned db, struct karto_slice key,
                                       struct karto_slice *value);

/* Each row of a database, in the order of keys, pointing into the store. An error of visit ends the walk and comes
 * back. visit may write to other databases; what it allocates in the arena is given back behind it. */
typedef enum karto_err karto_row_visit(struct karto_tx *tx, struct karto_slice key, struct karto_slice row,
                                       void *context);
KARTO_CHECKED enum karto_err karto_each_row(struct karto_tx *tx, unsigned db, karto_row_visit *visit, void *context);

#endif
