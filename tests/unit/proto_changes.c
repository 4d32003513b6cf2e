/* Sets of changes: nothing is lost, limits hold, and an edit among ten thousand takes few bytes. */
#include "core/base/pack.h"
#include "proto/changes.h"
#include "proto/deflate.h"
#include "tests/check.h"
#include "tests/sample.h"

static struct karto_arena arena;

static void check_same(const struct karto_change *a, const struct karto_change *b)
{
    struct karto_buf x = KARTO_BUF_EMPTY, y = KARTO_BUF_EMPTY;
    karto_change_encode(a, true, &x);
    karto_change_encode(b, true, &y);
    CHECK(karto_slice_equal(karto_buf_slice(&x), karto_buf_slice(&y)));
    karto_buf_fini(&x);
    karto_buf_fini(&y);
}

static void check_round_trip(const struct karto_change *changes, uint32_t count)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY, again = KARTO_BUF_EMPTY;
    struct karto_reader reader;
    CHECK_INT(karto_changes_pack(&bytes, changes, count), KARTO_OK);
    struct karto_change *got = karto_arena_array(&arena, count, sizeof *got);
    karto_reader_init(&reader, karto_buf_slice(&bytes));
    karto_changes_read(&reader, &arena, got, NULL, count);
    CHECK_INT(karto_reader_end(&reader), KARTO_OK);
    for (uint32_t i = 0; i < count; i++)
        check_same(&changes[i], &got[i]);
    CHECK_INT(karto_changes_pack(&again, got, count), KARTO_OK);
    CHECK(karto_slice_equal(karto_buf_slice(&bytes), karto_buf_slice(&again)));
    karto_buf_fini(&bytes);
    karto_buf_fini(&again);
}

static void any_changes_come_back(void)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct sample s = {seed, &arena};
        uint32_t count = sample_below(&s, 40);
        struct karto_change *changes = karto_arena_array(&arena, count, sizeof *changes);
        for (uint32_t i = 0; i < count; i++)
            changes[i] = sample_change(&s);
        check_round_trip(changes, count);
        karto_arena_reset(&arena);
    }
}

static void extremes_come_back(void)
{
    struct sample s = {7, &arena};
    static const uint64_t numbers[] = {1, 2, UINT64_MAX, 1, (uint64_t)1 << 63, UINT64_MAX - 1, 3};
    struct karto_change changes[7];
    for (int i = 0; i < 7; i++) {
        changes[i] = sample_change(&s);
        changes[i].stamp.dot.seq = numbers[i];
        changes[i].stamp.hlc.v = numbers[6 - i];
        changes[i].batch = numbers[i];
        memset(changes[i].record.b, i % 2 ? 0xff : 0, 16);
    }
    check_round_trip(changes, 7);
    karto_arena_reset(&arena);
}

/* Many nodes and long vectors. */
static void long_vectors_come_back(void)
{
    struct sample s = {11, &arena};
    struct karto_change change = sample_change(&s);
    struct karto_dot *dots = karto_arena_array(&arena, KARTO_VECTOR_MAX, sizeof *dots);
    for (uint32_t i = 0; i < KARTO_VECTOR_MAX; i++)
        dots[i] = (struct karto_dot){{(uint64_t)i * 0x100000000001 + 1}, sample_any_u64(&s) | 1};
    struct karto_touch touches[3] = {{1, {dots, KARTO_VECTOR_MAX}, NULL, 0},
                                     {2, {dots, KARTO_VECTOR_MAX - 1}, NULL, 0},
                                     {3, {dots + 1, 1}, NULL, 0}};
    change.touches = touches;
    change.count = 3;
    check_round_trip(&change, 1);
    karto_arena_reset(&arena);
}

/* ---- limits: at, one below, one above ---- */

static void expect(const struct karto_change *change, bool fits)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    if (fits)
        check_round_trip(change, 1);
    else
        CHECK_INT(karto_changes_pack(&bytes, change, 1), KARTO_E_LIMIT);
    karto_buf_fini(&bytes);
}

