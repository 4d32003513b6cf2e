/* Rows of the quarantine: each comes back as it went, under a number of its own for ever; the same is not kept twice;
 * limits hold for one peer and for all, by number and by size; check finds a row that cannot be; a store of an older
 * program has none. And what is known of digests that differ. */
#include "core/base/limits.h"
#include "core/store/check.h"
#include "core/store/databases.h"
#include "core/store/keys.h"
#include "core/store/quarantine.h"
#include "tests/spine.h"

static struct spine spine;

static struct karto_rid rid(unsigned n)
{
    return (struct karto_rid){{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, (uint8_t)(n >> 8), (uint8_t)n}};
}

static struct karto_quarantined sample(unsigned n, struct karto_slice bytes)
{
    return (struct karto_quarantined){.form = n % 2 ? KARTO_QUARANTINE_CHANGE : KARTO_QUARANTINE_STATE,
                                      .record = rid(n),
                                      .dot = {{n % 2 ? 7 : 0}, n % 2 ? n : 0},
                                      .position = 10 + n,
                                      .error = karto_slice_str("E-UNREADABLE"),
                                      .detail = karto_slice_str("not a value"),
                                      .author = karto_slice_str("oksana"),
                                      .bytes = bytes};
}

/* ---- in one transaction ---- */

struct job {
    struct karto_quarantined entry;
    uint64_t number;
    bool added, explains, learn, damaged;
    struct karto_sum difference;
    uint64_t tried, readable;
    uint64_t problems;
    struct karto_buf row;
};

static enum karto_err put(struct karto_tx *tx, void *context)
{
    struct job *job = context;
    enum karto_err err = karto_quarantine_put(tx, &job->entry, &job->added);
    return err == KARTO_OK ? karto_quarantine_last(tx, &job->number) : err;
}

static enum karto_err do_put(struct spine_node *node, struct karto_quarantined entry, struct job *job)
{
    *job = (struct job){.entry = entry};
    return karto_store_write(node->store, put, job);
}

static enum karto_err take(struct karto_tx *tx, void *context)
{
    return karto_quarantine_remove(tx, ((struct job *)context)->number);
}

static enum karto_err get(struct karto_tx *tx, void *context)
{
    struct job *job = context;
    struct karto_quarantined want = job->entry, got;
    enum karto_err err = karto_quarantine_get(tx, job->number, &got);
    if (err != KARTO_OK)
        return err;
    CHECK_INT(got.number, job->number);
    CHECK_INT(got.form, want.form);
    CHECK_INT(got.position, want.position);
    CHECK(got.at_ms > 0);
    CHECK(karto_rid_equal(got.device, want.device) && karto_rid_equal(got.record, want.record));
    CHECK(karto_dot_equal(got.dot, want.dot));
    CHECK(karto_slice_equal(got.error, want.error) && karto_slice_equal(got.detail, want.detail));
    CHECK(karto_slice_equal(got.author, want.author) && karto_slice_equal(got.bytes, want.bytes));
    return KARTO_OK;
}

static enum karto_err is_there(struct spine_node *node, uint64_t number, struct karto_quarantined entry)
{
    struct job job = {.entry = entry, .number = number};
    return karto_store_read(node->store, get, &job);
}

static enum karto_err remove_number(struct spine_node *node, uint64_t number)
{
    struct job job = {.number = number};
    return karto_store_write(node->store, take, &job);
}

static enum karto_err clear(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_kv_clear(tx->kv, KARTO_DB_SIDE);
}

static void begin(void)
{
    spine_open_pair(&spine);
}

static void end(void)
{
    CHECK_INT(karto_store_write(spine.hub.store, clear, NULL), KARTO_OK);
    CHECK_INT(karto_store_write(spine.devices[0].store, clear, NULL), KARTO_OK);
    spine_close(&spine);
}

/* ---- tests ---- */

