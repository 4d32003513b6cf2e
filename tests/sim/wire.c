#include "tests/sim/wire.h"

#include "core/store/databases.h"
#include "tests/sim/proof.h"
#include "proto/messages.h"
#include "syncd/backfill.h"
#include "syncd/service.h"
#include "syncd/wait.h"

#include <string.h>

enum { FRAMES_MAX = 20000 }; /* of one synchronisation: more never ends */

#define YEAR_MS (365 * 24 * 60 * 60 * 1000LL)

/* ---- the hub's side ---- */

struct serving {
    struct karto_rid device;
    struct karto_slice frame;
    struct karto_buf *answer;
    struct karto_served served;
    bool undo;
};

static enum karto_err do_serve(struct karto_tx *tx, void *context)
{
    struct serving *serving = context;
    karto_buf_clear(serving->answer);
    struct karto_peer peer = {.device = serving->device};
    enum karto_err err = karto_serve(tx, &peer, serving->frame, serving->answer, &serving->served);
    return err == KARTO_OK && serving->undo ? KARTO_E_INTERRUPTED : err;
}

/* Whoever pulls has reconciled with his rights. */
static void note_settled(struct place *device, struct karto_slice frame)
{
    struct karto_arena arena;
    struct karto_request request;
    karto_arena_init(&arena);
    if (karto_request_decode(&arena, frame, &request) == KARTO_OK && request.type == KARTO_PULL &&
        request.token.rights == device->rights)
        world_settled(device);
    karto_arena_fini(&arena);
}

/* What the hub does of it; where its disk fails it answers nothing, and has done it or not. */
static struct karto_served serve(struct world *world, struct place *device, struct karto_slice frame,
                                 struct karto_buf *answer)
{
    struct serving serving = {.device = device->id, .frame = frame, .answer = answer};
    enum karto_err err = karto_store_write(world->hub.store, do_serve, &serving);
    if (place_met(&world->hub) != DISK_FINE)
        karto_buf_clear(answer);
    else
        world_must(world, err, "serve");
    note_settled(device, frame);
    world_hear(world);
    return serving.served;
}

/* ---- what may be in an answer ---- */

static void must_be_inside(const struct world *world, const struct place *device, struct karto_rid id, const char *what)
{
    for (unsigned record = 1; record <= world->record_count; record++)
        if (karto_rid_equal(world->records[record].id, id)) {
            if (!world_in_scope(world, device, record))
                world_fail(world, "I4 a %s of record %u goes to %s, which may not have it", what, record, device->name);
            return;
        }
    world_fail(world, "I4 a %s of an unknown record goes to %s", what, device->name);
}

static void check_state(const struct world *world, const struct place *device, struct karto_rid id,
                        struct karto_slice state)
{
    struct karto_arena arena;
    struct karto_record record;
    karto_arena_init(&arena);
    if (karto_record_decode(&arena, id, state, &record) == KARTO_OK)
        for (uint32_t i = 0; i < record.count; i++)
            if (!karto_role_reads(device->role, record.kind, record.fields[i].number))
                world_fail(world, "I4 field %u goes to %s in a state", record.fields[i].number, device->name);
    karto_arena_fini(&arena);
}

static void check_fields(const struct world *world, const struct place *device, const struct karto_change *change)
{
    for (uint32_t i = 0; i < change->count; i++)
        if (!karto_role_reads(device->role, change->kind, change->touches[i].field))
            world_fail(world, "I4 field %u goes to %s in a change", change->touches[i].field, device->name);
    for (uint32_t i = 0; i < change->seen_count; i++)
        if (!karto_role_reads(device->role, change->kind, change->seen[i].field))
            world_fail(world, "I4 what was seen of field %u goes to %s", change->seen[i].field, device->name);
}

