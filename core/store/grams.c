#include "core/store/grams.h"

#include "core/base/fatal.h"
#include "core/base/hash.h"
#include "core/base/loose.h"
#include "core/base/roman.h"
#include "core/base/token.h"
#include "core/store/databases.h"
#include "core/store/terms.h"

#include <stdlib.h>
#include <string.h>

/* The first byte of a row that is not of three letters; letters before the first and behind the last. */
enum { SOUNDS = 3, BEGIN = 1, END = 2 };
enum { LETTERS_MAX = KARTO_TOKEN_SIZE_MAX + 4, EDIT_SPOILS = 4, FOUND_MIN = 1024 };

/* ---- the grams of a word ---- */

/* A loose word with two letters before and behind, and where each letter begins. */
struct letters {
    uint8_t bytes[LETTERS_MAX];
    uint8_t at[LETTERS_MAX + 1];
    unsigned count;
};

static void add_letter(struct letters *letters, const uint8_t *bytes, size_t size)
{
    uint8_t at = letters->at[letters->count];
    memcpy(letters->bytes + at, bytes, size);
    letters->at[++letters->count] = (uint8_t)(at + size);
}

static void add_mark(struct letters *letters, uint8_t mark)
{
    add_letter(letters, &mark, 1);
    add_letter(letters, &mark, 1);
}

static void add_letters(struct letters *letters, struct karto_slice loose)
{
    for (size_t i = 0, end; i < loose.size; i = end) {
        for (end = i + 1; end < loose.size && (loose.data[end] & 0xC0) == 0x80;)
            end++;
        add_letter(letters, loose.data + i, end - i);
    }
}

static struct karto_slice gram(const struct letters *letters, unsigned i, unsigned size)
{
    return karto_slice(letters->bytes + letters->at[i], (size_t)(letters->at[i + size] - letters->at[i]));
}

static struct letters letters_of(struct karto_tx *tx, struct karto_slice word, bool whole)
{
    struct letters letters = {.count = 0};
    struct karto_slice loose = karto_loose(&tx->arena, word);
    if (loose.size == 0 || loose.size > KARTO_TOKEN_SIZE_MAX)
        return letters;
    if (whole)
        add_mark(&letters, BEGIN);
    add_letters(&letters, loose);
    if (whole)
        add_mark(&letters, END);
    return letters;
}

static bool is_digit(struct karto_slice word)
{
    return word.size && word.data[0] >= '0' && word.data[0] <= '9';
}

static enum karto_err give_row(struct karto_tx *tx, struct karto_buf *key, struct karto_slice word, karto_gram_row *row,
                               void *context)
{
    karto_buf_add_byte(key, 0);
    karto_buf_add_slice(key, word);
    enum karto_err err = row(tx, karto_buf_slice(key), context);
    karto_buf_clear(key);
    return err;
}

static bool is_repeated(const struct letters *letters, unsigned i)
{
    for (unsigned j = 0; j < i; j++)
        if (karto_slice_equal(gram(letters, j, 3), gram(letters, i, 3)))
            return true;
    return false;
}

enum karto_err karto_gram_rows(struct karto_tx *tx, struct karto_slice word, karto_gram_row *row, void *context)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    enum karto_err err = KARTO_OK;
    if (is_digit(word) || word.data[0] < KARTO_TERM_WORD)
        return KARTO_OK;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    struct letters letters = letters_of(tx, word, true);
    for (unsigned i = 0; i + 2 < letters.count && err == KARTO_OK; i++) {
        if (is_repeated(&letters, i))
            continue;
        karto_buf_add_slice(&key, gram(&letters, i, 3));
        err = give_row(tx, &key, word, row, context);
    }
    if (err == KARTO_OK) {
        karto_buf_add_byte(&key, SOUNDS);
        karto_buf_add_slice(&key, karto_roman_key(&tx->arena, word));
        err = give_row(tx, &key, word, row, context);
    }
    karto_arena_release(&tx->arena, mark);
    karto_buf_fini(&key);
    return err;
}

/* ---- walks ---- */

