#include "core/base/hash.h"
#include "core/store/databases.h"
#include "core/store/grams.h"
#include "core/store/numbers.h"
#include "core/store/postings.h"
#include "core/store/words_note.h"

/* Sums over everything, as they should be and as they are: what is missing, too much or wrong changes a sum. */
struct checking {
    struct karto_tx *tx;
    struct karto_sum wanted, found;             /* of (term, number) */
    struct karto_sum grams_wanted, grams_found; /* of rows */
    uint64_t numbers;                           /* rows that there should be */
    bool fine;
    struct karto_buf term; /* the last one seen */
};

static struct karto_sum sum_of(const struct karto_term *term, uint32_t number)
{
    struct karto_buf buf = KARTO_BUF_EMPTY;
    karto_buf_add_byte(&buf, (uint8_t)term->place);
    karto_buf_add_be32(&buf, number);
    karto_buf_add_slice(&buf, term->text);
    struct karto_sum sum = karto_sum_of(karto_buf_slice(&buf));
    karto_buf_fini(&buf);
    return sum;
}

static enum karto_err want_terms(struct checking *c, struct karto_rid id, struct karto_terms *terms)
{
    uint32_t number, kind;
    struct karto_rid back;
    enum karto_err err = karto_number_of(c->tx, id, &number);
    if (err == KARTO_OK)
        err = karto_number_record(c->tx, number, &kind, &back);
    if (err == KARTO_E_NOT_FOUND || (err == KARTO_OK && !karto_rid_equal(id, back)))
        c->fine = false;
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    c->numbers += 2;
    karto_terms_sort(terms);
    for (uint32_t i = 0; i < terms->count; i++)
        c->wanted = karto_sum_add(c->wanted, sum_of(&terms->all[i], number));
    return KARTO_OK;
}

static enum karto_err want_record(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct checking *c = context;
    struct karto_entry entry;
    struct karto_note note;
    if (key.size != sizeof entry.id.b || karto_entry_decode(&tx->arena, karto_rid_read(key.data), row, &entry))
        return KARTO_OK; /* said elsewhere */
    if (!karto_is_searched(entry.view.kind) || !karto_words_has(tx, entry.id))
        return KARTO_OK;
    enum karto_err err = karto_note_get(tx, entry.id, &note);
    if (err != KARTO_OK || note.there)
        return err; /* its terms are those of the note */
    struct karto_terms terms = karto_terms_of(&tx->arena, &entry.view);
    return want_terms(c, entry.id, &terms);
}

static enum karto_err want_note(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct checking *c = context;
    struct karto_note note;
    struct karto_rid id = karto_rid_read(key.data);
    (void)row;
    enum karto_err err = karto_note_get(tx, id, &note);
    return err == KARTO_OK && note.indexed ? want_terms(c, id, &note.terms) : err;
}

static enum karto_err want_gram(struct karto_tx *tx, struct karto_slice key, void *context)
{
    struct checking *c = context;
    (void)tx;
    c->grams_wanted = karto_sum_add(c->grams_wanted, karto_sum_of(key));
    return KARTO_OK;
}

static enum karto_err see_block(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct checking *c = context;
    struct karto_block block;
    if (karto_block_parse(key, row, &block) != KARTO_OK) {
        c->fine = false;
        return KARTO_OK;
    }
    struct karto_term term = {block.term, block.place};
    for (uint32_t number; karto_block_next(&block, &number);)
        c->found = karto_sum_add(c->found, sum_of(&term, number));
    if (karto_slice_equal(term.text, karto_buf_slice(&c->term)))
        return KARTO_OK;
    karto_buf_clear(&c->term);
    karto_buf_add_slice(&c->term, term.text);
    return karto_gram_rows(tx, term.text, want_gram, c);
}

static enum karto_err see_gram(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct checking *c = context;
    (void)tx;
    (void)row;
    c->grams_found = karto_sum_add(c->grams_found, karto_sum_of(key));
    return KARTO_OK;
}

enum karto_err karto_words_check(struct karto_tx *tx, bool *fine)
{
    struct checking c = {.tx = tx, .fine = true, .term = KARTO_BUF_EMPTY};
    uint64_t numbers = 0;
    enum karto_err err = karto_words_state(tx);
    if (err == KARTO_OK)
        err = karto_each_row(tx, KARTO_DB_RECORDS, want_record, &c);
    if (err == KARTO_OK)
        err = karto_each_row(tx, KARTO_DB_NOTED, want_note, &c);
    if (err == KARTO_OK)
        err = karto_each_row(tx, KARTO_DB_WORDS, see_block, &c);
    if (err == KARTO_OK)
        err = karto_each_row(tx, KARTO_DB_GRAMS, see_gram, &c);
    if (err == KARTO_OK)
        err = karto_kv_count(tx->kv, KARTO_DB_NUMBERS, &numbers);
    karto_buf_fini(&c.term);
    *fine = c.fine && karto_words_is_ours(tx) && numbers == c.numbers && karto_sum_equal(c.wanted, c.found) &&
            karto_sum_equal(c.grams_wanted, c.grams_found);
    if (err == KARTO_E_CORRUPT)
        *fine = false;
    return err == KARTO_E_CORRUPT ? KARTO_OK : err;
}