static void check_event(const struct world *world, const struct place *device, const struct karto_event *event)
{
    if (event->type == KARTO_EVENT_LEAVE || event->type == KARTO_EVENT_ERASE)
        return;
    must_be_inside(world, device, event->record, event->type == KARTO_EVENT_STATE ? "state" : "change");
    if (event->type == KARTO_EVENT_STATE)
        check_state(world, device, event->record, event->state);
    if (event->type != KARTO_EVENT_CHANGE)
        return;
    check_fields(world, device, &event->change);
    unsigned uid = world_uid(world, &event->change);
    if (uid && oracle_fate(world->oracle, uid) == ORACLE_NOT_SEEN)
        world_fail(world, "change %u goes to %s before the hub has it", uid, device->name);
    if (uid && !world_is_doubtful(world, oracle_change(world->oracle, uid)->record) &&
        oracle_fate(world->oracle, uid) == ORACLE_REFUSED && !karto_change_is_void(&event->change))
        world_fail(world, "I4 the values of refused change %u go to %s", uid, device->name);
}

static void check_past(const struct world *world, const struct place *device, const struct karto_past_page *page)
{
    for (uint32_t i = 0; i < page->count; i++) {
        const struct karto_change *change = &page->changes[i].change;
        struct karto_event event = {.type = KARTO_EVENT_CHANGE, .record = change->record, .change = *change};
        check_event(world, device, &event);
    }
    for (uint32_t i = 0; i < page->place_count; i++)
        must_be_inside(world, device, page->places[i].record, "place");
}

/* A hub that was put back gives nothing until it is recovered, and never talks to a program that cannot give back. */
static bool may_refuse(const struct world *world, const struct place *device, enum karto_err err)
{
    return err == KARTO_E_STALE || (err == KARTO_E_RECOVERING && world->recovering) ||
           (err == KARTO_E_VERSION && world->restored && device->sizes.protocol_most == 1);
}

static void note_anew(struct world *world, const struct karto_push_answer *answer)
{
    for (uint32_t i = 0; i < answer->count; i++) {
        enum karto_verdict verdict = answer->results[i].verdict;
        world->counts[SAW_REISSUE] += verdict == KARTO_V_REISSUE;
        world->made_anew = world->made_anew || verdict == KARTO_V_REISSUE || verdict == KARTO_V_FORK;
    }
}

/* What the lost hub has said, and can be proved, stays said. */
static void check_giveback(struct world *world, const struct place *device, const struct karto_giveback *asked,
                           const struct karto_push_answer *answer)
{
    for (uint32_t i = 0; i < asked->count && i < answer->count; i++) {
        enum karto_verdict said = asked->given[i].verdict, now = answer->results[i].verdict;
        bool proved = asked->given[i].receipt != 0;
        if (now == KARTO_V_NONE || now == KARTO_V_COUNT)
            break;
        world->counts[SAW_GIVEN_BACK]++;
        if (now == KARTO_V_CONTAINED)
            now = KARTO_V_APPLIED;
        bool overtaken = device->cloned && now == KARTO_V_REISSUE; /* by what its copy has given back */
        if (proved && now != said && now != KARTO_V_FORK && !overtaken)
            world_fail(world, "I2 %s gives change %u back with verdict %d, and the hub says %d", device->name,
                       world_uid(world, &asked->changes[i]), (int)said, (int)now);
    }
}

static void check_heal(struct world *world, struct place *device, const struct karto_heal *asked,
                       const struct karto_heal_answer *answer)
{
    for (uint32_t i = 0; i < answer->count && asked->form == KARTO_HEAL_STATES; i++) {
        world->counts[SAW_STATE_TAKEN] += answer->outcomes[i] == KARTO_HEAL_TAKEN;
        if (answer->outcomes[i] != KARTO_HEAL_HELD)
            continue;
        world->counts[SAW_STATE_HELD]++; /* what of it comes in by itself later stands beside what was done meanwhile */
        world->doubled[world_record(world, asked->states[i].record, 0)] = world->any_doubled = true;
    }
    if (asked->form != KARTO_HEAL_DONE)
        return;
    world->counts[SAW_GAVE]++;
    world->counts[SAW_GAVE_LATE] += !world->recovering;
    proof_gave(world, device);
}

