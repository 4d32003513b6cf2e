#include "core/store/words.h"

#include "core/base/fatal.h"
#include "core/store/databases.h"
#include "core/store/grams.h"
#include "core/store/index.h"
#include "core/store/numbers.h"
#include "core/store/postings.h"
#include "core/store/words_gather.h"
#include "core/store/words_note.h"

#include <stdlib.h>
#include <string.h>

/* Why records are noted first, and settled later: a client has some 30 terms, so that an edit of a note would put 20
 * rows into 20 pages where it now puts one, beside the six that it puts anyway; and 16,000 blocks hold the three
 * million postings of 100,000 clients, which are written once for each batch of records, not once for each page of a
 * synchronisation. What that costs a query is to read the records that are noted, at most NOTED_MOST of store.c but for
 * the time that a bulk load takes.
 *
 * Records settled in one transaction: enough for a block of postings to be written once for many, few enough for other
 * writers to wait for less than half a second. */
enum { SETTLE_AT_ONCE = 20000 };
enum { STATE_SIZE = 37, NOT_INDEXED = 0, INDEXED = 1 };

/* ---- state ---- */

enum karto_err karto_words_state(struct karto_tx *tx)
{
    struct karto_slice row;
    if (tx->words.known)
        return KARTO_OK;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_META, karto_slice_str("words"), &row);
    if (err == KARTO_OK && row.size != STATE_SIZE)
        return KARTO_E_CORRUPT;
    if (err == KARTO_OK)
        tx->words = (struct karto_words_state){.making = row.data[12],
                                               .through = karto_rid_read(row.data + 13),
                                               .position = karto_be64(row.data + 29),
                                               .next = karto_be32(row.data + 8),
                                               .version = karto_be64(row.data)};
    else if (err == KARTO_E_NOT_FOUND)
        tx->words = (struct karto_words_state){.making = true, .next = 1};
    tx->words.known = err == KARTO_OK || err == KARTO_E_NOT_FOUND;
    return tx->words.known ? KARTO_OK : err;
}

static enum karto_err write_state(struct karto_tx *tx)
{
    struct karto_buf row = KARTO_BUF_EMPTY;
    karto_buf_add_be64(&row, tx->words.version);
    karto_buf_add_be32(&row, tx->words.next);
    karto_buf_add_byte(&row, tx->words.making);
    karto_buf_add(&row, tx->words.through.b, sizeof tx->words.through.b);
    karto_buf_add_be64(&row, tx->words.position);
    enum karto_err err = karto_meta_put(tx, "words", karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err;
}

enum karto_err karto_words_begin(struct karto_tx *tx)
{
    tx->words = (struct karto_words_state){.known = true, .next = 1, .version = karto_token_version()};
    return write_state(tx);
}

static enum karto_err reset(struct karto_tx *tx)
{
    static const unsigned all[] = {KARTO_DB_WORDS, KARTO_DB_GRAMS, KARTO_DB_NOTED, KARTO_DB_NUMBERS};
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < sizeof all / sizeof *all && err == KARTO_OK; i++)
        err = karto_kv_clear(tx->kv, all[i]);
    karto_gathered_forget(tx);
    tx->words = (struct karto_words_state){
        .known = true, .making = true, .next = 1, .position = tx->ledger.position, .version = karto_token_version()};
    return err == KARTO_OK ? write_state(tx) : err;
}

bool karto_words_is_ours(const struct karto_tx *tx)
{
    return tx->words.version == karto_token_version() && tx->words.position == tx->ledger.position;
}

enum karto_err karto_words_keep(struct karto_tx *tx)
{
    enum karto_err err = karto_words_state(tx);
    return err == KARTO_OK && tx->ledger.node.v && !karto_words_is_ours(tx) ? reset(tx) : err;
}

enum karto_err karto_words_kept(struct karto_tx *tx)
{
    if (tx->words.position == tx->ledger.position)
        return KARTO_OK;
    tx->words.position = tx->ledger.position;
    return write_state(tx);
}

enum karto_err karto_words_noted(struct karto_tx *tx, uint64_t *count)
{
    return karto_kv_count(tx->kv, KARTO_DB_NOTED, count);
}

