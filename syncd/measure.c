#include "syncd/measure.h"

#include "core/base/limits.h"
#include "syncd/feed_events.h"

#include <stdlib.h>

/* ---- what is new ---- */

static int compare_ids(const void *a, const void *b)
{
    return karto_rid_compare(*(const struct karto_rid *)a, *(const struct karto_rid *)b);
}

static uint64_t count_records(struct karto_arena *arena, const struct karto_feed_event *feed, uint32_t count)
{
    struct karto_rid *ids = karto_arena_array(arena, count, sizeof *ids);
    uint64_t different = 0;
    for (uint32_t i = 0; i < count; i++)
        ids[i] = feed[i].record;
    if (count > 0)
        qsort(ids, count, sizeof *ids, compare_ids);
    for (uint32_t i = 0; i < count; i++)
        different += i == 0 || !karto_rid_equal(ids[i - 1], ids[i]);
    return different;
}

/* Of a record of ours that cannot be taken apart the size is that of nothing. */
static enum karto_err frame_size(const struct karto_request *request, const struct karto_pull_answer *page,
                                 uint64_t *size)
{
    const struct karto_answer pull = {
        .type = KARTO_PULL, .version = request->version, .token = request->token, .of.pull = *page};
    struct karto_buf frame = KARTO_BUF_EMPTY;
    enum karto_err err = karto_answer_encode(&pull, &frame);
    *size = frame.size;
    karto_buf_fini(&frame);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err;
}

/* The page that a pull would get, made and thrown away. */
static enum karto_err measure_news(struct karto_tx *tx, const struct karto_device *device,
                                   const struct karto_request *request, struct karto_measure_answer *answer)
{
    const struct karto_measure *measure = &request->of.measure;
    struct karto_pull_answer page = {.count = 0};
    struct karto_feed_event *feed;
    enum karto_err err = karto_hub_feed(tx, device, measure->cursor, measure->skip, KARTO_PAGE_SIZE, KARTO_EVENTS_MAX,
                                        &feed, &page.count, &page.cursor, &page.more);
    if (err != KARTO_OK)
        return err;
    page.events = karto_feed_events(&tx->arena, feed, page.count);
    *answer = (struct karto_measure_answer){.events = page.count,
                                            .records = count_records(&tx->arena, feed, page.count),
                                            .cursor = page.cursor,
                                            .more = page.more};
    return frame_size(request, &page, &answer->bytes);
}

/* ---- everything ---- */

struct adding {
    const struct karto_device *device;
    struct karto_measure_answer *answer;
};

static enum karto_err add_record(struct karto_tx *tx, struct karto_rid id, struct karto_slice home,
                                 struct karto_slice state, void *context)
{
    const struct adding *adding = context;
    struct karto_measure_answer *answer = adding->answer;
    answer->more = answer->records == KARTO_DIGESTS_MAX;
    if (answer->more)
        return KARTO_E_INTERRUPTED;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    answer->bytes += sizeof id + home.size + karto_hub_part(tx, adding->device, id, state).size;
    karto_arena_release(&tx->arena, mark);
    answer->records++;
    answer->last = id;
    return KARTO_OK;
}

enum karto_err karto_measure(struct karto_tx *tx, const struct karto_device *device,
                             const struct karto_request *request, struct karto_measure_answer *answer)
{
    struct adding adding = {device, answer};
    *answer = (struct karto_measure_answer){.events = 0};
    if (request->of.measure.form == KARTO_MEASURE_NEWS)
        return measure_news(tx, device, request, answer);
    return karto_hub_walk(tx, device, request->of.measure.after, add_record, &adding);
}