static void check_answer(struct world *world, struct place *device, struct karto_slice asked, struct karto_slice frame)
{
    struct karto_arena arena;
    struct karto_request request;
    struct karto_answer answer;
    karto_arena_init(&arena);
    world_must(world, karto_request_decode(&arena, asked, &request), "the device's request");
    world_must(world, karto_answer_decode(&arena, frame, &answer), "the hub's answer");
    if (answer.error == KARTO_OK && request.type != KARTO_HELLO && request.token.rights != device->rights)
        world_fail(world, "the hub answers %s, which asks under rights that it has no longer", device->name);
    if (answer.error != KARTO_OK && !may_refuse(world, device, answer.error))
        world_fail(world, "the hub answers %s to request %d of %s: %.*s", karto_err_id(answer.error), (int)request.type,
                   device->name, (int)answer.detail.size, answer.detail.data ? (const char *)answer.detail.data : "");
    if (answer.error == KARTO_OK && answer.type == KARTO_PULL)
        for (uint32_t i = 0; i < answer.of.pull.count; i++)
            check_event(world, device, &answer.of.pull.events[i]);
    if (answer.error == KARTO_OK && answer.type == KARTO_STATES)
        for (uint32_t i = 0; i < answer.of.states.count; i++) {
            must_be_inside(world, device, answer.of.states.states[i].record, "state");
            check_state(world, device, answer.of.states.states[i].record, answer.of.states.states[i].state);
        }
    if (answer.error == KARTO_OK && answer.type == KARTO_DIGESTS)
        for (uint32_t i = 0; i < answer.of.digests.count; i++)
            must_be_inside(world, device, answer.of.digests.entries[i].record, "hash");
    if (answer.error == KARTO_OK && answer.type == KARTO_PUSH)
        note_anew(world, &answer.of.push);
    if (answer.error == KARTO_OK && answer.type == KARTO_GIVEBACK)
        note_anew(world, &answer.of.giveback);
    if (answer.error == KARTO_OK && answer.type == KARTO_GIVEBACK)
        check_giveback(world, device, &request.of.giveback, &answer.of.giveback);
    if (answer.error == KARTO_OK && answer.type == KARTO_HEAL)
        check_heal(world, device, &request.of.heal, &answer.of.heal);
    if (answer.error == KARTO_OK && answer.type == KARTO_HISTORY)
        check_past(world, device, &answer.of.history);
    karto_arena_fini(&arena);
}

/* ---- damage: TLS would have caught it, but it must do no harm ---- */

static struct karto_buf copy_of(struct karto_slice frame)
{
    struct karto_buf copy = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&copy, frame);
    return copy;
}

static struct karto_buf flipped(struct world *world, struct karto_slice frame)
{
    struct karto_buf copy = copy_of(frame);
    copy.data[world_roll(world, (unsigned)copy.size)] ^= (uint8_t)(1u << world_roll(world, 8));
    return copy;
}

/* A cut request is an error, and changes nothing. */
static void serve_cut(struct world *world, struct place *device, struct karto_slice frame)
{
    struct karto_arena arena;
    struct karto_answer decoded;
    struct karto_buf answer = KARTO_BUF_EMPTY;
    uint64_t before = world->hub.seen_to;
    serve(world, device, karto_slice(frame.data, world_roll(world, (unsigned)frame.size)), &answer);
    karto_arena_init(&arena);
    if (answer.size > 0)
        world_must(world, karto_answer_decode(&arena, karto_buf_slice(&answer), &decoded), "the answer to a cut frame");
    if ((answer.size > 0 && decoded.error == KARTO_OK) || world->hub.seen_to != before)
        world_fail(world, "the hub has taken a cut frame");
    karto_arena_fini(&arena);
    karto_buf_fini(&answer);
    world->counts[SAW_TRUNCATED]++;
}

/* What a wrong bit says may be believable, so its transaction is undone. */
static void serve_flipped(struct world *world, const struct place *device, struct karto_slice frame)
{
    struct karto_buf answer = KARTO_BUF_EMPTY, wrong = flipped(world, frame);
    struct serving serving = {.device = device->id, .frame = karto_buf_slice(&wrong), .answer = &answer, .undo = true};
    enum karto_err err = karto_store_write(world->hub.store, do_serve, &serving);
    if (place_met(&world->hub) == DISK_FINE && err != KARTO_E_INTERRUPTED)
        world_fail(world, "the hub ends at a wrong bit: %s", karto_err_id(err));
    karto_buf_fini(&wrong);
    karto_buf_fini(&answer);
    world->counts[SAW_FLIPPED]++;
}