static void check_sizes(uint32_t limit, void (*make)(struct sample *, struct karto_change *, uint32_t))
{
    for (int d = -1; d <= 1; d++) {
        struct sample s = {13, &arena};
        struct karto_change change = sample_change(&s);
        make(&s, &change, (uint32_t)((int)limit + d));
        expect(&change, d <= 0);
        karto_arena_reset(&arena);
    }
}

static void with_author(struct sample *s, struct karto_change *change, uint32_t size)
{
    change->stamp.author = sample_ascii(s, size);
}

static void with_reason(struct sample *s, struct karto_change *change, uint32_t size)
{
    change->reason = sample_ascii(s, size);
}

static void with_set(struct sample *s, struct karto_change *change, struct karto_set set)
{
    struct karto_set *sets = karto_arena_alloc(s->arena, sizeof *sets);
    struct karto_touch *touch = karto_arena_alloc(s->arena, sizeof *touch);
    *sets = set;
    *touch = (struct karto_touch){5, KARTO_VV_EMPTY, sets, 1};
    change->touches = touch;
    change->count = 1;
}

static void with_key(struct sample *s, struct karto_change *change, uint32_t size)
{
    with_set(s, change, (struct karto_set){sample_bytes(s, size), sample_value(s), {NULL, 0}});
}

static struct karto_slice value_of_size(struct sample *s, uint32_t size)
{
    return karto_value_bytes(s->arena, karto_value_text(sample_ascii(s, size - (size - 5 > 0xffff ? 5 : 3))));
}

static void with_value(struct sample *s, struct karto_change *change, uint32_t size)
{
    with_set(s, change, (struct karto_set){{NULL, 0}, value_of_size(s, size), {NULL, 0}});
}

static void with_old(struct sample *s, struct karto_change *change, uint32_t size)
{
    with_set(s, change, (struct karto_set){{NULL, 0}, {NULL, 0}, value_of_size(s, size)});
}

static void with_sets(struct sample *s, struct karto_change *change, uint32_t count)
{
    struct karto_set *sets = karto_arena_array(s->arena, count, sizeof *sets);
    struct karto_touch *touches = karto_arena_array(s->arena, 2, sizeof *touches);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *key = karto_arena_alloc(s->arena, 2);
        key[0] = (uint8_t)(i >> 8);
        key[1] = (uint8_t)i;
        sets[i] = (struct karto_set){karto_slice(key, 2), karto_value_bytes(s->arena, karto_value_nil()), {NULL, 0}};
    }
    touches[0] = (struct karto_touch){1, KARTO_VV_EMPTY, sets, 7};
    touches[1] = (struct karto_touch){2, KARTO_VV_EMPTY, sets + 7, count - 7};
    change->touches = touches;
    change->count = 2;
}

static void with_touches(struct sample *s, struct karto_change *change, uint32_t count)
{
    struct karto_touch *touches = karto_arena_array(s->arena, count, sizeof *touches);
    for (uint32_t i = 0; i < count; i++)
        touches[i].field = i + 1;
    change->touches = touches;
    change->count = count;
}

static void with_seen(struct sample *s, struct karto_change *change, uint32_t count)
{
    struct karto_seen *seen = karto_arena_array(s->arena, count, sizeof *seen);
    for (uint32_t i = 0; i < count; i++)
        seen[i].field = i + 1;
    change->seen = seen;
    change->seen_count = count;
}

static void with_field(struct sample *s, struct karto_change *change, uint32_t field)
{
    with_touches(s, change, 1);
    ((struct karto_touch *)change->touches)->field = field;
}

static void with_kind(struct sample *s, struct karto_change *change, uint32_t kind)
{
    (void)s;
    change->kind = kind;
}

static void with_vector(struct sample *s, struct karto_change *change, uint32_t count)
{
    struct karto_dot *dots = karto_arena_array(s->arena, count, sizeof *dots);
    for (uint32_t i = 0; i < count; i++)
        dots[i] = (struct karto_dot){{i + 1}, i + 1};
    with_touches(s, change, 1);
    ((struct karto_touch *)change->touches)->context = (struct karto_vv){dots, count};
}

