/* That check sees what is wrong: a hub, a laptop and a store used alone with rows of every kind are clean; then every
 * single thing in a table is made wrong, in a transaction that is undone behind it, and check must say just that. */
#include "core/store/check.h"
#include "core/store/databases.h"
#include "core/store/hub_held.h"
#include "core/store/hub_recovery.h"
#include "core/store/index.h"
#include "core/store/entry.h"
#include "core/store/log.h"
#include "core/store/refused.h"
#include "tests/spine.h"

enum { SITE = 29, NOTE = 31, DAY_MS = 24 * 60 * 60 * 1000 };

static const char *const north[] = {"01", NULL};
static const char *const south[] = {"02", NULL};

/* ---- stores with everything in them ---- */

struct world {
    struct spine s;
    int oksana, boris;
    struct karto_store *alone;
    struct temp_dir alone_dir;
    struct karto_rid client, moved; /* a client with a long history; one that went from north to south, with a person */
};

static struct world w;

static enum karto_err do_save(struct karto_tx *tx, void *context)
{
    return karto_save(tx, context, NULL);
}

static void save(struct karto_store *store, uint32_t kind, struct karto_rid id, struct karto_edit edit, bool create)
{
    struct karto_save saving = {
        .kind = kind, .record = id, .create = create, .edits = &edit, .count = 1, .via = KARTO_VIA_CLI};
    CHECK_INT(karto_store_write(store, do_save, &saving), KARTO_OK);
}

static struct karto_rid make_id(uint8_t last)
{
    return (struct karto_rid){{2, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, last}};
}

static void add_person(struct karto_rid client)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_edit edit = {KARTO_F_CLIENT, karto_slice(NULL, 0),
                              karto_value_bytes(&arena, karto_value_reference(client))};
    save(w.s.hub.store, KARTO_PERSON, make_id(1), edit, true);
    karto_arena_fini(&arena);
}

static void move_later(struct karto_rid client)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_edit edit = {KARTO_F_TERRITORY, karto_date_key(&arena, w.s.clock.now_ms / DAY_MS + 5),
                              karto_value_bytes(&arena, karto_value_text(karto_slice_str("02")))};
    save(w.s.hub.store, KARTO_CLIENT, client, edit, false);
    karto_arena_fini(&arena);
}

static enum karto_err invite(struct karto_tx *tx, void *context)
{
    static const uint8_t token[16] = {1};
    struct karto_slice territory = karto_slice_str("01");
    struct karto_invite row = {.user = karto_slice_str("ivan"),
                               .rights = {karto_role(KARTO_ROLE_REPRESENTATIVE), &territory, 1},
                               .expires_ms = w.s.clock.now_ms};
    (void)context;
    return karto_hub_invite(tx, token, &row);
}

/* A laptop that was away for longer than what it writes then is taken: one change refused, and the client gone. */
static void refuse_one(void)
{
    struct karto_rid late = spine_client(&w.s.hub, "Late", "01");
    spine_sync_all(&w.s);
    CHECK_INT(spine_territory(&w.s.hub, late, "02"), KARTO_OK);
    w.s.clock.now_ms += 40LL * DAY_MS;
    CHECK_INT(spine_set(&w.s.devices[w.oksana], late, NOTE, "", "too late"), KARTO_OK);
    spine_sync_all(&w.s);
    CHECK(!spine_see(&w.s.devices[w.oksana], late, NOTE, "").exists);
}

static void make_alone(void)
{
    w.alone_dir = temp_dir_make();
    struct karto_store_options options = {
        .dir = w.alone_dir.path, .sys = &w.s.clock.sys, .no_sync = true, .map_size = 4 << 20};
    struct karto_store_identity identity = {.role = KARTO_LOCAL,
                                            .user = karto_slice_str("a"),
                                            .name = karto_slice_str("a"),
                                            .public_key = karto_slice_str("a")};
    CHECK_INT(karto_store_create(&options, &identity, &w.alone), KARTO_OK);
    struct spine_node node = {.store = w.alone};
    struct karto_rid id = spine_client(&node, "Alone", "01");
    CHECK_INT(spine_set(&node, id, NOTE, "", "one"), KARTO_OK);
    CHECK_INT(spine_set(&node, id, NOTE, "", "two"), KARTO_OK);
}