/* Whether no hub may apply it. One that says where a record lies may make it, where that was lost. */
static bool is_never_permitted(const struct world *world, unsigned uid)
{
    const struct oracle_change *change = uid ? oracle_change(world->oracle, uid) : NULL;
    bool places = false;
    for (unsigned i = 0; change && i < change->count; i++)
        places = places || change->sets[i].field == ORACLE_TERRITORY;
    return uid && world->forbidden[uid] && !places;
}

/* A giveback that says of what was refused that it was applied. False: there is nothing of the kind in it. */
static bool forge(const struct world *world, struct karto_arena *arena, const struct karto_giveback *honest,
                  struct karto_giveback *forged)
{
    bool any = false;
    struct karto_given *given = karto_arena_array(arena, honest->count, sizeof *given);
    for (uint32_t i = 0; i < honest->count; i++) {
        unsigned uid = world_uid(world, &honest->changes[i]);
        bool refused = honest->given[i].verdict == KARTO_V_REFUSED && is_never_permitted(world, uid);
        given[i] = honest->given[i];
        if (refused)
            given[i] = (struct karto_given){.verdict = KARTO_V_APPLIED, .receipt = honest->given[i].receipt};
        any = any || refused;
    }
    *forged = (struct karto_giveback){honest->changes, given, honest->count};
    return any;
}

/* The receipt of a refusal proves no right: nothing of it is applied. What comes of it is undone. */
static void serve_forged(struct world *world, const struct place *device, struct karto_arena *arena,
                         const struct karto_request *request, const struct karto_giveback *honest)
{
    struct karto_answer answer;
    struct karto_buf bytes = KARTO_BUF_EMPTY, frame = KARTO_BUF_EMPTY;
    world_must(world, karto_request_encode(request, &frame), "a forged request");
    struct serving serving = {.device = device->id, .frame = karto_buf_slice(&frame), .answer = &bytes, .undo = true};
    enum karto_err err = karto_store_write(world->hub.store, do_serve, &serving);
    if (place_met(&world->hub) == DISK_FINE && err == KARTO_E_INTERRUPTED) {
        world_must(world, karto_answer_decode(arena, karto_buf_slice(&bytes), &answer),
                   "the answer to a forged request");
        for (uint32_t i = 0; answer.error == KARTO_OK && i < answer.of.giveback.count; i++) {
            enum karto_verdict verdict = answer.of.giveback.results[i].verdict;
            bool forged = request->of.giveback.given[i].verdict != honest->given[i].verdict;
            if (forged && (verdict == KARTO_V_APPLIED || verdict == KARTO_V_CONTAINED))
                world_fail(world, "I2 change %u was refused, and %s has it applied by a lie",
                           world_uid(world, &honest->changes[i]), device->name);
        }
        world->counts[SAW_FORGED]++;
    }
    karto_buf_fini(&bytes);
    karto_buf_fini(&frame);
}

static void lie(struct world *world, const struct place *device, struct karto_slice frame)
{
    struct karto_arena arena;
    struct karto_request request;
    struct karto_giveback honest;
    karto_arena_init(&arena);
    if (karto_request_decode(&arena, frame, &request) == KARTO_OK && request.type == KARTO_GIVEBACK) {
        honest = request.of.giveback;
        if (forge(world, &arena, &honest, &request.of.giveback))
            serve_forged(world, device, &arena, &request, &honest);
    }
    karto_arena_fini(&arena);
}

static void answer_cut(struct world *world, struct place *device, struct karto_slice frame)
{
    struct karto_slice cut = karto_slice(frame.data, world_roll(world, (unsigned)frame.size));
    if (karto_exchange_answer(device->exchange, cut) == KARTO_OK)
        world_fail(world, "%s has taken a cut frame", device->name);
    (void)place_met(device);
    karto_exchange_free(device->exchange);
    device->exchange = NULL;
    world->counts[SAW_TRUNCATED]++;
}

