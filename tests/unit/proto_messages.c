/* Messages: each comes back as it went, whatever is in it; limits hold; no cut and no flipped bit gets through
 * unnoticed or does harm. */
#include "proto/frame.h"
#include "tests/check.h"
#include "tests/flawed.h"
#include "tests/sample.h"

static struct karto_arena arena;

/* ---- equality, field by field: a field that encoder and decoder both forgot must be noticed ---- */

static bool same(struct karto_slice a, struct karto_slice b)
{
    return karto_slice_equal(a, b);
}

static bool same_epoch(struct karto_epoch a, struct karto_epoch b)
{
    return a.ms == b.ms && a.node.v == b.node.v;
}

static bool same_token(struct karto_token a, struct karto_token b)
{
    return same_epoch(a.epoch, b.epoch) && a.rights == b.rights;
}

static bool same_change(const struct karto_change *a, const struct karto_change *b)
{
    struct karto_buf x = KARTO_BUF_EMPTY, y = KARTO_BUF_EMPTY;
    karto_change_encode(a, true, &x);
    karto_change_encode(b, true, &y);
    bool equal = same(karto_buf_slice(&x), karto_buf_slice(&y));
    karto_buf_fini(&x);
    karto_buf_fini(&y);
    return equal;
}

static bool same_rids(const struct karto_rid *a, const struct karto_rid *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!karto_rid_equal(a[i], b[i]))
            return false;
    return true;
}

static bool same_places(const struct karto_past_place *a, const struct karto_past_place *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!karto_rid_equal(a[i].record, b[i].record) || a[i].before != b[i].before || a[i].at_ms != b[i].at_ms)
            return false;
    return true;
}

static void check_history(const struct karto_past_ask *a, const struct karto_past_ask *b)
{
    CHECK(a->cursor == b->cursor && a->before == b->before && a->since_ms == b->since_ms && a->budget == b->budget);
    CHECK_INT(b->place_count, a->place_count);
    CHECK(same_places(a->places, b->places, a->place_count));
}

static void check_hello(const struct karto_hello *a, const struct karto_hello *b, uint32_t version)
{
    CHECK(a->version_least == b->version_least && a->version_most == b->version_most);
    CHECK_INT(b->node_count, a->node_count);
    for (uint32_t i = 0; i < a->node_count; i++)
        CHECK(a->nodes[i].node.v == b->nodes[i].node.v && a->nodes[i].random == b->nodes[i].random);
    CHECK(same_epoch(a->heard, b->heard) && a->cursor == b->cursor && karto_sum_equal(a->digest, b->digest));
    CHECK(a->pending == b->pending && a->clock_ms == b->clock_ms);
    CHECK(same(a->name, b->name) && same(a->program, b->program));
    if (version >= 2) {
        CHECK(same(a->user, b->user) && a->rights.role == b->rights.role && a->told == b->told);
        CHECK_INT(b->rights.territory_count, a->rights.territory_count);
        for (uint32_t i = 0; i < a->rights.territory_count; i++)
            CHECK(same(a->rights.territories[i], b->rights.territories[i]));
    }
}

static void check_push(const struct karto_push *a, const struct karto_push *b, uint32_t version)
{
    CHECK_INT(b->count, a->count);
    CHECK_INT(b->earlier, version >= 2 ? a->earlier : 0);
    for (uint32_t i = 0; i < a->count; i++)
        CHECK(same_change(&a->changes[i], &b->changes[i]));
}

static void check_giveback(const struct karto_giveback *a, const struct karto_giveback *b)
{
    CHECK_INT(b->count, a->count);
    for (uint32_t i = 0; i < a->count; i++) {
        CHECK(same_change(&a->changes[i], &b->changes[i]) && a->given[i].verdict == b->given[i].verdict);
        CHECK(same(a->given[i].reason, b->given[i].reason) && a->given[i].receipt == b->given[i].receipt);
    }
}

static void check_entries(const struct karto_digest_entry *a, const struct karto_digest_entry *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        CHECK(karto_rid_equal(a[i].record, b[i].record) && a[i].hash == b[i].hash);
}

static void check_states(const struct karto_state *a, const struct karto_state *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        CHECK(karto_rid_equal(a[i].record, b[i].record));
        CHECK(same(a[i].home, b[i].home) && same(a[i].state, b[i].state));
    }
}

static void check_heal(const struct karto_heal *a, const struct karto_heal *b)
{
    CHECK(a->form == b->form && a->count == b->count);
    CHECK(karto_rid_equal(a->after, b->after) && karto_rid_equal(a->last, b->last));
    if (a->form == KARTO_HEAL_HASHES)
        check_entries(a->entries, b->entries, a->count);
    if (a->form == KARTO_HEAL_STATES)
        check_states(a->states, b->states, a->count);
}

