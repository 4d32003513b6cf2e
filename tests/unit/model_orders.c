/* Any causal order of the same changes gives the same bytes, and join does not care who is asked first: over random
 * histories of three writers who now and then hear of each other. */
#include "tests/model.h"

enum { ROUNDS = 400, WRITERS = 3, CHANGES = 24 };

static struct karto_arena arena;

struct history {
    struct writer writers[WRITERS];
    struct karto_change changes[CHANGES];
    uint32_t count;
};

static struct karto_edit random_edit(uint64_t *seed)
{
    static const char *const keys[] = {"380671234567", "380501112233"};
    char *value = karto_arena_printf(&arena, "%u", below(seed, 3));
    switch (below(seed, 4)) {
    case 0: return edit(&arena, SITE, "", value);
    case 1: return edit(&arena, NOTE, "", value);
    default: return edit(&arena, KARTO_F_PHONE, keys[below(seed, 2)], below(seed, 3) ? value : NULL);
    }
}

/* One more change, by a writer who may have heard of some others before. */
static void go_on(struct history *h, uint64_t *seed)
{
    struct writer *w = &h->writers[below(seed, WRITERS)];
    struct karto_edit edits[3];
    uint32_t edit_count = 1 + below(seed, 3);
    for (uint32_t i = 0; i < h->count; i++)
        if (below(seed, 2))
            hears(&arena, w, &h->changes[i]);
    for (uint32_t i = 0; i < edit_count; i++)
        edits[i] = random_edit(seed);
    struct karto_change change = writes(&arena, w, (int)below(seed, 5), edits, edit_count);
    h->changes[h->count++] = below(seed, 8) ? change : karto_change_void(&arena, &change);
    /* what is refused is so for its author too: his copy begins anew from what everybody has */
    if (karto_change_is_void(&h->changes[h->count - 1])) {
        w->copy.count = 0;
        for (uint32_t i = 0; i < h->count; i++)
            hears(&arena, w, &h->changes[i]);
    }
}

static struct history random_history(uint64_t *seed)
{
    struct history h = {.writers = {writer_make(11, "oksana"), writer_make(22, "petro"), writer_make(33, "maria")}};
    while (h.count < CHANGES)
        go_on(&h, seed);
    return h;
}

/* All changes, in a random order of those that can be applied. */
static struct karto_record in_some_order(const struct history *h, uint64_t *seed)
{
    struct writer reader = writer_make(99, "");
    uint32_t left = h->count;
    bool done[CHANGES] = {false};
    while (left > 0) {
        uint32_t i = below(seed, h->count);
        if (done[i])
            continue;
        enum karto_outcome outcome = hears(&arena, &reader, &h->changes[i]);
        if (outcome == KARTO_GAP)
            continue;
        CHECK_INT(outcome, KARTO_APPLIED);
        check_record(&reader.copy);
        done[i] = true;
        left--;
    }
    return reader.copy;
}

static void any_causal_order_gives_the_same_bytes(void)
{
    uint64_t seed = 2;
    uint32_t conflicts = 0, gone = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct history h = random_history(&seed);
        struct karto_record first = in_some_order(&h, &seed);
        for (int again = 0; again < 3; again++) {
            struct karto_record other = in_some_order(&h, &seed);
            CHECK(same_record(&arena, &first, &other));
        }
        conflicts += karto_record_conflicts(&first);
        gone += !karto_record_register(&first, KARTO_F_PHONE, str("380671234567"));
        karto_arena_reset(&arena);
    }
    CHECK(conflicts > ROUNDS / 10); /* the histories have both in them */
    CHECK(gone > ROUNDS / 50);
}

/* What a copy is that heard of some of the changes. */
static struct karto_record some_of(const struct history *h, uint64_t *seed)
{
    struct writer reader = writer_make(99, "");
    for (uint32_t i = 0; i < h->count; i++)
        if (below(seed, 3))
            hears(&arena, &reader, &h->changes[i]);
    return reader.copy;
}

static struct karto_record joined(const struct karto_record *a, const struct karto_record *b)
{
    struct karto_record out;
    karto_join(&arena, a, b, &out);
    check_record(&out);
    return out;
}

static void join_is_commutative_associative_idempotent(void)
{
    uint64_t seed = 3;
    for (int round = 0; round < ROUNDS; round++) {
        struct history h = random_history(&seed);
        struct karto_record a = some_of(&h, &seed), b = some_of(&h, &seed), c = some_of(&h, &seed);
        struct karto_record ab = joined(&a, &b), ba = joined(&b, &a), bc = joined(&b, &c);
        struct karto_record left = joined(&ab, &c), right = joined(&a, &bc), twice = joined(&ab, &ab);
        struct karto_record all = in_some_order(&h, &seed), absorbed = joined(&all, &a);
        CHECK(same_record(&arena, &ab, &ba));
        CHECK(same_record(&arena, &left, &right));
        CHECK(same_record(&arena, &twice, &ab));
        CHECK(same_record(&arena, &absorbed, &all));
        karto_arena_reset(&arena);
    }
}

int main(void)
{
    karto_arena_init(&arena);
    any_causal_order_gives_the_same_bytes();
    join_is_commutative_associative_idempotent();
    karto_arena_fini(&arena);
    return 0;
}