bool karto_words_has(const struct karto_tx *tx, struct karto_rid id)
{
    return !tx->words.making || karto_rid_compare(id, tx->words.through) <= 0;
}

/* ---- notes ---- */

enum karto_err karto_note_get(struct karto_tx *tx, struct karto_rid id, struct karto_note *note)
{
    struct karto_slice row;
    *note = (struct karto_note){.there = false};
    enum karto_err err = karto_row(tx, KARTO_DB_NOTED, karto_rid_slice(&id), &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size == 0 || row.data[0] > INDEXED)
        return KARTO_E_CORRUPT;
    note->there = true;
    note->indexed = row.data[0] == INDEXED;
    return karto_terms_decode(&tx->arena, karto_slice(row.data + 1, row.size - 1), &note->terms);
}

/* Of a record that was there: the terms are those of before, which the index has. */
static enum karto_err note_change(struct karto_tx *tx, const struct karto_entry *before)
{
    struct karto_buf row = KARTO_BUF_EMPTY;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    struct karto_terms terms = karto_terms_of(&tx->arena, &before->view);
    karto_buf_add_byte(&row, INDEXED);
    karto_terms_sort(&terms);
    karto_terms_encode(&terms, &row);
    enum karto_err err = karto_kv_put(tx->kv, KARTO_DB_NOTED, karto_rid_slice(&before->id), karto_buf_slice(&row));
    karto_arena_release(&tx->arena, mark);
    karto_buf_fini(&row);
    return err;
}

static enum karto_err note_new(struct karto_tx *tx, const struct karto_entry *after, uint32_t *aside)
{
    const uint8_t row = NOT_INDEXED;
    enum karto_err err = karto_kv_put_new(tx->kv, KARTO_DB_NOTED, karto_rid_slice(&after->id), karto_slice(&row, 1));
    if (err != KARTO_OK)
        return err;
    uint32_t number = karto_gathered_add(tx, &after->view, aside != NULL);
    if (aside)
        *aside = number;
    return KARTO_OK;
}

static enum karto_err note_once(struct karto_tx *tx, const struct karto_entry *before)
{
    struct karto_slice row;
    enum karto_err err = karto_kv_get(tx->kv, KARTO_DB_NOTED, karto_rid_slice(&before->id), &row);
    if (err == KARTO_E_NOT_FOUND)
        return note_change(tx, before);
    return err == KARTO_OK ? KARTO_E_EXISTS : err;
}

enum karto_err karto_words_update(struct karto_tx *tx, const struct karto_entry *before,
                                  const struct karto_entry *after, uint32_t *aside)
{
    const struct karto_entry *either = after->exists ? after : before;
    if (!either->exists || !karto_is_searched(either->view.kind) ||
        (before->exists && after->exists && karto_searched_same(&before->view, &after->view)))
        return KARTO_OK;
    enum karto_err err = karto_words_state(tx);
    if (err != KARTO_OK || !karto_words_has(tx, after->id))
        return err;
    err = before->exists ? note_once(tx, before) : note_new(tx, after, aside);
    if (err != KARTO_E_EXISTS)
        return err;
    karto_gathered_forget(tx); /* what is noted, and may be gathered, is no longer what the record is */
    return KARTO_OK;
}

/* ---- one record ---- */

struct settling {
    struct karto_postings *postings;
    uint64_t done, most;
    bool making;           /* of a store that may be an older program's */
    bool through;          /* nothing is left */
    struct karto_rid last; /* made */
};

static bool has(const struct karto_terms *terms, const struct karto_term *term)
{
    for (uint32_t i = 0; i < terms->count; i++)
        if (terms->all[i].place == term->place && karto_slice_equal(terms->all[i].text, term->text))
            return true;
    return false;
}

static void change_terms(struct settling *s, uint32_t number, const struct karto_terms *old,
                         const struct karto_terms *new)
{
    for (uint32_t i = 0; i < old->count; i++)
        if (!has(new, &old->all[i]))
            karto_postings_change(s->postings, &old->all[i], 1, number, false);
    for (uint32_t i = 0; i < new->count; i++)
        if (!has(old, &new->all[i]))
            karto_postings_change(s->postings, &new->all[i], 1, number, true);
}