static void make_world(void)
{
    spine_open(&w.s);
    w.oksana = spine_device(&w.s, "oksana", north);
    w.boris = spine_device(&w.s, "boris", south);
    w.client = spine_client(&w.s.hub, "Client", "01");
    w.moved = spine_client(&w.s.hub, "Moved", "01");
    add_person(w.moved);
    spine_sync_all(&w.s);
    refuse_one();
    CHECK_INT(spine_territory(&w.s.hub, w.moved, "02"), KARTO_OK);
    CHECK_INT(spine_set(&w.s.hub, w.client, SITE, "", "a.ua"), KARTO_OK);
    CHECK_INT(spine_set(&w.s.devices[w.oksana], w.client, SITE, "", "b.ua"), KARTO_OK);
    spine_sync_all(&w.s);
    CHECK(spine_see(&w.s.hub, w.client, SITE, "").conflict);
    spine_fetch(&w.s, w.oksana, (struct karto_past_limits){36500, 100}, 0, SPINE_PAGES_MAX, false);
    spine_client(&w.s.hub, "Younger", "01"); /* comes as a state, and lacks its history */
    CHECK_INT(spine_set(&w.s.hub, w.client, NOTE, "", "a note of head office"), KARTO_OK);
    spine_sync_all(&w.s);
    move_later(w.client);
    CHECK_INT(spine_set(&w.s.devices[w.oksana], w.client, NOTE, "", "pending one"), KARTO_OK);
    CHECK_INT(spine_set(&w.s.devices[w.oksana], w.client, NOTE, "", "pending two"), KARTO_OK);
    CHECK_INT(karto_store_write(w.s.hub.store, invite, NULL), KARTO_OK);
    make_alone();
}

/* ---- what is made wrong ---- */

enum where { HUB, DEVICE, ALONE };

struct harm {
    const char *name;
    enum where where;
    void (*make)(struct karto_tx *tx, const struct harm *harm);
    unsigned db; /* of a row: which */
    int row;     /* from the first, 0; or from the last, -1 */
    int at;      /* byte of the row or of its key, -1 the last */
    const char *says;
    bool names; /* the record */
};

/* A row, copied: what the store gives is gone with the next write. */
struct row {
    struct karto_buf key, value;
};

static struct row find_row(struct karto_tx *tx, unsigned db, int which)
{
    struct row row = {KARTO_BUF_EMPTY, KARTO_BUF_EMPTY};
    struct karto_kv_cursor *cursor;
    struct karto_slice key, value;
    CHECK_INT(karto_kv_cursor_open(tx->kv, db, &cursor), KARTO_OK);
    for (int i = which < 0 ? which : which + 1; i; i += which < 0 ? 1 : -1)
        CHECK_INT(which < 0 ? karto_kv_prev(cursor, &key, &value) : karto_kv_next(cursor, &key, &value), KARTO_OK);
    karto_buf_add_slice(&row.key, key);
    karto_buf_add_slice(&row.value, value);
    karto_kv_cursor_close(cursor);
    return row;
}

static void put_row(struct karto_tx *tx, unsigned db, struct row *row)
{
    struct karto_slice before;
    enum karto_err err = karto_kv_get(tx->kv, db, karto_buf_slice(&row->key), &before);
    CHECK(err == KARTO_E_NOT_FOUND || !karto_slice_equal(before, karto_buf_slice(&row->value)));
    CHECK_INT(karto_kv_put(tx->kv, db, karto_buf_slice(&row->key), karto_buf_slice(&row->value)), KARTO_OK);
    karto_buf_fini(&row->key);
    karto_buf_fini(&row->value);
}

static uint8_t *byte_of(struct karto_buf *buf, int at)
{
    size_t place = at < 0 ? buf->size - (size_t)-at : (size_t)at;
    CHECK(place < buf->size);
    return &buf->data[place];
}

/* One byte of a row is another. */
static void turn(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, harm->db, harm->row);
    *byte_of(&row.value, harm->at) ^= 2;
    put_row(tx, harm->db, &row);
}

/* A row more, whose key differs in one byte. */
static void add(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, harm->db, harm->row);
    *byte_of(&row.key, harm->at) ^= 0x40;
    put_row(tx, harm->db, &row);
}

static void cut(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, harm->db, harm->row);
    CHECK(row.value.size > 1);
    row.value.size = (size_t)harm->at;
    put_row(tx, harm->db, &row);
}

static void lose(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, harm->db, harm->row);
    CHECK_INT(karto_kv_delete(tx->kv, harm->db, karto_buf_slice(&row.key)), KARTO_OK);
    karto_buf_fini(&row.key);
    karto_buf_fini(&row.value);
}

/* The row by which a person hangs on its client says that there is nothing to be counted. */
static void say_otherwise(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    struct row row = find_row(tx, KARTO_DB_INDEX, 0);
    for (int i = 1; row.key.data[0] != KARTO_BY_CLIENT; i++) {
        karto_buf_fini(&row.key);
        karto_buf_fini(&row.value);
        row = find_row(tx, KARTO_DB_INDEX, i);
    }
    CHECK(row.value.size == 1 && row.value.data[0] == 1);
    row.value.data[0] = 0;
    put_row(tx, KARTO_DB_INDEX, &row);
}

/* A hub that was put back, with one thing wrong in what it notes of that. */
static void put_back(struct karto_tx *tx)
{
    const struct karto_hub_journal journal = {.epochs = NULL};
    CHECK_INT(karto_hub_restored(tx, &journal), KARTO_OK);
}

static void put_back_and_turn(struct karto_tx *tx, const struct harm *harm)
{
    put_back(tx);
    turn(tx, harm);
}

