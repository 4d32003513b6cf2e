/* edit: a person at work, as a process of his own: edit DIR WRITER SEED COUNT ACKS TERRITORY...
 *
 * Makes COUNT edits in the store in DIR, beside its daemon, and tells the daemon of each. When an edit has been
 * committed, and not before, a line about it goes to the end of the file ACKS, synced: its dot, and the hash of the
 * change. Values are like nothing else and begin with WRITER; some are as large as a value may be. At head office some
 * edits move a client to another TERRITORY. Clients with an external_id are others' (clerk.c), and left alone. */
#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/base/os_posix.h"
#include "core/base/os_socket.h"
#include "core/store/databases.h"
#include "core/store/edit.h"
#include "core/store/entry.h"
#include "core/store/log.h"
#include "tests/check.h"
#include "tests/crash/dice.h"

#include <fcntl.h>
#include <unistd.h>

enum { INDUSTRY = 28, NOTE = 31, ATTR = 33, TAG = 23 };
enum { CLIENTS_MAX = 40, EDITS_MAX = 4, SMALL_MAX = 1500, LARGE_MAX = 60 * 1000, KEYS = 2, BACK_MAX = 1000 };

struct editor {
    const char *dir, *writer;
    char *const *territories;
    uint32_t territory_count;
    struct dice dice;
    unsigned number; /* of this process's edits */
    struct karto_store *store;
    int acks;
    struct karto_rid clients[CLIENTS_MAX];
    uint32_t client_count;
};

/* One edit, decided before its transaction, which may run more than once. */
struct plan {
    struct editor *editor;
    bool create;
    struct karto_rid client;
    struct karto_edit edits[EDITS_MAX];
    uint32_t count;
    bool done; /* something was written: */
    struct karto_dot dot;
    uint64_t hash;
};

/* ---- which clients there are ---- */