static void limits_hold(void)
{
    check_sizes(KARTO_AUTHOR_SIZE_MAX, with_author);
    check_sizes(KARTO_REASON_SIZE_MAX, with_reason);
    check_sizes(KARTO_KEY_SIZE_MAX, with_key);
    check_sizes(KARTO_VALUE_SIZE_MAX, with_value);
    check_sizes(KARTO_VALUE_SIZE_MAX, with_old);
    check_sizes(KARTO_SETS_MAX, with_sets);
    check_sizes(KARTO_FIELDS_MAX, with_touches);
    check_sizes(KARTO_FIELDS_MAX, with_seen);
    check_sizes(KARTO_FIELD_NUMBER_MAX, with_field);
    check_sizes(KARTO_KIND_MAX, with_kind);
    check_sizes(KARTO_VECTOR_MAX, with_vector);
}

/* ---- what a peer must not send ---- */

/* A set of one change of three columns of fields and the like, written out; place and byte: what is put over it. The
 * change as it was read, and with flaw what is wrong with it alone. */
static enum karto_err read_with(size_t place, uint8_t byte, const char **flaw, struct karto_change *change)
{
    static const uint8_t plain[] = {
        0x00, 0x07,                                             /* node 0 is 7 */
        0x01,                                                   /* seq */
        0x05, 0x00,                                             /* milliseconds, counter */
        0x00, 0xa1, 'a',                                        /* author 0 is a */
        0x01,                                                   /* kind */
        0x05, 0xc4, 0x0a,                                       /* record: time, the rest */
        0,    0,    0,    0,    0,    0,    0,   0,    0,    0, /* */
        0x09, 0x01,                                             /* batch, via */
        0x00, 0xa0,                                             /* reason 0 is empty */
        0x02, 0x00,                                             /* touches, seen */
        0x03, 0x01,                                             /* fields 3 and 4 */
        0x00, 0x01,                                             /* contexts of 0 and 1 dots */
        0x00, 0x02,                                             /* the dot: of node 0, seq 1 + 2 */
        0x02, 0x01,                                             /* sets: 2 and 1 */
        0x03, 0x03, 0x06,                                       /* forms */
        0xc4, 0x01, 'k',  0xc0, 0xc4, 0x01, 'l', 0xc3, 0xc2, 0x2a,
    };
    uint8_t *bytes = karto_arena_alloc(&arena, sizeof plain);
    struct karto_reader reader;
    *change = (struct karto_change){.count = 0};
    memcpy(bytes, plain, sizeof plain);
    bytes[place] = byte;
    karto_reader_init(&reader, karto_slice(bytes, sizeof plain));
    karto_changes_read(&reader, &arena, change, flaw, 1);
    return karto_reader_end(&reader);
}

static enum karto_err read_patched(size_t place, uint8_t byte)
{
    struct karto_change change;
    return read_with(place, byte, NULL, &change);
}

static void damaged_sets_are_refused(void)
{
    enum { SAME = 0 };
    CHECK_INT(read_patched(SAME, 0x00), KARTO_OK);
    CHECK_INT(read_patched(0, 0x01), KARTO_E_CORRUPT);  /* a node that was never named */
    CHECK_INT(read_patched(1, 0x00), KARTO_E_CORRUPT);  /* node 0 */
    CHECK_INT(read_patched(2, 0x00), KARTO_E_CORRUPT);  /* seq 0 */
    CHECK_INT(read_patched(3, 0xff), KARTO_E_CORRUPT);  /* a time before 1970 */
    CHECK_INT(read_patched(5, 0x01), KARTO_E_CORRUPT);  /* an author who was never named */
    CHECK_INT(read_patched(7, 0xff), KARTO_E_CORRUPT);  /* no UTF-8 */
    CHECK_INT(read_patched(8, 0x00), KARTO_E_CORRUPT);  /* kind 0 */
    CHECK_INT(read_patched(11, 0x09), KARTO_E_CORRUPT); /* an id that is cut */
    CHECK_INT(read_patched(26, 0x00), KARTO_E_CORRUPT); /* no field */
    CHECK_INT(read_patched(29, 0x00), KARTO_E_CORRUPT); /* the same field twice */
    CHECK_INT(read_patched(33, 0xff), KARTO_E_CORRUPT); /* a seq of 0 in a context */
    CHECK_INT(read_patched(36, 0x08), KARTO_E_CORRUPT); /* an unknown form */
    CHECK_INT(read_patched(40, 0x00), KARTO_E_CORRUPT); /* an announced key of no bytes */
    CHECK_INT(read_patched(45, 'k'), KARTO_E_CORRUPT);  /* the same key twice */
    CHECK_INT(read_patched(48, 0x90), KARTO_E_CORRUPT); /* an array is no value */
    karto_arena_reset(&arena);
}

