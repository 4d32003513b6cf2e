/* Changes are counted into their batch as they are written, though its row is put when another's turn comes: what a
 * transaction reads of a batch is what all of its changes come to, and so is what it leaves; after one that fails,
 * nothing is left. */
#include "core/store/batches.h"

#include "core/base/os_posix.h"
#include "core/store/edit.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

enum { ROUNDS = 5, BATCHES = 2 };

static struct temp_dir dir;
static struct karto_store *store;

static void make_store(void)
{
    struct karto_store_options options = {.dir = dir.path, .sys = karto_os_sys(), .no_sync = true};
    struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
}

static void save(struct karto_tx *tx, struct karto_rid id, bool create, const char *name, uint64_t batch)
{
    struct karto_edit edit = {.field = KARTO_F_NAME,
                              .value = karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str(name)))};
    struct karto_save s = {
        .kind = KARTO_CLIENT, .record = id, .create = create, .edits = &edit, .count = 1, .batch = batch};
    CHECK_INT(karto_save(tx, &s, NULL), KARTO_OK);
}

static void check_batch(struct karto_tx *tx, uint64_t number, uint64_t changes, uint64_t records, uint64_t last)
{
    struct karto_batch batch;
    CHECK_INT(karto_batch_get(tx, number, karto_slice_str("oksana"), &batch), KARTO_OK);
    CHECK(batch.first == number && batch.changes == changes && batch.records == records && batch.last == last);
}

/* Batch 1 begins at position 1, batch 2 at position 2; each round makes a record in each, and renames it there. */
static enum karto_err write_in_turns(struct karto_tx *tx, void *context)
{
    struct karto_rid ids[BATCHES];
    for (uint64_t round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < BATCHES; i++) {
            ids[i] = karto_rid_make(karto_os_sys());
            save(tx, ids[i], true, "Ромашка", i + 1);
        }
        for (unsigned i = 0; i < BATCHES; i++)
            save(tx, ids[i], false, "Волошка", i + 1);
        if (round % 2) /* else nobody looks before the next */
            for (unsigned i = 0; i < BATCHES; i++)
                check_batch(tx, i + 1, 2 * (round + 1), round + 1, 4 * round + 3 + i);
    }
    return *(enum karto_err *)context;
}

static enum karto_err look(struct karto_tx *tx, void *context)
{
    struct karto_batch batches[BATCHES];
    uint32_t count;
    bool there = *(bool *)context;
    for (unsigned i = 0; i < BATCHES; i++) {
        CHECK_INT(karto_batch_find(tx, i + 1, batches, BATCHES, &count), KARTO_OK);
        CHECK_INT(count, there);
        if (there)
            check_batch(tx, i + 1, 2 * ROUNDS, ROUNDS, 4 * (ROUNDS - 1) + 3 + i);
    }
    return KARTO_OK;
}

int main(void)
{
    enum karto_err fails = KARTO_E_INTERRUPTED, ends = KARTO_OK;
    bool there = false;
    dir = temp_dir_make();
    make_store();
    CHECK_INT(karto_store_write(store, write_in_turns, &fails), KARTO_E_INTERRUPTED);
    CHECK_INT(karto_store_read(store, look, &there), KARTO_OK);
    CHECK_INT(karto_store_write(store, write_in_turns, &ends), KARTO_OK);
    there = true;
    CHECK_INT(karto_store_read(store, look, &there), KARTO_OK);
    karto_store_close(store);
    temp_dir_remove(&dir);
    return 0;
}