static enum karto_err list_clients(struct karto_tx *tx, void *context)
{
    struct editor *e = context;
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    struct karto_entry entry;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    e->client_count = 0;
    while (err == KARTO_OK && (err = karto_kv_next(cursor, &key, &row)) == KARTO_OK) {
        err = karto_entry_decode(&tx->arena, karto_rid_read(key.data), row, &entry);
        if (err == KARTO_OK && entry.view.kind == KARTO_CLIENT && e->client_count < CLIENTS_MAX &&
            karto_record_value(&entry.view, KARTO_F_EXTERNAL_ID).size == 0)
            e->clients[e->client_count++] = entry.id;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* ---- deciding on an edit ---- */

static struct karto_slice text(struct editor *e, struct karto_arena *arena, uint32_t size)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_buf_printf(&buf, "%s %ld %u ", e->writer, (long)getpid(), e->number);
    while (buf.size < size)
        karto_buf_add_byte(&buf,
                           (uint8_t)letters[dice_below(&e->dice, 64)]); /* nothing that could be compressed much */
    struct karto_slice value = karto_value_bytes(arena, karto_value_text(karto_buf_slice(&buf)));
    karto_buf_fini(&buf);
    return value;
}

static struct karto_slice any_territory(struct editor *e, struct karto_arena *arena)
{
    const char *name = e->territories[dice_below(&e->dice, e->territory_count)];
    return karto_value_bytes(arena, karto_value_text(karto_slice_str(name)));
}

static void add(struct plan *plan, uint32_t field, struct karto_slice key, struct karto_slice value)
{
    CHECK(plan->count < EDITS_MAX);
    plan->edits[plan->count++] = (struct karto_edit){field, key, value};
}

static void plan_new(struct plan *plan, struct karto_arena *arena)
{
    struct editor *e = plan->editor;
    plan->create = true;
    plan->client = karto_rid_make(karto_os_sys());
    add(plan, KARTO_F_TERRITORY, karto_date_key(arena, KARTO_DATE_MIN), any_territory(e, arena));
    add(plan, KARTO_F_NAME, karto_slice(NULL, 0), text(e, arena, 40));
}

/* A value, sometimes a long one, under a key that this writer alone sets: clients stay below the limit of a record. */
static void plan_large(struct plan *plan, struct karto_arena *arena)
{
    struct editor *e = plan->editor;
    char key[40];
    uint32_t size_max = dice_one_in(&e->dice, 3) ? LARGE_MAX : SMALL_MAX;
    snprintf(key, sizeof key, "%.30s-%u", e->writer, dice_below(&e->dice, KEYS));
    add(plan, ATTR, karto_arena_copy(arena, karto_slice_str(key)), text(e, arena, dice_below(&e->dice, size_max)));
}

static void plan_edit(struct plan *plan, struct karto_arena *arena, bool at_hub)
{
    struct editor *e = plan->editor;
    const struct karto_slice plain = {NULL, 0};
    struct karto_slice tag;
    plan->client = e->clients[dice_below(&e->dice, e->client_count)];
    if (at_hub && dice_one_in(&e->dice, 6))
        add(plan, KARTO_F_TERRITORY, karto_date_key(arena, KARTO_DATE_MIN), any_territory(e, arena));
    switch (dice_below(&e->dice, 4)) {
    case 0: add(plan, INDUSTRY, plain, text(e, arena, 30)); break;
    case 1: add(plan, NOTE, plain, text(e, arena, dice_below(&e->dice, SMALL_MAX))); break;
    case 2:
        tag = karto_value_bytes(arena, karto_value_text(karto_slice_str(dice_one_in(&e->dice, 2) ? "vip" : "late")));
        add(plan, TAG, karto_set_key(arena, karto_field_def(KARTO_CLIENT, TAG), tag),
            dice_one_in(&e->dice, 2) ? tag : plain);
        break;
    default: plan_large(plan, arena); break;
    }
    if (dice_one_in(&e->dice, 3))
        add(plan, KARTO_F_NAME, plain, text(e, arena, 40));
}

/* ---- making it ---- */

/* The change that was just logged: on a hub its consequences may stand behind it. */
static enum karto_err find_change(struct karto_tx *tx, struct plan *plan)
{
    struct karto_log_entry entry;
    struct karto_change change;
    for (uint64_t back = 0; back < BACK_MAX && back < tx->ledger.position; back++) {
        enum karto_err err = karto_log_read(tx, tx->ledger.position - back, &entry);
        if (err == KARTO_OK && entry.type == KARTO_LOG_MOVE)
            continue;
        if (err == KARTO_OK)
            err = karto_log_change(tx, &entry, &change);
        if (err != KARTO_OK)
            return err;
        if (!karto_dot_equal(change.stamp.dot, plan->dot))
            continue;
        struct karto_buf bytes = KARTO_BUF_EMPTY;
        karto_change_encode(&change, false, &bytes);
        plan->hash = karto_sum_of(karto_buf_slice(&bytes)).low;
        karto_buf_fini(&bytes);
        return KARTO_OK;
    }
    return KARTO_E_CORRUPT;
}

static enum karto_err save(struct karto_tx *tx, void *context)
{
    struct plan *plan = context;
    struct karto_save save = {.kind = KARTO_CLIENT,
                              .record = plan->client,
                              .create = plan->create,
                              .edits = plan->edits,
                              .count = plan->count,
                              .via = KARTO_VIA_CLI};
    uint64_t before = tx->ledger.seq;
    enum karto_err err = karto_save(tx, &save, NULL);
    plan->done = tx->ledger.seq != before;
    plan->dot = (struct karto_dot){tx->ledger.node, tx->ledger.seq};
    return err == KARTO_OK && plan->done ? find_change(tx, plan) : err;
}

static void acknowledge(const struct editor *e, const struct plan *plan)
{
    char line[64];
    int size = snprintf(line, sizeof line, "%016" PRIx64 " %" PRIu64 " %016" PRIx64 "\n", plan->dot.node.v,
                        plan->dot.seq, plan->hash);
    CHECK_INT(write(e->acks, line, (size_t)size), size);
    CHECK_INT(fsync(e->acks), 0);
}

static void make_one(struct editor *e, bool at_hub)
{
    struct plan plan = {.editor = e};
    struct karto_arena arena;
    karto_arena_init(&arena);
    if (e->client_count == 0 || (e->client_count < CLIENTS_MAX && dice_one_in(&e->dice, 5)))
        plan_new(&plan, &arena);
    else
        plan_edit(&plan, &arena, at_hub);
    enum karto_err err = karto_store_write(e->store, save, &plan);
    if (err != KARTO_OK && err != KARTO_E_NOT_FOUND) { /* it may just have left for another territory */
        fprintf(stderr, "edit: %s: %s\n", e->dir, karto_err_id(err));
        exit(err == KARTO_E_FULL ? 28 : 1);
    }
    if (err == KARTO_OK && plan.done) {
        acknowledge(e, &plan);
        karto_notify_daemon(e->dir);
    }
    if (err == KARTO_OK && plan.create)
        e->clients[e->client_count++] = plan.client;
    karto_arena_fini(&arena);
}

static enum karto_err see_role(struct karto_tx *tx, void *context)
{
    *(bool *)context = tx->ledger.role == KARTO_ON_HUB;
    return KARTO_OK;
}

int main(int argc, char **argv)
{
    CHECK(argc > 6);
    struct editor e = {.dir = argv[1], .writer = argv[2], .dice = {strtoull(argv[3], NULL, 10)}};
    struct karto_store_options options = {.dir = e.dir, .sys = karto_os_sys()};
    bool at_hub;
    unsigned count = (unsigned)strtoul(argv[4], NULL, 10);
    e.territories = argv + 6;
    e.territory_count = (uint32_t)argc - 6;
    CHECK((e.acks = open(argv[5], O_WRONLY | O_CREAT | O_APPEND, 0600)) >= 0);
    CHECK_INT(karto_store_open(&options, &e.store), KARTO_OK);
    CHECK_INT(karto_store_read(e.store, see_role, &at_hub), KARTO_OK);
    CHECK_INT(karto_store_read(e.store, list_clients, &e), KARTO_OK);
    for (e.number = 1; e.number <= count; e.number++)
        make_one(&e, at_hub);
    karto_store_close(e.store);
    close(e.acks);
    return 0;
}
