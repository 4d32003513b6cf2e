#include "core/store/store.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "core/store/aside.h"
#include "core/store/batches.h"
#include "core/store/birth.h"
#include "core/store/collation.h"
#include "core/store/copied.h"
#include "core/store/databases.h"
#include "core/store/digest.h"
#include "core/store/kv_dir.h"
#include "core/store/late_rows.h"
#include "core/store/revoked.h"
#include "core/store/words.h"
#include "core/store/words_gather.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct karto_store {
    struct karto_kv *kv;
    const struct karto_sys *sys;
    char *dir;
    struct karto_collation collation;
    struct karto_gathered *gathered;
    bool read_only;
    bool copied;
    atomic_uint_fast64_t noted; /* records that the index of words lacks, as of the last write here */
};

/* Notes that a query should find at most, being read one by one; how many a transaction adds that is part of a bulk
 * load; how many may wait then for being settled together, which is cheaper. */
enum { NOTED_MOST = 128, NOTED_AT_ONCE = 64, NOTED_IN_BULK = 20000 };

static const char *const names[KARTO_DB_COUNT] = {
    [KARTO_DB_META] = "meta",
    [KARTO_DB_RECORDS] = "records",
    [KARTO_DB_BASE] = "base",
    [KARTO_DB_LOG] = "log",
    [KARTO_DB_OWN] = "own",
    [KARTO_DB_PENDING] = "pending",
    [KARTO_DB_DOTS] = "dots",
    [KARTO_DB_FEED] = "feed",
    [KARTO_DB_DUE] = "due",
    [KARTO_DB_INDEX] = "index",
    [KARTO_DB_DIGEST] = "digest",
    [KARTO_DB_NODES] = "nodes",
    [KARTO_DB_DEVICES] = "devices",
    [KARTO_DB_INVITES] = "invites",
    [KARTO_DB_SIDE] = "quarantine",
    [KARTO_DB_PAST] = "past",
    [KARTO_DB_PAST_OF] = "past_of",
    [KARTO_DB_LACKS] = "lacks",
    [KARTO_DB_LEFT] = "left",
    [KARTO_DB_BATCHES] = "batches",
    [KARTO_DB_WORDS] = "words",
    [KARTO_DB_GRAMS] = "grams",
    [KARTO_DB_NOTED] = "words_new",
    [KARTO_DB_NUMBERS] = "numbers",
    [KARTO_DB_MARKS] = "marks",
    [KARTO_DB_HELD] = "held",
    [KARTO_DB_DISMISSED] = "dismissed",
    [KARTO_DB_PROPOSALS] = "proposals",
};

/* ---- open and close ---- */

static enum karto_err open_kv(const struct karto_store_options *options, bool create, struct karto_store **store)
{
    struct karto_kv_options kv = {.dir = options->dir,
                                  .names = names,
                                  .name_count = KARTO_DB_COUNT,
                                  .map_size = options->map_size,
                                  .read_only = options->read_only,
                                  .create = create,
                                  .no_sync = options->no_sync};
    struct karto_kv *opened;
    enum karto_err err = karto_kv_open(&kv, &opened);
    if (err != KARTO_OK)
        return err;
    *store = karto_must(calloc(1, sizeof **store));
    (*store)->kv = opened;
    (*store)->sys = options->sys;
    (*store)->dir = karto_must(strdup(options->dir));
    (*store)->collation = options->collation ? *options->collation : karto_collation_icu();
    (*store)->gathered = karto_gathered_new();
    (*store)->read_only = options->read_only;
    return KARTO_OK;
}

/* What a write has left to be done, and whether now: the next one may find it done. */
static void settle_if_due(struct karto_store *store, uint64_t before, uint64_t after)
{
    atomic_store(&store->noted, after);
    bool bulk = after > before + NOTED_AT_ONCE;
    if (after <= (bulk ? NOTED_IN_BULK : NOTED_MOST))
        return;
    if (karto_words_settle(store, 0) == KARTO_OK)
        atomic_store(&store->noted, 0);
}

static enum karto_err count_noted(struct karto_tx *tx, void *context)
{
    return karto_words_noted(tx, context);
}

/* A store whose index cannot be made now, on a full disk, is a store all the same. */
static void prepare_words(struct karto_store *store)
{
    uint64_t noted;
    if (karto_words_prepare(store) == KARTO_OK && karto_store_read(store, count_noted, &noted) == KARTO_OK)
        settle_if_due(store, noted, noted);
}

