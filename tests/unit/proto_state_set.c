/* Sets of states: the same canonical bytes come back, and a hundred thousand clients take little more than they would
 * as a compressed table. */
#include "core/base/limits.h"
#include "core/base/pack.h"
#include "proto/deflate.h"
#include "proto/state_set.h"
#include "tests/check.h"
#include "tests/sample.h"

#include <string.h>

static struct karto_arena arena;

static enum karto_err read_set(struct karto_slice bytes, struct karto_state *states, uint32_t count)
{
    struct karto_reader reader;
    karto_reader_init(&reader, bytes);
    karto_state_set_read(&reader, &arena, states, count);
    return karto_reader_end(&reader);
}

static void check_round_trip(const struct karto_state *states, uint32_t count)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_state *got = karto_arena_array(&arena, count, sizeof *got);
    CHECK_INT(karto_state_set_pack(&bytes, states, count), KARTO_OK);
    CHECK_INT(read_set(karto_buf_slice(&bytes), got, count), KARTO_OK);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(karto_rid_equal(states[i].record, got[i].record));
        CHECK(karto_slice_equal(states[i].home, got[i].home));
        CHECK(karto_slice_equal(states[i].state, got[i].state));
    }
    karto_buf_fini(&bytes);
}

static void any_states_come_back(void)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct sample s = {seed, &arena};
        uint32_t count = sample_below(&s, 20);
        struct karto_state *states = karto_arena_array(&arena, count, sizeof *states);
        for (uint32_t i = 0; i < count; i++)
            states[i] = (struct karto_state){sample_any_rid(&s), sample_home(&s), sample_state(&s)};
        check_round_trip(states, count);
        karto_arena_reset(&arena);
    }
}

/* No heads, so no standard stamp. */
static void a_state_without_heads_comes_back(void)
{
    struct karto_dot dot = {{9}, 3};
    struct karto_field field = {.number = 20, .vv = {&dot, 1}};
    struct karto_record record = {.kind = 1, .fields = &field, .count = 1}, none = {.kind = 2};
    struct karto_buf a = KARTO_BUF_EMPTY, b = KARTO_BUF_EMPTY;
    karto_record_encode(&record, &a);
    karto_record_encode(&none, &b);
    struct karto_state states[] = {{.state = karto_buf_slice(&a)}, {.state = karto_buf_slice(&b)}};
    check_round_trip(states, 2);
    karto_buf_fini(&a);
    karto_buf_fini(&b);
    karto_arena_reset(&arena);
}

/* ---- what is refused ---- */

/* A state of exactly size bytes: a field whose content is an array of as many nils as are wanted, which is no field's,
 * but that is not looked at here. */
static struct karto_slice state_of_size(uint32_t size)
{
    static const uint8_t head[] = {0x95, 0x01, 0xc4, 0x00, 0x90, 0xc0, 0x92, 0x07, 0xdd, 0, 0, 0, 0};
    uint8_t *bytes = karto_arena_alloc(&arena, size);
    uint32_t elements = size - (uint32_t)sizeof head;
    memcpy(bytes, head, sizeof head);
    for (uint32_t i = 0; i < 4; i++)
        bytes[9 + i] = (uint8_t)(elements >> (24 - 8 * i));
    memset(bytes + sizeof head, 0xc0, elements);
    return karto_slice(bytes, size);
}

static void sizes_are_held(void)
{
    for (int d = -1; d <= 1; d++) {
        struct karto_buf bytes = KARTO_BUF_EMPTY;
        struct karto_state state = {.state = state_of_size((uint32_t)(KARTO_RECORD_SIZE_MAX + d))};
        if (d <= 0)
            check_round_trip(&state, 1);
        else
            CHECK_INT(karto_state_set_pack(&bytes, &state, 1), KARTO_E_LIMIT);
        karto_buf_fini(&bytes);
        karto_arena_reset(&arena);
    }
    for (uint32_t size = KARTO_TERRITORY_SIZE_MAX - 1; size <= KARTO_TERRITORY_SIZE_MAX + 1; size++) {
        struct sample s = {3, &arena};
        struct karto_buf bytes = KARTO_BUF_EMPTY;
        struct karto_state state = {.home = sample_ascii(&s, size), .state = sample_state(&s)};
        if (size <= KARTO_TERRITORY_SIZE_MAX)
            check_round_trip(&state, 1);
        else
            CHECK_INT(karto_state_set_pack(&bytes, &state, 1), KARTO_E_LIMIT);
        karto_buf_fini(&bytes);
    }
    karto_arena_reset(&arena);
}

