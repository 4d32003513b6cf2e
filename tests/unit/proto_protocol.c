/* The examples of proto/PROTOCOL.md are what the encoders write, byte for byte. Run with --print, it prints them for
 * the page. */
#include "proto/deflate.h"
#include "proto/frame.h"
#include "tests/check.h"
#include "tests/sample.h"

static struct karto_arena arena;

static const struct karto_node hub = {0x8d0c44e1f2a35b97}, laptop = {0x5b1f7a90c3e2d481};
static const struct karto_rid client = {
    {0x01, 0x99, 0xc8, 0x2c, 0xc0, 0x00, 0x78, 0x62, 0x94, 0x9e, 0x96, 0x3a, 0x88, 0xa4, 0x54, 0x7e}};
static const struct karto_rid gone = {
    {0x01, 0x99, 0xc8, 0x2c, 0xc0, 0x05, 0x70, 0x11, 0xa2, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99}};

static struct karto_token token(void)
{
    return (struct karto_token){{1760000000000, hub}, 3};
}

/* ---- the messages of the page ---- */

static const struct karto_slice *territory(void)
{
    struct karto_slice *territory = karto_arena_alloc(&arena, sizeof *territory);
    *territory = karto_slice_str("UA-46-21");
    return territory;
}

static struct karto_request hello(void)
{
    static const struct karto_hello_node node = {{0x5b1f7a90c3e2d481}, 0x0123456789abcdef};
    struct karto_request request = {.type = KARTO_HELLO, .token = token()};
    request.of.hello = (struct karto_hello){.version_least = 1,
                                            .version_most = 2,
                                            .nodes = &node,
                                            .node_count = 1,
                                            .heard = token().epoch,
                                            .cursor = 812,
                                            .digest = {0x11, 0x22},
                                            .pending = 1,
                                            .clock_ms = 1770000000000};
    request.of.hello.name = karto_slice_str("Ноутбук Олени");
    request.of.hello.program = karto_slice_str("0.1.0");
    request.of.hello.user = karto_slice_str("olena");
    request.of.hello.told = 2;
    request.of.hello.rights = (struct karto_rights){karto_role(KARTO_ROLE_REPRESENTATIVE), territory(), 1};
    return request;
}

static struct karto_answer hello_answer(void)
{
    static const struct karto_hello_known known = {41, 0xfedcba9876543210, 38};
    struct karto_answer answer = {.type = KARTO_HELLO, .token = token()};
    answer.of.hello = (struct karto_hello_answer){
        .version = 2,
        .epoch = token().epoch,
        .rights = 3,
        .known = &known,
        .known_count = 1,
        .position = 815,
        .digest = {0x33, 0x44},
        .clock_ms = 1770000000250,
        .territories = territory(),
        .territory_count = 1,
        .role = karto_slice_str("representative"),
        .hub = karto_slice_str("Офіс"),
        .recovering = true,
        .wanted = true,
        .log_position = 9000,
    };
    return answer;
}

/* Olena writes another phone into a client's note field, having seen what change 812 of the hub wrote there. */
static struct karto_change *change(void)
{
    struct sample s = {1, &arena};
    struct karto_change *c = karto_arena_alloc(&arena, sizeof *c);
    struct karto_touch *touch = karto_arena_alloc(&arena, sizeof *touch);
    struct karto_set *set = karto_arena_alloc(&arena, sizeof *set);
    struct karto_dot *seen = karto_arena_alloc(&arena, sizeof *seen);
    *seen = (struct karto_dot){hub, 812};
    *set = (struct karto_set){.value = sample_text(&s, "+380 67 123-45-67")};
    *touch = (struct karto_touch){31, {seen, 1}, set, 1};
    *c = (struct karto_change){
        .kind = KARTO_CLIENT, .record = client, .touches = touch, .count = 1, .batch = 7, .via = KARTO_VIA_WEB};
    c->stamp = (struct karto_stamp){{laptop, 42}, {karto_hlc_make(1770000000000).v + 1}, karto_slice_str("olena")};
    return c;
}

static struct karto_request push(void)
{
    return (struct karto_request){
        .type = KARTO_PUSH, .token = token(), .of.push = {.changes = change(), .count = 1, .earlier = 1}};
}

static struct karto_answer push_answer(void)
{
    struct karto_push_result *results = karto_arena_array(&arena, 2, sizeof *results);
    results[0] = (struct karto_push_result){KARTO_V_APPLIED, true, {NULL, 0}, 0x5566778899aabbcc};
    results[1] = (struct karto_push_result){KARTO_V_REFUSED, false, karto_slice_str("E-NOT-PERMITTED"), 0};
    return (struct karto_answer){.type = KARTO_PUSH, .token = token(), .of.push = {results, 2}};
}