void karto_store_close(struct karto_store *store)
{
    if (!store)
        return;
    settle_if_due(store, atomic_load(&store->noted), atomic_load(&store->noted));
    karto_kv_close(store->kv);
    karto_gathered_free(store->gathered);
    free(store->dir);
    free(store);
}

const char *karto_store_dir(const struct karto_store *store)
{
    return store->dir;
}

bool karto_store_was_copied(const struct karto_store *store)
{
    return store->copied;
}

struct karto_kv *karto_store_kv(struct karto_store *store)
{
    return store->kv;
}

static enum karto_err check_format(struct karto_kv_txn *kv, void *context)
{
    (void)context;
    struct karto_slice row;
    enum karto_err err = karto_kv_get(kv, KARTO_DB_META, karto_slice_str("format"), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_E_FOREIGN : err;
    if (row.size != 4)
        return KARTO_E_CORRUPT;
    uint32_t format = karto_be32(row.data);
    return format > KARTO_FORMAT ? KARTO_E_NEWER : format == 0 ? KARTO_E_CORRUPT : KARTO_OK;
}

/* Whether no other program has left rows behind that this one would have to make, or make anew. */
static enum karto_err look_at_rows(struct karto_tx *tx, void *context)
{
    bool *present = context, behind = false;
    enum karto_err err = karto_collation_is_present(tx, present);
    if (err == KARTO_OK)
        err = karto_batches_behind(tx, &behind);
    *present = *present && !behind;
    return err;
}

static enum karto_err do_nothing(struct karto_tx *tx, void *context)
{
    (void)tx;
    (void)context;
    return KARTO_OK;
}

struct file_known {
    bool unknown, copied;
};

static enum karto_err look_at_file(struct karto_tx *tx, void *context)
{
    struct file_known *known = context;
    return karto_copied_look(tx, &known->unknown, &known->copied);
}

/* Another process may do it meanwhile: so it is looked at again in the transaction, and done once. */
static enum karto_err note_file(struct karto_tx *tx, void *context)
{
    enum karto_err err = look_at_file(tx, context);
    return err == KARTO_OK ? karto_copied_note(tx) : err;
}

/* A file that cannot be noted for want of room is noted another time; one that is a copy is not written to before. */
static enum karto_err know_file(struct karto_store *store)
{
    struct file_known known;
    enum karto_err err = karto_store_read(store, look_at_file, &known);
    if (err != KARTO_OK || !(known.unknown || known.copied))
        return err;
    bool copied = known.copied;
    err = karto_store_write_alone(store, note_file, &known);
    store->copied = err == KARTO_OK && known.copied;
    return err == KARTO_E_FULL && !copied ? KARTO_OK : err;
}

/* *present: whether all rows are as this program makes them; after opening for writing they always are. */
static enum karto_err open_known(const struct karto_store_options *options, struct karto_store **store, bool *present)
{
    enum karto_err err = open_kv(options, false, store);
    if (err != KARTO_OK)
        return err;
    err = karto_kv_read((*store)->kv, check_format, NULL);
    if (err == KARTO_OK)
        err = karto_store_read(*store, look_at_rows, present);
    if (err == KARTO_OK && !*present && !options->read_only)
        err = karto_store_write(*store, do_nothing, NULL); /* every write sees to it */
    if (err == KARTO_OK && !options->read_only && !options->same_node)
        err = know_file(*store);
    if (err != KARTO_OK) {
        karto_store_close(*store);
        *store = NULL;
    } else if (!options->read_only) {
        prepare_words(*store);
    }
    return err;
}

/* Most of what people do first after an upgrade only reads. Whether writing succeeds does not matter to a reader. */
static enum karto_err write_before_reading(const struct karto_store_options *options, struct karto_store **store)
{
    struct karto_store_options writing = *options;
    bool present;
    writing.read_only = false;
    writing.same_node = true;
    karto_store_close(*store);
    if (open_known(&writing, store, &present) == KARTO_OK)
        karto_store_close(*store);
    *store = NULL;
    return open_known(options, store, &present);
}

enum karto_err karto_store_open(const struct karto_store_options *options, struct karto_store **store)
{
    bool present = true;
    *store = NULL;
    enum karto_err err = karto_os_check_dir(options->dir);
    if (err == KARTO_E_EXPOSED)
        return karto_kv_dir_of_others(options->dir);
    if (err == KARTO_OK)
        err = karto_revoked_check(options->dir, options->sys);
    if (err == KARTO_OK)
        err = open_known(options, store, &present);
    bool lacks = (err == KARTO_OK && !present) || err == KARTO_E_READONLY; /* the latter: a database of rows */
    return lacks && options->read_only ? write_before_reading(options, store) : err;
}

/* ---- create ---- */

static enum karto_err fill_new(struct karto_tx *tx, void *context)
{
    const struct karto_store_identity *identity = context;
    struct karto_buf format = KARTO_BUF_EMPTY;
    uint8_t secret[32];
    tx->ledger.role = identity->role;
    karto_buf_add_be32(&format, KARTO_FORMAT);
    enum karto_err err = karto_meta_put(tx, "format", karto_buf_slice(&format));
    karto_buf_fini(&format);
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "user", identity->user);
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "name", identity->name);
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "public_key", identity->public_key);
    karto_sys_random(tx->sys, secret, sizeof secret);
    if (err == KARTO_OK)
        err = karto_meta_put(tx, "secret", karto_slice(secret, sizeof secret));
    if (err == KARTO_OK)
        err = karto_copied_note(tx);
    if (err == KARTO_OK)
        err = karto_words_begin(tx);
    if (err == KARTO_OK)
        err = karto_new_node(tx);
    return err == KARTO_OK && identity->fill ? identity->fill(tx, identity->context) : err;
}