/* ---- what is wrong with one change alone ---- */

static void is_flawed(size_t place, uint8_t byte, const char *want)
{
    const char *flaw = NULL;
    struct karto_change change;
    CHECK_INT(read_with(place, byte, &flaw, &change), KARTO_OK);
    CHECK(flaw);
    CHECK_STR(flaw, want);
}

static void what_is_wrong_with_one_alone_is_said_of_it(void)
{
    is_flawed(7, 0xff, "text that is not UTF-8");
    is_flawed(8, 0x00, "an unknown kind");
    is_flawed(8, 0x20, "an unknown kind");
    is_flawed(29, 0x00, "fields out of order");
    is_flawed(45, 'k', "registers out of order");
    is_flawed(48, 0x90, "not a value");
    karto_arena_reset(&arena);
}

/* Whatever byte is another: a forgiving reader takes what a strict one takes and says nothing of it; what it takes
 * besides it says something of; and what nothing is said of can be read from a log again. */
static void forgiving_is_no_less_strict(void)
{
    enum { PLACES = 50 };
    unsigned flawed = 0, failed = 0;
    for (size_t place = 1; place < PLACES; place++)
        for (unsigned byte = 0; byte < 256; byte++) {
            const char *flaw = NULL;
            struct karto_change change, back;
            struct karto_buf bytes = KARTO_BUF_EMPTY;
            bool strict = read_patched(place, (uint8_t)byte) == KARTO_OK;
            bool taken = read_with(place, (uint8_t)byte, &flaw, &change) == KARTO_OK;
            CHECK(taken || !strict);
            if (taken) {
                CHECK_INT(flaw == NULL, strict);
                karto_change_encode(&change, true, &bytes);
                CHECK(flaw || karto_change_decode(&arena, karto_buf_slice(&bytes), &back) == KARTO_OK);
            }
            flawed += taken && flaw;
            failed += !taken;
            karto_buf_fini(&bytes);
            karto_arena_reset(&arena);
        }
    CHECK(flawed > 400 && failed > 1000);
}

/* Of many, only the one that is damaged is, and the others are what they were. */
static void the_others_are_what_they_were(void)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct sample s = {seed, &arena};
        uint32_t count = 2 + sample_below(&s, 20), hurt = sample_below(&s, count);
        struct karto_change *changes = karto_arena_array(&arena, count, sizeof *changes);
        struct karto_change *got = karto_arena_array(&arena, count, sizeof *got);
        const char **flaws = karto_arena_array(&arena, count, sizeof *flaws);
        struct karto_buf bytes = KARTO_BUF_EMPTY;
        struct karto_reader reader;
        for (uint32_t i = 0; i < count; i++)
            changes[i] = sample_change(&s);
        struct karto_set set = {.value = karto_slice("\xa2\xffx", 3)};
        struct karto_touch touch = {.field = 29, .sets = &set, .count = 1};
        changes[hurt].touches = &touch;
        changes[hurt].count = 1;
        CHECK_INT(karto_changes_pack(&bytes, changes, count), KARTO_OK);
        karto_reader_init(&reader, karto_buf_slice(&bytes));
        karto_changes_read(&reader, &arena, got, flaws, count);
        CHECK_INT(karto_reader_end(&reader), KARTO_OK);
        for (uint32_t i = 0; i < count; i++) {
            CHECK_INT(flaws[i] != NULL, i == hurt);
            check_same(&changes[i], &got[i]);
        }
        karto_buf_fini(&bytes);
        karto_arena_reset(&arena);
    }
}