static struct karto_request pull(void)
{
    return (struct karto_request){
        .type = KARTO_PULL, .token = token(), .of.pull = {812, KARTO_PAGE_SIZE, {laptop, 42}}};
}

/* The record that the change above makes of an empty one. */
static struct karto_slice state(void)
{
    struct karto_change *c = change();
    struct karto_touch *touch = karto_arena_alloc(&arena, sizeof *touch);
    struct karto_record empty = {.id = client, .kind = KARTO_CLIENT}, record;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    *touch = c->touches[0];
    touch->context = KARTO_VV_EMPTY;
    c->touches = touch;
    CHECK_INT(karto_apply(&arena, &empty, c, &record), KARTO_APPLIED);
    karto_record_encode(&record, &bytes);
    struct karto_slice out = karto_arena_copy(&arena, karto_buf_slice(&bytes));
    karto_buf_fini(&bytes);
    return out;
}

static struct karto_answer pull_answer(void)
{
    struct karto_event *events = karto_arena_array(&arena, 3, sizeof *events);
    events[0] = (struct karto_event){.type = KARTO_EVENT_LEAVE, .record = gone};
    events[1] = (struct karto_event){.type = KARTO_EVENT_CHANGE, .record = client, .change = *change()};
    events[2] = (struct karto_event){.type = KARTO_EVENT_STATE, .record = client, .state = state()};
    events[2].home = karto_slice_str("UA-46-21");
    return (struct karto_answer){.type = KARTO_PULL, .token = token(), .of.pull = {events, 3, 815, false}};
}

static struct karto_request digests(void)
{
    return (struct karto_request){.type = KARTO_DIGESTS, .token = token(), .of.digests = {{{0}}, 10000}};
}

static struct karto_answer digests_answer(void)
{
    static const struct karto_digest_entry entry = {
        {{0x01, 0x99, 0xc8, 0x2c, 0xc0, 0x00, 0x78, 0x62, 0x94, 0x9e, 0x96, 0x3a, 0x88, 0xa4, 0x54, 0x7e}},
        0x1122334455667788};
    struct karto_answer answer = {.type = KARTO_DIGESTS, .token = token()};
    answer.of.digests = (struct karto_digests_answer){815, &entry, 1, false, &gone, 1};
    return answer;
}

static struct karto_request states(void)
{
    return (struct karto_request){
        .type = KARTO_STATES, .token = token(), .of.states = {&client, 1, {{0}}, KARTO_PAGE_SIZE}};
}

static struct karto_answer states_answer(void)
{
    struct karto_state *one = karto_arena_alloc(&arena, sizeof *one);
    *one = (struct karto_state){client, karto_slice_str("UA-46-21"), state()};
    return (struct karto_answer){.type = KARTO_STATES, .token = token(), .of.states = {815, one, 1, false}};
}

static struct karto_request wait_request(void)
{
    return (struct karto_request){.type = KARTO_WAIT, .token = token(), .of.wait = {815, 50}};
}

static struct karto_answer wait_answer(void)
{
    return (struct karto_answer){.type = KARTO_WAIT, .token = token(), .of.wait = {816}};
}

static struct karto_request giveback(void)
{
    static const struct karto_given given = {KARTO_V_APPLIED, {NULL, 0}, 0x5566778899aabbcc};
    return (struct karto_request){.type = KARTO_GIVEBACK, .token = token(), .of.giveback = {change(), &given, 1}};
}

static struct karto_answer giveback_answer(void)
{
    struct karto_answer answer = push_answer();
    answer.type = KARTO_GIVEBACK;
    answer.of.giveback.count = 1;
    return answer;
}

static struct karto_request heal_hashes(void)
{
    static const struct karto_digest_entry entry = {
        {{0x01, 0x99, 0xc8, 0x2c, 0xc0, 0x00, 0x78, 0x62, 0x94, 0x9e, 0x96, 0x3a, 0x88, 0xa4, 0x54, 0x7e}},
        0x1122334455667788};
    struct karto_heal heal = {.form = KARTO_HEAL_HASHES, .last = gone, .entries = &entry, .count = 1};
    return (struct karto_request){.type = KARTO_HEAL, .token = token(), .of.heal = heal};
}

static struct karto_answer heal_wanted(void)
{
    struct karto_heal_answer heal = {.form = KARTO_HEAL_HASHES, .wanted = &client, .count = 1};
    return (struct karto_answer){.type = KARTO_HEAL, .token = token(), .of.heal = heal};
}