static enum karto_err make(const struct karto_store_options *options, const char *dir,
                           const struct karto_store_identity *identity)
{
    struct karto_store_options making = *options;
    struct karto_store *store;
    making.dir = dir;
    enum karto_err err = open_kv(&making, true, &store);
    if (err != KARTO_OK)
        return err;
    err = karto_store_write(store, fill_new, (void *)(uintptr_t)identity);
    karto_store_close(store);
    return err;
}

enum karto_err karto_store_create(const struct karto_store_options *options,
                                  const struct karto_store_identity *identity, struct karto_store **store)
{
    struct karto_birth birth;
    *store = NULL;
    enum karto_err err = karto_os_make_dir(options->dir);
    if (err == KARTO_OK)
        err = karto_os_check_dir(options->dir);
    if (err == KARTO_OK)
        err = karto_revoked_check(options->dir, options->sys);
    if (err == KARTO_OK)
        err = karto_birth_begin(&birth, options->dir);
    if (err != KARTO_OK)
        return err;
    err = karto_birth_end(&birth, make(options, (const char *)birth.making.data, identity));
    if (err == KARTO_OK)
        err = open_kv(options, false, store);
    if (err != KARTO_OK)
        return err;
    err = know_file(*store); /* a hub's journal lies beside the file in its place */
    if (err != KARTO_OK) {
        karto_store_close(*store);
        *store = NULL;
    }
    return err;
}

/* ---- transactions ---- */

struct job {
    struct karto_store *store;
    karto_work *work;
    void *context;
    bool write;
    uint64_t noted_before, noted_after; /* of a write */
    bool made;                          /* the index of words, all of it */
};

static enum karto_err begin(struct karto_store *store, struct karto_kv_txn *kv, bool write, struct karto_tx *tx)
{
    *tx =
        (struct karto_tx){.store = store, .kv = kv, .sys = store->sys, .collation = &store->collation, .write = write};
    karto_arena_init(&tx->arena);
    if (write) {
        tx->gathered = store->gathered;
        karto_gathered_begin(tx);
    }
    struct karto_slice row;
    enum karto_err err = karto_kv_get(kv, KARTO_DB_META, karto_slice_str("ledger"), &row);
    if (err == KARTO_E_NOT_FOUND)
        return KARTO_OK; /* only while a store is being made: open has seen its format */
    return err == KARTO_OK ? karto_ledger_decode(row, &tx->ledger) : err;
}