static void check_heal_answer(const struct karto_heal_answer *a, const struct karto_heal_answer *b)
{
    CHECK(a->form == b->form && a->count == b->count);
    CHECK(a->form != KARTO_HEAL_HASHES || same_rids(a->wanted, b->wanted, a->count));
    for (uint32_t i = 0; i < a->count && a->form == KARTO_HEAL_STATES; i++)
        CHECK_INT(b->outcomes[i], a->outcomes[i]);
}

static void check_measure(const struct karto_measure *a, const struct karto_measure *b)
{
    CHECK(a->form == b->form && a->cursor == b->cursor);
    CHECK(karto_dot_equal(a->skip, b->skip) && karto_rid_equal(a->after, b->after));
}

static void check_measure_answer(const struct karto_measure_answer *a, const struct karto_measure_answer *b)
{
    CHECK(a->events == b->events && a->records == b->records && a->bytes == b->bytes && a->cursor == b->cursor);
    CHECK(karto_rid_equal(a->last, b->last) && a->more == b->more);
}

static uint32_t or_newest(uint32_t version)
{
    return version ? version : KARTO_PROTOCOL_MOST;
}

static void check_requests(const struct karto_request *a, const struct karto_request *b)
{
    CHECK_INT(b->type, a->type);
    CHECK_INT(b->version, or_newest(a->version));
    bool without_token = a->type == KARTO_HELLO && b->version >= 2;
    CHECK(same_token(without_token ? (struct karto_token){{0, {0}}, 0} : a->token, b->token));
    switch (a->type) {
    case KARTO_HELLO: check_hello(&a->of.hello, &b->of.hello, b->version); break;
    case KARTO_PUSH: check_push(&a->of.push, &b->of.push, b->version); break;
    case KARTO_PULL:
        CHECK(a->of.pull.cursor == b->of.pull.cursor && a->of.pull.budget == b->of.pull.budget);
        CHECK(karto_dot_equal(a->of.pull.skip, b->of.pull.skip));
        break;
    case KARTO_DIGESTS:
        CHECK(karto_rid_equal(a->of.digests.after, b->of.digests.after) && a->of.digests.most == b->of.digests.most);
        break;
    case KARTO_STATES:
        CHECK_INT(b->of.states.count, a->of.states.count);
        CHECK(same_rids(a->of.states.records, b->of.states.records, a->of.states.count));
        CHECK(karto_rid_equal(a->of.states.after, b->of.states.after) && a->of.states.budget == b->of.states.budget);
        break;
    case KARTO_WAIT: CHECK(a->of.wait.cursor == b->of.wait.cursor && a->of.wait.seconds == b->of.wait.seconds); break;
    case KARTO_GIVEBACK: check_giveback(&a->of.giveback, &b->of.giveback); break;
    case KARTO_HEAL: check_heal(&a->of.heal, &b->of.heal); break;
    case KARTO_HISTORY: check_history(&a->of.history, &b->of.history); break;
    case KARTO_FAREWELL:
        CHECK(a->of.farewell.form == b->of.farewell.form && a->of.farewell.at_ms == b->of.farewell.at_ms);
        break;
    case KARTO_MEASURE: check_measure(&a->of.measure, &b->of.measure); break;
    }
}

static void check_hello_answer(const struct karto_hello_answer *a, const struct karto_hello_answer *b, uint32_t version)
{
    CHECK(a->version == b->version && same_epoch(a->epoch, b->epoch) && a->rights == b->rights);
    CHECK(a->known_count == b->known_count && a->territory_count == b->territory_count);
    for (uint32_t i = 0; i < a->known_count; i++)
        CHECK(a->known[i].seq == b->known[i].seq && a->known[i].hash == b->known[i].hash);
    for (uint32_t i = 0; i < a->territory_count; i++)
        CHECK(same(a->territories[i], b->territories[i]));
    CHECK(a->position == b->position && karto_sum_equal(a->digest, b->digest) && a->clock_ms == b->clock_ms);
    CHECK(a->everything == b->everything && same(a->role, b->role) && same(a->hub, b->hub));
    if (version < 2)
        return;
    CHECK(a->recovering == b->recovering && a->wanted == b->wanted && a->log_position == b->log_position);
    for (uint32_t i = 0; i < a->known_count; i++)
        CHECK(a->known[i].mark == b->known[i].mark);
}

static void check_push_answer(const struct karto_push_answer *a, const struct karto_push_answer *b, uint32_t version)
{
    CHECK_INT(b->count, a->count);
    for (uint32_t i = 0; i < a->count; i++) {
        CHECK_INT(b->results[i].verdict, a->results[i].verdict);
        CHECK(a->results[i].inside == b->results[i].inside && same(a->results[i].reason, b->results[i].reason));
        CHECK(b->results[i].receipt == (version >= 2 ? a->results[i].receipt : 0));
    }
}