static void rows_come_back(void)
{
    struct spine_node *node = &spine.devices[0];
    struct job job;
    begin();
    for (unsigned n = 1; n <= 4; n++) {
        CHECK_INT(do_put(node, sample(n, karto_slice("\0\xff\x93", n % 4)), &job), KARTO_OK);
        CHECK(job.added);
        CHECK_INT(job.number, n);
    }
    for (unsigned n = 1; n <= 4; n++)
        CHECK_INT(is_there(node, n, sample(n, karto_slice("\0\xff\x93", n % 4))), KARTO_OK);
    CHECK_INT(is_there(node, 5, sample(5, karto_slice(NULL, 0))), KARTO_E_NOT_FOUND);
    struct karto_quarantined odd = sample(9, karto_slice_str("x"));
    odd.author = karto_slice_str("\xff no text");
    CHECK_INT(do_put(node, odd, &job), KARTO_OK);
    odd.author = karto_slice(NULL, 0);
    CHECK_INT(is_there(node, 5, odd), KARTO_OK);
    end();
}

static void a_number_is_never_given_again(void)
{
    struct spine_node *node = &spine.devices[0];
    struct job job;
    begin();
    for (unsigned n = 1; n <= 3; n++)
        CHECK_INT(do_put(node, sample(n, karto_slice_str("x")), &job), KARTO_OK);
    CHECK_INT(do_put(node, sample(2, karto_slice_str("x")), &job), KARTO_OK);
    CHECK(!job.added); /* the same again */
    CHECK_INT(do_put(node, sample(2, karto_slice_str("y")), &job), KARTO_OK);
    CHECK(job.added); /* other bytes */
    CHECK_INT(job.number, 4);
    for (uint64_t n = 1; n <= 4; n++)
        CHECK_INT(remove_number(node, n), KARTO_OK);
    CHECK_INT(remove_number(node, 4), KARTO_E_NOT_FOUND);
    CHECK_INT(do_put(node, sample(2, karto_slice_str("y")), &job), KARTO_OK);
    CHECK_INT(job.number, 5);
    end();
}

/* At a hub a hundred of one device; another's count by themselves. Of the hub a device keeps a thousand. */
static void one_peer_has_his_share(void)
{
    struct job job;
    begin();
    for (unsigned n = 0; n <= KARTO_QUARANTINE_OF_DEVICE_MAX; n++) {
        struct karto_quarantined entry = sample(n, karto_slice_str("x"));
        entry.device = spine.devices[0].device;
        CHECK_INT(do_put(&spine.hub, entry, &job), n < KARTO_QUARANTINE_OF_DEVICE_MAX ? KARTO_OK : KARTO_E_QUARANTINE);
    }
    struct karto_quarantined other = sample(1, karto_slice_str("x"));
    other.device = spine.devices[1].device;
    CHECK_INT(do_put(&spine.hub, other, &job), KARTO_OK);
    for (unsigned n = 0; n <= KARTO_QUARANTINE_OF_HUB_MAX; n++)
        CHECK_INT(do_put(&spine.devices[0], sample(n, karto_slice_str("x")), &job),
                  n < KARTO_QUARANTINE_OF_HUB_MAX ? KARTO_OK : KARTO_E_QUARANTINE);
    CHECK_INT(remove_number(&spine.devices[0], 1), KARTO_OK);
    CHECK_INT(do_put(&spine.devices[0], sample(2000, karto_slice_str("x")), &job), KARTO_OK);
    end();
}

static void bytes_count_too(void)
{
    enum { LARGE = 3 * 1024 * 1024 };
    uint8_t *bytes = calloc(1, KARTO_QUARANTINE_ENTRY_SIZE_MAX + 1);
    struct job job;
    CHECK(bytes);
    begin();
    for (unsigned n = 0; n < 3; n++) {
        struct karto_quarantined entry = sample(n, karto_slice(bytes, LARGE));
        entry.device = spine.devices[0].device;
        CHECK_INT(do_put(&spine.hub, entry, &job), n < 2 ? KARTO_OK : KARTO_E_QUARANTINE);
    }
    struct karto_quarantined most = sample(5, karto_slice(bytes, KARTO_QUARANTINE_ENTRY_SIZE_MAX));
    CHECK_INT(do_put(&spine.devices[0], most, &job), KARTO_OK);
    most = sample(6, karto_slice(bytes, KARTO_QUARANTINE_ENTRY_SIZE_MAX + 1));
    CHECK_INT(do_put(&spine.devices[0], most, &job), KARTO_E_QUARANTINE);
    end();
    free(bytes);
}

