/* What head office has refused of a laptop's changes: its user's list, the newest first, and what he dismisses, which
 * stays dismissed whatever the store goes through, and stands in the log as before. */
#include "core/store/databases.h"
#include "core/store/device_give.h"
#include "core/store/keys.h"
#include "core/store/log.h"
#include "core/store/own.h"
#include "core/store/refused.h"
#include "tests/spine.h"

enum { SITE = 29 };

static struct spine spine;

struct list {
    struct karto_refused list[8];
    uint32_t count;
    uint64_t told, refused; /* as karto_refused_count and the ledger have them */
};

static enum karto_err read_list(struct karto_tx *tx, void *context)
{
    struct list *out = context;
    struct karto_refused *list;
    enum karto_err err = karto_refused_list(tx, &list, &out->count);
    CHECK(out->count <= sizeof out->list / sizeof *out->list);
    for (uint32_t i = 0; i < out->count; i++)
        out->list[i] = list[i];
    out->refused = tx->ledger.refused;
    return err == KARTO_OK ? karto_refused_count(tx, &out->told) : err;
}

static struct list look(void)
{
    struct list list;
    CHECK_INT(karto_store_read(spine.devices[0].store, read_list, &list), KARTO_OK);
    CHECK_INT(list.told, list.count);
    return list;
}

static enum karto_err do_dismiss(struct karto_tx *tx, void *context)
{
    return karto_refused_dismiss(tx, *(const struct karto_dot *)context);
}

static enum karto_err dismiss(struct karto_dot dot)
{
    return karto_store_write(spine.devices[0].store, do_dismiss, &dot);
}

/* oksana has made a client, written two things into it that she may not, as she did not know yet, and one that she may.
 */
static struct karto_rid begin(void)
{
    spine_open_pair(&spine);
    struct karto_rid id = spine_client(&spine.devices[0], "Romashka", "01");
    CHECK_INT(spine_territory(&spine.devices[0], id, "02"), KARTO_OK);
    CHECK_INT(spine_territory(&spine.devices[0], id, "03"), KARTO_OK);
    CHECK_INT(spine_set(&spine.devices[0], id, SITE, "", "a.example"), KARTO_OK);
    spine_sync(&spine, 0);
    return id;
}

static enum karto_err is_logged(struct karto_tx *tx, void *context)
{
    const struct karto_refused *refused = context;
    struct karto_log_entry row;
    struct karto_change change;
    struct karto_own own;
    enum karto_err err = karto_log_read(tx, refused->position, &row);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &row, &change);
    if (err == KARTO_OK)
        err = karto_own_get(tx, refused->dot, &own);
    if (err != KARTO_OK)
        return err;
    CHECK(karto_dot_equal(change.stamp.dot, refused->dot) && !karto_change_is_void(&change));
    CHECK_INT(own.verdict, KARTO_V_REFUSED);
    CHECK(karto_slice_is(own.reason, karto_err_id(KARTO_E_NOT_PERMITTED)));
    return KARTO_OK;
}

static void the_newest_is_first(void)
{
    begin();
    struct list list = look();
    CHECK_INT(list.count, 2);
    CHECK_INT(list.list[0].dot.seq, 3);
    CHECK_INT(list.list[1].dot.seq, 2);
    CHECK(list.list[0].position > list.list[1].position);
    spine_close(&spine);
}

static void dismissed_is_listed_no_longer_and_kept(void)
{
    begin();
    struct list list = look();
    CHECK_INT(dismiss(list.list[1].dot), KARTO_OK);
    CHECK_INT(dismiss(list.list[1].dot), KARTO_OK);
    struct list after = look();
    CHECK_INT(after.count, 1);
    CHECK(karto_dot_equal(after.list[0].dot, list.list[0].dot));
    CHECK_INT(after.refused, 2);
    CHECK_INT(karto_store_read(spine.devices[0].store, is_logged, &list.list[1]), KARTO_OK);
    spine_close(&spine);
}

static void what_was_not_refused_is_not_dismissed(void)
{
    begin();
    struct karto_dot dot = look().list[0].dot;
    dot.seq = 4;
    CHECK_INT(dismiss(dot), KARTO_E_NOT_FOUND);
    dot.seq = 400;
    CHECK_INT(dismiss(dot), KARTO_E_NOT_FOUND);
    CHECK_INT(look().count, 2);
    spine_close(&spine);
}

static enum karto_err rotate(struct karto_tx *tx, void *context)
{
    (void)context;
    return karto_device_rotate(tx, 0);
}

