#include "proto/columns.h"

#include "core/base/pack.h"

#include <string.h>

enum { TIME_SIZE = 6, REST_SIZE = 10 };

#define TIME_END ((int64_t)1 << 48)

/* ---- differences ---- */

static void pack_time(struct karto_buf *out, int64_t *last, int64_t time)
{
    karto_pack_int(out, time - *last);
    *last = time;
}

static void read_time(struct karto_reader *reader, int64_t *time)
{
    int64_t difference = karto_read_int(reader);
    if (difference < -*time || difference >= TIME_END - *time)
        karto_reader_fail(reader, "a time out of its 48 bits");
    else
        *time += difference;
}

/* ---- record ids ---- */

static int64_t id_time(const struct karto_rid *id)
{
    int64_t time = 0;
    for (int i = 0; i < TIME_SIZE; i++)
        time = time << 8 | id->b[i];
    return time;
}

void karto_columns_pack_ids(struct karto_buf *out, const struct karto_rid *ids, uint32_t count)
{
    int64_t last = 0;
    for (uint32_t i = 0; i < count; i++)
        pack_time(out, &last, id_time(&ids[i]));
    struct karto_buf rest = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < count; i++)
        karto_buf_add(&rest, ids[i].b + TIME_SIZE, REST_SIZE);
    karto_pack_bin(out, karto_buf_slice(&rest));
    karto_buf_fini(&rest);
}

void karto_columns_read_ids(struct karto_reader *reader, struct karto_rid *ids, uint32_t count)
{
    int64_t time = 0;
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        read_time(reader, &time);
        for (int j = 0; j < TIME_SIZE; j++)
            ids[i].b[j] = (uint8_t)(time >> (40 - 8 * j));
    }
    struct karto_slice rest = karto_read_bin(reader, (size_t)REST_SIZE * count);
    if (rest.size != (size_t)REST_SIZE * count) {
        karto_reader_fail(reader, "record ids that are cut");
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        memcpy(ids[i].b + TIME_SIZE, rest.data + (size_t)REST_SIZE * i, REST_SIZE);
}

/* ---- clocks ---- */

void karto_columns_pack_clocks(struct karto_buf *out, const struct karto_hlc *clocks, uint32_t count)
{
    int64_t last = 0;
    for (uint32_t i = 0; i < count; i++)
        pack_time(out, &last, (int64_t)(clocks[i].v >> 16));
    for (uint32_t i = 0; i < count; i++)
        karto_pack_uint(out, clocks[i].v & 0xffff);
}

void karto_columns_read_clocks(struct karto_reader *reader, struct karto_hlc *clocks, uint32_t count)
{
    int64_t time = 0;
    for (uint32_t i = 0; i < count && !reader->error; i++) {
        read_time(reader, &time);
        clocks[i].v = (uint64_t)time << 16;
    }
    for (uint32_t i = 0; i < count && !reader->error; i++)
        clocks[i].v |= karto_read_uint(reader, 0xffff);
}

/* ---- counts ---- */

void karto_columns_check_count(struct karto_reader *reader, uint64_t count)
{
    if (count > (size_t)(reader->end - reader->at))
        karto_reader_fail(reader, "more is announced than there are bytes");
}

uint32_t karto_columns_read_count(struct karto_reader *reader, uint32_t most)
{
    uint64_t count = karto_read_uint(reader, most);
    karto_columns_check_count(reader, count);
    return reader->error ? 0 : (uint32_t)count;
}