/* What comes of it is thrown away: the device is put back as it was before. */
static void answer_flipped(struct world *world, struct place *device, struct karto_slice frame)
{
    struct karto_buf wrong = flipped(world, frame);
    place_keep_image(device);
    enum karto_err err = karto_exchange_answer(device->exchange, karto_buf_slice(&wrong));
    world_say(world, "%s: answer with a wrong bit: %s", device->name, karto_err_id(err));
    karto_buf_fini(&wrong);
    place_put_back(device);
    device->has_image = false;
    world->counts[SAW_FLIPPED]++;
}

/* ---- the device's side ---- */

static enum karto_err do_ledger(struct karto_tx *tx, void *context)
{
    *(struct karto_ledger *)context = tx->ledger;
    return KARTO_OK;
}

static void finish(struct world *world, struct place *device)
{
    struct karto_ledger ledger;
    struct karto_exchange_stats stats = karto_exchange_stats(device->exchange);
    world_say(world, "%s: synchronised, %llu requests, %llu pushed, %llu pulled%s%s", device->name,
              (unsigned long long)stats.requests, (unsigned long long)stats.pushed, (unsigned long long)stats.pulled,
              stats.reconciled ? ", reconciled" : "", stats.rotations ? ", rotated" : "");
    if (stats.reconciled && !device->may_reconcile)
        world_fail(world, "I1 %s had to compare everything, without a cause", device->name);
    world_must(world, karto_store_read(device->store, do_ledger, &ledger), "ledger");
    bool present = karto_epoch_equal(ledger.epoch, world->epoch); /* it may have been put back since the answer */
    device->forked = false;
    device->even = present;
    device->astray = device->astray && !present;
    world->counts[SAW_YEAR] += device->even_ms && world->now_ms - device->even_ms > YEAR_MS;
    device->even_ms = device->begun_ms;
    device->may_reconcile =
        device->cloned || !present || ledger.rights != device->rights; /* they may have changed since its hello */
}

static void count_stats(struct world *world, const struct karto_exchange *exchange)
{
    struct karto_exchange_stats stats = karto_exchange_stats(exchange);
    world->counts[SAW_RECONCILE] += stats.reconciled;
    world->counts[SAW_ROTATION] += stats.rotations;
}

static void drop(struct world *world, struct place *device)
{
    if (device->exchange)
        count_stats(world, device->exchange);
    karto_exchange_free(device->exchange);
    device->exchange = NULL;
}

/* Whether the device's disk has put an end to its exchange. */
static bool has_fallen(struct world *world, struct place *device)
{
    if (disk_met(device->disk) == DISK_FINE)
        return false;
    count_stats(world, device->exchange);
    world->counts[SAW_FIRST_CUT] += !device->even_ms;
    place_met(device);
    karto_exchange_free(device->exchange);
    device->exchange = NULL;
    return true;
}

void wire_crash(struct world *world, struct place *device)
{
    if (!device->exchange)
        return;
    world_say(world, "%s: crashes", device->name);
    world->counts[SAW_CRASH]++;
    world->counts[SAW_FIRST_CUT] += !device->even_ms;
    drop(world, device);
}

static enum karto_err do_is_reconciling(struct karto_tx *tx, void *context)
{
    *(bool *)context = tx->ledger.reconciling;
    return KARTO_OK;
}

/* The hub answers it now; the device hears of it when it has done with what is at hand, if it comes to that. */
static void ask_ahead(void *context, struct karto_slice frame)
{
    struct place *device = context;
    karto_buf_clear(&device->ahead);
    serve(device->world, device, frame, &device->ahead);
    if (device->ahead.size > 0)
        check_answer(device->world, device, frame, karto_buf_slice(&device->ahead));
}

static void begin(struct world *world, struct place *device)
{
    bool reconciling;
    world_must(world, karto_store_read(device->store, do_is_reconciling, &reconciling), "ledger");
    world->counts[SAW_CUT_RECONCILE] += reconciling;
    device->even = false;
    device->begun_ms = world->now_ms;
    world->counts[SAW_OLD_PROGRAM] += device->sizes.protocol_most == 1;
    struct karto_exchange_options options = device->sizes;
    options.ahead = ask_ahead;
    options.context = device;
    karto_exchange_new(device->store, &options, &device->exchange);
}