/* ---- rows that cannot be ---- */

static enum karto_err write_raw(struct karto_tx *tx, void *context)
{
    struct job *job = context;
    uint8_t key[8];
    return karto_kv_put(tx->kv, KARTO_DB_SIDE, karto_key_position(job->number, key), karto_buf_slice(&job->row));
}

static enum karto_err read_raw(struct karto_tx *tx, void *context)
{
    struct job *job = context;
    uint8_t key[8];
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_SIDE, karto_key_position(job->number, key), &row);
    karto_buf_clear(&job->row);
    karto_buf_add_slice(&job->row, row);
    return err;
}

static void say_nothing(void *context, const char *what, const struct karto_rid *record)
{
    (void)context, (void)what, (void)record;
}

static enum karto_err do_check(struct karto_tx *tx, void *context)
{
    struct karto_check check;
    enum karto_err err = karto_check(tx, say_nothing, NULL, &check);
    ((struct job *)context)->problems = check.problems;
    return err;
}

static uint64_t problems(struct spine_node *node)
{
    struct job job = {.number = 0};
    CHECK_INT(karto_store_read(node->store, do_check, &job), KARTO_OK);
    return job.problems;
}

/* A row that is cut anywhere in its head, or says what there is not; and a number that was never given. */
static void check_finds_what_cannot_be(void)
{
    enum { HEAD_END = 66 + 13 + 12 + 7, FORM = 0, DIRECTION = 1 };
    struct spine_node *node = &spine.devices[0];
    struct job job, raw = {.number = 1};
    begin();
    CHECK_INT(do_put(node, sample(1, karto_slice(NULL, 0)), &job), KARTO_OK);
    CHECK_INT(problems(node), 0);
    CHECK_INT(karto_store_read(node->store, read_raw, &raw), KARTO_OK);
    CHECK_INT(raw.row.size, HEAD_END);
    for (size_t size = 1; size < HEAD_END; size++) {
        struct job cut = {.number = 1, .row = {.data = raw.row.data, .size = size}};
        CHECK_INT(karto_store_write(node->store, write_raw, &cut), KARTO_OK);
        CHECK_INT(problems(node), 1);
    }
    for (int place = FORM; place <= DIRECTION; place++) {
        uint8_t was = raw.row.data[place];
        raw.row.data[place] = 9;
        CHECK_INT(karto_store_write(node->store, write_raw, &raw), KARTO_OK);
        CHECK_INT(problems(node), 1);
        CHECK_INT(do_put(node, sample(1, karto_slice_str("more")), &job), KARTO_OK); /* it is in nobody's way */
        CHECK_INT(remove_number(node, job.number), KARTO_OK);
        raw.row.data[place] = was;
    }
    CHECK_INT(karto_store_write(node->store, write_raw, &raw), KARTO_OK);
    CHECK_INT(problems(node), 0);
    raw.number = 50;
    CHECK_INT(karto_store_write(node->store, write_raw, &raw), KARTO_OK);
    CHECK_INT(problems(node), 1);
    CHECK_INT(remove_number(node, 50), KARTO_OK);
    struct karto_quarantined pushed = sample(1, karto_slice_str("x"));
    pushed.device = spine.devices[0].device;
    CHECK_INT(do_put(&spine.hub, pushed, &job), KARTO_OK);
    CHECK_INT(problems(&spine.hub), 1); /* no such change is refused in its log */
    karto_buf_fini(&raw.row);
    end();
}

/* ---- digests that differ ---- */

static enum karto_err compared(struct karto_tx *tx, void *context)
{
    return karto_quarantine_compared(tx, ((struct job *)context)->damaged);
}

static enum karto_err explains(struct karto_tx *tx, void *context)
{
    struct job *job = context;
    return karto_quarantine_explains(tx, job->difference, job->learn, &job->explains);
}