static void check_pull_answer(const struct karto_pull_answer *a, const struct karto_pull_answer *b)
{
    CHECK(a->cursor == b->cursor && a->more == b->more && a->count == b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct karto_event *x = &a->events[i], *y = &b->events[i];
        CHECK_INT(y->type, x->type);
        CHECK(karto_rid_equal(x->record, y->record));
        if (x->type == KARTO_EVENT_CHANGE)
            CHECK(same_change(&x->change, &y->change));
        CHECK(same(x->home, y->home) && same(x->state, y->state));
    }
}

static void check_digests_answer(const struct karto_digests_answer *a, const struct karto_digests_answer *b)
{
    CHECK(a->position == b->position && a->more == b->more);
    CHECK(a->count == b->count && a->erased_count == b->erased_count);
    check_entries(a->entries, b->entries, a->count);
    CHECK(same_rids(a->erased, b->erased, a->erased_count));
}

static void check_states_answer(const struct karto_states_answer *a, const struct karto_states_answer *b)
{
    CHECK(a->position == b->position && a->more == b->more && a->count == b->count);
    check_states(a->states, b->states, a->count);
}

static void check_history_answer(const struct karto_past_page *a, const struct karto_past_page *b)
{
    CHECK(a->below == b->below && a->at_ms == b->at_ms && a->done == b->done && a->more == b->more);
    CHECK(a->count == b->count && a->place_count == b->place_count);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct karto_past_change *x = &a->changes[i], *y = &b->changes[i];
        CHECK(x->position == y->position && x->previous == y->previous && x->at_ms == y->at_ms);
        CHECK(same_change(&x->change, &y->change));
    }
    CHECK(same_places(a->places, b->places, a->place_count));
}

static void check_answers(const struct karto_answer *a, const struct karto_answer *b)
{
    CHECK_INT(b->type, a->type);
    CHECK_INT(b->error, a->error);
    CHECK_INT(b->version, or_newest(a->version));
    bool in_body = a->type == KARTO_HELLO && a->error == KARTO_OK && b->version >= 2;
    CHECK(same_token(in_body ? (struct karto_token){a->of.hello.epoch, a->of.hello.rights} : a->token, b->token));
    CHECK(same(a->detail, b->detail));
    if (a->error != KARTO_OK)
        return;
    switch (a->type) {
    case KARTO_HELLO: check_hello_answer(&a->of.hello, &b->of.hello, b->version); break;
    case KARTO_PUSH: check_push_answer(&a->of.push, &b->of.push, b->version); break;
    case KARTO_PULL: check_pull_answer(&a->of.pull, &b->of.pull); break;
    case KARTO_DIGESTS: check_digests_answer(&a->of.digests, &b->of.digests); break;
    case KARTO_STATES: check_states_answer(&a->of.states, &b->of.states); break;
    case KARTO_WAIT: CHECK(a->of.wait.position == b->of.wait.position); break;
    case KARTO_GIVEBACK: check_push_answer(&a->of.giveback, &b->of.giveback, b->version); break;
    case KARTO_HEAL: check_heal_answer(&a->of.heal, &b->of.heal); break;
    case KARTO_HISTORY: check_history_answer(&a->of.history, &b->of.history); break;
    case KARTO_FAREWELL:
        CHECK(karto_rid_equal(a->of.farewell.device, b->of.farewell.device));
        CHECK(a->of.farewell.wipe == b->of.farewell.wipe && a->of.farewell.revoked_ms == b->of.farewell.revoked_ms);
        break;
    case KARTO_MEASURE: check_measure_answer(&a->of.measure, &b->of.measure); break;
    }
}

/* ---- there and back ---- */

static void check_request(const struct karto_request *request)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, again = KARTO_BUF_EMPTY;
    struct karto_request got;
    CHECK_INT(karto_request_encode(request, &frame), KARTO_OK);
    CHECK_INT(karto_request_decode(&arena, karto_buf_slice(&frame), &got), KARTO_OK);
    check_requests(request, &got);
    CHECK_INT(karto_request_encode(&got, &again), KARTO_OK);
    CHECK(same(karto_buf_slice(&frame), karto_buf_slice(&again)));
    karto_buf_fini(&frame);
    karto_buf_fini(&again);
}

static void check_answer(const struct karto_answer *answer)
{
    struct karto_buf frame = KARTO_BUF_EMPTY, again = KARTO_BUF_EMPTY;
    struct karto_answer got;
    CHECK_INT(karto_answer_encode(answer, &frame), KARTO_OK);
    CHECK_INT(karto_answer_decode(&arena, karto_buf_slice(&frame), &got), KARTO_OK);
    check_answers(answer, &got);
    CHECK_INT(karto_answer_encode(&got, &again), KARTO_OK);
    CHECK(same(karto_buf_slice(&frame), karto_buf_slice(&again)));
    karto_buf_fini(&frame);
    karto_buf_fini(&again);
}

