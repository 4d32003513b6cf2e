/* Version vectors behave as the sets of dots that they stand for: held against a plain table over random vectors. */
#include "tests/model.h"

enum { NODES = 5, SEQS = 4 };

static struct karto_arena arena;

/* The same as a vector: how far each of the nodes 1..NODES has come. */
struct plain {
    uint64_t seq[NODES];
};

static struct plain random_plain(uint64_t *seed)
{
    struct plain plain;
    for (int i = 0; i < NODES; i++)
        plain.seq[i] = below(seed, SEQS);
    return plain;
}

/* Made dot by dot, in an order of its own. */
static struct karto_vv vector_of(const struct plain *plain, uint64_t *seed)
{
    struct karto_vv vv = KARTO_VV_EMPTY;
    uint32_t turn = below(seed, NODES);
    for (uint32_t i = 0; i < NODES; i++) {
        uint32_t node = (i + turn) % NODES;
        if (plain->seq[node])
            vv = karto_vv_with(&arena, vv, (struct karto_dot){{node + 1}, plain->seq[node]});
    }
    return vv;
}

static void check_is(struct karto_vv vv, const struct plain *plain)
{
    for (uint32_t i = 0; i < vv.count; i++) {
        CHECK(vv.dots[i].seq > 0);
        CHECK(i == 0 || vv.dots[i - 1].node.v < vv.dots[i].node.v);
    }
    for (uint64_t node = 1; node <= NODES; node++) {
        CHECK_INT(karto_vv_seq(vv, (struct karto_node){node}), plain->seq[node - 1]);
        for (uint64_t seq = 1; seq <= SEQS; seq++)
            CHECK(karto_vv_covers(vv, (struct karto_dot){{node}, seq}) == (seq <= plain->seq[node - 1]));
    }
    CHECK_INT(karto_vv_seq(vv, (struct karto_node){NODES + 1}), 0);
}

static void random_pairs_agree_with_tables(void)
{
    uint64_t seed = 1;
    for (int round = 0; round < 3000; round++) {
        struct plain a = random_plain(&seed), b = random_plain(&seed), most;
        bool includes = true, equal = true;
        for (int i = 0; i < NODES; i++) {
            most.seq[i] = a.seq[i] > b.seq[i] ? a.seq[i] : b.seq[i];
            includes &= a.seq[i] >= b.seq[i];
            equal &= a.seq[i] == b.seq[i];
        }
        struct karto_vv x = vector_of(&a, &seed), y = vector_of(&b, &seed);
        check_is(x, &a);
        check_is(karto_vv_max(&arena, x, y), &most);
        CHECK(karto_vv_includes(x, y) == includes);
        CHECK(karto_vv_equal(x, y) == equal);
        CHECK(karto_vv_equal(karto_vv_max(&arena, x, y), karto_vv_max(&arena, y, x)));
        CHECK(karto_vv_equal(karto_vv_max(&arena, x, x), x));
        karto_arena_reset(&arena);
    }
}

static void arguments_stay_as_they_are(void)
{
    struct karto_dot dots[] = {{{3}, 7}};
    struct karto_vv vv = {dots, 1};
    struct karto_vv more = karto_vv_with(&arena, vv, (struct karto_dot){{1}, 2});
    CHECK_INT(vv.count, 1);
    CHECK_INT(more.count, 2);
    CHECK_INT(more.dots[0].node.v, 1);
    struct karto_vv same = karto_vv_with(&arena, vv, (struct karto_dot){{3}, 6});
    CHECK(same.dots == vv.dots);
}

int main(void)
{
    karto_arena_init(&arena);
    random_pairs_agree_with_tables();
    arguments_stay_as_they_are();
    karto_arena_fini(&arena);
    return 0;
}
