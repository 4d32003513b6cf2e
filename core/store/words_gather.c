#include "core/store/words_gather.h"

#include "core/base/fatal.h"
#include "core/store/aside.h"
#include "core/store/numbers.h"

#include <stdlib.h>

enum { RECORDS_MIN = 256, GATHERED_MAX = 65536 /* some 30 MB */ };

struct karto_gathered {
    uint64_t commit; /* the store's last, for this to be true; 0: none */
    uint32_t first;  /* number of records[0], the others follow */
    struct karto_numbered *records;
    uint32_t count, room;
    struct karto_postings *postings; /* NULL: count is 0 */
};

struct karto_gathered *karto_gathered_new(void)
{
    return karto_must(calloc(1, sizeof(struct karto_gathered)));
}

static void forget(struct karto_gathered *g)
{
    karto_postings_free(g->postings);
    free(g->records);
    *g = (struct karto_gathered){.commit = g->commit};
}

void karto_gathered_free(struct karto_gathered *g)
{
    if (g)
        forget(g);
    free(g);
}

void karto_gathered_begin(struct karto_tx *tx)
{
    struct karto_gathered *g = tx->gathered;
    struct karto_kv *kv = karto_store_kv(tx->store);
    uint64_t last = karto_kv_last_txn_id(kv);
    if (g->commit != last || karto_kv_own_txn_id(kv) != last) /* a commit that failed leaves its number to others */
        forget(g);
    g->commit = 0; /* until the end; work that fails, or begins again, never comes to it */
}

void karto_gathered_end(struct karto_tx *tx)
{
    tx->gathered->commit = karto_kv_last_txn_id(karto_store_kv(tx->store)) + 1;
}

void karto_gathered_forget(struct karto_tx *tx)
{
    karto_aside_wait(tx); /* for what may be adding to it */
    forget(tx->gathered);
}

bool karto_gathered_all(const struct karto_tx *tx, uint64_t noted)
{
    const struct karto_gathered *g = tx->gathered;
    return g->count > 0 && g->count == noted && g->first == tx->words.next;
}

static void grow(struct karto_gathered *g)
{
    g->room = g->room ? 2 * g->room : RECORDS_MIN;
    g->records = karto_must(realloc(g->records, g->room * sizeof *g->records));
}

static void add_terms(struct karto_tx *tx, const struct karto_record *view, uint32_t number)
{
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    struct karto_terms terms = karto_terms_of(&tx->arena, view);
    karto_postings_change(tx->gathered->postings, terms.all, terms.count, number, true);
    karto_arena_release(&tx->arena, mark);
}

uint32_t karto_gathered_add(struct karto_tx *tx, const struct karto_record *view, bool aside)
{
    struct karto_gathered *g = tx->gathered;
    if (g->count == GATHERED_MAX)
        karto_gathered_forget(tx);
    if (g->count == 0) {
        karto_postings_free(g->postings);
        g->postings = karto_postings_new();
        g->first = tx->words.next;
    }
    if (g->count == g->room)
        grow(g);
    uint32_t number = g->first + g->count;
    if (!aside)
        add_terms(tx, view, number);
    g->records[g->count++] = (struct karto_numbered){view->id, view->kind};
    return number;
}

struct karto_postings *karto_gathered_postings(const struct karto_tx *tx)
{
    return tx->gathered->postings;
}

enum karto_err karto_gathered_number(struct karto_tx *tx, struct karto_postings **postings)
{
    struct karto_gathered *g = tx->gathered;
    enum karto_err err = karto_numbers_give(tx, g->records, g->count, g->first);
    tx->words.next += g->count;
    karto_aside_wait(tx);
    *postings = g->postings;
    return err;
}
