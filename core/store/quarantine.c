#include "core/store/quarantine.h"

#include "core/base/limits.h"
#include "core/base/reader.h"
#include "core/model/change.h"
#include "core/store/databases.h"
#include "core/store/keys.h"

enum { FROM_HUB = 1, FROM_DEVICE = 2 }; /* the byte of the direction */
enum { HEAD = 66, WORDS = 3 };          /* form 1, direction 1, time 8, device 16, record 16, dot 16, position 8 */
enum { GAP_NONE, GAP_OPEN, GAP_NOTED }; /* open: the next difference behind a comparison is noted */
/* The row of meta: last number 8, gap 1, difference 16, program 8. */
enum { NOTE_GAP = 8, NOTE_DIFFERENCE = 9, NOTE_PROGRAM = 25, NOTE = 33 };

/* ---- rows ---- */

static void add_word(struct karto_buf *row, struct karto_slice word)
{
    karto_buf_add_byte(row, (uint8_t)word.size);
    karto_buf_add_slice(row, word);
}

static struct karto_slice cut(struct karto_slice word)
{
    return karto_slice(word.data,
                       word.size < KARTO_QUARANTINE_WORD_SIZE_MAX ? word.size : KARTO_QUARANTINE_WORD_SIZE_MAX);
}

static void encode(const struct karto_quarantined *entry, struct karto_buf *row)
{
    bool is_text = entry->author.size <= KARTO_AUTHOR_SIZE_MAX && karto_utf8_valid(entry->author);
    karto_buf_add_byte(row, (uint8_t)entry->form);
    karto_buf_add_byte(row, karto_rid_is_zero(entry->device) ? FROM_HUB : FROM_DEVICE);
    karto_buf_add_be64(row, (uint64_t)entry->at_ms);
    karto_buf_add_slice(row, karto_rid_slice(&entry->device));
    karto_buf_add_slice(row, karto_rid_slice(&entry->record));
    karto_buf_add_be64(row, entry->dot.node.v);
    karto_buf_add_be64(row, entry->dot.seq);
    karto_buf_add_be64(row, entry->position);
    add_word(row, cut(entry->error));
    add_word(row, cut(entry->detail));
    add_word(row, is_text ? entry->author : karto_slice(NULL, 0));
    karto_buf_add_slice(row, entry->bytes);
}

static bool take_word(struct karto_slice *rest, struct karto_slice *word)
{
    if (rest->size < 1 || rest->size < 1u + rest->data[0])
        return false;
    *word = karto_slice(rest->data + 1, rest->data[0]);
    *rest = karto_slice(word->data + word->size, rest->size - 1 - word->size);
    return karto_utf8_valid(*word);
}

enum karto_err karto_quarantine_parse(struct karto_slice key, struct karto_slice row, struct karto_quarantined *entry)
{
    *entry = (struct karto_quarantined){.number = key.size == 8 ? karto_be64(key.data) : 0};
    if (entry->number == 0 || row.size < HEAD + WORDS)
        return KARTO_E_CORRUPT;
    const uint8_t *p = row.data;
    entry->form = (enum karto_quarantine_form)p[0];
    entry->at_ms = (int64_t)karto_be64(p + 2);
    entry->device = karto_rid_read(p + 10);
    entry->record = karto_rid_read(p + 26);
    entry->dot = (struct karto_dot){{karto_be64(p + 42)}, karto_be64(p + 50)};
    entry->position = karto_be64(p + 58);
    entry->bytes = karto_slice(p + HEAD, row.size - HEAD);
    bool fine = p[0] >= KARTO_QUARANTINE_CHANGE && p[0] <= KARTO_QUARANTINE_STATE &&
                p[1] == (karto_rid_is_zero(entry->device) ? FROM_HUB : FROM_DEVICE);
    fine = fine && take_word(&entry->bytes, &entry->error) && take_word(&entry->bytes, &entry->detail) &&
           take_word(&entry->bytes, &entry->author);
    return fine && entry->error.size > 0 ? KARTO_OK : KARTO_E_CORRUPT;
}

/* ---- the row of meta ---- */

struct note {
    uint64_t last;
    uint8_t gap;
    struct karto_sum difference;
    uint64_t program; /* that could not read it */
};

static uint64_t this_program(void)
{
    return karto_sum_of(karto_slice_str(KARTO_VERSION)).low;
}