/* All of them together: four of the largest fill a body, one byte more is over. */
static void the_sum_of_sizes_is_held(void)
{
    struct karto_state states[5];
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    for (int i = 0; i < 4; i++)
        states[i] = (struct karto_state){.state = state_of_size(KARTO_RECORD_SIZE_MAX)};
    states[4] = (struct karto_state){.state = state_of_size(100000)};
    check_round_trip(states, 4);
    CHECK_INT(karto_state_set_pack(&bytes, states, 5), KARTO_E_LIMIT);
    karto_buf_fini(&bytes);
    karto_arena_reset(&arena);
}

/* A thousand long authors, and a thousand states that each name them all again, by number: 64 MB of states in 3 MB. */
static void states_that_swell_are_refused(void)
{
    enum { STATES = 1000, AUTHORS = 1000 };
    struct sample s = {5, &arena};
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_state *got = karto_arena_array(&arena, STATES, sizeof *got);
    karto_buf_add_byte(&bytes, 0x01); /* ids: their times, 1 and then the same */
    for (int i = 1; i < STATES; i++)
        karto_buf_add_byte(&bytes, 0x00);
    karto_pack_bin(&bytes, sample_bytes(&s, 10 * STATES));
    karto_buf_add(&bytes, "\x00\xa0", 2); /* homes: 0 is empty */
    for (int i = 0; i < (STATES - 1) + STATES + STATES; i++)
        karto_buf_add_byte(&bytes, 0x00); /* homes, kinds, no nodes */
    for (int i = 0; i < STATES; i++)
        karto_pack_uint(&bytes, AUTHORS);
    for (uint32_t i = 0; i < STATES * AUTHORS; i++) {
        karto_pack_uint(&bytes, i % AUTHORS);
        if (i < AUTHORS)
            karto_pack_str(&bytes, sample_ascii(&s, KARTO_AUTHOR_SIZE_MAX));
    }
    for (int i = 0; i < STATES; i++)
        karto_buf_add_byte(&bytes, 0x00); /* no standard stamps */
    for (int i = 0; i < STATES; i++)
        karto_buf_add_byte(&bytes, 0x00); /* no fields */
    CHECK(bytes.size < KARTO_BODY_SIZE_MAX);
    CHECK_INT(read_set(karto_buf_slice(&bytes), got, STATES), KARTO_E_CORRUPT);
    CHECK(got[STATES - 1].state.size == 0 &&
          got[60].state.size > AUTHORS * KARTO_AUTHOR_SIZE_MAX); /* it was this that ended it */
    karto_buf_fini(&bytes);
    karto_arena_reset(&arena);
}

static void what_is_no_state_is_refused(void)
{
    static const char *const bad[] = {
        "",                                 /* nothing */
        "\x94\x01\xc4\x01",                 /* other than five parts */
        "\x95\x01\xc4\x01\x07\x90\xc0\x90", /* a table of nodes that is cut */
        "\x95\x01\xc4\x08\x01\x01\x01\x01\x01\x01\x01\x01\x91\xa1"
        "a\x94\x01\x01\x01\x01\x90", /* a stamp of node 1 of 1 */
        "\x95\x01\xa1"
        "a\x90\xc0\x90", /* a str for a bin */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct karto_buf bytes = KARTO_BUF_EMPTY;
        struct karto_state state = {.state = karto_slice_str(bad[i])};
        CHECK_INT(karto_state_set_pack(&bytes, &state, 1), KARTO_E_CORRUPT);
        karto_buf_fini(&bytes);
    }
    karto_arena_reset(&arena);
}

/* ---- what states take ---- */

enum { CLIENTS = 20000 };

struct client_writer {
    struct sample *s;
    struct karto_edit edits[32];
    uint32_t count;
    struct karto_buf *table;
};

static void put(struct client_writer *w, uint32_t field, struct karto_slice key, struct karto_slice value,
                const char *text)
{
    w->edits[w->count++] = (struct karto_edit){field, key, value};
    karto_buf_printf(w->table, "%s%s", w->count > 1 ? "," : "", text);
}

static void put_text(struct client_writer *w, uint32_t field, const char *text)
{
    put(w, field, karto_slice(NULL, 0), sample_text(w->s, text), text);
}

/* An element of a set: its key is its normal form. */
static void put_element(struct client_writer *w, uint32_t field, const char *normal, const char *text)
{
    put(w, field, karto_slice_str(normal), sample_text(w->s, text), text);
}

