#include "tests/spine.h"

#include "core/store/log.h"
#include "proto/frame.h"

#include "core/model/schema.h"
#include "core/store/check.h"
#include "core/store/hub_recovery.h"

static int64_t sys_now(void *context)
{
    return ((struct spine_sys *)context)->now_ms += 1000;
}

static void sys_random(void *context, void *out, size_t size)
{
    struct spine_sys *sys = context;
    for (uint8_t *p = out; size--; p++) {
        sys->random = sys->random * 6364136223846793005u + 1442695040888963407u;
        *p = (uint8_t)(sys->random >> 56);
    }
}

static int64_t sys_day(void *context, int64_t ms)
{
    (void)context;
    return ms / (24 * 60 * 60 * 1000);
}

static struct karto_store_options options_of(struct spine *spine, const struct spine_node *node)
{
    return (struct karto_store_options){
        .dir = node->dir.path, .sys = &spine->clock.sys, .no_sync = true, .map_size = 4 << 20};
}

static void make(struct spine *spine, struct spine_node *node, const char *name, enum karto_store_role role)
{
    node->dir = (struct temp_dir){{0}};
    snprintf(node->dir.path, sizeof node->dir.path, "%.150s/%.50s", spine->root.path, name);
    struct karto_store_options options = options_of(spine, node);
    struct karto_store_identity identity = {
        role, karto_slice_str(name), karto_slice_str(name), karto_slice_str(name), NULL, NULL};
    CHECK_INT(karto_store_create(&options, &identity, &node->store), KARTO_OK);
}

static enum karto_err init_hub(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_init(tx);
}

void spine_open(struct spine *spine)
{
    memset(spine, 0, sizeof *spine);
    spine->clock = (struct spine_sys){1790000000000, 1, {&spine->clock, sys_now, sys_random, sys_day}};
    spine->root = temp_dir_make();
    make(spine, &spine->hub, "hub", KARTO_ON_HUB);
    CHECK_INT(karto_store_write(spine->hub.store, init_hub, NULL), KARTO_OK);
}

static void report(void *context, const char *what, const struct karto_rid *record)
{
    (void)record;
    fprintf(stderr, "check of %s: %s\n", (const char *)context, what);
}

static enum karto_err do_check(struct karto_tx *tx, void *context)
{
    struct spine_node *node = context;
    struct karto_check check;
    enum karto_err err = karto_check(tx, report, node->dir.path, &check);
    CHECK(err != KARTO_OK || check.problems == 0);
    return err;
}

static enum karto_err read_last(struct karto_tx *tx, void *context)
{
    struct karto_dot *last = context;
    *last = (struct karto_dot){tx->ledger.node, tx->ledger.seq};
    return KARTO_OK;
}

struct karto_dot spine_last(struct spine_node *node)
{
    struct karto_dot last;
    CHECK_INT(karto_store_read(node->store, read_last, &last), KARTO_OK);
    return last;
}

void spine_is_whole(struct spine_node *node)
{
    CHECK_INT(karto_store_read(node->store, do_check, node), KARTO_OK);
}

void spine_drop(struct spine *spine)
{
    for (int i = -1; i < spine->device_count; i++) {
        struct spine_node *node = i < 0 ? &spine->hub : &spine->devices[i];
        karto_store_close(node->store);
        temp_dir_remove(&node->dir);
    }
    temp_dir_remove(&spine->root);
}

void spine_close(struct spine *spine)
{
    spine_is_whole(&spine->hub);
    for (int i = 0; i < spine->device_count; i++)
        spine_is_whole(&spine->devices[i]);
    spine_drop(spine);
}

static enum karto_err enrol(struct karto_tx *tx, void *context)
{
    const struct karto_device *device = context;
    return karto_hub_enrol(tx, device, device->user);
}

int spine_device(struct spine *spine, const char *user, const char *const *territories)
{
    return spine_device_as(
        spine, user, territories ? karto_role(KARTO_ROLE_REPRESENTATIVE) : karto_role(KARTO_ROLE_OFFICE), territories);
}

int spine_device_as(struct spine *spine, const char *user, const struct karto_role *role,
                    const char *const *territories)
{
    struct spine_node *node = &spine->devices[spine->device_count];
    struct karto_slice names[8];
    struct karto_device device = {.user = karto_slice_str(user), .public_key = karto_slice_str(user), .rights = 1};
    make(spine, node, user, KARTO_ON_DEVICE);
    node->user = user;
    while (territories && territories[device.scope.territory_count]) {
        names[device.scope.territory_count] = karto_slice_str(territories[device.scope.territory_count]);
        device.scope.territory_count++;
    }
    device.scope.role = role;
    device.scope.territories = names;
    device.id = node->device = karto_rid_make(&spine->clock.sys);
    CHECK_INT(karto_store_write(spine->hub.store, enrol, &device), KARTO_OK);
    return spine->device_count++;
}

