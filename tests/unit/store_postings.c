/* Postings are the sets that the changes make, over random changes: whatever the size of blocks, in any order. */
#include "core/store/postings.h"

#include "core/base/os_posix.h"
#include "core/store/databases.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

enum { TERMS = 6, NUMBERS = 30000, ROUNDS = 60, CHANGES_MAX = 6000 };

static const struct karto_term terms[TERMS] = {
    {{(const uint8_t *)"a", 1}, KARTO_PLACE_NAME},
    {{(const uint8_t *)"a", 1}, KARTO_PLACE_TEXT},
    {{(const uint8_t *)"ab", 2}, KARTO_PLACE_WHOLE},
    {{(const uint8_t *)"абв", 6}, KARTO_PLACE_CODE},
    {{(const uint8_t *)"\x01"
                       "123",
      4},
     KARTO_PLACE_CODE},
    {{(const uint8_t *)"b", 1}, KARTO_PLACE_SHORT},
};

static bool wanted[TERMS][NUMBERS];
static bool known[TERMS]; /* the vocabulary, by the first place of a text */
static uint32_t seed = 7;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static unsigned first_of(struct karto_slice text)
{
    unsigned i = 0;
    while (!karto_slice_equal(terms[i].text, text))
        i++;
    return i;
}

static enum karto_err note_vocabulary(struct karto_tx *tx, struct karto_slice term, bool is_new, void *context)
{
    (void)tx;
    (void)context;
    CHECK(known[first_of(term)] != is_new);
    known[first_of(term)] = is_new;
    return KARTO_OK;
}

/* Runs of numbers, single ones, and now and then all of a term. */
static void change_some(struct karto_postings *p, unsigned term)
{
    uint32_t count = draw(CHANGES_MAX);
    unsigned mode = draw(5);
    uint32_t from = mode == 0 ? 0 : draw(NUMBERS), step = mode == 1 ? 1 : 1 + draw(3);
    bool has = draw(5) > 1;
    if (mode == 0) {
        count = NUMBERS;
        step = 1;
        has = false;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = mode == 2 ? draw(NUMBERS) : (from + i * step) % NUMBERS;
        if (mode == 3)
            has = draw(2);
        if (mode == 3 && has) /* taken out and put in again, which counts */
            karto_postings_change(p, &terms[term], 1, number, false);
        if (mode == 3 && !has && wanted[term][number])
            continue;
        karto_postings_change(p, &terms[term], 1, number, has);
        wanted[term][number] = has;
    }
}

static enum karto_err write_some(struct karto_tx *tx, void *context)
{
    return karto_postings_write(tx, context, note_vocabulary, NULL);
}

struct seeing {
    unsigned term;
    uint32_t count, last;
    unsigned blocks;
};

static enum karto_err see(struct karto_block *block, void *context)
{
    struct seeing *s = context;
    if (block->place != terms[s->term].place || !karto_slice_equal(block->term, terms[s->term].text))
        return KARTO_OK;
    CHECK(block->rest.size <= 1000);
    s->blocks++;
    for (uint32_t number; karto_block_next(block, &number); s->last = number, s->count++) {
        CHECK(number < NUMBERS && wanted[s->term][number]);
        CHECK(s->count == 0 || number > s->last);
    }
    return KARTO_OK;
}

static enum karto_err look(struct karto_tx *tx, void *context)
{
    unsigned *blocks = context;
    for (unsigned i = 0; i < TERMS; i++) {
        struct seeing exact = {.term = i}, begins = {.term = i};
        uint32_t count = 0;
        CHECK_INT(karto_postings_walk(tx, terms[i].text, false, see, &exact), KARTO_OK);
        CHECK_INT(karto_postings_walk(tx, karto_slice(terms[i].text.data, 1), true, see, &begins), KARTO_OK);
        for (uint32_t n = 0; n < NUMBERS; n++)
            count += wanted[i][n];
        CHECK_INT(exact.count, count);
        CHECK_INT(begins.count, count);
        *blocks = exact.blocks > *blocks ? exact.blocks : *blocks;
    }
    return KARTO_OK;
}

static void check_vocabulary(void)
{
    for (unsigned i = 0; i < TERMS; i++) {
        bool any = false;
        for (unsigned j = 0; j < TERMS; j++)
            for (uint32_t n = 0; karto_slice_equal(terms[j].text, terms[i].text) && n < NUMBERS && !any; n++)
                any = wanted[j][n];
        CHECK(known[first_of(terms[i].text)] == any);
    }
}

int main(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_store_options options = {.dir = dir.path, .sys = karto_os_sys(), .no_sync = true};
    struct karto_slice name = karto_slice_str("olena");
    struct karto_store_identity identity = {KARTO_LOCAL, name, name, name, NULL, NULL};
    struct karto_store *store;
    unsigned blocks = 0;
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    for (int round = 0; round < ROUNDS; round++) {
        struct karto_postings *p = karto_postings_new();
        for (unsigned term = 0; term < TERMS; term++)
            if (draw(2))
                change_some(p, term);
        CHECK_INT(karto_store_write(store, write_some, p), KARTO_OK);
        karto_postings_free(p);
        CHECK_INT(karto_store_read(store, look, &blocks), KARTO_OK);
        check_vocabulary();
    }
    CHECK(blocks > 5); /* lists were long enough to be split */
    karto_store_close(store);
    temp_dir_remove(&dir);
    return 0;
}