/* The next frame; false: the exchange is over. */
static bool next_frame(struct world *world, struct place *device, struct karto_buf *frame)
{
    bool done = false;
    karto_buf_clear(frame);
    enum karto_err err = karto_exchange_next(device->exchange, frame, &done);
    if (has_fallen(world, device))
        return false;
    bool heard = err == KARTO_E_RECOVERING && world->restored; /* that it was so */
    if (err != KARTO_OK && !heard && !may_refuse(world, device, err))
        world_fail(world, "%s cannot go on: %s: %s", device->name, karto_err_id(err),
                   karto_exchange_detail(device->exchange));
    if (err == KARTO_OK && !done)
        return true;
    if (done)
        finish(world, device);
    drop(world, device);
    return false;
}

static void keep_late(struct world *world, const struct place *device, struct karto_slice frame)
{
    if (world->late_count == WORLD_LATE)
        return;
    world->late[world->late_count++] = (struct late_frame){(int)(device - world->devices), copy_of(frame)};
    world->counts[SAW_DELAYED]++;
}

void wire_deliver_late(struct world *world)
{
    if (world->late_count == 0)
        return;
    struct karto_buf answer = KARTO_BUF_EMPTY;
    unsigned at = world_roll(world, world->late_count);
    struct late_frame late = world->late[at];
    world->late[at] = world->late[--world->late_count];
    world_say(world, "a late frame of %s arrives", world->devices[late.device].name);
    serve(world, &world->devices[late.device], karto_buf_slice(&late.frame), &answer);
    karto_buf_fini(&late.frame);
    karto_buf_fini(&answer);
}

/* Whether nothing gets through in this direction. */
static bool lies_half_dead(struct world *world, struct place *device, enum line line)
{
    if (device->line != line || device->line_frames == 0)
        return false;
    device->line_frames--;
    world->counts[line == LINE_NO_REQUESTS ? SAW_NO_REQUESTS : SAW_NO_ANSWERS]++;
    return true;
}

/* What befalls a request before the hub. False: it did not arrive. */
static bool request_arrives(struct world *world, struct place *device, struct karto_slice frame)
{
    struct karto_buf answer = KARTO_BUF_EMPTY;
    if (lies_half_dead(world, device, LINE_NO_REQUESTS))
        return false;
    if (world->loss == 0)
        return true;
    if (world_chance(world, .004)) {
        serve_cut(world, device, frame);
        return false;
    }
    if (world_chance(world, .004)) {
        serve_flipped(world, device, frame);
        return false;
    }
    if (world_chance(world, world->loss)) {
        world->counts[SAW_LOST_REQUEST]++;
        if (world_chance(world, .3))
            keep_late(world, device, frame);
        return false;
    }
    if (world_chance(world, world->loss)) {
        serve(world, device, frame, &answer);
        karto_buf_fini(&answer);
        world->counts[SAW_DUPLICATE]++;
    }
    return true;
}

struct kept {
    struct karto_rid ids[WORLD_RECORDS];
    unsigned count;
};

