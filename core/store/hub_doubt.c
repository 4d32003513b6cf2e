/* When sums differ though records do not: a device has said so, compared all records, and said so again. */
#include "core/base/limits.h"
#include "core/store/digest.h"
#include "core/store/hub.h"

enum { ROW = 40, COMPARING_MS = 10 * 60 * 1000 }; /* how long a device may take to compare everything */

/* The row "doubt" of meta. */
struct doubt {
    int64_t rebuilt_ms; /* when the digests were last made anew; 0: never */
    int64_t since_ms;   /* when device said first that they differ; 0: none does */
    struct karto_rid device;
    uint64_t position;
};

static enum karto_err read_doubt(struct karto_tx *tx, struct doubt *doubt)
{
    struct karto_slice row;
    enum karto_err err = karto_meta_get(tx, "doubt", &row);
    *doubt = (struct doubt){.rebuilt_ms = 0};
    if (err != KARTO_OK || row.size != ROW)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    doubt->rebuilt_ms = (int64_t)karto_be64(row.data);
    doubt->since_ms = (int64_t)karto_be64(row.data + 8);
    doubt->device = karto_rid_read(row.data + 16);
    doubt->position = karto_be64(row.data + 32);
    return KARTO_OK;
}

static enum karto_err write_doubt(struct karto_tx *tx, const struct doubt *doubt)
{
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_buf_add_be64(&row, (uint64_t)doubt->rebuilt_ms);
    karto_buf_add_be64(&row, (uint64_t)doubt->since_ms);
    karto_buf_add_slice(&row, karto_rid_slice(&doubt->device));
    karto_buf_add_be64(&row, doubt->position);
    enum karto_err err = karto_meta_put(tx, "doubt", karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

/* then in the future: the clock was put back, and what it said does not count. */
static bool is_within(int64_t now, int64_t then, int64_t span_ms)
{
    return then != 0 && now >= then && now - then < span_ms;
}

enum karto_err karto_hub_doubt(struct karto_tx *tx, struct karto_rid device, uint64_t position, uint64_t *wrong)
{
    struct doubt doubt;
    int64_t now = karto_sys_now_ms(tx->sys);
    *wrong = 0;
    enum karto_err err = read_doubt(tx, &doubt);
    if (err != KARTO_OK || is_within(now, doubt.rebuilt_ms, KARTO_DIGEST_REBUILD_MS_MIN))
        return err;
    bool comparing = is_within(now, doubt.since_ms, COMPARING_MS);
    bool same = doubt.since_ms != 0 && karto_rid_equal(doubt.device, device);
    if (comparing && !same)
        return KARTO_OK; /* one is enough: what is wrong here it will find out for all */
    if (!same || (comparing && doubt.position != position))
        doubt = (struct doubt){doubt.rebuilt_ms, same ? doubt.since_ms : now, device, position};
    else {
        err = karto_digest_rebuild(tx, wrong);
        doubt = (struct doubt){.rebuilt_ms = now};
    }
    if (err == KARTO_E_CORRUPT)
        err = KARTO_OK; /* a record that cannot be read is what check is for, and no reason to answer nobody */
    return err == KARTO_OK ? write_doubt(tx, &doubt) : err;
}
