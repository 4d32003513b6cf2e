/* A store that was copied becomes another node when it is first opened for writing, once, and nothing is lost or
 * doubled between the copy, the original and head office; a store that was not copied stays who it is, whoever has made
 * it. */
#include "core/store/copied.h"

#include "core/base/os_posix.h"
#include "core/store/databases.h"
#include "core/store/dots.h"
#include "tests/spine.h"

#include <sys/wait.h>
#include <unistd.h>

enum { NOTE = 31, SITE = 29 };

/* ---- what a store is ---- */

struct who {
    struct karto_node node;
    uint32_t nodes;
    uint64_t pending, seq;
    bool noted;
};

static enum karto_err look(struct karto_tx *tx, void *context)
{
    struct who *who = context;
    const struct karto_own_node *nodes;
    struct karto_slice row;
    *who = (struct who){.node = tx->ledger.node, .pending = tx->ledger.pending, .seq = tx->ledger.seq};
    who->noted = karto_meta_get(tx, "file", &row) == KARTO_OK;
    return karto_own_nodes(tx, &nodes, &who->nodes);
}

static struct who who_is(struct karto_store *store)
{
    struct who who;
    CHECK_INT(karto_store_read(store, look, &who), KARTO_OK);
    return who;
}

static struct karto_store *open_dir(const char *dir, const struct karto_sys *sys, bool read_only)
{
    struct karto_store_options options = {.dir = dir, .sys = sys, .read_only = read_only, .map_size = 4 << 20};
    struct karto_store *store;
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    return store;
}

static void reopen(struct spine *s, struct spine_node *node)
{
    karto_store_close(node->store);
    node->store = open_dir(node->dir.path, &s->clock.sys, false);
}

static void copy_to(struct spine *s, const struct spine_node *node, const char *name, struct temp_dir *dir)
{
    snprintf(dir->path, sizeof dir->path, "%.150s/%.50s", s->root.path, name);
    CHECK_INT(karto_kv_copy(karto_store_kv(node->store), dir->path, false), KARTO_OK);
}

static enum karto_err forget_file(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_kv_delete(tx->kv, KARTO_DB_META, karto_slice_str("file"));
}

/* ---- tests ---- */

static void test_original(void)
{
    struct spine s;
    spine_open_pair(&s);
    struct who before = who_is(s.devices[0].store);
    CHECK(before.noted && before.nodes == 1);
    reopen(&s, &s.devices[0]);
    CHECK(!karto_store_was_copied(s.devices[0].store));
    struct who after = who_is(s.devices[0].store);
    CHECK(karto_node_equal(before.node, after.node) && after.nodes == 1);
    spine_close(&s);
}

/* A store of a program that did not know the row is only noted; the next copy of it is noticed. */
static void test_older_program(void)
{
    struct spine s;
    struct temp_dir dir;
    spine_open_pair(&s);
    struct spine_node *node = &s.devices[0];
    struct who before = who_is(node->store);
    CHECK_INT(karto_store_write(node->store, forget_file, NULL), KARTO_OK);
    reopen(&s, node);
    struct who after = who_is(node->store);
    CHECK(karto_node_equal(before.node, after.node) && after.nodes == 1 && after.noted);
    copy_to(&s, node, "copy", &dir);
    struct karto_store *copy = open_dir(dir.path, &s.clock.sys, false);
    CHECK(karto_store_was_copied(copy));
    CHECK(who_is(copy).nodes == 2);
    karto_store_close(copy);
    temp_dir_remove(&dir);
    spine_close(&s);
}

static void test_readers_change_nothing(void)
{
    struct spine s;
    struct temp_dir dir;
    spine_open_pair(&s);
    struct who before = who_is(s.devices[0].store);
    copy_to(&s, &s.devices[0], "copy", &dir);
    struct karto_store *copy = open_dir(dir.path, &s.clock.sys, true);
    struct who read = who_is(copy);
    CHECK(karto_node_equal(before.node, read.node) && read.nodes == 1 && !karto_store_was_copied(copy));
    karto_store_close(copy);
    struct karto_store_options same = {.dir = dir.path, .sys = &s.clock.sys, .same_node = true, .map_size = 4 << 20};
    CHECK_INT(karto_store_open(&same, &copy), KARTO_OK);
    CHECK(karto_node_equal(before.node, who_is(copy).node));
    karto_store_close(copy);
    temp_dir_remove(&dir);
    spine_close(&s);
}

static void open_in_child(const char *dir, pid_t *child)
{
    *child = fork();
    CHECK(*child >= 0);
    if (*child > 0)
        return;
    struct karto_store *store = open_dir(dir, karto_os_sys(), false);
    karto_store_close(store);
    _exit(0);
}