/* A number says of which kind its record is, which has turned out to be another since. */
static enum karto_err say_kind(struct karto_tx *tx, const struct karto_entry *entry, uint32_t number)
{
    uint32_t kind;
    struct karto_rid id;
    enum karto_err err = karto_number_record(tx, number, &kind, &id);
    if (err == KARTO_OK && kind != entry->view.kind)
        err = karto_numbers_give(tx, &(struct karto_numbered){entry->id, entry->view.kind}, 1, number);
    return err;
}

static enum karto_err number_for(struct karto_tx *tx, const struct karto_note *note, const struct karto_entry *entry,
                                 uint32_t *number)
{
    if (!note->indexed) {
        *number = tx->words.next++;
        return karto_numbers_give(tx, &(struct karto_numbered){entry->id, entry->view.kind}, 1, *number);
    }
    enum karto_err err = karto_number_of(tx, entry->id, number);
    if (err == KARTO_OK)
        err = entry->exists ? say_kind(tx, entry, *number) : karto_number_drop(tx, entry->id, *number);
    return err == KARTO_E_NOT_FOUND ? KARTO_E_CORRUPT : err;
}

/* Takes a record from what the index has of it, by its note, to what it is. */
static enum karto_err settle_record(struct karto_tx *tx, struct settling *s, struct karto_rid id,
                                    const struct karto_note *note)
{
    struct karto_entry entry = {.id = id};
    struct karto_terms terms = {NULL, 0, 0};
    struct karto_slice row;
    uint32_t number = 0;
    enum karto_err err = karto_row(tx, KARTO_DB_RECORDS, karto_rid_slice(&id), &row);
    if (err == KARTO_OK)
        err = karto_entry_decode(&tx->arena, id, row, &entry);
    else if (err == KARTO_E_NOT_FOUND)
        err = KARTO_OK;
    entry.exists = entry.exists && karto_is_searched(entry.view.kind);
    if (err != KARTO_OK || (!entry.exists && !note->indexed))
        return err;
    if (entry.exists)
        terms = karto_terms_of(&tx->arena, &entry.view);
    err = number_for(tx, note, &entry, &number);
    if (err == KARTO_OK)
        change_terms(s, number, &note->terms, &terms);
    if (err == KARTO_OK && s->making)
        karto_index_say_again(tx, &entry.view);
    return err;
}

static enum karto_err change_gram(struct karto_tx *tx, struct karto_slice key, void *context)
{
    return *(bool *)context ? karto_kv_put(tx->kv, KARTO_DB_GRAMS, key, karto_slice(NULL, 0))
                            : karto_kv_delete(tx->kv, KARTO_DB_GRAMS, key);
}

static enum karto_err change_vocabulary(struct karto_tx *tx, struct karto_slice term, bool is_new, void *context)
{
    (void)context;
    return karto_gram_rows(tx, term, change_gram, &is_new);
}

static enum karto_err write_down(struct karto_tx *tx, struct settling *s)
{
    enum karto_err err = karto_postings_write(tx, s->postings, change_vocabulary, NULL);
    return err == KARTO_OK ? write_state(tx) : err;
}

/* ---- what is noted ---- */

/* The first ids of a database, behind one: at most a batch, in the arena. */
static enum karto_err first_ids(struct karto_tx *tx, unsigned db, struct karto_rid after, struct karto_rid **ids,
                                uint32_t *count)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    *ids = karto_arena_array(&tx->arena, SETTLE_AT_ONCE, sizeof **ids);
    *count = 0;
    enum karto_err err = karto_kv_cursor_open(tx->kv, db, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, karto_rid_slice(&after), &key, &row); err == KARTO_OK && *count < SETTLE_AT_ONCE;
         err = karto_kv_next(cursor, &key, &row))
        if (key.size == sizeof after.b && memcmp(key.data, after.b, sizeof after.b) != 0)
            (*ids)[(*count)++] = karto_rid_read(key.data);
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err settle_note(struct karto_tx *tx, struct settling *s, struct karto_rid id)
{
    struct karto_note note;
    enum karto_err err = karto_note_get(tx, id, &note);
    if (err == KARTO_OK)
        err = settle_record(tx, s, id, &note);
    return err == KARTO_OK ? karto_kv_delete(tx->kv, KARTO_DB_NOTED, karto_rid_slice(&id)) : err;
}