/* Of two in three seeds in the newest version; what an older one does not have is not there then. */
static void any_message_comes_back(void)
{
    for (uint64_t seed = 1; seed <= 200; seed++)
        for (int i = 0; i < SAMPLE_TYPES; i++) {
            int type = sample_types[i];
            bool is_new =
                type == KARTO_GIVEBACK || type == KARTO_HEAL || type == KARTO_FAREWELL || type == KARTO_MEASURE;
            struct sample s = {seed * 10 + (uint64_t)type, &arena};
            uint32_t most = seed % 10 == 0 ? 200 : 1 + (uint32_t)seed % 7;
            struct karto_request request = sample_request(&s, (enum karto_request_type)type, most);
            struct karto_answer answer = sample_answer(&s, (enum karto_request_type)type, most);
            struct karto_answer error = sample_error(&s, (enum karto_request_type)type);
            request.version = answer.version = error.version = !is_new && seed % 3 == 0 ? KARTO_PROTOCOL_LEAST : 0;
            check_request(&request);
            check_answer(&answer);
            check_answer(&error);
            karto_arena_reset(&arena);
        }
}

/* Nothing is added to what out held before when an encoder fails, and it is left alone when it does not. */
static void encoders_only_add(void)
{
    struct sample s = {1, &arena};
    struct karto_buf out = KARTO_BUF_EMPTY;
    struct karto_request request = {.type = KARTO_WAIT, .of.wait = {1, KARTO_WAIT_SECONDS_MAX + 1}};
    struct karto_answer answer = sample_answer(&s, KARTO_WAIT, 1);
    karto_buf_add_str(&out, "before");
    CHECK_INT(karto_request_encode(&request, &out), KARTO_E_LIMIT);
    CHECK(karto_slice_is(karto_buf_slice(&out), "before"));
    CHECK_INT(karto_answer_encode(&answer, &out), KARTO_OK);
    CHECK(out.size > 6 && memcmp(out.data, "before", 6) == 0);
    karto_buf_fini(&out);
    karto_arena_reset(&arena);
}

/* ---- errors ---- */

static void every_error_has_its_id(void)
{
    for (int err = KARTO_OK + 1; err < KARTO_ERR_COUNT; err++) {
        struct karto_answer answer = {.type = KARTO_PULL, .error = (enum karto_err)err};
        answer.detail = karto_slice_str("the cursor is ahead");
        check_answer(&answer);
    }
    karto_arena_reset(&arena);
}

/* A newer hub may know errors that we do not. */
static void an_unknown_error_is_one_of_protocol(void)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_answer got;
    struct karto_frame f = {.type = KARTO_PULL | KARTO_ANSWER_BIT, .error = true};
    f.body = karto_slice_str("\xa9"
                             "E-NOVELTY"
                             "\xa4"
                             "what");
    CHECK_INT(karto_frame_encode(&f, &frame), KARTO_OK);
    CHECK_INT(karto_answer_decode(&arena, karto_buf_slice(&frame), &got), KARTO_OK);
    CHECK_INT(got.error, KARTO_E_PROTOCOL);
    CHECK(karto_slice_is(got.detail, "what"));
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

/* What a log should say is cut, at the end of a letter, and left out if it is no text: the error itself must get
 * through. */