static enum karto_err read_note(struct karto_tx *tx, struct note *note)
{
    struct karto_slice row;
    *note = (struct note){.gap = GAP_NONE};
    enum karto_err err = karto_meta_get(tx, "quarantine", &row);
    if (err != KARTO_OK)
        return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
    if (row.size != NOTE || row.data[NOTE_GAP] > GAP_NOTED)
        return KARTO_E_CORRUPT;
    *note = (struct note){karto_be64(row.data), row.data[NOTE_GAP], karto_sum_read(row.data + NOTE_DIFFERENCE),
                          karto_be64(row.data + NOTE_PROGRAM)};
    return KARTO_OK;
}

static enum karto_err write_note(struct karto_tx *tx, const struct note *note)
{
    uint8_t row[NOTE];
    karto_be64_write(note->last, row);
    row[NOTE_GAP] = note->gap;
    karto_sum_write(note->difference, row + NOTE_DIFFERENCE);
    karto_be64_write(note->program, row + NOTE_PROGRAM);
    return karto_meta_put(tx, "quarantine", karto_slice(row, sizeof row));
}

enum karto_err karto_quarantine_last(struct karto_tx *tx, uint64_t *number)
{
    struct note note;
    enum karto_err err = read_note(tx, &note);
    *number = note.last;
    return err;
}

/* ---- put ---- */

/* What is there beside a new entry. */
struct beside {
    const struct karto_quarantined *entry;
    uint64_t count, size, peer_count, peer_size;
    bool same;
};

static bool is_same(const struct karto_quarantined *a, const struct karto_quarantined *b)
{
    return a->form == b->form && karto_rid_equal(a->device, b->device) && karto_rid_equal(a->record, b->record) &&
           karto_dot_equal(a->dot, b->dot) && karto_slice_equal(a->bytes, b->bytes);
}

/* A row that cannot be read takes its room, and is what check is for. */
static enum karto_err look_beside(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct beside *beside = context;
    struct karto_quarantined entry;
    (void)tx;
    beside->count++;
    beside->size += row.size;
    if (karto_quarantine_parse(key, row, &entry) != KARTO_OK)
        return KARTO_OK;
    bool of_peer = karto_rid_equal(entry.device, beside->entry->device);
    beside->peer_count += of_peer;
    beside->peer_size += of_peer ? row.size : 0;
    beside->same = beside->same || is_same(&entry, beside->entry);
    return KARTO_OK;
}

static bool has_room(const struct beside *beside)
{
    bool hub = karto_rid_is_zero(beside->entry->device);
    size_t size = beside->entry->bytes.size;
    return size <= KARTO_QUARANTINE_ENTRY_SIZE_MAX && beside->count < KARTO_QUARANTINE_MAX &&
           beside->size + size <= KARTO_QUARANTINE_SIZE_MAX &&
           beside->peer_count < (hub ? KARTO_QUARANTINE_OF_HUB_MAX : KARTO_QUARANTINE_OF_DEVICE_MAX) &&
           beside->peer_size + size <= (hub ? KARTO_QUARANTINE_OF_HUB_SIZE_MAX : KARTO_QUARANTINE_OF_DEVICE_SIZE_MAX);
}

static enum karto_err add(struct karto_tx *tx, const struct karto_quarantined *entry)
{
    uint8_t key[8];
    struct note note;
    struct karto_buf row = KARTO_BUF_EMPTY;
    struct karto_quarantined timed = *entry;
    enum karto_err err = read_note(tx, &note);
    if (err != KARTO_OK)
        return err;
    timed.at_ms = karto_now_ms(tx);
    note.last++;
    encode(&timed, &row);
    err = karto_kv_put_new(tx->kv, KARTO_DB_SIDE, karto_key_position(note.last, key), karto_buf_slice(&row));
    karto_buf_fini(&row);
    return err == KARTO_OK ? write_note(tx, &note) : err == KARTO_E_EXISTS ? KARTO_E_CORRUPT : err;
}

enum karto_err karto_quarantine_put(struct karto_tx *tx, const struct karto_quarantined *entry, bool *added)
{
    struct beside beside = {.entry = entry};
    *added = false;
    enum karto_err err = karto_each_row(tx, KARTO_DB_SIDE, look_beside, &beside);
    if (err != KARTO_OK || beside.same)
        return err;
    if (!has_room(&beside))
        return KARTO_E_QUARANTINE;
    *added = true;
    return add(tx, entry);
}

/* ---- the rest ---- */