static void put_back_and_add(struct karto_tx *tx, const struct harm *harm)
{
    put_back(tx);
    add(tx, harm);
}

static void put_back_and_cut(struct karto_tx *tx, const struct harm *harm)
{
    put_back(tx);
    cut(tx, harm);
}

/* The same with a state that is held: the state is the first row, the tally of its device the last. */
static void hold(struct karto_tx *tx)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    struct karto_entry entry;
    bool room;
    CHECK_INT(karto_entry_load(tx, w.client, &entry), KARTO_OK);
    karto_record_encode(&entry.view, &bytes);
    const struct karto_held held = {w.client, w.s.devices[w.oksana].device, karto_slice_str("01"),
                                    karto_buf_slice(&bytes)};
    CHECK_INT(karto_hub_hold(tx, &held, &room), KARTO_OK);
    CHECK(room);
    karto_buf_fini(&bytes);
}

static void hold_and_turn(struct karto_tx *tx, const struct harm *harm)
{
    hold(tx);
    turn(tx, harm);
}

static void hold_and_add(struct karto_tx *tx, const struct harm *harm)
{
    hold(tx);
    add(tx, harm);
}

static void hold_and_cut(struct karto_tx *tx, const struct harm *harm)
{
    hold(tx);
    cut(tx, harm);
}

static void hold_and_lose(struct karto_tx *tx, const struct harm *harm)
{
    hold(tx);
    lose(tx, harm);
}

static void withdraw_nonsense(struct karto_tx *tx, const struct harm *harm)
{
    static const uint8_t row[8];
    put_back(tx);
    CHECK_INT(karto_meta_put(tx, "withdrawn", karto_slice(row, (size_t)harm->at)), KARTO_OK);
}

/* The row of meta is unreadable; or is of a log that was longer. */
static void recover_nonsense(struct karto_tx *tx, const struct harm *harm)
{
    uint8_t row[25] = {1};
    row[9] = 1;
    CHECK_INT(karto_meta_put(tx, "recovery", karto_slice(row, (size_t)harm->at)), KARTO_OK);
}

/* The hub was put back, but later than all that it took. */
static void recover_and_lose(struct karto_tx *tx, const struct harm *harm)
{
    uint8_t row[25] = {0};
    karto_be64_write(tx->ledger.position, row + 9);
    karto_be64_write(tx->ledger.position, row + 17);
    CHECK_INT(karto_meta_put(tx, "recovery", karto_slice(row, sizeof row)), KARTO_OK);
    lose(tx, harm);
}

static void count_refused(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.refused++;
}

static void count_pending(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.pending++;
}

static void count_conflicts(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.conflicts--;
}

static void count_records(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.counts[KARTO_CLIENT]++;
    tx->ledger.counts[KARTO_PERSON]--;
}

static void count_seq(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.seq += 3;
}

static void count_rule_seq(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.rule_seq--;
}

static void count_position(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.position++;
}

static void forget_the_day(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.day += 60;
}

static void write_as_another(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    tx->ledger.node.v++;
}

/* The record of the world's client, whose row begins with flags and position. */
static struct row client_row(struct karto_tx *tx)
{
    struct row row = {KARTO_BUF_EMPTY, KARTO_BUF_EMPTY};
    struct karto_slice value;
    struct karto_rid id = w.client;
    if (tx->ledger.role == KARTO_LOCAL)
        return find_row(tx, KARTO_DB_RECORDS, 0);
    CHECK_INT(karto_kv_get(tx->kv, KARTO_DB_RECORDS, karto_rid_slice(&id), &value), KARTO_OK);
    karto_buf_add_slice(&row.key, karto_rid_slice(&id));
    karto_buf_add_slice(&row.value, value);
    return row;
}

static struct karto_log_entry read_log(struct karto_tx *tx, uint64_t position)
{
    struct karto_log_entry entry;
    CHECK_INT(karto_log_read(tx, position, &entry), KARTO_OK);
    return entry;
}

static void last_is_the_one_before(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    struct row row = client_row(tx);
    struct karto_log_entry last = read_log(tx, karto_be64(row.value.data + 1));
    CHECK(last.previous != 0);
    karto_be64_write(last.previous, row.value.data + 1);
    put_row(tx, KARTO_DB_RECORDS, &row);
}

static void previous_skips_one(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    struct row row = client_row(tx);
    uint64_t position = karto_be64(row.value.data + 1);
    struct karto_log_entry last = read_log(tx, position);
    struct karto_log_entry before = read_log(tx, last.previous);
    CHECK(before.previous != 0);
    last.previous = before.previous;
    CHECK_INT(karto_log_replace(tx, position, &last), KARTO_OK);
    karto_buf_fini(&row.key);
    karto_buf_fini(&row.value);
}

/* A flag of an entry: it is none of the history; it is not all that the device sent. */
static void set_flag(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, harm->db, harm->row);
    row.value.data[0] ^= (uint8_t)harm->at;
    put_row(tx, harm->db, &row);
}

