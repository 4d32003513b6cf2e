#include "core/store/postings.h"

#include "core/base/fatal.h"
#include "core/base/hash.h"
#include "core/store/databases.h"

#include <stdlib.h>
#include <string.h>

/* A block of at most so many bytes lies within a page, with others; a number takes at most five. */
enum { BLOCK_MAX = 1000, NUMBER_BYTES = 5, TAIL = 6, KEY_MAX = KARTO_TOKEN_SIZE_MAX + TAIL };
enum { LISTS_MIN = 1024, OPS_MIN = 4, TOGETHER = 32 };

/* ---- what is collected ---- */

/* All changes of one term in one place: number << 1 | has. */
struct list {
    struct karto_term term;
    uint64_t hash;
    uint32_t *ops;
    uint32_t count, room;
    bool ascending;
};

struct karto_postings {
    struct karto_arena arena; /* texts of terms, and ops */
    struct list *lists;
    uint32_t count, room;
    struct slot {
        uint32_t hash, list; /* half of the hash, so that others are passed by unseen; index + 1, or 0 */
    } * slots;               /* twice as many as room */
};

struct karto_postings *karto_postings_new(void)
{
    struct karto_postings *p = karto_must(calloc(1, sizeof *p));
    karto_arena_init(&p->arena);
    p->room = LISTS_MIN;
    p->lists = karto_must(calloc(p->room, sizeof *p->lists));
    p->slots = karto_must(calloc((size_t)2 * p->room, sizeof *p->slots));
    return p;
}

void karto_postings_free(struct karto_postings *p)
{
    if (!p)
        return;
    free(p->lists);
    free(p->slots);
    karto_arena_fini(&p->arena);
    free(p);
}

static uint64_t hash_of(const struct karto_term *term)
{
    return karto_sum_of(term->text).low + term->place;
}

/* The slot of a term, or the free one where it belongs. */
static struct slot *slot_of(const struct karto_postings *p, const struct karto_term *term, uint64_t hash)
{
    uint32_t mask = 2 * p->room - 1, at = (uint32_t)hash & mask;
    for (; p->slots[at].list; at = (at + 1) & mask) {
        const struct list *list = &p->lists[p->slots[at].list - 1];
        if (p->slots[at].hash == (uint32_t)(hash >> 32) && list->term.place == term->place &&
            karto_slice_equal(list->term.text, term->text))
            break;
    }
    return &p->slots[at];
}

static void grow(struct karto_postings *p)
{
    p->room *= 2;
    p->lists = karto_must(realloc(p->lists, p->room * sizeof *p->lists));
    free(p->slots);
    p->slots = karto_must(calloc((size_t)2 * p->room, sizeof *p->slots));
    for (uint32_t i = 0; i < p->count; i++)
        *slot_of(p, &p->lists[i].term, p->lists[i].hash) = (struct slot){(uint32_t)(p->lists[i].hash >> 32), i + 1};
}

static struct list *list_of(struct karto_postings *p, const struct karto_term *term, uint64_t hash)
{
    struct slot *slot = slot_of(p, term, hash);
    if (!slot->list && p->count == p->room) {
        grow(p);
        slot = slot_of(p, term, hash);
    }
    if (!slot->list) {
        struct karto_slice text = karto_arena_copy(&p->arena, term->text);
        p->lists[p->count++] = (struct list){{text, term->place}, hash, NULL, 0, 0, true};
        *slot = (struct slot){(uint32_t)(hash >> 32), p->count};
    }
    return &p->lists[slot->list - 1];
}

static void make_room(struct karto_postings *p, struct list *list)
{
    const uint32_t *old = list->ops;
    list->room = list->room ? 2 * list->room : OPS_MIN;
    list->ops = karto_arena_room(&p->arena, list->room, sizeof *list->ops);
    if (list->count)
        memcpy(list->ops, old, list->count * sizeof *old);
}

static void change(struct karto_postings *p, const struct karto_term *term, uint64_t hash, uint32_t op)
{
    struct list *list = list_of(p, term, hash);
    if (list->count && list->ops[list->count - 1] == op)
        return;
    if (list->count == list->room)
        make_room(p, list);
    list->ascending = list->ascending && (list->count == 0 || list->ops[list->count - 1] < op);
    list->ops[list->count++] = op;
}