static void an_errors_detail_is_cut(void)
{
    struct sample s = {3, &arena};
    struct karto_answer answer = {.type = KARTO_PULL, .error = KARTO_E_STALE}, got;
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_slice text = sample_ascii(&s, KARTO_REASON_SIZE_MAX + 1);
    memcpy((uint8_t *)text.data + KARTO_REASON_SIZE_MAX - 1, "\xd1\x94", 2);
    answer.detail = text;
    CHECK_INT(karto_answer_encode(&answer, &frame), KARTO_OK);
    CHECK_INT(karto_answer_decode(&arena, karto_buf_slice(&frame), &got), KARTO_OK);
    CHECK(got.error == KARTO_E_STALE && got.detail.size == KARTO_REASON_SIZE_MAX - 1);
    karto_buf_clear(&frame);
    answer.detail = karto_slice_str("\xff");
    CHECK_INT(karto_answer_encode(&answer, &frame), KARTO_OK);
    CHECK_INT(karto_answer_decode(&arena, karto_buf_slice(&frame), &got), KARTO_OK);
    CHECK(got.error == KARTO_E_STALE && got.detail.size == 0);
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

/* ---- limits: at, one below, one above ---- */

static void expect_request(const struct karto_request *request, bool fits)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    if (fits)
        check_request(request);
    else
        CHECK_INT(karto_request_encode(request, &frame), KARTO_E_LIMIT);
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

static void expect_answer(const struct karto_answer *answer, bool fits)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    if (fits)
        check_answer(answer);
    else
        CHECK_INT(karto_answer_encode(answer, &frame), KARTO_E_LIMIT);
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

static void hello_has_limits(int d)
{
    struct sample s = {17, &arena};
    struct karto_request request = sample_request(&s, KARTO_HELLO, 3);
    request.of.hello.node_count = (uint32_t)(KARTO_NODES_MAX + d);
    struct karto_hello_node *nodes = karto_arena_array(&arena, request.of.hello.node_count, sizeof *nodes);
    for (uint32_t i = 0; i < request.of.hello.node_count; i++)
        nodes[i] = (struct karto_hello_node){{i + 1}, i};
    request.of.hello.nodes = nodes;
    expect_request(&request, d <= 0);
    request = sample_request(&s, KARTO_HELLO, 3);
    request.of.hello.name = sample_ascii(&s, (uint32_t)(KARTO_NAME_SIZE_MAX + d));
    expect_request(&request, d <= 0);
    request = sample_request(&s, KARTO_HELLO, 3);
    request.of.hello.program = sample_ascii(&s, (uint32_t)(KARTO_NAME_SIZE_MAX + d));
    expect_request(&request, d <= 0);
}

static void hello_answer_has_limits(int d)
{
    struct sample s = {18, &arena};
    struct karto_answer answer = sample_answer(&s, KARTO_HELLO, 3);
    answer.of.hello.territory_count = (uint32_t)(KARTO_TERRITORIES_MAX + d);
    struct karto_slice *territories = karto_arena_array(&arena, answer.of.hello.territory_count, sizeof *territories);
    for (uint32_t i = 0; i < answer.of.hello.territory_count; i++)
        territories[i] = sample_home(&s);
    answer.of.hello.territories = territories;
    expect_answer(&answer, d <= 0);
    answer = sample_answer(&s, KARTO_HELLO, 3);
    struct karto_slice one = sample_ascii(&s, (uint32_t)(KARTO_TERRITORY_SIZE_MAX + d));
    answer.of.hello.territories = &one;
    answer.of.hello.territory_count = 1;
    expect_answer(&answer, d <= 0);
    answer = sample_answer(&s, KARTO_HELLO, 3);
    answer.of.hello.known_count = (uint32_t)(KARTO_NODES_MAX + d);
    answer.of.hello.known = karto_arena_array(&arena, KARTO_NODES_MAX + 1, sizeof *answer.of.hello.known);
    expect_answer(&answer, d <= 0);
}

static void counts_have_limits(int d)
{
    struct sample s = {19, &arena};
    struct karto_request request = {.type = KARTO_PUSH, .of.push.count = (uint32_t)(KARTO_PUSH_MAX + d)};
    struct karto_change *changes = karto_arena_array(&arena, request.of.push.count, sizeof *changes);
    changes[0] = sample_change(&s);
    for (uint32_t i = 1; i < request.of.push.count; i++)
        changes[i] = changes[0];
    request.of.push.changes = changes;
    expect_request(&request, d <= 0);
    request = (struct karto_request){.type = KARTO_STATES, .of.states.count = (uint32_t)(KARTO_STATES_MAX + d)};
    request.of.states.records = sample_rids(&s, request.of.states.count);
    expect_request(&request, d <= 0);
    request = (struct karto_request){.type = KARTO_DIGESTS, .of.digests.most = (uint64_t)(KARTO_DIGESTS_MAX + d)};
    expect_request(&request, d <= 0);
    request = (struct karto_request){.type = KARTO_WAIT, .of.wait.seconds = (uint32_t)(KARTO_WAIT_SECONDS_MAX + d)};
    expect_request(&request, d <= 0);
}

/* An entry of the log stands behind the one before of its record; nothing else would be an end of a walk back. */
static void history_goes_back(void)
{
    struct sample s = {21, &arena};
    struct karto_past_change change = {.position = 7, .previous = 7, .change = sample_change(&s)};
    struct karto_answer answer = {.type = KARTO_HISTORY, .of.history = {.changes = &change, .count = 1}};
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_answer got;
    CHECK_INT(karto_answer_encode(&answer, &frame), KARTO_OK);
    CHECK_INT(karto_answer_decode(&arena, karto_buf_slice(&frame), &got), KARTO_E_PROTOCOL);
    change.previous = 6;
    check_answer(&answer);
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

static void history_has_limits(int d)
{
    struct sample s = {22, &arena};
    struct karto_request request = {.type = KARTO_HISTORY};
    request.of.history.place_count = (uint32_t)(KARTO_HISTORY_RECORDS_MAX + d);
    request.of.history.places = sample_places(&s, request.of.history.place_count, false);
    expect_request(&request, d <= 0);
    struct karto_answer answer = {.type = KARTO_HISTORY};
    answer.of.history.done = (uint32_t)(KARTO_HISTORY_RECORDS_MAX + d);
    expect_answer(&answer, d <= 0);
    answer.of.history = (struct karto_past_page){.place_count = (uint32_t)(KARTO_HISTORY_ROWS_MAX + d)};
    answer.of.history.places = sample_places(&s, answer.of.history.place_count, true);
    expect_answer(&answer, d <= 0);
    answer.of.history = (struct karto_past_page){.count = (uint32_t)(KARTO_HISTORY_ROWS_MAX + d)};
    struct karto_past_change *changes = karto_arena_array(&arena, answer.of.history.count, sizeof *changes);
    struct karto_change change = sample_change(&s);
    for (uint32_t i = 0; i < answer.of.history.count; i++)
        changes[i] = (struct karto_past_change){.position = i + 1, .change = change};
    answer.of.history.changes = changes;
    expect_answer(&answer, d <= 0);
}

static void recovery_has_limits(int d)
{
    struct sample s = {23, &arena};
    uint32_t count = (uint32_t)(KARTO_PUSH_MAX + d);
    struct karto_change *changes = karto_arena_array(&arena, count, sizeof *changes);
    struct karto_given *given = karto_arena_array(&arena, count, sizeof *given);
    struct karto_change change = sample_change(&s);
    for (uint32_t i = 0; i < count; i++) {
        changes[i] = change;
        given[i].verdict = KARTO_V_APPLIED;
    }
    struct karto_request request = {.type = KARTO_GIVEBACK, .of.giveback = {changes, given, count}};
    expect_request(&request, d <= 0);
    struct karto_heal hashes = {.form = KARTO_HEAL_HASHES, .count = (uint32_t)(KARTO_DIGESTS_MAX + d)};
    struct karto_digest_entry *entries = karto_arena_array(&arena, hashes.count, sizeof *entries);
    for (uint32_t i = 0; i < hashes.count; i++)
        entries[i].record = sample_rid(&s, i + 1);
    hashes.entries = entries;
    request = (struct karto_request){.type = KARTO_HEAL, .of.heal = hashes};
    expect_request(&request, d <= 0);
    struct karto_heal states = {.form = KARTO_HEAL_STATES, .count = (uint32_t)(KARTO_STATES_MAX + d)};
    struct karto_state *each = karto_arena_array(&arena, states.count, sizeof *each);
    for (uint32_t i = 0; i < states.count; i++)
        each[i] = (struct karto_state){sample_rid(&s, i), {NULL, 0}, karto_slice("\x95\x01\xc4\x00\x90\xc0\x90", 7)};
    states.states = each;
    request = (struct karto_request){.type = KARTO_HEAL, .of.heal = states};
    expect_request(&request, d <= 0);
}

/* What an honest device cannot send: verdicts that are none, records out of their range, types that version 1 has not.
 */
static void recovery_is_strict(void)
{
    struct sample s = {24, &arena};
    struct karto_change change = sample_change(&s);
    struct karto_given given = {.verdict = KARTO_V_WAITS};
    struct karto_request request = {.type = KARTO_GIVEBACK, .of.giveback = {&change, &given, 1}}, got;
    struct karto_buf frame = KARTO_BUF_EMPTY;
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_E_LIMIT);
    given.verdict = KARTO_V_REFUSED; /* and why? */
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_E_LIMIT);
    given.verdict = KARTO_V_APPLIED;
    request.version = KARTO_PROTOCOL_LEAST;
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_E_USAGE);
    request.version = 0;
    check_request(&request);
    struct karto_digest_entry entry = {sample_rid(&s, 7), 1};
    struct karto_heal heal = {.form = KARTO_HEAL_HASHES, .entries = &entry, .count = 1};
    request = (struct karto_request){.type = KARTO_HEAL, .of.heal = heal};
    check_request(&request);
    request.of.heal.after = entry.record;
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    CHECK_INT(karto_request_decode(&arena, karto_buf_slice(&frame), &got), KARTO_E_PROTOCOL);
    request.of.heal = heal;
    request.of.heal.last = sample_rid(&s, 6);
    karto_buf_clear(&frame);
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    CHECK_INT(karto_request_decode(&arena, karto_buf_slice(&frame), &got), KARTO_E_PROTOCOL);
    request.of.heal.last = entry.record;
    check_request(&request);
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