void spine_open_pair(struct spine *spine)
{
    static const char *const north[] = {"01", NULL};
    spine_open(spine);
    spine_device(spine, "oksana", north);
    spine_device(spine, "petro", north);
}

struct asked {
    struct karto_peer peer;
    struct karto_slice frame;
    struct karto_buf *answer;
    struct karto_served served;
};

static enum karto_err serve(struct karto_tx *tx, void *context)
{
    struct asked *asked = context;
    asked->answer->size = 0;
    return karto_serve(tx, &asked->peer, asked->frame, asked->answer, &asked->served);
}

/* What a request that was sent ahead of its turn is answered, which may be of yesterday when its turn comes. */
struct ahead {
    struct spine *spine;
    int device;
    struct karto_buf answer;
};

static void ask_ahead(void *context, struct karto_slice frame)
{
    struct ahead *ahead = context;
    spine_ask(ahead->spine, ahead->device, frame, &ahead->answer);
}

static enum karto_err ask_in_turn(struct spine *spine, int device, struct karto_exchange *exchange, struct ahead *ahead,
                                  struct karto_slice frame, struct karto_buf *answer)
{
    karto_buf_clear(answer);
    if (karto_exchange_is_ahead(exchange)) {
        karto_buf_add_slice(answer, karto_buf_slice(&ahead->answer));
        spine->ahead++;
    } else {
        spine_ask(spine, device, frame, answer);
    }
    bool cut = spine->cut && karto_exchange_stats(exchange).requests >= spine->cut;
    return cut ? KARTO_E_OFFLINE : karto_exchange_answer(exchange, karto_buf_slice(answer));
}

enum karto_err spine_try_sync(struct spine *spine, int device)
{
    struct spine_node *node = &spine->devices[device];
    struct karto_exchange *exchange;
    struct ahead ahead = {spine, device, KARTO_BUF_EMPTY};
    struct karto_exchange_options options = {.page_size = spine->page_size,
                                             .protocol_most = spine->protocol_most,
                                             .program = karto_slice_str("test"),
                                             .ahead = ask_ahead,
                                             .context = &ahead};
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    enum karto_err err = KARTO_OK;
    bool done = false;
    spine->ahead = 0;
    karto_exchange_new(node->store, &options, &exchange);
    for (int i = 0; i < 200 && !done && err == KARTO_OK; i++) {
        karto_buf_clear(&frame);
        err = karto_exchange_next(exchange, &frame, &done);
        if (err == KARTO_OK && !done)
            err = ask_in_turn(spine, device, exchange, &ahead, karto_buf_slice(&frame), &answer);
    }
    CHECK(done || err != KARTO_OK);
    spine->last = karto_exchange_stats(exchange);
    karto_exchange_free(exchange);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    karto_buf_fini(&ahead.answer);
    return err;
}

unsigned spine_sync(struct spine *spine, int device)
{
    CHECK_INT(spine_try_sync(spine, device), KARTO_OK);
    return (unsigned)spine->last.requests;
}

/* ---- copies ---- */

static void copy_file(const char *from, const char *to)
{
    static char bytes[1 << 16];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    CHECK(in && out);
    for (size_t size; (size = fread(bytes, 1, sizeof bytes, in)) > 0;)
        CHECK_INT(fwrite(bytes, 1, size, out), size);
    CHECK(fclose(in) == 0 && fclose(out) == 0);
}

static const char *path_in(const char *directory, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", directory, name);
    return path;
}

void spine_keep(struct spine *spine, const struct spine_node *node, const char *name)
{
    char from[300], to[300];
    copy_file(path_in(node->dir.path, "data.mdb", from, sizeof from), path_in(spine->root.path, name, to, sizeof to));
}

void spine_put_back(struct spine *spine, struct spine_node *node, const char *name)
{
    char from[300], to[300];
    struct karto_store_options options = options_of(spine, node);
    karto_store_close(node->store);
    copy_file(path_in(spine->root.path, name, from, sizeof from), path_in(node->dir.path, "data.mdb", to, sizeof to));
    CHECK_INT(karto_store_open(&options, &node->store), KARTO_OK);
}

static enum karto_err do_restored(struct karto_tx *tx, void *context)
{
    static const struct karto_hub_journal nothing;
    (void)context;
    return karto_hub_restored(tx, &nothing);
}

void spine_restored(struct spine_node *hub)
{
    CHECK_INT(karto_store_write(hub->store, do_restored, NULL), KARTO_OK);
}