static enum karto_err finish(struct karto_tx *tx, const struct karto_ledger *before)
{
    struct karto_buf old = KARTO_BUF_EMPTY, new = KARTO_BUF_EMPTY;
    enum karto_err err = karto_digest_flush(tx);
    if (err == KARTO_OK)
        err = karto_late_rows_put(tx, karto_slice(NULL, 0));
    if (err == KARTO_OK && tx->ledger.position != before->position)
        err = karto_batches_kept(tx);
    if (err == KARTO_OK)
        err = karto_words_kept(tx);
    if (err != KARTO_OK)
        return err;
    karto_ledger_encode(before, &old);
    karto_ledger_encode(&tx->ledger, &new);
    if (!karto_slice_equal(karto_buf_slice(&old), karto_buf_slice(&new)))
        err = karto_kv_put(tx->kv, KARTO_DB_META, karto_slice_str("ledger"), karto_buf_slice(&new));
    karto_buf_fini(&old);
    karto_buf_fini(&new);
    return err;
}

static enum karto_err do_job(struct karto_kv_txn *kv, void *context)
{
    struct job *job = context;
    struct karto_tx tx;
    enum karto_err err = begin(job->store, kv, job->write, &tx);
    struct karto_ledger before = tx.ledger;
    if (err == KARTO_OK && job->write)
        err = karto_collation_keep(&tx); /* in a store that is being made: notes the first */
    if (err == KARTO_OK && job->write)
        err = karto_batches_keep(&tx);
    if (err == KARTO_OK && job->write)
        err = karto_words_keep(&tx);
    if (err == KARTO_OK && job->write)
        err = karto_words_noted(&tx, &job->noted_before);
    if (err == KARTO_OK)
        err = job->work(&tx, job->context);
    if (err == KARTO_OK && job->write)
        err = finish(&tx, &before);
    if (err == KARTO_OK && job->write)
        err = karto_words_noted(&tx, &job->noted_after);
    if (err == KARTO_OK && job->write)
        karto_gathered_end(&tx);
    job->made = !tx.words.making;
    karto_aside_end(&tx);
    karto_digest_forget(&tx);
    karto_late_rows_forget(&tx);
    karto_batches_forget(&tx);
    karto_buf_fini(&tx.row);
    karto_buf_fini(&tx.user);
    karto_arena_fini(&tx.arena);
    return err;
}

enum karto_err karto_store_write(struct karto_store *store, karto_work *work, void *context)
{
    struct job job = {store, work, context, true, 0, 0, true};
    enum karto_err err = store->read_only ? KARTO_E_READONLY : karto_kv_write(store->kv, do_job, &job);
    if (err == KARTO_OK && !job.made)
        prepare_words(store);
    else if (err == KARTO_OK)
        settle_if_due(store, job.noted_before, job.noted_after);
    return err;
}

enum karto_err karto_store_write_alone(struct karto_store *store, karto_work *work, void *context)
{
    struct job job = {store, work, context, true, 0, 0, true};
    return store->read_only ? KARTO_E_READONLY : karto_kv_write(store->kv, do_job, &job);
}

enum karto_err karto_store_read(struct karto_store *store, karto_work *work, void *context)
{
    struct job job = {store, work, context, false, 0, 0, true};
    return karto_kv_read(store->kv, do_job, &job);
}

enum karto_err karto_row(struct karto_tx *tx, unsigned db, struct karto_slice key, struct karto_slice *value)
{
    enum karto_err err = karto_kv_get(tx->kv, db, key, value);
    if (err == KARTO_OK && tx->write)
        *value = karto_arena_copy(&tx->arena, *value);
    return err;
}

enum karto_err karto_each_row(struct karto_tx *tx, unsigned db, karto_row_visit *visit, void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    enum karto_err visited = KARTO_OK, err = karto_kv_cursor_open(tx->kv, db, &cursor);
    if (err != KARTO_OK)
        return err;
    while (visited == KARTO_OK && (err = karto_kv_next(cursor, &key, &row)) == KARTO_OK) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        visited = visit(tx, key, row, context);
        karto_arena_release(&tx->arena, mark);
    }
    karto_kv_cursor_close(cursor);
    return visited != KARTO_OK ? visited : err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

enum karto_err karto_meta_get(struct karto_tx *tx, const char *name, struct karto_slice *value)
{
    *value = karto_slice(NULL, 0);
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_META, karto_slice_str(name), value);
    if (err == KARTO_OK)
        *value = karto_arena_copy(&tx->arena, *value);
    return err;
}

enum karto_err karto_meta_put(struct karto_tx *tx, const char *name, struct karto_slice value)
{
    return karto_kv_put(tx->kv, KARTO_DB_META, karto_slice_str(name), value);
}