/* An answer goes in the version of its request, also of one that cannot be read. */
static void versions_are_seen(void)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    struct karto_request request = {.type = KARTO_WAIT, .version = 1, .of.wait = {1, 1}};
    CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    CHECK_INT(karto_frame_version(karto_buf_slice(&frame)), 1);
    CHECK_INT(karto_frame_version(karto_slice(frame.data, 9)), 1);
    CHECK_INT(karto_request_type_of(karto_buf_slice(&frame)), KARTO_WAIT);
    CHECK_INT(karto_request_type_of(karto_slice(frame.data, 2)), KARTO_HELLO);
    frame.data[1] = 3;
    CHECK_INT(karto_request_decode(&arena, karto_buf_slice(&frame), &request), KARTO_E_VERSION);
    CHECK_INT(karto_frame_version(karto_buf_slice(&frame)), KARTO_PROTOCOL_MOST);
    CHECK_INT(karto_frame_version(karto_slice(frame.data, 1)), KARTO_PROTOCOL_MOST);
    karto_buf_fini(&frame);
    karto_arena_reset(&arena);
}

static void answers_have_limits(int d)
{
    struct sample s = {20, &arena};
    struct karto_answer answer = {.type = KARTO_PUSH, .of.push.count = (uint32_t)(KARTO_PUSH_MAX + d)};
    answer.of.push.results = karto_arena_array(&arena, KARTO_PUSH_MAX + 1, sizeof *answer.of.push.results);
    expect_answer(&answer, d <= 0);
    struct karto_push_result refused = {.verdict = KARTO_V_REFUSED,
                                        .reason = sample_ascii(&s, (uint32_t)(KARTO_REASON_SIZE_MAX + d))};
    answer = (struct karto_answer){.type = KARTO_PUSH, .of.push = {.results = &refused, .count = 1}};
    expect_answer(&answer, d <= 0);
    answer = (struct karto_answer){.type = KARTO_PULL, .of.pull.count = (uint32_t)(KARTO_EVENTS_MAX + d)};
    struct karto_event *events = karto_arena_array(&arena, KARTO_EVENTS_MAX + 1, sizeof *events);
    for (int i = 0; i < KARTO_EVENTS_MAX + 1; i++)
        events[i].type = KARTO_EVENT_LEAVE;
    answer.of.pull.events = events;
    expect_answer(&answer, d <= 0);
    answer = (struct karto_answer){.type = KARTO_DIGESTS, .of.digests.count = (uint32_t)(KARTO_DIGESTS_MAX + d)};
    struct karto_digest_entry *entries = karto_arena_array(&arena, answer.of.digests.count, sizeof *entries);
    for (uint32_t i = 0; i < answer.of.digests.count; i++)
        entries[i].record = sample_rid(&s, i);
    answer.of.digests.entries = entries;
    expect_answer(&answer, d <= 0);
    answer = (struct karto_answer){.type = KARTO_STATES, .of.states.count = (uint32_t)(KARTO_STATES_MAX + d)};
    struct karto_state *states = karto_arena_array(&arena, answer.of.states.count, sizeof *states);
    struct karto_slice state = karto_slice("\x95\x01\xc4\x00\x90\xc0\x90", 7);
    for (uint32_t i = 0; i < answer.of.states.count; i++)
        states[i] = (struct karto_state){sample_rid(&s, i), {NULL, 0}, state};
    answer.of.states.states = states;
    expect_answer(&answer, d <= 0);
}

