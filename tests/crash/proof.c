#include "tests/crash/proof.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "core/store/databases.h"
#include "core/store/entry.h"
#include "core/store/log.h"
#include "tests/check.h"

/* A change of the log. */
struct logged {
    struct karto_dot dot;
    uint64_t hash;
    bool applied;
};

/* What one change of the log set in one register. */
struct written {
    struct karto_rid record;
    uint32_t field;
    struct karto_slice key;
    struct karto_dot dot;
    struct karto_vv context;
    uint64_t value; /* its hash; 0: removed */
};

struct proof {
    struct logged *log;
    struct written *writes;
    size_t log_count, log_room, write_count, write_room;
    struct karto_arena arena;
};

/* ---- reading the log ---- */

static void *room(void *list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return list;
    *capacity = *capacity ? 2 * *capacity : 1024;
    return karto_must(realloc(list, *capacity * size));
}

static uint64_t hash_of(struct karto_slice bytes)
{
    return bytes.size ? karto_sum_of(bytes).low | 1 : 0;
}

static struct karto_vv keep_vv(struct karto_arena *arena, struct karto_vv vv)
{
    struct karto_dot *dots = karto_arena_array(arena, vv.count, sizeof *dots);
    for (uint32_t i = 0; i < vv.count; i++)
        dots[i] = vv.dots[i];
    return (struct karto_vv){dots, vv.count};
}

static void take_touch(struct proof *proof, const struct karto_change *change, const struct karto_touch *touch)
{
    struct karto_vv context = keep_vv(&proof->arena, touch->context);
    for (uint32_t i = 0; i < touch->count; i++) {
        proof->writes = room(proof->writes, proof->write_count, &proof->write_room, sizeof *proof->writes);
        proof->writes[proof->write_count++] =
            (struct written){.record = change->record,
                             .field = touch->field,
                             .key = karto_arena_copy(&proof->arena, touch->sets[i].key),
                             .dot = change->stamp.dot,
                             .context = context,
                             .value = hash_of(touch->sets[i].value)};
    }
}

static void take_change(struct proof *proof, const struct karto_change *change, enum karto_verdict verdict)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    bool applied = verdict == KARTO_V_APPLIED && !karto_change_is_void(change);
    karto_change_encode(change, false, &bytes);
    proof->log = room(proof->log, proof->log_count, &proof->log_room, sizeof *proof->log);
    proof->log[proof->log_count++] =
        (struct logged){change->stamp.dot, karto_sum_of(karto_buf_slice(&bytes)).low, applied};
    karto_buf_fini(&bytes);
    for (uint32_t i = 0; applied && i < change->count; i++)
        take_touch(proof, change, &change->touches[i]);
}

static enum karto_err read_log(struct karto_tx *tx, void *context)
{
    struct proof *proof = context;
    struct karto_log_entry entry;
    struct karto_change change;
    for (uint64_t position = 1; position <= tx->ledger.position; position++) {
        enum karto_err err = karto_log_read(tx, position, &entry);
        if (err == KARTO_OK && entry.type == KARTO_LOG_CHANGE)
            err = karto_log_change(tx, &entry, &change);
        if (err != KARTO_OK)
            return err;
        if (entry.type == KARTO_LOG_CHANGE)
            take_change(proof, &change, entry.verdict);
    }
    return KARTO_OK;
}

/* ---- each change once ---- */

static int by_dot(const void *a, const void *b)
{
    return karto_dot_compare(((const struct logged *)a)->dot, ((const struct logged *)b)->dot);
}

static void print_dot(const char *what, struct karto_dot dot)
{
    char name[KARTO_DOT_TEXT];
    karto_dot_print(dot, name);
    fprintf(stderr, "%s: %s\n", name, what);
}

static void prove_once(struct proof *proof)
{
    size_t doubled = 0;
    if (proof->log_count)
        qsort(proof->log, proof->log_count, sizeof *proof->log, by_dot);
    for (size_t i = 1; i < proof->log_count; i++)
        if (by_dot(&proof->log[i - 1], &proof->log[i]) == 0) {
            print_dot("twice in the log", proof->log[i].dot);
            doubled++;
        }
    CHECK_INT(doubled, 0);
}

/* What edit.c has acknowledged. */
struct acks {
    struct logged *list;
    size_t count, room;
};

static void load_acks(struct acks *acks, const char *path)
{
    FILE *file = fopen(path, "r");
    struct logged ack = {.applied = true};
    if (!file)
        return;
    /* A line without its end is of an edit that was killed while it wrote it. */
    for (char line[80], end; fgets(line, sizeof line, file);)
        if (sscanf(line, "%" SCNx64 " %" SCNu64 " %" SCNx64 "%c", &ack.dot.node.v, &ack.dot.seq, &ack.hash, &end) ==
            4) {
            acks->list = room(acks->list, acks->count, &acks->room, sizeof *acks->list);
            acks->list[acks->count++] = ack;
        }
    fclose(file);
}