enum karto_err karto_secret(struct karto_tx *tx, const uint8_t **secret)
{
    struct karto_slice row;
    *secret = tx->secret;
    if (tx->has_secret)
        return KARTO_OK;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_META, karto_slice_str("secret"), &row);
    if (err == KARTO_OK && row.size != sizeof tx->secret)
        err = KARTO_E_CORRUPT;
    if (err != KARTO_OK)
        return err;
    memcpy(tx->secret, row.data, row.size);
    tx->has_secret = true;
    return KARTO_OK;
}

enum karto_err karto_user(struct karto_tx *tx, struct karto_slice *user)
{
    enum karto_err err = KARTO_OK;
    if (tx->user.size == 0) {
        err = karto_kv_get(tx->kv, KARTO_DB_META, karto_slice_str("user"), user);
        if (err == KARTO_OK)
            karto_buf_add_slice(&tx->user, *user);
    }
    *user = karto_buf_slice(&tx->user);
    return err;
}

enum karto_err karto_set_user(struct karto_tx *tx, struct karto_slice user)
{
    karto_buf_clear(&tx->user);
    return karto_meta_put(tx, "user", user);
}

/* ---- nodes and time ---- */

enum { NODE_ROW = 16 };

enum karto_err karto_own_nodes(struct karto_tx *tx, const struct karto_own_node **nodes, uint32_t *count)
{
    struct karto_slice row;
    *nodes = NULL;
    *count = 0;
    enum karto_err err = karto_meta_get(tx, "nodes", &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size % NODE_ROW)
        return KARTO_E_CORRUPT;
    struct karto_own_node *out = karto_arena_array(&tx->arena, row.size / NODE_ROW, sizeof *out);
    for (; *count < row.size / NODE_ROW; ++*count) {
        out[*count].node.v = karto_be64(row.data + NODE_ROW * *count);
        out[*count].random = karto_be64(row.data + NODE_ROW * *count + 8);
    }
    *nodes = out;
    return KARTO_OK;
}

bool karto_is_own_node(struct karto_tx *tx, struct karto_node node)
{
    const struct karto_own_node *nodes;
    uint32_t count;
    if (karto_node_equal(node, tx->ledger.node) || karto_node_equal(node, tx->ledger.rule_node))
        return true;
    if (karto_own_nodes(tx, &nodes, &count) != KARTO_OK)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (karto_node_equal(nodes[i].node, node))
            return true;
    return false;
}

static enum karto_err add_node(struct karto_tx *tx, struct karto_node *node)
{
    struct karto_slice key, row;
    struct karto_buf nodes = KARTO_BUF_EMPTY;
    enum karto_err err = karto_meta_get(tx, "public_key", &key);
    if (err != KARTO_OK)
        return err;
    err = karto_meta_get(tx, "nodes", &row);
    if (err != KARTO_OK && err != KARTO_E_NOT_FOUND)
        return err;
    /* the time goes into the random number too: a virtual machine that is put back may repeat its random numbers */
    uint64_t random = karto_sys_random64(tx->sys) ^ (uint64_t)karto_sys_now_ms(tx->sys) << 20;
    *node = karto_node_make(key, random);
    karto_buf_add_slice(&nodes, row);
    karto_buf_add_be64(&nodes, node->v);
    karto_buf_add_be64(&nodes, random);
    err = karto_meta_put(tx, "nodes", karto_buf_slice(&nodes));
    karto_buf_fini(&nodes);
    return err;
}

enum karto_err karto_new_node(struct karto_tx *tx)
{
    if (tx->ledger.role == KARTO_ON_HUB) {
        enum karto_err err = add_node(tx, &tx->ledger.rule_node);
        if (err != KARTO_OK)
            return err;
        tx->ledger.rule_seq = 0;
    }
    tx->ledger.seq = 0;
    return add_node(tx, &tx->ledger.node);
}

int64_t karto_now_ms(const struct karto_tx *tx)
{
    return karto_sys_now_ms(tx->sys) + tx->ledger.clock_offset_ms;
}

int64_t karto_today(const struct karto_tx *tx)
{
    return tx->sys->day(tx->sys->context, karto_now_ms(tx));
}

struct karto_hlc karto_next_stamp(struct karto_tx *tx)
{
    return tx->ledger.clock = karto_hlc_next(tx->ledger.clock, karto_now_ms(tx));
}