static void limits_hold(void)
{
    for (int d = -1; d <= 1; d++) {
        hello_has_limits(d);
        hello_answer_has_limits(d);
        counts_have_limits(d);
        answers_have_limits(d);
        history_has_limits(d);
        recovery_has_limits(d);
    }
}

/* ---- harm ---- */

static unsigned flawed; /* messages that were taken with something in them that is to be set aside */

/* Whatever is decoded can be encoded again, and then comes back as it is, unless something in it is to be set aside;
 * how many did. */
static int try_request(struct karto_slice frame)
{
    struct karto_request got;
    enum karto_err err = karto_request_decode(&arena, frame, &got);
    if (err == KARTO_OK && !flawed_request(&arena, &got))
        check_request(&got);
    else if (err == KARTO_OK)
        flawed++;
    else
        CHECK(err == KARTO_E_PROTOCOL || err == KARTO_E_VERSION || err == KARTO_E_LIMIT);
    karto_arena_reset(&arena);
    return err == KARTO_OK;
}

static int try_answer(struct karto_slice frame)
{
    struct karto_answer got;
    enum karto_err err = karto_answer_decode(&arena, frame, &got);
    if (err == KARTO_OK && !flawed_answer(&arena, &got))
        check_answer(&got);
    else if (err == KARTO_OK)
        flawed++;
    else
        CHECK(err == KARTO_E_PROTOCOL || err == KARTO_E_VERSION || err == KARTO_E_LIMIT);
    karto_arena_reset(&arena);
    return err == KARTO_OK;
}

static void no_prefix_is_taken(struct karto_slice frame, int (*try)(struct karto_slice))
{
    CHECK_INT(try(frame), 1);
    for (size_t size = 0; size < frame.size; size++) {
        uint8_t *cut = malloc(size ? size : 1); /* of exactly its size, for the sanitizer */
        memcpy(cut, frame.data, size);
        CHECK_INT(try(karto_slice(cut, size)), 0);
        free(cut);
    }
}