/* judged: it must have been applied; else it may still wait for that. */
static bool prove_ack(const struct proof *proof, const struct logged *ack, bool judged)
{
    const struct logged *found = bsearch(ack, proof->log, proof->log_count, sizeof *proof->log, by_dot);
    const char *wrong = !found                      ? "acknowledged, and lost"
                        : found->hash != ack->hash  ? "acknowledged with other content"
                        : judged && !found->applied ? "acknowledged, and refused"
                                                    : NULL;
    if (wrong)
        print_dot(wrong, ack->dot);
    return !wrong;
}

static void prove_acks(const struct proof *proof, const struct acks *acks, bool judged)
{
    size_t wrong = 0;
    for (size_t i = 0; i < acks->count; i++)
        wrong += !prove_ack(proof, &acks->list[i], judged);
    CHECK_INT(wrong, 0);
}

/* ---- each register's heads ---- */

static int by_register(const void *a, const void *b)
{
    const struct written *x = a, *y = b;
    int order = karto_rid_compare(x->record, y->record);
    if (order == 0)
        order = x->field < y->field ? -1 : x->field > y->field;
    return order ? order : karto_slice_compare(x->key, y->key);
}

static bool is_seen(const struct written *one, const struct written *writes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (karto_vv_covers(writes[i].context, one->dot))
            return true;
    return false;
}

static bool has_head(const struct karto_register *reg, const struct written *one)
{
    for (uint32_t i = 0; reg && i < reg->count; i++)
        if (karto_dot_equal(reg->heads[i].stamp.dot, one->dot))
            return hash_of(reg->heads[i].value) == one->value;
    return false;
}

/* All that was ever written into one register, against what stands there. */
static bool prove_register(struct karto_tx *tx, const struct written *writes, size_t count)
{
    struct karto_entry entry;
    uint32_t heads = 0;
    CHECK_INT(karto_entry_load(tx, writes->record, &entry), KARTO_OK);
    const struct karto_register *reg = karto_record_register(&entry.view, writes->field, writes->key);
    for (size_t i = 0; i < count; i++) {
        if (writes[i].value == 0 || is_seen(&writes[i], writes, count))
            continue;
        heads++;
        if (!has_head(reg, &writes[i])) {
            print_dot("in the log, and not in its record", writes[i].dot);
            return false;
        }
    }
    return heads == (reg ? reg->count : 0);
}

static enum karto_err prove_records(struct karto_tx *tx, void *context)
{
    const struct proof *proof = context;
    size_t wrong = 0;
    for (size_t from = 0, to; from < proof->write_count; from = to) {
        for (to = from + 1; to < proof->write_count && by_register(&proof->writes[from], &proof->writes[to]) == 0;)
            to++;
        wrong += !prove_register(tx, &proof->writes[from], to - from);
    }
    CHECK_INT(wrong, 0);
    return KARTO_OK;
}

/* ---- a store ---- */

static struct karto_store *begin(struct proof *proof, const char *dir)
{
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_store *store;
    karto_arena_init(&proof->arena);
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK_INT(karto_store_read(store, read_log, proof), KARTO_OK);
    prove_once(proof);
    return store;
}

static void end(struct proof *proof, struct karto_store *store)
{
    karto_store_close(store);
    karto_arena_fini(&proof->arena);
    free(proof->log);
    free(proof->writes);
}

size_t proof_of_hub(const char *dir, const char *const *paths, size_t path_count)
{
    struct proof proof = {.log = NULL};
    struct acks acks = {.list = NULL};
    for (size_t i = 0; i < path_count; i++)
        load_acks(&acks, paths[i]);
    struct karto_store *store = begin(&proof, dir);
    prove_acks(&proof, &acks, true);
    if (proof.write_count)
        qsort(proof.writes, proof.write_count, sizeof *proof.writes, by_register);
    CHECK_INT(karto_store_read(store, prove_records, &proof), KARTO_OK);
    end(&proof, store);
    free(acks.list);
    return acks.count;
}

void proof_of_place(const char *dir, const char *path)
{
    struct proof proof = {.log = NULL};
    struct acks acks = {.list = NULL};
    load_acks(&acks, path); /* first: what comes meanwhile is in the log, and not asked for */
    struct karto_store *store = begin(&proof, dir);
    prove_acks(&proof, &acks, false);
    end(&proof, store);
    free(acks.list);
}