/* Each word in the rows that begin with prefix; the row's own first part must end there unless begins. */
static enum karto_err walk(struct karto_tx *tx, struct karto_slice prefix, bool begins, karto_gram_visit *visit,
                           void *context)
{
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_GRAMS, &cursor);
    if (err != KARTO_OK)
        return err;
    for (err = karto_kv_seek(cursor, prefix, &key, &row); err == KARTO_OK; err = karto_kv_next(cursor, &key, &row)) {
        if (key.size <= prefix.size || memcmp(key.data, prefix.data, prefix.size) != 0 ||
            (!begins && key.data[prefix.size] != 0))
            break;
        const uint8_t *end = memchr(key.data + prefix.size, 0, key.size - prefix.size);
        if (end)
            err = visit(karto_slice(end + 1, (size_t)(key.data + key.size - end - 1)), context);
        if (err != KARTO_OK)
            break;
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err unless_interrupted(enum karto_err err)
{
    return err == KARTO_E_INTERRUPTED ? KARTO_OK : err;
}

enum karto_err karto_grams_inside(struct karto_tx *tx, struct karto_slice part, karto_gram_visit *visit, void *context)
{
    struct letters letters = letters_of(tx, part, false);
    bool may_go_on = part.size >= 2 && memcmp(part.data + part.size - 2, "й", 2) == 0; /* й is и only at the end */
    unsigned sure = letters.count - (may_go_on && letters.count > 0), size = sure < 3 ? sure : 3;
    if (size < 2)
        return KARTO_OK;
    return unless_interrupted(walk(tx, gram(&letters, 0, size), size < 3, visit, context));
}

enum karto_err karto_grams_sounding(struct karto_tx *tx, struct karto_slice roman_key, bool begins,
                                    karto_gram_visit *visit, void *context)
{
    struct karto_buf key = KARTO_BUF_EMPTY;
    karto_buf_add_byte(&key, SOUNDS);
    karto_buf_add_slice(&key, roman_key);
    enum karto_err err = unless_interrupted(walk(tx, karto_buf_slice(&key), begins, visit, context));
    karto_buf_fini(&key);
    return err;
}

/* ---- words that share many grams ---- */

struct near_word {
    struct karto_slice word;
    unsigned shared;
};

/* A hash table; room is a power of two, at most half full. */
struct near {
    struct near_word *slots;
    size_t room, count;
};

static struct near_word *slot_of(const struct near *near, struct karto_slice word)
{
    size_t at = (size_t)karto_sum_of(word).low & (near->room - 1);
    while (near->slots[at].word.data && !karto_slice_equal(near->slots[at].word, word))
        at = (at + 1) & (near->room - 1);
    return &near->slots[at];
}

static void grow(struct near *near)
{
    struct near larger = {NULL, near->room ? 2 * near->room : FOUND_MIN, near->count};
    larger.slots = karto_must(calloc(larger.room, sizeof *larger.slots));
    for (size_t i = 0; i < near->room; i++)
        if (near->slots[i].word.data)
            *slot_of(&larger, near->slots[i].word) = near->slots[i];
    free(near->slots);
    *near = larger;
}

static enum karto_err count_word(struct karto_slice word, void *context)
{
    struct near *near = context;
    if (2 * near->count >= near->room)
        grow(near);
    struct near_word *slot = slot_of(near, word);
    near->count += !slot->word.data;
    slot->word = word;
    slot->shared++;
    return KARTO_OK;
}

/* An edit spoils three grams, exchanging two letters four: the others are still there. */
enum karto_err karto_grams_near(struct karto_tx *tx, struct karto_slice word, unsigned edits, karto_gram_visit *visit,
                                void *context)
{
    struct letters letters = letters_of(tx, word, true);
    struct near near = {NULL, 0, 0};
    unsigned different = 0;
    enum karto_err err = KARTO_OK;
    for (unsigned i = 0; i + 2 < letters.count && err == KARTO_OK; i++) {
        if (is_repeated(&letters, i))
            continue;
        different++;
        err = walk(tx, gram(&letters, i, 3), false, count_word, &near);
    }
    unsigned least = different > EDIT_SPOILS * edits ? different - EDIT_SPOILS * edits : 1;
    for (size_t i = 0; i < near.room && err == KARTO_OK; i++)
        if (near.slots[i].shared >= least)
            err = visit(near.slots[i].word, context);
    free(near.slots);
    return unless_interrupted(err);
}