/* A timeline from its beginning on. */
static void put_since_ever(struct client_writer *w, uint32_t field, const char *text)
{
    put(w, field, karto_date_key(w->s->arena, KARTO_DATE_MIN), sample_text(w->s, text), text);
}

static const char *code_of(struct sample *s, const char *format, uint32_t end)
{
    return karto_arena_printf(s->arena, format, sample_below(s, end));
}

/* Sixteen fields, as they come out of an accounting program, and the same as a line of a table. */
static void write_client(struct client_writer *w, const char **home)
{
    static const char *const cities[] = {"Львів",       "Дрогобич", "Стрий", "Самбір",
                                         "Червоноград", "Золочів",  "Броди", "Жовква"};
    static const char *const managers[] = {"olena", "andriy", "n.koval", "ihor"};
    static const char *const status[] = {"market", "prospect", "customer"};
    static const char *const tags[] = {"ключовий", "опт", "тендер", "роздріб"};
    struct sample *s = w->s;
    const char *phone = sample_phone_digits(s), *domain = sample_domain(s), *chosen = SAMPLE_PICK(s, status);
    *home = code_of(s, "UA-46-%u", 40);
    w->count = 0;
    put_since_ever(w, KARTO_F_TERRITORY, *home);
    put_text(w, KARTO_F_NAME, sample_company(s));
    put_since_ever(w, KARTO_F_MANAGER, SAMPLE_PICK(s, managers));
    put_text(w, KARTO_F_EDRPOU, code_of(s, "%08u", 45000000));
    put_element(w, KARTO_F_PHONE, phone, sample_phone_typed(s, phone));
    const char *email = karto_arena_printf(s->arena, "info@%s", domain), *tag = SAMPLE_PICK(s, tags);
    put_element(w, KARTO_F_EMAIL, email, email);
    put_element(w, 23, tag, tag);
    put(w, 27, karto_slice(NULL, 0), karto_value_bytes(s->arena, karto_value_enum(karto_slice_str(chosen))), chosen);
    put_text(w, 29, karto_arena_printf(s->arena, "https://www.%s/", domain));
    put_text(w, 31, sample_note(s));
    int64_t since = 15000 + sample_below(s, 5000);
    put(w, 32, karto_slice(NULL, 0), karto_value_bytes(s->arena, karto_value_date(since)),
        code_of(s, "2019-08-%02u", 30));
    put_text(w, 40, code_of(s, "%05u", 99000));
    put_text(w, 41, "Львівська");
    put_text(w, 42, SAMPLE_PICK(s, cities));
    put_text(w, 43, sample_street(s));
    put_text(w, 44, code_of(s, "%u", 200));
    karto_buf_add_str(w->table, "\n");
}

static struct karto_slice state_of_client(struct sample *s, const struct client_writer *w, uint32_t at,
                                          struct karto_rid id)
{
    static const struct karto_node hub = {0x8d0c44e1f2a35b97};
    struct karto_record empty = {.id = id, .kind = KARTO_CLIENT}, record;
    struct karto_change change = {
        .stamp = {{hub, 1 + at}, karto_hlc_make(1760000000000 + at / 3), karto_slice_str("office")},
        .kind = KARTO_CLIENT,
        .record = id,
        .batch = 1,
        .via = KARTO_VIA_IMPORT};
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_change_make(s->arena, &empty, w->edits, w->count, &change);
    CHECK_INT(karto_apply(s->arena, &empty, &change, &record), KARTO_APPLIED);
    karto_record_encode(&record, &bytes);
    struct karto_slice state = karto_arena_copy(s->arena, karto_buf_slice(&bytes));
    karto_buf_fini(&bytes);
    return state;
}

static double deflated_size(struct karto_slice body)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    bool dictionary;
    CHECK(karto_deflate(body, &out, &dictionary));
    double size = (double)out.size;
    karto_buf_fini(&out);
    return size;
}

/* Pages of about KARTO_PAGE_SIZE, as a hub sends them. */
static double size_as_pages(const struct karto_state *states, uint32_t count)
{
    double size = 0;
    for (uint32_t begin = 0, end; begin < count; begin = end) {
        struct karto_buf body = KARTO_BUF_EMPTY;
        size_t bytes = 0;
        for (end = begin; end < count && bytes < KARTO_PAGE_SIZE; end++)
            bytes += states[end].state.size;
        check_round_trip(states + begin, end - begin);
        CHECK_INT(karto_state_set_pack(&body, states + begin, end - begin), KARTO_OK);
        size += deflated_size(karto_buf_slice(&body));
        karto_buf_fini(&body);
    }
    return size;
}