static void test_opened_by_many(void)
{
    struct spine s;
    struct temp_dir dir;
    enum { PROCESSES = 6 };
    pid_t children[PROCESSES];
    spine_open_pair(&s);
    copy_to(&s, &s.devices[0], "copy", &dir);
    for (int i = 0; i < PROCESSES; i++)
        open_in_child(dir.path, &children[i]);
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        CHECK_INT(waitpid(children[i], &status, 0), children[i]);
        CHECK_INT(status, 0);
    }
    struct karto_store *copy = open_dir(dir.path, &s.clock.sys, true);
    CHECK_INT(who_is(copy).nodes, 2);
    karto_store_close(copy);
    temp_dir_remove(&dir);
    spine_close(&s);
}

struct counted {
    struct karto_rid device;
    unsigned changes;
};

static enum karto_err count_dot(struct karto_tx *tx, struct karto_slice key, struct karto_slice row, void *context)
{
    struct counted *counted = context;
    struct karto_rid owner;
    (void)row;
    enum karto_err err = karto_hub_owner(tx, (struct karto_node){karto_be64(key.data)}, &owner);
    counted->changes += err == KARTO_OK && karto_rid_equal(owner, counted->device);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static enum karto_err count_dots(struct karto_tx *tx, void *context)
{
    return karto_each_row(tx, KARTO_DB_DOTS, count_dot, context);
}

/* How many changes head office has of a device, whatever its nodes. */
static unsigned changes_of(struct spine *s, int device)
{
    struct counted counted = {s->devices[device].device, 0};
    CHECK_INT(karto_store_read(s->hub.store, count_dots, &counted), KARTO_OK);
    return counted.changes;
}

/* The copy as one more place of the same device, which head office cannot tell from the first. */
static struct spine_node *copy_device(struct spine *s, int of)
{
    struct spine_node *copy = &s->devices[s->device_count++];
    copy->device = s->devices[of].device;
    copy_to(s, &s->devices[of], "copy", &copy->dir);
    copy->store = open_dir(copy->dir.path, &s->clock.sys, false);
    return copy;
}

/* What was pending when the copy was made reaches head office once, whichever of the two is first; what each of them
 * wrote since is two changes, and where both wrote the same field, a conflict. */
static void test_both_go_on(bool copy_first)
{
    struct spine s;
    spine_open_pair(&s);
    struct karto_rid id = spine_client(&s.hub, "Нова Пошта", "01");
    spine_sync_all(&s);
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "np.ua"), KARTO_OK);
    struct spine_node *copy = copy_device(&s, 0);
    CHECK_INT(who_is(copy->store).pending, 1);
    CHECK(!karto_node_equal(who_is(copy->store).node, who_is(s.devices[0].store).node));
    CHECK_INT(spine_set(&s.devices[0], id, NOTE, "", "від оригіналу"), KARTO_OK);
    CHECK_INT(spine_set(copy, id, NOTE, "", "від копії"), KARTO_OK);
    spine_sync(&s, copy_first ? 2 : 0);
    spine_sync_all(&s);
    CHECK_INT(changes_of(&s, 0), 3);
    CHECK_STR(spine_see(&s.hub, id, SITE, "").text, "np.ua");
    CHECK_INT(spine_see(&s.hub, id, SITE, "").heads, 1);
    CHECK_INT(spine_see(&s.hub, id, NOTE, "").heads, 2);
    CHECK_INT(who_is(s.devices[0].store).nodes, 1);
    CHECK_INT(who_is(copy->store).nodes, 2);
    CHECK_INT(who_is(copy->store).pending, 0);
    spine_same(&s, "01");
    spine_close(&s);
}

/* An old copy that is put back: what was sent after it comes from head office, and is not sent again. */
static void test_old_copy_alone(void)
{
    struct spine s;
    spine_open_pair(&s);
    struct karto_rid id = spine_client(&s.hub, "Нова Пошта", "01");
    spine_sync_all(&s);
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "np.ua"), KARTO_OK);
    struct spine_node *copy = copy_device(&s, 0);
    CHECK_INT(spine_set(&s.devices[0], id, SITE, "", "novaposhta.ua"), KARTO_OK);
    spine_sync(&s, 0);
    CHECK_INT(changes_of(&s, 0), 2);
    spine_sync(&s, 2);
    CHECK_INT(changes_of(&s, 0), 2);
    CHECK_STR(spine_see(copy, id, SITE, "").text, "novaposhta.ua");
    CHECK_INT(spine_see(copy, id, SITE, "").heads, 1);
    CHECK_INT(who_is(copy->store).pending, 0);
    spine_close(&s);
}

int main(void)
{
    test_original();
    test_older_program();
    test_readers_change_nothing();
    test_opened_by_many();
    test_both_go_on(false);
    test_both_go_on(true);
    test_old_copy_alone();
    return 0;
}