static void compare(bool damaged)
{
    struct job job = {.damaged = damaged};
    CHECK_INT(karto_store_write(spine.devices[0].store, compared, &job), KARTO_OK);
}

static bool explained(uint64_t difference, bool learn)
{
    struct job job = {.difference = {difference, 1}, .learn = learn};
    CHECK_INT(karto_store_write(spine.devices[0].store, explains, &job), KARTO_OK);
    return job.explains;
}

/* As if another version of the program had noted it. */
static enum karto_err be_another(struct karto_tx *tx, void *context)
{
    struct karto_slice row;
    uint8_t other[33];
    (void)context;
    CHECK_INT(karto_meta_get(tx, "quarantine", &row), KARTO_OK);
    CHECK_INT(row.size, sizeof other);
    memcpy(other, row.data, sizeof other);
    other[sizeof other - 1] ^= 1;
    return karto_meta_put(tx, "quarantine", karto_slice(other, sizeof other));
}

/* Only the first difference behind a comparison that found something damaged is taken for its; and no other. */
static void one_difference_is_explained(void)
{
    struct job job;
    begin();
    CHECK(!explained(5, true));
    compare(true);
    CHECK(!explained(5, false));
    CHECK(explained(5, true));
    CHECK(explained(5, false));
    CHECK(!explained(6, true));
    CHECK_INT(do_put(&spine.devices[0], sample(1, karto_slice_str("x")), &job), KARTO_OK);
    CHECK(explained(5, true)); /* what is put keeps it */
    CHECK_INT(karto_store_write(spine.devices[0].store, be_another, NULL), KARTO_OK);
    CHECK(!explained(5, true));
    compare(true);
    CHECK(explained(7, true));
    CHECK(!explained(5, true));
    compare(false);
    CHECK(!explained(7, true));
    end();
}

/* ---- again ---- */

static enum karto_err retry(struct karto_tx *tx, void *context)
{
    struct job *job = context;
    return karto_quarantine_retry(tx, job->number, &job->tried, &job->readable);
}

static void what_can_be_read_is_set_aside_no_longer(void)
{
    struct karto_arena arena;
    struct karto_buf good = KARTO_BUF_EMPTY;
    struct karto_touch touch = {.field = 29};
    struct karto_change change = {.stamp = {{{7}, 1}, karto_hlc_make(1700000000000), karto_slice_str("oksana")},
                                  .kind = KARTO_CLIENT,
                                  .record = rid(1),
                                  .touches = &touch,
                                  .count = 1,
                                  .batch = 1,
                                  .via = KARTO_VIA_CLI};
    struct job job;
    karto_arena_init(&arena);
    karto_change_encode(&change, false, &good);
    begin();
    compare(true);
    CHECK(explained(5, true));
    CHECK_INT(do_put(&spine.devices[0], sample(1, karto_slice_str("bad")), &job), KARTO_OK);
    CHECK_INT(do_put(&spine.devices[0], sample(1, karto_buf_slice(&good)), &job), KARTO_OK);
    job = (struct job){.number = 9};
    CHECK_INT(karto_store_write(spine.devices[0].store, retry, &job), KARTO_E_NOT_FOUND);
    CHECK(explained(5, false));
    job = (struct job){.number = 0};
    CHECK_INT(karto_store_write(spine.devices[0].store, retry, &job), KARTO_OK);
    CHECK_INT(job.tried, 2);
    CHECK_INT(job.readable, 1);
    CHECK_INT(is_there(&spine.devices[0], 1, sample(1, karto_slice_str("bad"))), KARTO_OK);
    CHECK_INT(is_there(&spine.devices[0], 2, sample(1, karto_buf_slice(&good))), KARTO_E_NOT_FOUND);
    CHECK(!explained(5, true)); /* so everything is compared */
    end();
    karto_buf_fini(&good);
    karto_arena_fini(&arena);
}

int main(void)
{
    rows_come_back();
    a_number_is_never_given_again();
    one_peer_has_his_share();
    bytes_count_too();
    check_finds_what_cannot_be();
    one_difference_is_explained();
    what_can_be_read_is_set_aside_no_longer();
    return 0;
}
