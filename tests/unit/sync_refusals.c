/* What an administrator is told of those who were turned away: each once in the numbers, and however many there are,
 * few lines. */
#include "syncd/refusals.h"

#include "tests/check.h"

#include <pthread.h>

struct told {
    unsigned lines, others; /* others: lines without an address */
    uint64_t count, last;
    enum karto_refusal why;
    char address[KARTO_FROM_SIZE];
};

static void tell(void *context, const char *address, enum karto_refusal why, uint64_t count)
{
    struct told *told = context;
    told->lines++;
    told->others += !address;
    told->count += count;
    told->last = count;
    told->why = why;
    snprintf(told->address, sizeof told->address, "%s", address ? address : "");
}

static struct told told_at(struct karto_refusals *refusals, int64_t now_ms, bool all)
{
    struct told told = {.lines = 0};
    karto_refusals_tell(refusals, now_ms, all, tell, &told);
    return told;
}

static void tells_the_first_at_once(void)
{
    struct karto_refusals *refusals = karto_refusals_new();
    CHECK_INT(told_at(refusals, 0, false).lines, 0);
    karto_refusals_note(refusals, KARTO_REFUSED_EXPIRED, "2001:db8::7");
    struct told told = told_at(refusals, 1000, false);
    CHECK_INT(told.lines, 1);
    CHECK_INT(told.last, 1);
    CHECK_INT(told.why, KARTO_REFUSED_EXPIRED);
    CHECK_STR(told.address, "2001:db8::7");
    CHECK_INT(told_at(refusals, 1001, false).lines, 0);
    karto_refusals_free(refusals);
}

static void tells_more_of_the_same_once_a_minute(void)
{
    struct karto_refusals *refusals = karto_refusals_new();
    struct told all = {.lines = 0};
    for (int64_t ms = 0; ms < 10 * KARTO_REFUSALS_EVERY_MS; ms += 60) {
        karto_refusals_note(refusals, KARTO_REFUSED_NO_TLS, "192.0.2.1");
        karto_refusals_tell(refusals, ms, false, tell, &all);
    }
    CHECK_INT(all.lines, 10);
    karto_refusals_tell(refusals, 10 * KARTO_REFUSALS_EVERY_MS - 1, true, tell, &all);
    CHECK_INT(all.lines, 11);
    CHECK_INT(all.count, 10000);
    karto_refusals_free(refusals);
}

static void keeps_reasons_and_addresses_apart(void)
{
    struct karto_refusals *refusals = karto_refusals_new();
    karto_refusals_note(refusals, KARTO_REFUSED_NO_TLS, "192.0.2.1");
    karto_refusals_note(refusals, KARTO_REFUSED_NO_TLS, "192.0.2.10");
    karto_refusals_note(refusals, KARTO_REFUSED_REVOKED, "192.0.2.1");
    karto_refusals_note(refusals, KARTO_REFUSED_REVOKED, "192.0.2.1");
    karto_refusals_note(refusals, KARTO_REFUSED_NO_TLS, "");
    karto_refusals_note(refusals, KARTO_REFUSED_NO_TLS, "");
    struct told told = told_at(refusals, 0, false);
    CHECK_INT(told.lines, 4);
    CHECK_INT(told.count, 6);
    CHECK_INT(told.last, 2);
    CHECK_STR(told.address, "?");
    karto_refusals_free(refusals);
}

/* From ten thousand addresses: as many lines as there are places, and one for the others; the places come free again.
 */
static void bears_many_addresses(void)
{
    struct karto_refusals *refusals = karto_refusals_new();
    char address[KARTO_FROM_SIZE];
    for (unsigned i = 0; i < 10000; i++) {
        snprintf(address, sizeof address, "2001:db8::%x", i);
        karto_refusals_note(refusals, KARTO_REFUSED_SILENT, address);
    }
    struct told told = told_at(refusals, 5, false);
    CHECK_INT(told.lines, KARTO_REFUSALS_MAX + 1);
    CHECK_INT(told.others, 1);
    CHECK_INT(told.count, 10000);
    karto_refusals_note(refusals, KARTO_REFUSED_SILENT, "192.0.2.1");
    CHECK_INT(told_at(refusals, 6, false).lines, 0);
    told = told_at(refusals, 5 + KARTO_REFUSALS_EVERY_MS, false);
    CHECK_INT(told.lines, 1);
    CHECK_INT(told.others, 1);
    CHECK_INT(told.count, 1);
    karto_refusals_note(refusals, KARTO_REFUSED_SILENT, "192.0.2.1");
    told = told_at(refusals, 6 + KARTO_REFUSALS_EVERY_MS, false);
    CHECK_INT(told.lines, 1);
    CHECK_STR(told.address, "192.0.2.1");
    karto_refusals_free(refusals);
}

static void *note_many(void *refusals)
{
    for (unsigned i = 0; i < 1000; i++)
        karto_refusals_note(refusals, KARTO_REFUSED_FOREIGN, i % 2 ? "192.0.2.1" : "192.0.2.2");
    return NULL;
}

static void counts_what_comes_on_many_threads(void)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    struct told all = {.lines = 0};
    struct karto_refusals *refusals = karto_refusals_new();
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, note_many, refusals) == 0);
    karto_refusals_tell(refusals, 0, false, tell, &all);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    karto_refusals_tell(refusals, 1, true, tell, &all);
    CHECK_INT(all.count, 1000 * THREADS);
    CHECK(all.lines <= 4);
    karto_refusals_free(refusals);
}

static void nobody_may_want_to_know(void)
{
    karto_refusals_note(NULL, KARTO_REFUSED_FOREIGN, "192.0.2.1");
    karto_refusals_free(NULL);
}

static void has_words_for_each_reason(void)
{
    for (int why = KARTO_REFUSED_NO_TLS; why <= KARTO_REFUSED_INNER_OR_GONE; why++)
        for (int other = KARTO_REFUSED_NO_TLS; other <= why; other++)
            CHECK(karto_refusal_text((enum karto_refusal)why)[0] &&
                  (other == why || strcmp(karto_refusal_text((enum karto_refusal)why),
                                          karto_refusal_text((enum karto_refusal)other)) != 0));
}

int main(void)
{
    tells_the_first_at_once();
    tells_more_of_the_same_once_a_minute();
    keeps_reasons_and_addresses_apart();
    bears_many_addresses();
    counts_what_comes_on_many_threads();
    nobody_may_want_to_know();
    has_words_for_each_reason();
    return 0;
}