static enum karto_err do_kept(struct karto_tx *tx, void *context)
{
    struct kept *kept = context;
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    if (err != KARTO_OK)
        return err;
    kept->count = 0;
    for (err = karto_kv_first(cursor, &key, &row); err == KARTO_OK; err = karto_kv_next(cursor, &key, &row)) {
        struct karto_entry entry;
        if (karto_entry_decode(&tx->arena, karto_rid_read(key.data), row, &entry) == KARTO_OK && entry.kept)
            kept->ids[kept->count++] = entry.id;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static bool is_push(struct karto_slice frame)
{
    struct karto_arena arena;
    struct karto_request request;
    karto_arena_init(&arena);
    bool push = karto_request_decode(&arena, frame, &request) == KARTO_OK && request.type == KARTO_PUSH;
    karto_arena_fini(&arena);
    return push;
}

/* The answer to a push brings no states, so no copy may count as current after it that did not before. */
static enum karto_err answer_push(struct world *world, struct place *device, struct karto_slice answer)
{
    struct kept before, after;
    unsigned at = 0;
    world_must(world, karto_store_read(device->store, do_kept, &before), "reading what is current");
    enum karto_err err = karto_exchange_answer(device->exchange, answer);
    (void)has_fallen(world, device);
    world_must(world, karto_store_read(device->store, do_kept, &after), "reading what is current");
    for (unsigned i = 0; i < after.count; i++) { /* both ascending */
        while (at < before.count && karto_rid_compare(before.ids[at], after.ids[i]) < 0)
            at++;
        if (at == before.count || !karto_rid_equal(before.ids[at], after.ids[i]))
            world_fail(world, "I1 a copy at %s counts as current, and its state has not come", device->name);
    }
    return err;
}

static void note_told(struct place *device, struct karto_slice asked, struct karto_slice frame)
{
    struct karto_arena arena;
    struct karto_request request;
    struct karto_answer answer;
    karto_arena_init(&arena);
    if (karto_request_decode(&arena, asked, &request) == KARTO_OK && request.type == KARTO_HELLO &&
        karto_answer_decode(&arena, frame, &answer) == KARTO_OK && answer.error == KARTO_OK)
        device->told = answer.token.rights;
    karto_arena_fini(&arena);
}

/* What befalls an answer on the way back. False: the device has to ask again. */
static bool answer_arrives(struct world *world, struct place *device, struct karto_slice asked,
                           struct karto_slice answer)
{
    if (lies_half_dead(world, device, LINE_NO_ANSWERS))
        return false;
    if (world->loss > 0 && world_chance(world, world->loss)) {
        world->counts[SAW_LOST_ANSWER]++;
        return false;
    }
    if (world->loss > 0 && world_chance(world, .002)) {
        answer_cut(world, device, answer);
        return false;
    }
    if (world->loss > 0 && !device->has_image && !device->forked && !device->cloned && world_chance(world, .003)) {
        answer_flipped(world, device, answer);
        return false;
    }
    enum karto_err err =
        is_push(asked) ? answer_push(world, device, answer) : karto_exchange_answer(device->exchange, answer);
    if (!device->exchange || has_fallen(world, device))
        return false;
    if (err != KARTO_OK && !may_refuse(world, device, err))
        world_fail(world, "%s takes no answer: %s: %s", device->name, karto_err_id(err),
                   karto_exchange_detail(device->exchange));
    if (err != KARTO_OK) {
        drop(world, device);
        return false;
    }
    note_told(device, asked, answer);
    proof_current(world, device);
    return true;
}

/* One request and its answer. False: the exchange is over, or was dropped. */
static bool round_trip(struct world *world, struct place *device, struct karto_buf *frame)
{
    struct karto_buf answer = KARTO_BUF_EMPTY;
    bool arrived = false;
    if (!next_frame(world, device, frame))
        return false;
    if (karto_exchange_is_ahead(device->exchange)) {
        world->counts[SAW_AHEAD]++;
        karto_buf_add_slice(&answer, karto_buf_slice(&device->ahead));
        arrived = answer.size > 0 && answer_arrives(world, device, karto_buf_slice(frame), karto_buf_slice(&answer));
    }
    for (int tries = 0; tries < 3 && !arrived && device->exchange; tries++) {
        arrived = request_arrives(world, device, karto_buf_slice(frame));
        if (arrived) {
            karto_buf_clear(&answer);
            lie(world, device, karto_buf_slice(frame));
            serve(world, device, karto_buf_slice(frame), &answer);
            arrived = answer.size > 0;
        }
        if (arrived) {
            check_answer(world, device, karto_buf_slice(frame), karto_buf_slice(&answer));
            arrived = answer_arrives(world, device, karto_buf_slice(frame), karto_buf_slice(&answer));
        }
        if (!arrived && world_chance(world, .5))
            break; /* it gives up; else it asks once more, with the same frame */
    }
    karto_buf_fini(&answer);
    if (!arrived)
        drop(world, device);
    return arrived;
}

void wire_go_on(struct world *world, struct place *device, unsigned frames)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    if (!device->exchange) {
        world_say(world, "%s: begins to synchronise", device->name);
        begin(world, device);
    }
    for (unsigned i = 0; i < frames; i++)
        if (!round_trip(world, device, &frame))
            break;
    karto_buf_fini(&frame);
}

bool wire_synchronise(struct world *world, struct place *device)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    unsigned frames = 0;
    double loss = world->loss;
    world->loss = 0;
    begin(world, device);
    while (round_trip(world, device, &frame))
        if (++frames > FRAMES_MAX)
            world_fail(world, "%s never ends synchronising", device->name);
    world->loss = loss;
    karto_buf_fini(&frame);
    return frames > 1 || !device->even;
}