static enum karto_err do_recovered(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_hub_recovered(tx);
}

void spine_recovered(struct spine_node *hub)
{
    CHECK_INT(karto_store_write(hub->store, do_recovered, NULL), KARTO_OK);
}

static void hear(struct karto_buf *heard, struct karto_slice answer)
{
    struct karto_arena arena;
    struct karto_frame frame;
    karto_arena_init(&arena);
    CHECK_INT(karto_frame_decode(&arena, answer, &frame), KARTO_OK);
    karto_buf_add_slice(heard, frame.body);
    karto_arena_fini(&arena);
}

void spine_ask(struct spine *spine, int device, struct karto_slice frame, struct karto_buf *answer)
{
    const struct spine_node *node = &spine->devices[device];
    struct asked asked = {
        {.device = node->device, .public_key = karto_slice_str(node->user)}, frame, answer, {.parked = false}};
    CHECK_INT(karto_store_write(spine->hub.store, serve, &asked), KARTO_OK);
    if (spine->heard && answer->size)
        hear(spine->heard, karto_buf_slice(answer));
}

unsigned spine_fetch(struct spine *spine, int device, struct karto_past_limits limits, uint64_t page_size,
                     unsigned most, bool twice)
{
    struct karto_backfill_options options = {limits, page_size};
    struct karto_backfill *backfill;
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    unsigned pages = 0;
    bool done = false;
    karto_backfill_new(spine->devices[device].store, &options, &backfill);
    for (; pages < most; pages++) {
        CHECK_INT(karto_backfill_next(backfill, &frame, &done), KARTO_OK);
        if (done)
            break;
        spine_ask(spine, device, karto_buf_slice(&frame), &answer);
        CHECK_INT(karto_backfill_answer(backfill, karto_buf_slice(&answer)), KARTO_OK);
        if (twice)
            CHECK_INT(karto_backfill_answer(backfill, karto_buf_slice(&answer)), KARTO_OK);
    }
    CHECK(pages < SPINE_PAGES_MAX);
    karto_backfill_free(backfill);
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
    return pages;
}

void spine_sync_all(struct spine *spine)
{
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < spine->device_count; i++)
            spine_sync(spine, i);
}

/* ---- seeing ---- */

struct see_job {
    struct karto_rid id;
    uint32_t field;
    const char *key;
    uint32_t kind; /* seen: of the record; 0: it is not there */
    struct spine_seen seen;
};

static enum karto_err do_see(struct karto_tx *tx, void *context)
{
    struct see_job *job = context;
    struct karto_entry entry;
    struct karto_value value;
    enum karto_err err = karto_entry_load(tx, job->id, &entry);
    if (err != KARTO_OK || !entry.exists)
        return err;
    const struct karto_register *reg = karto_record_register(&entry.view, job->field, karto_slice_str(job->key));
    job->kind = entry.view.kind;
    job->seen.exists = true;
    job->seen.hidden = karto_record_hidden(&entry.view);
    job->seen.conflicts = karto_record_conflicts(&entry.view);
    job->seen.heads = reg ? reg->count : 0;
    job->seen.conflict = reg && karto_is_conflict(karto_field_def(job->kind, job->field), reg);
    if (reg && karto_value_decode(karto_winner(reg)->value, &value) == KARTO_OK && value.type == KARTO_TEXT)
        snprintf(job->seen.text, sizeof job->seen.text, "%.*s", (int)value.text.size, (const char *)value.text.data);
    return KARTO_OK;
}

/* ---- edits ---- */

struct edit_job {
    struct karto_save save;
};

static enum karto_err do_save(struct karto_tx *tx, void *context)
{
    struct edit_job *job = context;
    return karto_save(tx, &job->save, NULL);
}

struct karto_rid spine_client(struct spine_node *node, const char *name, const char *territory)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    static uint16_t count;
    count++;
    struct karto_rid id = {
        {1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, (uint8_t)(14 + (count >> 8)), 15, (uint8_t)count}};
    struct karto_edit edits[] = {
        {KARTO_F_NAME, karto_slice(NULL, 0), karto_value_bytes(&arena, karto_value_text(karto_slice_str(name)))},
        {KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN),
         karto_value_bytes(&arena, karto_value_text(karto_slice_str(territory)))}};
    struct edit_job job = {
        {.kind = KARTO_CLIENT, .record = id, .create = true, .edits = edits, .count = 2, .via = KARTO_VIA_CLI}};
    CHECK_INT(karto_store_write(node->store, do_save, &job), KARTO_OK);
    karto_arena_fini(&arena);
    return id;
}