static double size_as_rows(const struct karto_state *states, uint32_t count)
{
    struct karto_buf body = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < count; i++) {
        karto_pack_bin(&body, karto_rid_slice(&states[i].record));
        karto_pack_str(&body, states[i].home);
        karto_pack_bin(&body, states[i].state);
    }
    double size = deflated_size(karto_buf_slice(&body));
    karto_buf_fini(&body);
    return size;
}

static void clients_take_little(void)
{
    struct sample s = {2026, &arena};
    struct karto_buf table = KARTO_BUF_EMPTY;
    struct karto_state *states = karto_arena_array(&arena, CLIENTS, sizeof *states);
    struct client_writer w = {.s = &s, .table = &table};
    size_t raw = 0;
    for (uint32_t i = 0; i < CLIENTS; i++) {
        const char *home;
        struct karto_rid id = sample_rid(&s, 1760000000000 + i / 3);
        write_client(&w, &home);
        states[i] = (struct karto_state){id, karto_slice_str(home), state_of_client(&s, &w, i, id)};
        raw += states[i].state.size;
    }
    double csv = deflated_size(karto_buf_slice(&table)) / CLIENTS, set = size_as_pages(states, CLIENTS) / CLIENTS;
    printf("a client: %.1f bytes of state, %.1f as rows deflated, %.1f as a set; as a table %.1f, deflated %.1f\n",
           (double)raw / CLIENTS, size_as_rows(states, CLIENTS) / CLIENTS, set, (double)table.size / CLIENTS, csv);
    CHECK(set <= 1.3 * csv + 16);
    karto_buf_fini(&table);
    karto_arena_reset(&arena);
}

/* The head of a set of so many states of nothing: ids, homes, kinds. */
static void pack_head(struct karto_buf *out, uint32_t count)
{
    static const uint8_t rest[20];
    for (uint32_t i = 0; i < count; i++)
        karto_pack_int(out, 1);
    karto_pack_bin(out, karto_slice(rest, 10 * count));
    karto_pack_uint(out, 0);
    karto_pack_str(out, karto_slice_str("01"));
    for (uint32_t i = 1; i < count; i++)
        karto_pack_uint(out, 0);
    for (uint32_t i = 0; i < count; i++)
        karto_pack_uint(out, 1);
}

/* Numbers of fields whose sum is small where it overflows, with more to come than there was room for. */
static void a_sum_that_overflows_is_refused(void)
{
    static const uint32_t counts[][2] = {{UINT32_MAX, 2}, {KARTO_FIELDS_MAX + 2, 0}};
    for (int which = 0; which < 2; which++) {
        struct karto_buf set = KARTO_BUF_EMPTY;
        struct karto_state states[2];
        pack_head(&set, 2);
        for (int i = 0; i < 6; i++) /* no nodes, no authors, no stamps */
            karto_pack_uint(&set, 0);
        karto_pack_uint(&set, counts[which][0]);
        karto_pack_uint(&set, counts[which][1]);
        for (int i = 0; i < 100000; i++)
            karto_pack_uint(&set, 1);
        CHECK_INT(read_set(karto_buf_slice(&set), states, 2), KARTO_E_CORRUPT);
        karto_buf_fini(&set);
        karto_arena_reset(&arena);
    }
}

/* One long name that is named so often that what comes of it would be larger than memory. */
static void a_name_named_a_thousand_times_is_refused(void)
{
    enum { TIMES = 1000, NAME = 2000000 };
    struct karto_buf set = KARTO_BUF_EMPTY;
    struct karto_state state;
    uint8_t *name = karto_arena_room(&arena, NAME, 1);
    memset(name, 'a', NAME);
    pack_head(&set, 1);
    karto_pack_uint(&set, 0);
    karto_pack_uint(&set, TIMES);
    karto_pack_uint(&set, 0);
    karto_pack_str(&set, karto_slice(name, NAME));
    for (int i = 1; i < TIMES + 2; i++)
        karto_pack_uint(&set, 0);
    CHECK_INT(read_set(karto_buf_slice(&set), &state, 1), KARTO_E_CORRUPT);
    karto_buf_fini(&set);
    karto_arena_reset(&arena);
}

int main(void)
{
    karto_arena_init(&arena);
    any_states_come_back();
    a_state_without_heads_comes_back();
    sizes_are_held();
    the_sum_of_sizes_is_held();
    states_that_swell_are_refused();
    what_is_no_state_is_refused();
    a_sum_that_overflows_is_refused();
    a_name_named_a_thousand_times_is_refused();
    clients_take_little();
    karto_arena_fini(&arena);
    return 0;
}
