/* Any bytes as up to four requests of an authenticated device, which head office serves from a store that is the same
 * again for each input. Whatever they are, there is an answer that decodes, or the request waits; and the store is
 * whole behind them.
 *
 * An input that begins with 0x7f is for a head office that has just been put back from a backup, and wants back what it
 * has lost. Of a request: a byte, two of size, big-endian, and what so many hold. A byte below 32 is its type, and 16
 * of the second laptop; behind it stands the body, put into a frame that the hub takes for one of now. Else it is a
 * frame as it came, of the laptop of the last bit. */
#include "tests/fuzz/fuzz.h"

#include "core/base/os_posix.h"
#include "core/store/check.h"
#include "proto/frame.h"
#include "tests/fuzz/office.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { REQUESTS_MAX = 4, HEAD = 3, TYPE_MAX = 31, SECOND_BIT = 16 };

static struct spine office;
static struct spine_sys begins; /* the clock and the dice, as they are before each input; */
static struct karto_buf file;   /* and the file of the store */
static uint64_t commits;

static const char *path_of_file(void)
{
    return temp_dir_file(&office.hub.dir, "data.mdb");
}

static void open_store(void)
{
    struct karto_store_options options = {
        .dir = office.hub.dir.path, .sys = &office.clock.sys, .no_sync = true, .map_size = 4 << 20};
    office.clock = begins;
    CHECK_INT(karto_store_open(&options, &office.hub.store), KARTO_OK);
    commits = karto_kv_last_txn_id(karto_store_kv(office.hub.store));
}

/* In its place, so that it is the same file. */
static void put_back(void)
{
    if (karto_kv_last_txn_id(karto_store_kv(office.hub.store)) == commits)
        return;
    karto_store_close(office.hub.store);
    FILE *out = fopen(path_of_file(), "r+b");
    CHECK(out && fwrite(file.data, 1, file.size, out) == file.size && fclose(out) == 0);
    CHECK_INT(truncate(path_of_file(), (off_t)file.size), 0);
    open_store();
}

static void close_office(void)
{
    spine_close(&office);
    karto_buf_fini(&file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    office_open(&office);
    karto_store_close(office.hub.store);
    begins = office.clock;
    open_store(); /* which may have left something to be done by the first who opens it */
    karto_store_close(office.hub.store);
    CHECK_INT(karto_os_read_file(path_of_file(), 16 << 20, &file), KARTO_OK);
    open_store();
    atexit(close_office);
    return 0;
}

static void report(void *context, const char *what, const struct karto_rid *record)
{
    (void)context;
    (void)record;
    fprintf(stderr, "check: %s\n", what);
}

static enum karto_err check_store(struct karto_tx *tx, void *context)
{
    struct karto_check check;
    (void)context;
    enum karto_err err = karto_check(tx, report, NULL, &check);
    KARTO_ASSERT(err != KARTO_OK || check.problems == 0);
    return err;
}

static void check_answer(struct karto_slice bytes, const struct karto_served *served)
{
    struct karto_arena arena;
    struct karto_answer answer;
    karto_arena_init(&arena);
    if (!served->parked)
        KARTO_ASSERT(karto_answer_decode(&arena, bytes, &answer) == KARTO_OK);
    karto_arena_fini(&arena);
}

static enum karto_err make_frame(struct karto_tx *tx, uint8_t first, struct karto_slice body, struct karto_buf *frame)
{
    if (first > TYPE_MAX) {
        karto_buf_add_slice(frame, body);
        return KARTO_OK;
    }
    const struct karto_frame made = {.type = first & (SECOND_BIT - 1u), .token = {tx->ledger.epoch, 1}, .body = body};
    return karto_frame_encode(&made, frame);
}

static enum karto_err serve_one(struct karto_tx *tx, uint8_t first, struct karto_slice body)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    struct karto_served served = {.parked = false};
    int device = (first > TYPE_MAX ? first & 1 : first & SECOND_BIT) ? 1 : 0;
    const struct karto_peer peer = {.device = office.devices[device].device};
    enum karto_err err = make_frame(tx, first, body, &frame);
    if (err == KARTO_OK)
        err = karto_serve(tx, &peer, karto_buf_slice(&frame), &answer, &served);
    if (err == KARTO_OK)
        check_answer(karto_buf_slice(&answer), &served);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return err;
}

static enum karto_err serve_all(struct karto_tx *tx, void *context)
{
    struct karto_slice left = *(const struct karto_slice *)context;
    enum karto_err err = karto_hub_midnight(tx);
    if (left.size > 0 && left.data[0] == OFFICE_PUT_BACK) {
        left = karto_slice(left.data + 1, left.size - 1);
        err = err == KARTO_OK ? office_put_back(tx, NULL) : err;
    }
    for (int i = 0; i < REQUESTS_MAX && left.size >= HEAD && err == KARTO_OK; i++) {
        size_t size = (size_t)left.data[1] << 8 | left.data[2], rest = left.size - HEAD;
        size = size < rest ? size : rest;
        err = serve_one(tx, left.data[0], karto_slice(left.data + HEAD, size));
        left = karto_slice(left.data + HEAD + size, rest - size);
    }
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct karto_slice input = karto_slice(data, size);
    office.clock = begins;
    KARTO_ASSERT(karto_store_write(office.hub.store, serve_all, &input) == KARTO_OK);
    KARTO_ASSERT(karto_store_read(office.hub.store, check_store, NULL) == KARTO_OK);
    put_back();
    return 0;
}