static void no_bit_does_harm(struct karto_slice frame, int (*try)(struct karto_slice))
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_buf_add_slice(&bytes, frame);
    for (size_t bit = 0; bit < 8 * frame.size; bit++) {
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        try(karto_buf_slice(&bytes));
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    karto_buf_fini(&bytes);
}

/* The same under the checksum: in the body as it is before it is deflated. Bits that are flipped, bytes that are
 * missing at the end, one too many. */
static void no_bit_of_the_body_does_harm(struct karto_slice frame, int (*try)(struct karto_slice))
{
    struct karto_arena own;
    struct karto_frame f;
    karto_arena_init(&own);
    CHECK_INT(karto_frame_decode(&own, frame, &f), KARTO_OK);
    uint8_t *body = karto_arena_alloc(&own, f.body.size + 1);
    size_t whole = f.body.size;
    memcpy(body, f.body.data, whole);
    for (size_t bit = 0; bit < 8 * whole; bit++) {
        struct karto_buf out = KARTO_BUF_EMPTY;
        body[bit / 8] ^= (uint8_t)(1 << bit % 8);
        f.body = karto_slice(body, whole);
        CHECK_INT(karto_frame_encode(&f, &out), KARTO_OK);
        try(karto_buf_slice(&out));
        body[bit / 8] ^= (uint8_t)(1 << bit % 8);
        karto_buf_fini(&out);
    }
    for (size_t size = 0; size <= whole + 1; size++) { /* and one that is too many: a 0 */
        struct karto_buf out = KARTO_BUF_EMPTY;
        f.body = karto_slice(body, size);
        CHECK_INT(karto_frame_encode(&f, &out), KARTO_OK);
        CHECK_INT(try(karto_buf_slice(&out)), size == whole);
        karto_buf_fini(&out);
    }
    karto_arena_fini(&own);
}

static void harm(struct karto_slice frame, int (*try)(struct karto_slice))
{
    no_prefix_is_taken(frame, try);
    no_bit_does_harm(frame, try);
    no_bit_of_the_body_does_harm(frame, try);
}

static void damage_does_no_harm(void)
{
    for (uint64_t seed = 1; seed <= 3; seed++)
        for (int i = 0; i < SAMPLE_TYPES; i++) {
            int type = sample_types[i];
            struct sample s = {1000 * seed + (uint64_t)type, &arena};
            struct karto_buf request = KARTO_BUF_EMPTY, answer = KARTO_BUF_EMPTY, error = KARTO_BUF_EMPTY;
            struct karto_request a = sample_request(&s, (enum karto_request_type)type, 4);
            struct karto_answer b = sample_answer(&s, (enum karto_request_type)type, 4);
            struct karto_answer c = sample_error(&s, (enum karto_request_type)type);
            CHECK_INT(karto_request_encode(&a, &request), KARTO_OK);
            CHECK_INT(karto_answer_encode(&b, &answer), KARTO_OK);
            CHECK_INT(karto_answer_encode(&c, &error), KARTO_OK);
            harm(karto_buf_slice(&request), try_request);
            harm(karto_buf_slice(&answer), try_answer);
            harm(karto_buf_slice(&error), try_answer);
            karto_buf_fini(&request);
            karto_buf_fini(&answer);
            karto_buf_fini(&error);
        }
    CHECK(flawed > 100);
}

/* A request is no answer, an answer no request, and other types are neither. */
static void types_are_told_apart(void)
{
    for (uint32_t type = 0; type <= 0xff; type++) {
        struct karto_buf out = KARTO_BUF_EMPTY;
        struct karto_frame f = {.type = type,
                                .body = {(const uint8_t *)"\x05\x06", 2}}; /* a wait; too long for its answer */
        CHECK_INT(karto_frame_encode(&f, &out), KARTO_OK);
        CHECK_INT(try_request(karto_buf_slice(&out)), type == KARTO_WAIT);
        CHECK_INT(try_answer(karto_buf_slice(&out)), 0);
        f.body.size = 1;
        karto_buf_clear(&out);
        CHECK_INT(karto_frame_encode(&f, &out), KARTO_OK);
        CHECK_INT(try_answer(karto_buf_slice(&out)), type == (KARTO_WAIT | KARTO_ANSWER_BIT));
        karto_buf_fini(&out);
    }
}

int main(void)
{
    karto_arena_init(&arena);
    any_message_comes_back();
    encoders_only_add();
    every_error_has_its_id();
    an_unknown_error_is_one_of_protocol();
    an_errors_detail_is_cut();
    limits_hold();
    history_goes_back();
    recovery_is_strict();
    versions_are_seen();
    damage_does_no_harm();
    types_are_told_apart();
    karto_arena_fini(&arena);
    return 0;
}