static void replace_in(struct karto_buf *buf, const char *from, const char *to)
{
    size_t size = strlen(from);
    for (size_t i = 0; i + size <= buf->size; i++)
        if (memcmp(buf->data + i, from, size) == 0) {
            memcpy(buf->data + i, to, size);
            return;
        }
    CHECK(!"it is in there");
}

static void rewrite_the_log(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, KARTO_DB_LOG, harm->row);
    replace_in(&row.value, "head office", "head OFFICE");
    put_row(tx, KARTO_DB_LOG, &row);
}

static void rewrite_the_record(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    struct row row = client_row(tx);
    replace_in(&row.value, "head office", "head OFFICE");
    put_row(tx, KARTO_DB_RECORDS, &row);
}

static void rewrite_the_view(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    struct row row = client_row(tx);
    replace_in(&row.value, "pending two", "pending TWO");
    put_row(tx, KARTO_DB_RECORDS, &row);
}

/* Flags: a hub's copy that is only expected; and a home that is not the rules'. */
static void expect_only(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    struct row row = client_row(tx);
    row.value.data[0] ^= 2;
    put_row(tx, KARTO_DB_RECORDS, &row);
}

static void lie_elsewhere(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    struct row row = client_row(tx);
    CHECK_INT(row.value.data[9], 2);
    row.value.data[11] = '7';
    put_row(tx, KARTO_DB_RECORDS, &row);
}

static void cut_client(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = client_row(tx);
    row.value.size -= (size_t)harm->at;
    put_row(tx, KARTO_DB_RECORDS, &row);
}

static void lose_client(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = client_row(tx);
    CHECK_INT(karto_kv_delete(tx->kv, harm->db, karto_buf_slice(&row.key)), KARTO_OK);
    karto_buf_fini(&row.key);
    karto_buf_fini(&row.value);
}

/* The same sum in all, in the wrong places. */
static void swap_digests(struct karto_tx *tx, const struct harm *harm)
{
    struct row one = find_row(tx, KARTO_DB_DIGEST, harm->row), other;
    for (int i = harm->row - 1;; i--) {
        other = find_row(tx, KARTO_DB_DIGEST, i);
        if (other.key.size == one.key.size && other.key.data[1] != one.key.data[1])
            break;
        karto_buf_fini(&other.key);
        karto_buf_fini(&other.value);
    }
    struct karto_buf value = one.value;
    one.value = other.value;
    other.value = value;
    put_row(tx, KARTO_DB_DIGEST, &one);
    put_row(tx, KARTO_DB_DIGEST, &other);
}

static void nodes_of_another_key(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    CHECK_INT(karto_meta_put(tx, "public_key", karto_slice_str("another key")), KARTO_OK);
}

static void lose_the_secret(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    CHECK_INT(karto_kv_delete(tx->kv, KARTO_DB_META, karto_slice_str("secret")), KARTO_OK);
}

static void judge_as_no_hub(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, harm->db, harm->row);
    *byte_of(&row.value, harm->at) = KARTO_V_REISSUE;
    put_row(tx, harm->db, &row);
}

static void no_pending_in_base(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, harm->db, harm->row);
    memset(row.value.data, 0, 4);
    put_row(tx, harm->db, &row);
}

static void hold_anothers(struct karto_tx *tx, const struct harm *harm)
{
    CHECK_INT(karto_kv_put(tx->kv, harm->db, karto_slice_str("12345678"), karto_slice_str("x")), KARTO_OK);
}

/* The last change of the log is in the past as well: as if the hub had given it again. */
static void log_again(struct karto_tx *tx, const struct harm *harm)
{
    struct row row = find_row(tx, KARTO_DB_LOG, harm->row);
    struct karto_log_entry entry;
    struct karto_past_change change = {.position = 1000000};
    struct karto_past_reach reach;
    CHECK_INT(karto_log_parse(karto_buf_slice(&row.value), &entry), KARTO_OK);
    CHECK_INT(karto_log_change(tx, &entry, &change.change), KARTO_OK);
    CHECK_INT(karto_past_get_reach(tx, &reach), KARTO_OK);
    CHECK_INT(karto_past_put(tx, &reach, &change), KARTO_OK);
    CHECK_INT(karto_past_put_reach(tx, &reach), KARTO_OK);
    karto_buf_fini(&row.key);
    karto_buf_fini(&row.value);
}

static void count_past(struct karto_tx *tx, const struct harm *harm)
{
    struct karto_past_reach reach;
    (void)harm;
    CHECK_INT(karto_past_get_reach(tx, &reach), KARTO_OK);
    reach.bytes++;
    CHECK_INT(karto_past_put_reach(tx, &reach), KARTO_OK);
}

/* The first change made there was refused, and is dismissed. */
static void dismiss(struct karto_tx *tx)
{
    struct row row = find_row(tx, KARTO_DB_OWN, 0);
    struct karto_dot dot = {{karto_be64(row.key.data)}, karto_be64(row.key.data + 8)};
    CHECK_INT(karto_refused_dismiss(tx, dot), KARTO_OK);
    karto_buf_fini(&row.key);
    karto_buf_fini(&row.value);
}