/* All that is noted, where its terms are still at hand. */
static enum karto_err settle_gathered(struct karto_tx *tx, struct settling *s)
{
    enum karto_err err = karto_gathered_number(tx, &s->postings);
    if (err == KARTO_OK)
        err = write_down(tx, s);
    karto_gathered_forget(tx);
    s->through = true;
    return err == KARTO_OK ? karto_kv_clear(tx->kv, KARTO_DB_NOTED) : err;
}

static enum karto_err settle_some(struct karto_tx *tx, struct settling *s)
{
    struct karto_rid *ids;
    uint32_t count;
    uint64_t left = 0;
    enum karto_err err = first_ids(tx, KARTO_DB_NOTED, (struct karto_rid){{0}}, &ids, &count);
    if (err != KARTO_OK)
        return err;
    karto_gathered_forget(tx);
    s->postings = karto_postings_new();
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = settle_note(tx, s, ids[i]);
        karto_arena_release(&tx->arena, mark);
    }
    if (err == KARTO_OK && count > 0)
        err = write_down(tx, s);
    if (err == KARTO_OK)
        err = karto_words_noted(tx, &left);
    s->through = left <= s->most || count == 0;
    karto_postings_free(s->postings);
    return err;
}

static enum karto_err settle_notes(struct karto_tx *tx, void *context)
{
    struct settling *s = context;
    uint64_t noted = 0;
    enum karto_err err = karto_words_state(tx);
    if (err == KARTO_OK)
        err = karto_words_noted(tx, &noted);
    if (err != KARTO_OK)
        return err;
    return karto_gathered_all(tx, noted) ? settle_gathered(tx, s) : settle_some(tx, s);
}

enum karto_err karto_words_settle(struct karto_store *store, uint64_t most_left)
{
    struct settling s = {.most = most_left};
    enum karto_err err = KARTO_OK;
    while (err == KARTO_OK && !s.through)
        err = karto_store_write_alone(store, settle_notes, &s);
    return err;
}

/* ---- what was never indexed ---- */

static enum karto_err make_some(struct karto_tx *tx, struct settling *s)
{
    static const struct karto_note nothing;
    struct karto_rid *ids;
    uint32_t count;
    enum karto_err err = first_ids(tx, KARTO_DB_RECORDS, tx->words.through, &ids, &count);
    if (err != KARTO_OK)
        return err;
    karto_gathered_forget(tx);
    s->postings = karto_postings_new();
    for (uint32_t i = 0; i < count && err == KARTO_OK; i++) {
        struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
        err = settle_record(tx, s, ids[i], &nothing);
        karto_arena_release(&tx->arena, mark);
    }
    tx->words.making = count == SETTLE_AT_ONCE;
    tx->words.through = count ? ids[count - 1] : tx->words.through;
    s->last = tx->words.through;
    if (err == KARTO_OK)
        err = write_down(tx, s);
    karto_postings_free(s->postings);
    return err;
}

static enum karto_err make(struct karto_tx *tx, void *context)
{
    struct settling *s = context;
    enum karto_err err = tx->words.making ? make_some(tx, s) : KARTO_OK;
    s->through = !tx->words.making;
    return err;
}

static enum karto_err is_made(struct karto_tx *tx, void *context)
{
    enum karto_err err = karto_words_state(tx);
    *(bool *)context = !tx->words.making && karto_words_is_ours(tx);
    return err;
}

enum karto_err karto_words_prepare(struct karto_store *store)
{
    struct settling s = {.making = true};
    struct karto_rid before = {{0}};
    enum karto_err err = karto_store_read(store, is_made, &s.through);
    while (err == KARTO_OK && !s.through) {
        err = karto_store_write_alone(store, make, &s);
        if (err == KARTO_OK && !s.through && karto_rid_compare(s.last, before) <= 0)
            err = KARTO_E_BUSY; /* thrown back meanwhile */
        before = s.last;
    }
    return err;
}