/* ---- how many bytes an edit takes ---- */

enum { EDITS = 10000, IMPORTED = 100000 };

/* A representative's edits of clients that head office imported within minutes: any of them, a phone here, a street
 * there. */
static struct karto_change edit_of(struct sample *s, uint32_t at, int64_t *ms)
{
    enum { FIELD_STREET = 43, FIELD_NOTE = 31, IMPORT_MS = 1 };
    static const struct karto_node own = {0x5b1f7a90c3e2d481}, hub = {0x8d0c44e1f2a35b97};
    struct karto_touch *touch = karto_arena_alloc(s->arena, sizeof *touch);
    struct karto_set *set = karto_arena_alloc(s->arena, sizeof *set);
    struct karto_dot *seen = karto_arena_alloc(s->arena, sizeof *seen);
    uint32_t client = sample_below(s, IMPORTED);
    *ms += 1000 + sample_below(s, 120000);
    *seen = (struct karto_dot){hub, 1 + client};
    set->value =
        sample_text(s, sample_one_in(s, 2) ? sample_phone_typed(s, sample_phone_digits(s)) : sample_address(s));
    *touch = (struct karto_touch){sample_one_in(s, 2) ? FIELD_STREET : FIELD_NOTE, {seen, 1}, set, 1};
    return (struct karto_change){
        .stamp = {{own, 5000 + at}, karto_hlc_make(*ms), karto_slice_str("olena")},
        .kind = KARTO_CLIENT,
        .record = sample_rid(s, 1760000000000 + client * IMPORT_MS),
        .touches = touch,
        .count = 1,
        .batch = 77,
        .via = KARTO_VIA_WEB,
    };
}

static double deflated_size(const struct karto_buf *body)
{
    struct karto_buf out = KARTO_BUF_EMPTY;
    bool dictionary;
    CHECK(karto_deflate(karto_buf_slice(body), &out, &dictionary));
    double size = (double)out.size;
    karto_buf_fini(&out);
    return size;
}

static void an_edit_takes_few_bytes(bool old, double most)
{
    struct sample s = {2026, &arena};
    struct karto_buf columns = KARTO_BUF_EMPTY, rows = KARTO_BUF_EMPTY;
    struct karto_change *changes = karto_arena_array(&arena, EDITS, sizeof *changes);
    int64_t ms = 1770000000000;
    for (uint32_t i = 0; i < EDITS; i++) {
        changes[i] = edit_of(&s, i, &ms);
        if (old)
            ((struct karto_set *)changes[i].touches->sets)->old = sample_text(&s, sample_address(&s));
        karto_change_encode(&changes[i], old, &rows);
    }
    check_round_trip(changes, EDITS);
    CHECK_INT(karto_changes_pack(&columns, changes, EDITS), KARTO_OK);
    double size = deflated_size(&columns) / EDITS, row_size = deflated_size(&rows) / EDITS;
    printf("an edit of %d%s: %.2f bytes; as rows %.2f\n", EDITS, old ? ", with its old value" : "", size, row_size);
    CHECK(size <= most);
    CHECK(size < row_size);
    karto_buf_fini(&columns);
    karto_buf_fini(&rows);
    karto_arena_reset(&arena);
}

int main(void)
{
    karto_arena_init(&arena);
    any_changes_come_back();
    extremes_come_back();
    long_vectors_come_back();
    limits_hold();
    damaged_sets_are_refused();
    what_is_wrong_with_one_alone_is_said_of_it();
    forgiving_is_no_less_strict();
    the_others_are_what_they_were();
    an_edit_takes_few_bytes(false, 36);
    an_edit_takes_few_bytes(true, 40);
    karto_arena_fini(&arena);
    return 0;
}