static void dismiss_and_cut(struct karto_tx *tx, const struct harm *harm)
{
    dismiss(tx);
    cut(tx, harm);
}

static void dismiss_and_add(struct karto_tx *tx, const struct harm *harm)
{
    dismiss(tx);
    add(tx, harm);
}

static void write_bad_rights(struct karto_tx *tx, const struct harm *harm)
{
    (void)harm;
    CHECK_INT(karto_meta_put(tx, "rights", karto_slice_str("\xc1")), KARTO_OK);
}

/* Positions of the hub's log, as they come about in make_world: 1 the hub's device, then two laptops (2, 3), "Client"
 * (4), "Moved" (5), its person (6), … */
static const struct harm harms[] = {
    {"dot: hash", HUB, turn, KARTO_DB_DOTS, 0, 8, "is not the one whose hash is known", true},
    {"dot: verdict", HUB, turn, KARTO_DB_DOTS, 0, 16, "known with another verdict", true},
    {"dot: position", HUB, turn, KARTO_DB_DOTS, 0, 7, "known at another position", true},
    {"dot: unreadable", HUB, cut, KARTO_DB_DOTS, 0, 3, "not known by its number", true},
    {"dot: first lost", HUB, lose, KARTO_DB_DOTS, 0, 0, "not known by its number", true},
    {"dot: last lost", HUB, lose, KARTO_DB_DOTS, -1, 0, "not known by its number", true},
    {"dot: a hole", HUB, lose, KARTO_DB_DOTS, 0, 0, "have a hole", false},
    {"dot: a hole before a restore", HUB, recover_and_lose, KARTO_DB_DOTS, 0, 0, "have a hole", false},
    {"dot: one more", HUB, add, KARTO_DB_DOTS, 0, -1, "are known that are not in the log", false},
    {"dot: nobody's node", HUB, add, KARTO_DB_DOTS, 0, 0, "of a node that is nobody's", false},
    {"secret: lost", HUB, lose_the_secret, 0, 0, 0, "key of the hub's hashes", false},

    {"log: an entry lost", HUB, lose, KARTO_DB_LOG, 3, 0, "an entry of the log is missing", false},
    {"log: the last lost", HUB, lose, KARTO_DB_LOG, -1, 0, "log is shorter or longer", false},
    {"log: unreadable", HUB, cut, KARTO_DB_LOG, 3, 34, "an entry of the log cannot be read", true},
    {"log: change unreadable", HUB, cut, KARTO_DB_LOG, 3, 60, "a change in the log cannot be read", true},
    {"log: another value", HUB, rewrite_the_log, 0, -2, 0, "is not the one whose hash is known", true},
    {"log: verdict", HUB, turn, KARTO_DB_LOG, 3, 1, "though it was refused", true},
    {"log: apart", HUB, set_flag, KARTO_DB_LOG, 3, 0x40, "that should be apart", true},
    {"log: amended", HUB, set_flag, KARTO_DB_LOG, 3, 0x20, "is not the one whose hash is known", true},
    {"log: amended", ALONE, set_flag, KARTO_DB_LOG, 0, 0x20, "what only a hub's log can say", true},
    {"log: record", HUB, turn, KARTO_DB_LOG, 3, 25, "a change in the log cannot be read", true},
    {"log: previous", HUB, turn, KARTO_DB_LOG, 3, 9, "does not name the one before", true},
    {"log: previous skips", HUB, previous_skips_one, 0, 0, 0, "does not name the one before", true},
    {"log: previous skips", DEVICE, previous_skips_one, 0, 0, 0, "does not name the one before", true},
    {"log: previous skips", ALONE, previous_skips_one, 0, 0, 0, "does not name the one before", true},
    {"log: home after", HUB, turn, KARTO_DB_LOG, 3, 37, "begins in another territory", true},
    {"log: homes", HUB, turn, KARTO_DB_LOG, -1, 36, "begins in another territory", true},
    {"log: home of the last", HUB, turn, KARTO_DB_LOG, -1, 39, "than its last event says", true},
    {"log: of no known type", DEVICE, turn, KARTO_DB_LOG, -1, 0, "an entry of the log cannot be read", false},

    {"record: last", HUB, last_is_the_one_before, 0, 0, 0, "last event that is not its own last", true},
    {"record: last", DEVICE, last_is_the_one_before, 0, 0, 0, "last event that is not its own last", true},
    {"record: last", ALONE, last_is_the_one_before, 0, 0, 0, "last event that is not its own last", true},
    {"record: unreadable", HUB, cut_client, 0, 0, 3, "a record cannot be read", true},
    {"record: unreadable", DEVICE, cut_client, 0, 0, 3, "a record cannot be read", true},
    {"record: lost", HUB, lose_client, KARTO_DB_RECORDS, 0, 0, "that has a history is missing", true},
    {"record: lost", ALONE, lose_client, KARTO_DB_RECORDS, 0, 0, "that has a history is missing", true},
    {"record: text", HUB, rewrite_the_record, 0, 0, 0, "\"01\", kind 1, field 31 is not that", false},
    {"record: expected", HUB, expect_only, 0, 0, 0, "marked as not current", true},
    {"record: home", HUB, lie_elsewhere, 0, 0, 0, "in another territory than it should", true},
    {"record: view", DEVICE, rewrite_the_view, 0, 0, 0, "what is shown is not", true},

    {"index: lost", HUB, lose, KARTO_DB_INDEX, 2, 0, "a row of an index is missing", true},
    {"index: no record's", HUB, add, KARTO_DB_INDEX, 2, -1, "of a record that is not there", true},
    {"index: another value", HUB, say_otherwise, 0, 0, 0, "says something else than its record", true},
    {"index: one more", HUB, add, KARTO_DB_INDEX, -1, 3, "that its records do not have", false},

    {"digest: swapped", HUB, swap_digests, 0, -1, 0, "the digest of territory", false},
    {"digest: wrong", HUB, turn, KARTO_DB_DIGEST, 0, 3, "the digest of territory \"*\", kind 16", false},
    {"digest: wrong", DEVICE, turn, KARTO_DB_DIGEST, -1, 3, "the digest of territory \"01\"", false},
    {"digest: lost", HUB, lose, KARTO_DB_DIGEST, -1, 0, "the digest of territory \"02\"", false},
    {"digest: one more", HUB, add, KARTO_DB_DIGEST, -1, -1, "the digest of territory \"02\"", false},
    {"digest: unreadable", HUB, cut, KARTO_DB_DIGEST, 0, 3, "a digest cannot be read", false},

    {"ledger: refused", HUB, count_refused, 0, 0, 0, "the refused changes are not counted", false},
    {"ledger: refused", DEVICE, count_refused, 0, 0, 0, "the refused changes are not counted", false},
    {"ledger: pending", HUB, count_pending, 0, 0, 0, "the pending changes are not counted", false},
    {"ledger: pending", DEVICE, count_pending, 0, 0, 0, "the pending changes are not counted", false},
    {"ledger: conflicts", HUB, count_conflicts, 0, 0, 0, "the conflicts are not counted", false},
    {"ledger: counts", HUB, count_records, 0, 0, 0, "the numbers of records are not counted", false},
    {"ledger: seq", HUB, count_seq, 0, 0, 0, "the changes made here are not counted", false},
    {"ledger: seq", DEVICE, count_seq, 0, 0, 0, "the changes made here are not counted", false},
    {"ledger: seq", ALONE, count_seq, 0, 0, 0, "the changes made here are not counted", false},
    {"ledger: rules' seq", HUB, count_rule_seq, 0, 0, 0, "of the hub's rules are not counted", false},
    {"ledger: position", HUB, count_position, 0, 0, 0, "log is shorter or longer", false},
    {"ledger: node", DEVICE, write_as_another, 0, 0, 0, "the writer is not a node of this store", false},
    {"nodes: another key", HUB, nodes_of_another_key, 0, 0, 0, "is not made of its key", false},

    {"due: lost", HUB, lose, KARTO_DB_DUE, 0, 0, "changes its territory is not noted", true},
    {"due: no record's", HUB, add, KARTO_DB_DUE, 0, -1, "on which a record does not change", true},
    {"due: another day", HUB, add, KARTO_DB_DUE, 0, 3, "on which a record does not change", true},
    {"due: has come", HUB, forget_the_day, 0, 0, 0, "a day that has come", true},
    {"due: unreadable", HUB, hold_anothers, KARTO_DB_DUE, 0, 0, "changes its territory cannot be read", false},

    {"feed: lost", HUB, lose, KARTO_DB_FEED, 0, 0, "missing from the feed", true},
    {"feed: of another", HUB, add, KARTO_DB_FEED, 0, 0, "an event of another territory", true},
    {"feed: did not happen", HUB, add, KARTO_DB_FEED, 0, -1, "that is not in the log", false},
    {"node: unreadable", HUB, cut, KARTO_DB_NODES, 0, 3, "whose a node is", false},
    {"node: lost", HUB, lose, KARTO_DB_NODES, 0, 0, "of a node that is nobody's", false},
    {"node: of no device", HUB, turn, KARTO_DB_NODES, 0, 15, "the record of a device is missing", true},
    {"device: unreadable", HUB, cut, KARTO_DB_DEVICES, 0, 3, "a device cannot be read", true},
    {"device: no record", HUB, add, KARTO_DB_DEVICES, 0, -1, "the record of a device is missing", true},
    {"mark: too high", HUB, put_back_and_turn, KARTO_DB_MARKS, 0, 0, "had more changes of a node than are known",
     false},
    {"mark: nobody's", HUB, put_back_and_add, KARTO_DB_MARKS, 0, 0, "had the changes of a node that is nobody's",
     false},
    {"mark: unreadable", HUB, put_back_and_cut, KARTO_DB_MARKS, 0, 3, "had the changes of a node cannot be", false},
    {"recovery: unreadable", HUB, recover_nonsense, 0, 0, 9, "being recovered cannot be read", false},
    {"recovery: from later", HUB, recover_nonsense, 0, 0, 25, "at a position that its log has not come to", false},
    {"recovery: invitations", HUB, withdraw_nonsense, 0, 0, 7, "invitations were withdrawn cannot be read", false},
    {"held: unreadable", HUB, hold_and_cut, KARTO_DB_HELD, 0, 9, "a state that is held cannot be read", false},
    {"held: too short", HUB, hold_and_cut, KARTO_DB_HELD, 0, 2, "a state that is held cannot be read", false},
    {"held: lost", HUB, hold_and_lose, KARTO_DB_HELD, 0, 0, "that are held are not counted right", false},
    {"held: of another", HUB, hold_and_add, KARTO_DB_HELD, 0, -1, "is held of a device that has none", true},
    {"held: counted", HUB, hold_and_turn, KARTO_DB_HELD, -1, 3, "that are held are not counted right", false},
    {"held: bytes", HUB, hold_and_turn, KARTO_DB_HELD, -1, 11, "that are held are not counted right", false},
    {"held: tally lost", HUB, hold_and_lose, KARTO_DB_HELD, -1, 0, "is held of a device that has none", true},
    {"held: tally unreadable", HUB, hold_and_cut, KARTO_DB_HELD, -1, 12, "how much is held of a device", true},
    {"held: tally of nobody", HUB, hold_and_add, KARTO_DB_HELD, -1, -1, "the record of a device is missing", true},
    {"proposal: unreadable", HUB, cut, KARTO_DB_PROPOSALS, 1, 20, "a proposal cannot be read", false},
    {"proposal: of no known form", HUB, turn, KARTO_DB_PROPOSALS, 1, 0, "a proposal cannot be read", false},
    {"proposal: another value", HUB, turn, KARTO_DB_PROPOSALS, 1, -8, "is not the change that was refused", true},
    {"proposal: cut", HUB, cut, KARTO_DB_PROPOSALS, 1, 60, "is not the change that was refused", true},
    {"proposal: of what was not refused", HUB, add, KARTO_DB_PROPOSALS, 1, -1, "the log has as refused", true},
    {"proposal: of another device", HUB, turn, KARTO_DB_PROPOSALS, 1, 5, "of a device that has none", true},
    {"proposal: lost", HUB, lose, KARTO_DB_PROPOSALS, 1, 0, "the proposals are not counted right", false},
    {"proposal: counted", HUB, turn, KARTO_DB_PROPOSALS, 0, 3, "the proposals are not counted right", false},
    {"proposal: tally unreadable", HUB, cut, KARTO_DB_PROPOSALS, 0, 3, "how much a device has proposed", false},
    {"invitation: unreadable", HUB, cut, KARTO_DB_INVITES, 0, 3, "an invitation cannot be read", false},

    {"base: lost", DEVICE, lose, KARTO_DB_BASE, 0, 0, "have other changes pending", false},
    {"base: orphan", DEVICE, add, KARTO_DB_BASE, 0, -1, "confirmed of a record that is not there", true},
    {"base: unreadable", DEVICE, cut, KARTO_DB_BASE, 0, 40, "confirmed of a record cannot be read", true},
    {"base: too short", DEVICE, cut, KARTO_DB_BASE, 0, 3, "confirmed of a record cannot be read", true},
    {"base: pending", DEVICE, turn, KARTO_DB_BASE, 0, 3, "names no pending changes", true},
    {"base: too many pending", DEVICE, turn, KARTO_DB_BASE, 0, 2, "are missing from its history", true},
    {"base: no pending", DEVICE, no_pending_in_base, KARTO_DB_BASE, 0, 0, "names no pending changes", true},
    {"own: lost", DEVICE, lose, KARTO_DB_OWN, -1, 0, "not known by its number", true},
    {"own: one more", DEVICE, add, KARTO_DB_OWN, -1, -1, "is not where it should be in the log", true},
    {"own: position", DEVICE, turn, KARTO_DB_OWN, -1, 7, "is not where it should be in the log", true},
    {"own: judged", DEVICE, turn, KARTO_DB_OWN, -1, 8, "pending that is judged", false},
    {"own: not refused", DEVICE, turn, KARTO_DB_OWN, 0, 8, "the refused changes are not counted", false},
    {"own: verdict", DEVICE, judge_as_no_hub, KARTO_DB_OWN, 0, 8, "a verdict that no hub gives", true},
    {"own: unreadable", DEVICE, cut, KARTO_DB_OWN, 0, 3, "what became of a change made here cannot", false},
    {"dismissed: unreadable", DEVICE, dismiss_and_cut, KARTO_DB_DISMISSED, 0, 3, "of what is dismissed cannot", false},
    {"dismissed: not made here", DEVICE, dismiss_and_add, KARTO_DB_DISMISSED, 0, -1, "that was not refused", false},
    {"pending: lost", DEVICE, lose, KARTO_DB_PENDING, 0, 0, "is not pending either", true},
    {"pending: one more", DEVICE, add, KARTO_DB_PENDING, 0, -1, "or stands elsewhere", false},
    {"pending: another", DEVICE, turn, KARTO_DB_PENDING, 0, -1, "is not pending either", true},
    {"pending: unreadable", DEVICE, cut, KARTO_DB_PENDING, 0, 3, "of what is pending cannot be read", false},
    {"past: lost", DEVICE, lose, KARTO_DB_PAST, 0, 0, "are not counted right", false},
    {"past: one more", DEVICE, add, KARTO_DB_PAST, 0, 0, "is not known by its record", true},
    {"past: unreadable", DEVICE, cut, KARTO_DB_PAST, 0, 50, "of the time before cannot be read", false},
    {"past: of another", DEVICE, turn, KARTO_DB_PAST, 0, 25, "of the time before cannot be read", false},
    {"past: also in the log", DEVICE, log_again, KARTO_DB_PAST, -1, 0, "is in the log as well", true},
    {"past: of what is not here", DEVICE, lose_client, KARTO_DB_RECORDS, 0, 0, "of a record that is not here", true},
    {"past: index lost", DEVICE, lose, KARTO_DB_PAST_OF, 0, 0, "is not known by its record", true},
    {"past: index of more", DEVICE, add, KARTO_DB_PAST_OF, 0, 16, "that are not there", false},
    {"past: counted", DEVICE, count_past, 0, 0, 0, "are not counted right", false},
    {"lack: of what is not here", DEVICE, add, KARTO_DB_LACKS, 0, -1, "is to be fetched of a record", false},
    {"lack: unreadable", DEVICE, cut, KARTO_DB_LACKS, 0, 8, "is to be fetched of a record", false},
    {"left: of another", DEVICE, turn, KARTO_DB_LEFT, 0, 7, "that is gone is noted wrongly", false},
    {"left: unreadable", DEVICE, cut, KARTO_DB_LEFT, 0, 3, "that is gone is noted wrongly", false},
    {"log: stripped", DEVICE, set_flag, KARTO_DB_LOG, -1, 0x10, "should have lost its values", true},
    {"log: stripped", HUB, set_flag, KARTO_DB_LOG, 0, 0x10, "should have lost its values", true},
    {"rights: unreadable", DEVICE, write_bad_rights, 0, 0, 0, "the rights of this device", false},
    {"hub: what a device has", HUB, hold_anothers, KARTO_DB_OWN, 0, 0, "a store of another role", false},
    {"alone: what a hub has", ALONE, hold_anothers, KARTO_DB_FEED, 0, 0, "a store of another role", false},
};

