/* What head office does with an honest laptop: another name, which everybody hears of; taking it out of service, which
 * outlives putting the store back; and withdrawing what its user was invited with. */
#include "core/base/os_posix.h"
#include "core/model/schema.h"
#include "core/store/databases.h"
#include "core/store/history.h"
#include "core/store/hub_admit.h"
#include "core/store/hub_journal.h"
#include "core/store/hub_recovery.h"
#include "tests/spine.h"

/* ---- the hub's row of a laptop ---- */

struct row {
    struct karto_rid id;
    bool revoked, retired, claimed;
    const struct karto_role *role;
    size_t size;
    uint8_t end[10]; /* its last bytes */
};

static enum karto_err do_row(struct karto_tx *tx, void *context)
{
    struct row *row = context;
    struct karto_device device;
    struct karto_slice bytes;
    enum karto_err err = karto_hub_device(tx, row->id, &device);
    if (err == KARTO_OK)
        err = karto_kv_get(tx->kv, KARTO_DB_DEVICES, karto_rid_slice(&row->id), &bytes);
    if (err != KARTO_OK)
        return err;
    row->revoked = device.revoked;
    row->retired = device.retired;
    row->claimed = karto_hub_is_claimed(&device);
    row->role = device.scope.role;
    row->size = bytes.size;
    CHECK(bytes.size > sizeof row->end);
    memcpy(row->end, bytes.data + bytes.size - sizeof row->end, sizeof row->end);
    return KARTO_OK;
}

static struct row row_of(struct spine *s, struct karto_rid id)
{
    struct row row = {.id = id};
    CHECK_INT(karto_store_read(s->hub.store, do_row, &row), KARTO_OK);
    return row;
}

static enum karto_err do_retire(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_retire(tx, &device) : err;
}

static enum karto_err do_revoke(struct karto_tx *tx, void *context)
{
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, *(struct karto_rid *)context, &device);
    return err == KARTO_OK ? karto_hub_revoke(tx, &device, false) : err;
}

static enum karto_err do_restore(struct karto_tx *tx, void *context)
{
    struct karto_hub_journal journal;
    (void)context;
    enum karto_err err = karto_hub_journal_read(&tx->arena, karto_store_dir(tx->store), &journal);
    return err == KARTO_OK ? karto_hub_restored(tx, &journal) : err;
}

/* ---- another name ---- */

struct renaming {
    struct karto_rid id;
    const char *name;
    bool renamed;
};

static enum karto_err do_rename(struct karto_tx *tx, void *context)
{
    struct renaming *renaming = context;
    return karto_hub_rename(tx, renaming->id, karto_slice_str(renaming->name), &renaming->renamed);
}

static bool rename_device(struct spine *s, struct karto_rid id, const char *name)
{
    struct renaming renaming = {id, name, false};
    CHECK_INT(karto_store_write(s->hub.store, do_rename, &renaming), KARTO_OK);
    return renaming.renamed;
}

struct last {
    struct karto_rid record;
    uint32_t changes;
    bool by_rule, by_user, has_batch;
};

static enum karto_err visit_change(struct karto_tx *tx, const struct karto_history_item *item, void *context)
{
    struct last *last = context;
    struct karto_slice user;
    CHECK_INT(karto_user(tx, &user), KARTO_OK);
    if (last->changes++ == 0) {
        last->by_rule = karto_node_equal(item->change.stamp.dot.node, tx->ledger.rule_node);
        last->by_user = karto_slice_equal(item->change.stamp.author, user);
        last->has_batch = item->change.batch != item->change.stamp.dot.seq;
    }
    return KARTO_OK;
}

static enum karto_err do_history(struct karto_tx *tx, void *context)
{
    struct last *last = context;
    return karto_history(tx, &last->record, 0, visit_change, last);
}

static struct last history_of(struct spine *s, struct karto_rid id)
{
    struct last last = {.record = id};
    CHECK_INT(karto_store_read(s->hub.store, do_history, &last), KARTO_OK);
    return last;
}