static struct karto_request heal_states(void)
{
    struct karto_state *one = karto_arena_alloc(&arena, sizeof *one);
    *one = (struct karto_state){client, karto_slice_str("UA-46-21"), state()};
    struct karto_heal heal = {.form = KARTO_HEAL_STATES, .states = one, .count = 1};
    return (struct karto_request){.type = KARTO_HEAL, .token = token(), .of.heal = heal};
}

static struct karto_answer heal_outcomes(void)
{
    static const enum karto_heal_outcome taken = KARTO_HEAL_TAKEN;
    struct karto_heal_answer heal = {.form = KARTO_HEAL_STATES, .outcomes = &taken, .count = 1};
    return (struct karto_answer){.type = KARTO_HEAL, .token = token(), .of.heal = heal};
}

static struct karto_request heal_done(void)
{
    return (struct karto_request){.type = KARTO_HEAL, .token = token(), .of.heal = {.form = KARTO_HEAL_DONE}};
}

static struct karto_request history(void)
{
    static const struct karto_past_place place = {client, 812, 0};
    return (struct karto_request){.type = KARTO_HISTORY,
                                  .token = token(),
                                  .of.history = {815, 0, 1764000000000, KARTO_HISTORY_PAGE_SIZE, &place, 1}};
}

static struct karto_answer history_answer(void)
{
    static const struct karto_past_place elsewhere = {gone, 640, 1769000000000};
    struct sample s = {1, &arena};
    struct karto_past_change *one = karto_arena_alloc(&arena, sizeof *one);
    *one = (struct karto_past_change){806, 640, 1770000000123, *change()};
    ((struct karto_set *)(uintptr_t)one->change.touches->sets)->old = sample_text(&s, "044 123-45-67");
    return (struct karto_answer){
        .type = KARTO_HISTORY, .token = token(), .of.history = {640, 1769000000000, 0, true, one, 1, &elsewhere, 1}};
}

static struct karto_request farewell(void)
{
    return (struct karto_request){.type = KARTO_FAREWELL, .token = token(), .of.farewell = {KARTO_FAREWELL_ASK, 0}};
}

static struct karto_request farewell_wiped(void)
{
    return (struct karto_request){
        .type = KARTO_FAREWELL, .token = token(), .of.farewell = {KARTO_FAREWELL_WIPED, 1770000009123}};
}

static struct karto_answer farewell_answer(void)
{
    return (struct karto_answer){.type = KARTO_FAREWELL, .token = token(), .of.farewell = {gone, true, 1770000000123}};
}

static struct karto_request measure(void)
{
    return (struct karto_request){
        .type = KARTO_MEASURE, .token = token(), .of.measure = {.form = KARTO_MEASURE_NEWS, .cursor = 812}};
}

static struct karto_answer measure_answer(void)
{
    return (struct karto_answer){.type = KARTO_MEASURE,
                                 .token = token(),
                                 .of.measure = {.events = 3, .records = 2, .bytes = 340, .cursor = 815}};
}

static struct karto_answer stale(void)
{
    return (struct karto_answer){
        .type = KARTO_PULL, .token = token(), .error = KARTO_E_STALE, .detail = karto_slice_str("rights 2, now 3")};
}

/* ---- the page and the examples ---- */

/* A frame that is not deflated and all bodies must be the encoder's; of a deflated frame, which another zlib may write
 * in another way, what comes of it. */
enum form { FRAME, DEFLATED_FRAME, BODY };

static const struct example {
    const char *name;
    enum form form;
    struct karto_request (*request)(void);
    struct karto_answer (*answer)(void);
} examples[] = {
    {"wait-frame", FRAME, wait_request, NULL},
    {"error-frame", FRAME, NULL, stale},
    {"push-frame", DEFLATED_FRAME, push, NULL},
    {"hello-body", BODY, hello, NULL},
    {"hello-answer-body", BODY, NULL, hello_answer},
    {"push-body", BODY, push, NULL},
    {"push-answer-body", BODY, NULL, push_answer},
    {"pull-body", BODY, pull, NULL},
    {"pull-answer-body", BODY, NULL, pull_answer},
    {"digests-body", BODY, digests, NULL},
    {"digests-answer-body", BODY, NULL, digests_answer},
    {"states-body", BODY, states, NULL},
    {"states-answer-body", BODY, NULL, states_answer},
    {"wait-body", BODY, wait_request, NULL},
    {"wait-answer-body", BODY, NULL, wait_answer},
    {"history-body", BODY, history, NULL},
    {"history-answer-body", BODY, NULL, history_answer},
    {"giveback-body", BODY, giveback, NULL},
    {"giveback-answer-body", BODY, NULL, giveback_answer},
    {"heal-hashes-body", BODY, heal_hashes, NULL},
    {"heal-wanted-body", BODY, NULL, heal_wanted},
    {"heal-states-body", BODY, heal_states, NULL},
    {"heal-outcomes-body", BODY, NULL, heal_outcomes},
    {"heal-done-body", BODY, heal_done, NULL},
    {"farewell-body", BODY, farewell, NULL},
    {"farewell-wiped-body", BODY, farewell_wiped, NULL},
    {"farewell-answer-body", BODY, NULL, farewell_answer},
    {"measure-body", BODY, measure, NULL},
    {"measure-answer-body", BODY, NULL, measure_answer},
};