/* Three places in memory for each term, none of them where the last one was: so many terms are begun together. */
static void change_few(struct karto_postings *p, const struct karto_term *terms, uint32_t count, uint32_t op)
{
    uint64_t hashes[TOGETHER];
    const struct slot *slots[TOGETHER];
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = hash_of(&terms[i]);
        slots[i] = &p->slots[(uint32_t)hashes[i] & (2 * p->room - 1)];
        __builtin_prefetch(slots[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        if (slots[i]->list)
            __builtin_prefetch(&p->lists[slots[i]->list - 1]);
    for (uint32_t i = 0; i < count; i++)
        if (slots[i]->list) {
            const struct list *list = &p->lists[slots[i]->list - 1];
            __builtin_prefetch(list->term.text.data);
            if (list->count)
                __builtin_prefetch(&list->ops[list->count - 1]);
        }
    for (uint32_t i = 0; i < count; i++)
        change(p, &terms[i], hashes[i], op);
}

void karto_postings_change(struct karto_postings *p, const struct karto_term *terms, uint32_t count, uint32_t number,
                           bool has)
{
    for (uint32_t done = 0, few; done < count; done += few) {
        few = count - done < TOGETHER ? count - done : TOGETHER;
        change_few(p, terms + done, few, number << 1 | has);
    }
}

/* ---- rows ---- */

static struct karto_slice key_of(const struct karto_term *term, uint32_t first, uint8_t out[KEY_MAX])
{
    size_t size = term->text.size;
    memcpy(out, term->text.data, size);
    out[size] = 0;
    out[size + 1] = (uint8_t)term->place;
    karto_be32_write(first, out + size + 2);
    return karto_slice(out, size + TAIL);
}

enum karto_err karto_block_parse(struct karto_slice key, struct karto_slice row, struct karto_block *block)
{
    if (key.size <= TAIL || key.data[key.size - TAIL] != 0 || key.data[key.size - TAIL + 1] >= KARTO_PLACES)
        return KARTO_E_CORRUPT;
    *block =
        (struct karto_block){karto_slice(key.data, key.size - TAIL), (enum karto_place)key.data[key.size - TAIL + 1],
                             karto_be32(key.data + key.size - 4), row};
    return KARTO_OK;
}

bool karto_block_next(struct karto_block *block, uint32_t *number)
{
    uint32_t difference = 0;
    if (block->place == KARTO_PLACES)
        return false;
    *number = block->first;
    size_t at = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (at == block->rest.size || shift > 28) {
            block->place = KARTO_PLACES; /* that was the last */
            return true;
        }
        uint8_t byte = block->rest.data[at++];
        difference |= (uint32_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            break;
    }
    block->first += difference + 1;
    block->rest = karto_slice(block->rest.data + at, block->rest.size - at);
    return true;
}

/* ---- writing ---- */

struct writing {
    struct karto_tx *tx;
    struct karto_kv_cursor *cursor;
    const struct list *list;
    struct karto_buf old, new; /* numbers of a block: u32 of this machine */
    bool had;                  /* the term was there before */
    bool emptied;              /* a block went: the term may be gone */
};

static bool is_of_list(const struct karto_term *term, struct karto_slice key)
{
    return key.size == term->text.size + TAIL && memcmp(key.data, term->text.data, term->text.size) == 0 &&
           key.data[term->text.size] == 0 && key.data[term->text.size + 1] == term->place;
}

static bool is_of_term(struct karto_slice term, struct karto_slice key)
{
    return key.size == term.size + TAIL && memcmp(key.data, term.data, term.size) == 0 && key.data[term.size] == 0;
}

static void add_number(struct karto_buf *numbers, uint32_t number)
{
    memcpy(karto_buf_reserve(numbers, sizeof number), &number, sizeof number);
    numbers->size += sizeof number;
}

static uint32_t number_at(const struct karto_buf *numbers, size_t at)
{
    uint32_t number;
    memcpy(&number, numbers->data + at * sizeof number, sizeof number);
    return number;
}

/* A place in the rows of a term, between two blocks. */
struct place {
    struct karto_slice before, before_row; /* the last block of the list that begins not behind a number; or empty */
    struct karto_slice behind, behind_row; /* the next; or empty */
};

static enum karto_err find_place(struct writing *w, uint32_t number, struct place *place)
{
    const struct karto_term *term = &w->list->term;
    uint8_t wanted[KEY_MAX];
    enum karto_err err = karto_kv_seek(w->cursor, key_of(term, number + 1, wanted), &place->behind, &place->behind_row);
    if (err == KARTO_OK)
        err = karto_kv_prev(w->cursor, &place->before, &place->before_row);
    else if (err == KARTO_E_NOT_FOUND)
        err = karto_kv_last(w->cursor, &place->before, &place->before_row);
    w->had = w->had || is_of_term(term->text, place->behind) || is_of_term(term->text, place->before);
    if (!is_of_list(term, place->behind))
        place->behind = karto_slice(NULL, 0);
    if (!is_of_list(term, place->before))
        place->before = karto_slice(NULL, 0);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* Where the block behind the first one of a list begins. */
static enum karto_err find_second(struct writing *w, struct karto_slice first, uint32_t *begin)
{
    struct karto_slice key, row;
    enum karto_err err = karto_kv_seek(w->cursor, first, &key, &row);
    if (err == KARTO_OK)
        err = karto_kv_next(w->cursor, &key, &row);
    *begin = is_of_list(&w->list->term, key) ? karto_be32(key.data + key.size - 4) : UINT32_MAX;
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

/* The block that a number belongs to: the last that begins not behind it, else the first. Its numbers go to w->old, its
 * key to *key (empty: there is no block); *bound is where the next one begins. */
static enum karto_err find_block(struct writing *w, uint32_t number, struct karto_buf *key, uint32_t *bound)
{
    struct place place;
    struct karto_block block;
    *bound = UINT32_MAX;
    karto_buf_clear(&w->old);
    enum karto_err err = find_place(w, number, &place);
    bool only_behind = !place.before.size && place.behind.size;
    struct karto_slice found = only_behind ? place.behind : place.before;
    if (err != KARTO_OK || !found.size)
        return err;
    if (only_behind)
        err = find_second(w, place.behind, bound);
    else if (place.behind.size)
        *bound = karto_be32(place.behind.data + place.behind.size - 4);
    karto_buf_add_slice(key, found);
    if (err == KARTO_OK)
        err = karto_block_parse(found, only_behind ? place.behind_row : place.before_row, &block);
    for (uint32_t n; err == KARTO_OK && karto_block_next(&block, &n);)
        add_number(&w->old, n);
    return err;
}

/* The numbers of w->old with the changes from ops on that lie below bound; how many those were. */
static uint32_t merge(struct writing *w, const uint32_t *ops, uint32_t count, uint32_t bound)
{
    size_t old = 0, old_count = w->old.size / sizeof(uint32_t);
    uint32_t taken = 0;
    karto_buf_clear(&w->new);
    while (taken < count && ops[taken] >> 1 < bound) {
        uint32_t number = ops[taken] >> 1;
        for (; old < old_count && number_at(&w->old, old) < number; old++)
            add_number(&w->new, number_at(&w->old, old));
        if (old < old_count && number_at(&w->old, old) == number)
            old++;
        while (taken + 1 < count && ops[taken + 1] >> 1 == number)
            taken++;
        if (ops[taken++] & 1)
            add_number(&w->new, number);
    }
    for (; old < old_count; old++)
        add_number(&w->new, number_at(&w->old, old));
    return taken;
}

static size_t write_difference(uint8_t *out, uint32_t difference)
{
    size_t size = 0;
    for (; difference >= 0x80; difference >>= 7)
        out[size++] = (uint8_t)(difference | 0x80);
    out[size++] = (uint8_t)difference;
    return size;
}

static enum karto_err put_blocks(struct writing *w)
{
    size_t count = w->new.size / sizeof(uint32_t);
    enum karto_err err = KARTO_OK;
    for (size_t i = 0; i < count && err == KARTO_OK;) {
        uint8_t key[KEY_MAX], row[BLOCK_MAX];
        uint32_t first = number_at(&w->new, i++), last = first;
        size_t size = 0;
        for (; i < count && size + NUMBER_BYTES <= BLOCK_MAX; last = number_at(&w->new, i++))
            size += write_difference(row + size, number_at(&w->new, i) - last - 1);
        err = karto_kv_put(w->tx->kv, KARTO_DB_WORDS, key_of(&w->list->term, first, key), karto_slice(row, size));
    }
    return err;
}

static bool same_numbers(const struct writing *w)
{
    return karto_slice_equal(karto_buf_slice(&w->old), karto_buf_slice(&w->new));
}

/* One block, and the changes that belong into it. */
static enum karto_err write_block(struct writing *w, const uint32_t *ops, uint32_t count, uint32_t *taken)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    uint32_t bound;
    enum karto_err err = find_block(w, ops[0] >> 1, &key, &bound);
    if (err == KARTO_OK) {
        *taken = merge(w, ops, count, bound);
        bool changed = !same_numbers(w);
        bool moves = w->new.size == 0 || (w->old.size && number_at(&w->old, 0) != number_at(&w->new, 0));
        if (changed && key.size && moves)
            err = karto_kv_delete(w->tx->kv, KARTO_DB_WORDS, karto_buf_slice(&key));
        w->emptied = w->emptied || w->new.size == 0;
        if (err == KARTO_OK && changed)
            err = put_blocks(w);
    }
    karto_buf_fini(&key);
    return err;
}

static int compare_ops(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static enum karto_err write_list(struct writing *w, struct list *list)
{
    enum karto_err err = KARTO_OK;
    if (!list->ascending)
        qsort(list->ops, list->count, sizeof *list->ops, compare_ops);
    list->ascending = true;
    w->list = list;
    for (uint32_t i = 0, taken = 0; i < list->count && err == KARTO_OK; i += taken)
        err = write_block(w, list->ops + i, list->count - i, &taken);
    return err;
}

static enum karto_err term_is_there(struct writing *w, struct karto_slice term, bool *there)
{
    uint8_t from[KEY_MAX];
    struct karto_slice key, row;
    struct karto_term first = {term, KARTO_PLACE_WHOLE};
    enum karto_err err = karto_kv_seek(w->cursor, key_of(&first, 0, from), &key, &row);
    *there = err == KARTO_OK && is_of_term(term, key);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static int compare_lists(const void *a, const void *b)
{
    const struct list *x = *(struct list *const *)a, *y = *(struct list *const *)b;
    int order = karto_slice_compare(x->term.text, y->term.text);
    return order ? order : (int)x->term.place - (int)y->term.place;
}

/* The lists of one term, from i on: how many. */
static enum karto_err write_term(struct writing *w, struct list **lists, uint32_t count, uint32_t *taken,
                                 karto_postings_vocabulary *vocabulary, void *context)
{
    struct karto_slice term = lists[0]->term.text;
    enum karto_err err = KARTO_OK;
    bool there = true;
    w->had = w->emptied = false;
    for (*taken = 0; *taken < count && err == KARTO_OK; ++*taken) {
        if (!karto_slice_equal(lists[*taken]->term.text, term))
            break;
        bool had = w->had;
        err = write_list(w, lists[*taken]);
        if (*taken > 0)
            w->had = had; /* what the first has written does not count */
    }
    if (err == KARTO_OK && w->emptied)
        err = term_is_there(w, term, &there);
    return err == KARTO_OK && there != w->had ? vocabulary(w->tx, term, there, context) : err;
}

enum karto_err karto_postings_write(struct karto_tx *tx, struct karto_postings *p,
                                    karto_postings_vocabulary *vocabulary, void *context)
{
    struct writing w = {.tx = tx, .old = KARTO_BUF_EMPTY, .new = KARTO_BUF_EMPTY};
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_WORDS, &w.cursor);
    if (err != KARTO_OK)
        return err;
    struct list **sorted = karto_must(calloc(p->count + 1, sizeof *sorted));
    for (uint32_t i = 0; i < p->count; i++)
        sorted[i] = &p->lists[i];
    qsort(sorted, p->count, sizeof *sorted, compare_lists);
    for (uint32_t i = 0, taken = 0; i < p->count && err == KARTO_OK; i += taken)
        err = write_term(&w, sorted + i, p->count - i, &taken, vocabulary, context);
    karto_kv_cursor_close(w.cursor);
    karto_buf_fini(&w.old);
    karto_buf_fini(&w.new);
    free(sorted);
    return err;
}

/* ---- reading ---- */

enum karto_err karto_postings_walk(struct karto_tx *tx, struct karto_slice text, bool begins, karto_block_visit *visit,
                                   void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    struct karto_block block;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_WORDS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, text, &key, &row); err == KARTO_OK; err = karto_kv_next(cursor, &key, &row)) {
        if (!karto_slice_begins(key, text) || (!begins && key.data[text.size] != 0))
            break;
        err = karto_block_parse(key, row, &block);
        if (err == KARTO_OK)
            err = visit(&block, context);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND || err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}