enum karto_err karto_quarantine_get(struct karto_tx *tx, uint64_t number, struct karto_quarantined *entry)
{
    uint8_t name[8];
    struct karto_slice row, key = karto_key_position(number, name);
    enum karto_err err = karto_row(tx, KARTO_DB_SIDE, key, &row);
    return err == KARTO_OK ? karto_quarantine_parse(key, row, entry) : err;
}

enum karto_err karto_quarantine_remove(struct karto_tx *tx, uint64_t number)
{
    uint8_t key[8];
    return karto_kv_delete(tx->kv, KARTO_DB_SIDE, karto_key_position(number, key));
}

enum karto_err karto_quarantine_count(struct karto_tx *tx, uint64_t *count)
{
    return karto_kv_count(tx->kv, KARTO_DB_SIDE, count);
}

struct visiting {
    karto_quarantine_visit *visit;
    void *context;
};

static enum karto_err visit_row(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    const struct visiting *visiting = context;
    struct karto_quarantined entry;
    enum karto_err err = karto_quarantine_parse(key, row, &entry);
    return err == KARTO_OK ? visiting->visit(tx, &entry, visiting->context) : err;
}

enum karto_err karto_quarantine_each(struct karto_tx *tx, karto_quarantine_visit *visit, void *context)
{
    struct visiting visiting = {visit, context};
    return karto_each_row(tx, KARTO_DB_SIDE, visit_row, &visiting);
}

bool karto_quarantine_is_readable(struct karto_tx *tx, const struct karto_quarantined *entry)
{
    struct karto_change change;
    struct karto_record record;
    struct karto_arena_mark mark = karto_arena_mark(&tx->arena);
    enum karto_err err = entry->form == KARTO_QUARANTINE_CHANGE
                             ? karto_change_decode(&tx->arena, entry->bytes, &change)
                             : karto_record_decode(&tx->arena, entry->record, entry->bytes, &record);
    karto_arena_release(&tx->arena, mark);
    return err == KARTO_OK;
}

/* ---- how much the sums differ ---- */

enum karto_err karto_quarantine_compared(struct karto_tx *tx, bool damaged)
{
    struct note note;
    enum karto_err err = read_note(tx, &note);
    uint8_t gap = damaged ? GAP_OPEN : GAP_NONE;
    if (err != KARTO_OK || note.gap == gap)
        return err;
    note.gap = gap;
    note.difference = (struct karto_sum){0, 0};
    return write_note(tx, &note);
}

enum karto_err karto_quarantine_explains(struct karto_tx *tx, struct karto_sum difference, bool learn, bool *explains)
{
    struct note note;
    enum karto_err err = read_note(tx, &note);
    *explains = err == KARTO_OK && note.gap == GAP_NOTED && karto_sum_equal(note.difference, difference) &&
                note.program == this_program();
    if (err != KARTO_OK || note.gap != GAP_OPEN || !learn)
        return err;
    *explains = true;
    note.gap = GAP_NOTED;
    note.difference = difference;
    note.program = this_program();
    return write_note(tx, &note);
}

/* ---- again ---- */

struct retrying {
    uint64_t number, tried;
    struct karto_buf readable; /* numbers of 8 bytes */
};

static enum karto_err retry_one(struct karto_tx *tx, const struct karto_quarantined *entry, void *context)
{
    struct retrying *retrying = context;
    if (retrying->number && entry->number != retrying->number)
        return KARTO_OK;
    retrying->tried++;
    if (karto_quarantine_is_readable(tx, entry))
        karto_buf_add_be64(&retrying->readable, entry->number);
    return KARTO_OK;
}

enum karto_err karto_quarantine_retry(struct karto_tx *tx, uint64_t number, uint64_t *tried, uint64_t *readable)
{
    struct retrying retrying = {.number = number};
    enum karto_err err = karto_quarantine_each(tx, retry_one, &retrying);
    for (size_t at = 0; at < retrying.readable.size && err == KARTO_OK; at += 8)
        err = karto_quarantine_remove(tx, karto_be64(retrying.readable.data + at));
    *tried = retrying.tried;
    *readable = retrying.readable.size / 8;
    karto_buf_fini(&retrying.readable);
    if (err == KARTO_OK && number && *tried == 0)
        err = KARTO_E_NOT_FOUND;
    return err == KARTO_OK && *tried ? karto_quarantine_compared(tx, false) : err;
}