/* ---- older changes ---- */

static const struct karto_past_limits all = {36500, 1024};

/* The answer of the hub to the next question. False: there is none. */
static bool ask_past(struct world *world, struct place *device, struct karto_backfill *backfill,
                     struct karto_buf *answer)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    bool done = false;
    enum karto_err err = karto_backfill_next(backfill, &frame, &done);
    if (place_met(device) != DISK_FINE)
        done = true;
    else
        world_must(world, err, "asking for history");
    if (!done)
        serve(world, device, karto_buf_slice(&frame), answer);
    if (answer->size > 0)
        check_answer(world, device, karto_buf_slice(&frame), karto_buf_slice(answer));
    world->counts[SAW_PAST] += answer->size > 0;
    karto_buf_fini(&frame);
    return answer->size > 0;
}

/* False: it cannot go on. */
static bool take_past(struct world *world, struct place *device, struct karto_backfill *backfill,
                      struct karto_slice answer)
{
    enum karto_err err = karto_backfill_answer(backfill, answer);
    if (place_met(device) != DISK_FINE)
        return false;
    if (err != KARTO_OK && err != KARTO_E_STALE)
        world_fail(world, "%s takes no history: %s", device->name, karto_err_id(err));
    return err == KARTO_OK;
}

/* One page. False: there is none, or it was lost. */
static bool past_page(struct world *world, struct place *device, struct karto_backfill *backfill)
{
    struct karto_buf answer = KARTO_BUF_EMPTY;
    bool more = ask_past(world, device, backfill, &answer);
    if (more && world->loss > 0 && world_chance(world, world->loss)) {
        world->counts[SAW_PAST_CUT]++;
        more = false;
    }
    more = more && take_past(world, device, backfill, karto_buf_slice(&answer));
    if (more && world->loss > 0 && world_chance(world, .1))
        more = take_past(world, device, backfill, karto_buf_slice(&answer)); /* the same page twice */
    karto_buf_fini(&answer);
    return more;
}

static void backfill(struct world *world, struct place *device, struct karto_past_limits limits, uint64_t page_size,
                     unsigned pages)
{
    struct karto_backfill_options options = {limits, page_size};
    struct karto_backfill *fetch;
    karto_backfill_new(device->store, &options, &fetch);
    while (past_page(world, device, fetch))
        if (pages-- == 0)
            break;
    karto_backfill_free(fetch);
}

void wire_backfill(struct world *world, struct place *device, unsigned pages)
{
    static const struct karto_past_limits limits[] = {
        {36500, 1024}, {36500, 1024}, {36500, 1024}, {2, 1024}, {0, 1024}};
    world_say(world, "%s: fetches history", device->name);
    backfill(world, device, limits[world_roll(world, 5)], 1 + world_roll(world, 2000), pages);
}

void wire_backfill_all(struct world *world, struct place *device)
{
    double loss = world->loss;
    world->loss = 0;
    backfill(world, device, all, 400, FRAMES_MAX);
    world->loss = loss;
}

void wire_wait(struct world *world, struct place *device)
{
    bool news;
    struct karto_buf frame = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY;
    world_must(world, karto_wait_frame(device->store, 5, &frame), "wait");
    struct karto_served served = serve(world, device, karto_buf_slice(&frame), &answer);
    if (!served.parked) {
        world_must(world, karto_wait_answer(device->store, karto_buf_slice(&answer), &news), "answer to wait");
        if (news)
            world_fail(world, "%s is told of news, and there are none", device->name);
    }
    world->counts[SAW_WAIT]++;
    karto_buf_fini(&frame);
    karto_buf_fini(&answer);
}