enum { EXAMPLES = sizeof examples / sizeof *examples };

static struct karto_slice body_of(struct karto_slice frame)
{
    struct karto_frame f;
    CHECK_INT(karto_frame_decode(&arena, frame, &f), KARTO_OK);
    return f.body;
}

static struct karto_slice encoded(const struct example *example)
{
    struct karto_buf frame = KARTO_BUF_EMPTY;
    if (example->request) {
        struct karto_request request = example->request();
        CHECK_INT(karto_request_encode(&request, &frame), KARTO_OK);
    } else {
        struct karto_answer answer = example->answer();
        CHECK_INT(karto_answer_encode(&answer, &frame), KARTO_OK);
    }
    struct karto_slice out = karto_arena_copy(&arena, karto_buf_slice(&frame));
    karto_buf_fini(&frame);
    return example->form == BODY ? body_of(out) : out;
}

static void print(const struct example *example)
{
    struct karto_slice bytes = encoded(example);
    printf("```hex %s\n", example->name);
    for (size_t i = 0; i < bytes.size; i++)
        printf("%02x%s", bytes.data[i], i + 1 == bytes.size || i % 24 == 23 ? "\n" : " ");
    printf("```\n\n");
}

static char *read_page(void)
{
    static const char here[] = "tests/unit/proto_protocol.c", page[] = "proto/PROTOCOL.md";
    char path[4096];
    size_t root = strlen(__FILE__) - (sizeof here - 1);
    snprintf(path, sizeof path, "%.*s%s", (int)root, __FILE__, page);
    FILE *file = fopen(path, "rb");
    CHECK(file);
    char *text = karto_arena_alloc(&arena, 1 << 20);
    size_t size = fread(text, 1, (1 << 20) - 1, file);
    CHECK(size > 0 && size < (1 << 20) - 1);
    fclose(file);
    return text;
}

static int digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static struct karto_slice hex_block(const char *page, const char *name)
{
    const char *begin = strstr(page, karto_arena_printf(&arena, "```hex %s\n", name));
    CHECK(begin);
    const char *at = strchr(begin, '\n'), *end = strstr(at, "```");
    CHECK(end);
    uint8_t *bytes = karto_arena_alloc(&arena, (size_t)(end - at));
    size_t size = 0;
    for (; at < end; at++)
        if (digit(*at) >= 0) {
            CHECK(digit(at[1]) >= 0);
            bytes[size++] = (uint8_t)(digit(*at) << 4 | digit(at[1]));
            at++;
        }
    return karto_slice(bytes, size);
}

static void check_example(const char *page, const struct example *example)
{
    struct karto_slice want = encoded(example), got = hex_block(page, example->name);
    if (example->form == DEFLATED_FRAME) {
        want = body_of(want);
        got = body_of(got);
    }
    if (!karto_slice_equal(got, want))
        fprintf(stderr, "%s differs\n", example->name);
    CHECK(karto_slice_equal(got, want));
}

static void the_page_is_right(void)
{
    const char *page = read_page();
    uint32_t blocks = 0;
    for (uint32_t i = 0; i < EXAMPLES; i++)
        check_example(page, &examples[i]);
    for (const char *at = page; (at = strstr(at, "```hex ")); at++)
        blocks++;
    CHECK_INT(blocks, EXAMPLES);
    struct karto_slice dictionary = karto_dictionary();
    CHECK(strstr(page, karto_arena_printf(&arena, "%zu bytes, Adler-32 `18009d34`", dictionary.size)));
}

int main(int argc, char **argv)
{
    karto_arena_init(&arena);
    if (argc > 1 && strcmp(argv[1], "--print") == 0)
        for (uint32_t i = 0; i < EXAMPLES; i++)
            print(&examples[i]);
    else
        the_page_is_right();
    karto_arena_fini(&arena);
    return 0;
}