static void another_node_changes_nothing(void)
{
    struct karto_rid id = begin();
    CHECK_INT(dismiss(look().list[0].dot), KARTO_OK);
    CHECK_INT(karto_store_write(spine.devices[0].store, rotate, NULL), KARTO_OK);
    CHECK_INT(spine_set(&spine.devices[0], id, SITE, "", "b.example"), KARTO_OK);
    spine_sync(&spine, 0);
    spine_sync(&spine, 0);
    CHECK_INT(look().count, 1);
    spine_keep(&spine, &spine.devices[0], "copy");
    spine_put_back(&spine, &spine.devices[0], "copy");
    CHECK_INT(look().count, 1);
    spine_sync(&spine, 0);
    CHECK_INT(look().count, 1);
    spine_close(&spine);
}

static enum karto_err send_again(struct karto_tx *tx, void *context)
{
    return karto_device_again(tx, *(const struct karto_dot *)context);
}

static void refused_again_is_told_again(void)
{
    begin();
    struct karto_dot dot = look().list[0].dot;
    CHECK_INT(dismiss(dot), KARTO_OK);
    CHECK_INT(karto_store_write(spine.devices[0].store, send_again, &dot), KARTO_OK);
    CHECK_INT(look().count, 1); /* it is on its way, and not refused */
    CHECK_INT(look().refused, 1);
    spine_is_whole(&spine.devices[0]);
    spine_sync(&spine, 0);
    CHECK_INT(look().count, 2);
    spine_close(&spine);
}

struct serving {
    struct karto_rid id;
    const char *manager;
};

static enum karto_err do_serve(struct karto_tx *tx, void *context)
{
    const struct serving *serving = context;
    struct karto_edit edit = {KARTO_F_MANAGER, karto_date_key(&tx->arena, KARTO_DATE_MIN),
                              karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str(serving->manager)))};
    const struct karto_save save = {
        .kind = KARTO_CLIENT, .record = serving->id, .edits = &edit, .count = 1, .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

static void serve(struct spine_node *node, struct karto_rid id, const char *manager)
{
    struct serving serving = {id, manager};
    CHECK_INT(karto_store_write(node->store, do_serve, &serving), KARTO_OK);
}

/* Head office writes what she wanted: it is off the list by itself; and something else is not. */
static void what_stands_there_now_goes_by_itself(void)
{
    spine_open_pair(&spine);
    struct karto_rid id = spine_client(&spine.devices[0], "Romashka", "01");
    serve(&spine.devices[0], id, "petro");
    CHECK_INT(spine_territory(&spine.devices[0], id, "02"), KARTO_OK);
    spine_sync(&spine, 0);
    CHECK_INT(look().count, 2);
    serve(&spine.hub, id, "ivan");
    spine_sync(&spine, 0);
    CHECK_INT(look().count, 2);
    serve(&spine.hub, id, "petro");
    spine_sync(&spine, 0);
    struct list list = look();
    CHECK_INT(list.count, 1);
    CHECK_INT(list.list[0].dot.seq, 3);
    CHECK_INT(list.refused, 2);
    CHECK_INT(spine_territory(&spine.hub, id, "02"), KARTO_OK); /* which takes it away from here */
    spine_sync(&spine, 0);
    CHECK_INT(look().count, 1);
    spine_close(&spine);
}

/* A count that cannot be, as a damaged file has it, asks for no memory and hides nothing. */
static enum karto_err count_more(struct karto_tx *tx, void *context)
{
    tx->ledger.refused += *(const uint64_t *)context;
    return KARTO_OK;
}

static void a_wrong_count_does_no_harm(void)
{
    uint64_t more = 1ull << 60, less = 0 - more;
    begin();
    CHECK_INT(karto_store_write(spine.devices[0].store, count_more, &more), KARTO_OK);
    struct list list = {.count = 0};
    CHECK_INT(karto_store_read(spine.devices[0].store, read_list, &list), KARTO_OK);
    CHECK_INT(list.count, 2);
    CHECK_INT(karto_store_write(spine.devices[0].store, count_more, &less), KARTO_OK);
    CHECK_INT(look().count, 2);
    spine_close(&spine);
}

int main(void)
{
    the_newest_is_first();
    dismissed_is_listed_no_longer_and_kept();
    what_was_not_refused_is_not_dismissed();
    another_node_changes_nothing();
    refused_again_is_told_again();
    what_stands_there_now_goes_by_itself();
    a_wrong_count_does_no_harm();
    return 0;
}