static void everybody_hears_of_a_new_name(void)
{
    struct spine s;
    spine_open_pair(&s);
    spine_sync_all(&s);
    struct karto_rid id = s.devices[0].device;
    uint32_t before = history_of(&s, id).changes;
    CHECK(rename_device(&s, id, "Ноутбук складу"));
    CHECK(!rename_device(&s, id, "Ноутбук складу"));
    struct last last = history_of(&s, id);
    CHECK_INT(last.changes, before + 1);
    CHECK(last.by_rule && last.by_user && last.has_batch);
    for (int i = 0; i < 2; i++) {
        CHECK(strcmp(spine_see(&s.devices[i], id, KARTO_F_NAME, "").text, "Ноутбук складу") != 0);
        spine_sync(&s, i);
        CHECK_STR(spine_see(&s.devices[i], id, KARTO_F_NAME, "").text, "Ноутбук складу");
        CHECK_INT(spine_see(&s.devices[i], id, KARTO_F_NAME, "").heads, 1);
    }
    struct renaming nobodys = {{{9}}, "Нічий", true};
    CHECK_INT(karto_store_write(s.hub.store, do_rename, &nobodys), KARTO_E_NOT_FOUND);
    spine_close(&s);
}

/* ---- out of service ---- */

/* An older program reads what stands behind the row as a claim of no role, which is none. */
static void a_retired_laptop_is_turned_away(void)
{
    static const uint8_t mark[] = {0x00, 0x91, 0xa7, 'r', 'e', 't', 'i', 'r', 'e', 'd'};
    struct spine s;
    spine_open_pair(&s);
    struct karto_rid id = s.devices[0].device;
    struct row before = row_of(&s, id);
    CHECK_INT(karto_store_write(s.hub.store, do_retire, &id), KARTO_OK);
    struct row after = row_of(&s, id);
    CHECK(after.revoked && after.retired && !after.claimed);
    CHECK_INT(after.size, before.size + sizeof mark);
    CHECK(memcmp(after.end, mark, sizeof mark) == 0);
    CHECK_INT(spine_try_sync(&s, 0), KARTO_E_REVOKED);
    CHECK_INT(spine_try_sync(&s, 1), KARTO_OK);
    spine_close(&s);
}

/* What was said of it first stays. */
static void the_first_reason_stays(void)
{
    struct spine s;
    spine_open_pair(&s);
    CHECK_INT(karto_store_write(s.hub.store, do_retire, &s.devices[0].device), KARTO_OK);
    CHECK_INT(karto_store_write(s.hub.store, do_revoke, &s.devices[0].device), KARTO_OK);
    CHECK(row_of(&s, s.devices[0].device).retired);
    CHECK_INT(karto_store_write(s.hub.store, do_revoke, &s.devices[1].device), KARTO_OK);
    CHECK_INT(karto_store_write(s.hub.store, do_retire, &s.devices[1].device), KARTO_OK);
    struct row row = row_of(&s, s.devices[1].device);
    CHECK(row.revoked && !row.retired);
    spine_close(&s);
}

/* Where the store is put back to before, the journal knows: of one that the backup has, and of one that it has not. */
static void who_was_retired_stays_so(void)
{
    static const char *const north[] = {"01", NULL};
    struct spine s;
    spine_open_pair(&s);
    spine_sync_all(&s);
    spine_keep(&s, &s.hub, "before");
    CHECK_INT(spine_device(&s, "late", north), 2);
    spine_sync(&s, 2);
    CHECK_INT(karto_store_write(s.hub.store, do_retire, &s.devices[0].device), KARTO_OK);
    CHECK_INT(karto_store_write(s.hub.store, do_revoke, &s.devices[1].device), KARTO_OK);
    CHECK_INT(karto_store_write(s.hub.store, do_retire, &s.devices[2].device), KARTO_OK);
    spine_put_back(&s, &s.hub, "before");
    CHECK(!row_of(&s, s.devices[0].device).revoked);
    CHECK_INT(karto_store_write(s.hub.store, do_restore, NULL), KARTO_OK);
    for (int i = 0; i < 3; i++) {
        struct row row = row_of(&s, s.devices[i].device);
        CHECK(row.revoked && row.retired == (i != 1));
        CHECK_INT(spine_try_sync(&s, i), KARTO_E_REVOKED);
    }
    spine_close(&s);
}