struct karto_rid spine_child(struct spine_node *node, uint32_t kind, struct karto_rid client, uint32_t field,
                             const char *value)
{
    struct karto_arena arena;
    static uint8_t count;
    karto_arena_init(&arena);
    struct karto_rid id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 16, ++count}};
    struct karto_edit edits[] = {
        {KARTO_F_CLIENT, karto_slice(NULL, 0), karto_value_bytes(&arena, karto_value_reference(client))},
        {field, karto_slice(NULL, 0), karto_value_bytes(&arena, karto_value_text(karto_slice_str(value)))}};
    struct edit_job job = {
        {.kind = kind, .record = id, .create = true, .edits = edits, .count = 2, .via = KARTO_VIA_CLI}};
    CHECK_INT(karto_store_write(node->store, do_save, &job), KARTO_OK);
    karto_arena_fini(&arena);
    return id;
}

static enum karto_err save_one(struct spine_node *node, struct karto_rid id, struct karto_edit edit)
{
    struct see_job see = {.id = id};
    CHECK_INT(karto_store_read(node->store, do_see, &see), KARTO_OK);
    uint32_t kind = see.kind ? see.kind : KARTO_CLIENT;
    struct edit_job job = {{.kind = kind, .record = id, .edits = &edit, .count = 1, .via = KARTO_VIA_CLI}};
    return karto_store_write(node->store, do_save, &job);
}

enum karto_err spine_set(struct spine_node *node, struct karto_rid id, uint32_t field, const char *key,
                         const char *value)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_slice bytes = karto_slice(NULL, 0);
    if (value)
        bytes = karto_value_bytes(&arena, karto_value_text(karto_slice_str(value)));
    enum karto_err err = save_one(node, id, (struct karto_edit){field, karto_slice_str(key), bytes});
    karto_arena_fini(&arena);
    return err;
}

enum karto_err spine_territory(struct spine_node *node, struct karto_rid id, const char *territory)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_edit edit = {KARTO_F_TERRITORY, karto_date_key(&arena, KARTO_DATE_MIN),
                              karto_value_bytes(&arena, karto_value_text(karto_slice_str(territory)))};
    enum karto_err err = save_one(node, id, edit);
    karto_arena_fini(&arena);
    return err;
}

enum karto_err spine_hide(struct spine_node *node, struct karto_rid id, bool hidden)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_slice parts[] = {karto_value_bytes(&arena, karto_value_bool(hidden)),
                                  karto_value_bytes(&arena, karto_value_text(karto_slice_str("closed")))};
    enum karto_err err = save_one(
        node, id, (struct karto_edit){KARTO_F_HIDDEN, karto_slice(NULL, 0), karto_tuple_bytes(&arena, parts, 2)});
    karto_arena_fini(&arena);
    return err;
}

/* ---- what was seen ---- */

struct spine_seen spine_see(struct spine_node *node, struct karto_rid id, uint32_t field, const char *key)
{
    struct see_job job = {.id = id, .field = field, .key = key};
    CHECK_INT(karto_store_read(node->store, do_see, &job), KARTO_OK);
    return job.seen;
}

struct log_job {
    const char *text;
    bool found;
};

static enum karto_err do_logs(struct karto_tx *tx, void *context)
{
    struct log_job *job = context;
    size_t size = strlen(job->text);
    for (uint64_t position = 1; position <= tx->ledger.position; position++) {
        struct karto_log_entry entry;
        enum karto_err err = karto_log_read(tx, position, &entry);
        if (err != KARTO_OK)
            return err;
        for (size_t i = 0; i + size <= entry.change.size && !job->found; i++)
            job->found = memcmp(entry.change.data + i, job->text, size) == 0;
    }
    return KARTO_OK;
}

bool spine_logs(struct spine_node *node, const char *text)
{
    struct log_job job = {text, false};
    CHECK_INT(karto_store_read(node->store, do_logs, &job), KARTO_OK);
    return job.found;
}

struct digest_job {
    const char *territory;
    struct karto_sum sum;
};

static enum karto_err do_digest(struct karto_tx *tx, void *context)
{
    struct digest_job *job = context;
    return karto_digest_of(tx, karto_slice_str(job->territory), &job->sum);
}

void spine_same(struct spine *spine, const char *territory)
{
    struct digest_job hub = {territory, {0, 0}};
    CHECK_INT(karto_store_read(spine->hub.store, do_digest, &hub), KARTO_OK);
    for (int i = 0; i < spine->device_count; i++) {
        struct digest_job own = {territory, {0, 0}};
        CHECK_INT(karto_store_read(spine->devices[i].store, do_digest, &own), KARTO_OK);
        CHECK(karto_sum_equal(own.sum, hub.sum));
    }
}