/* ---- what check says of it ---- */

struct looking {
    const struct harm *harm; /* NULL: none */
    struct karto_check check;
    uint64_t said;
    bool found;
};

static void hear(void *context, const char *what, const struct karto_rid *record)
{
    struct looking *l = context;
    l->said++;
    if (!l->harm)
        fprintf(stderr, "clean? %s\n", what);
    else if (strstr(what, l->harm->says) && (record || !l->harm->names))
        l->found = true;
}

static enum karto_err look(struct karto_tx *tx, void *context)
{
    struct looking *l = context;
    *l = (struct looking){.harm = l->harm};
    if (l->harm)
        l->harm->make(tx, l->harm);
    CHECK_INT(karto_check(tx, hear, l, &l->check), KARTO_OK);
    return KARTO_E_INTERRUPTED; /* nothing of it stays */
}

static struct karto_store *store_of(enum where where)
{
    return where == HUB ? w.s.hub.store : where == DEVICE ? w.s.devices[w.oksana].store : w.alone;
}

static void all_are_clean(void)
{
    for (int where = HUB; where <= ALONE; where++) {
        struct looking l = {NULL, {0}, 0, false};
        CHECK_INT(karto_store_write(store_of((enum where)where), look, &l), KARTO_E_INTERRUPTED);
        CHECK_INT(l.check.problems, 0);
        CHECK(l.check.records > 0 && l.check.changes > 0 && l.check.indexed > 0);
    }
}

static void each_harm_is_seen(void)
{
    int missed = 0;
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        struct looking l = {&harms[i], {0}, 0, false};
        CHECK_INT(karto_store_write(store_of(harms[i].where), look, &l), KARTO_E_INTERRUPTED);
        CHECK_INT(l.said, l.check.problems);
        if (!l.found)
            fprintf(stderr, "%s: not said: %s\n", harms[i].name, harms[i].says);
        missed += !l.found;
    }
    CHECK_INT(missed, 0);
}

int main(void)
{
    make_world();
    all_are_clean();
    each_harm_is_seen();
    all_are_clean();
    karto_store_close(w.alone);
    temp_dir_remove(&w.alone_dir);
    spine_close(&w.s);
    return 0;
}