/* ---- the journal ---- */

struct told {
    uint32_t revoked, retired;
};

static struct told read_journal(const char *dir)
{
    struct karto_arena arena;
    struct karto_hub_journal journal;
    karto_arena_init(&arena);
    CHECK_INT(karto_hub_journal_read(&arena, dir, &journal), KARTO_OK);
    struct told told = {journal.revoked_count, journal.retired_count};
    karto_arena_fini(&arena);
    return told;
}

/* A program that knows but the first of its two lines turns it away as well. */
static void the_journal_says_it_twice(void)
{
    struct temp_dir dir = temp_dir_make();
    struct karto_rid id = {{7}}, other = {{8}};
    CHECK_INT(karto_hub_journal_retired(dir.path, id), KARTO_OK);
    CHECK_INT(karto_hub_journal_retired(dir.path, id), KARTO_OK);
    CHECK_INT(karto_hub_journal_revoked(dir.path, other), KARTO_OK);
    struct told told = read_journal(dir.path);
    CHECK_INT(told.revoked, 2);
    CHECK_INT(told.retired, 1);
    temp_dir_remove(&dir);
}

/* ---- invitations ---- */

static enum karto_err add_invite(struct karto_tx *tx, uint8_t which, const char *user, int64_t for_ms, const char *key)
{
    const uint8_t token[16] = {which};
    const struct karto_invite invite = {.user = karto_slice_str(user),
                                        .rights = {.role = karto_role(KARTO_ROLE_OFFICE)},
                                        .expires_ms = karto_sys_now_ms(tx->sys) + for_ms,
                                        .public_key = karto_slice_str(key)};
    return karto_hub_invite(tx, token, &invite);
}

enum { HOUR_MS = 60 * 60 * 1000 };

/* Open, expired, used; and another's. */
static enum karto_err do_invite(struct karto_tx *tx, void *context)
{
    (void)context;
    enum karto_err err = add_invite(tx, 1, "anna", HOUR_MS, "");
    if (err == KARTO_OK)
        err = add_invite(tx, 2, "anna", -HOUR_MS, "");
    if (err == KARTO_OK)
        err = add_invite(tx, 3, "anna", HOUR_MS, "key");
    return err == KARTO_OK ? add_invite(tx, 4, "ann", HOUR_MS, "") : err;
}

struct counted {
    uint32_t all, open;
    uint64_t withdrawn;
};

static enum karto_err count_invite(struct karto_tx *tx, const struct karto_invite *invite, void *context)
{
    struct counted *counted = context;
    counted->all++;
    counted->open += karto_hub_is_open(tx, invite);
    return KARTO_OK;
}

static enum karto_err do_count(struct karto_tx *tx, void *context)
{
    return karto_hub_each_invite(tx, count_invite, context);
}

static enum karto_err do_withdraw(struct karto_tx *tx, void *context)
{
    const struct karto_slice anna = karto_slice_str("anna");
    struct counted *counted = context;
    return karto_hub_withdraw(tx, &anna, &counted->withdrawn);
}

static void only_ones_own_invitations_are_withdrawn(void)
{
    struct spine s;
    struct counted before = {.all = 0}, after = {.all = 0};
    spine_open(&s);
    CHECK_INT(karto_store_write(s.hub.store, do_invite, NULL), KARTO_OK);
    CHECK_INT(karto_store_read(s.hub.store, do_count, &before), KARTO_OK);
    CHECK_INT(before.all, 4);
    CHECK_INT(before.open, 2);
    CHECK_INT(karto_store_write(s.hub.store, do_withdraw, &after), KARTO_OK);
    CHECK_INT(karto_store_read(s.hub.store, do_count, &after), KARTO_OK);
    CHECK_INT(after.withdrawn, 1);
    CHECK_INT(after.all, 2);
    CHECK_INT(after.open, 1);
    spine_close(&s);
}

int main(void)
{
    everybody_hears_of_a_new_name();
    a_retired_laptop_is_turned_away();
    the_first_reason_stays();
    who_was_retired_stays_so();
    the_journal_says_it_twice();
    only_ones_own_invitations_are_withdrawn();
    return 0;
}
