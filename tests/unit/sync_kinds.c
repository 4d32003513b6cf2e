/* What hangs on a client goes where the client goes: made without a network on one laptop it appears on the other,
 * merges as clients do, and follows a client that moves into another territory. */
#include "core/store/query.h"
#include "tests/spine.h"

enum { NOTE = 31, ROLE = 34, TEXT = 38, OUTCOME = 39, NEXT = 70 };

static const char *const south[] = {"02", NULL};

struct hanging {
    struct karto_rid client, person, activity, purchase;
};

/* Two laptops of the north, one of the south; a client of the north, and what the first laptop has made on it. */
static struct hanging begin(struct spine *s)
{
    struct hanging h;
    spine_open_pair(s);
    spine_device(s, "boris", south);
    h.client = spine_client(&s->hub, "Нова Пошта", "01");
    spine_sync_all(s);
    h.person = spine_child(&s->devices[0], KARTO_PERSON, h.client, KARTO_F_NAME, "Олена");
    h.activity = spine_child(&s->devices[0], KARTO_ACTIVITY, h.client, TEXT, "замовлення 20 ящ.");
    h.purchase = spine_child(&s->devices[0], KARTO_PURCHASE, h.client, KARTO_F_NUMBER, "17");
    return h;
}

static void end(struct spine *s)
{
    spine_sync_all(s);
    spine_same(s, "*");
    spine_close(s);
}

static void check_there(struct spine *s, int device, const struct hanging *h, bool there)
{
    CHECK_INT(spine_see(&s->devices[device], h->person, KARTO_F_NAME, "").exists, there);
    CHECK_INT(spine_see(&s->devices[device], h->activity, TEXT, "").exists, there);
    CHECK_INT(spine_see(&s->devices[device], h->purchase, KARTO_F_NUMBER, "").exists, there);
    if (!there)
        return;
    CHECK_STR(spine_see(&s->devices[device], h->person, KARTO_F_NAME, "").text, "Олена");
    CHECK_STR(spine_see(&s->devices[device], h->activity, TEXT, "").text, "замовлення 20 ящ.");
    CHECK_STR(spine_see(&s->devices[device], h->purchase, KARTO_F_NUMBER, "").text, "17");
}

static void made_on_one_appears_on_the_other(void)
{
    struct spine s;
    struct hanging h = begin(&s);
    check_there(&s, 0, &h, true);
    check_there(&s, 1, &h, false);
    spine_sync_all(&s);
    check_there(&s, 0, &h, true);
    check_there(&s, 1, &h, true);
    check_there(&s, 2, &h, false);
    end(&s);
}

static void merges_field_by_field(void)
{
    struct spine s;
    struct hanging h = begin(&s);
    spine_sync_all(&s);
    CHECK_INT(spine_set(&s.devices[0], h.person, ROLE, "", "директорка"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[1], h.person, NOTE, "", "після обіду"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[0], h.activity, OUTCOME, "", "замовили"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[1], h.activity, OUTCOME, "", "відмовили"), KARTO_OK);
    spine_sync_all(&s);
    for (int i = 0; i < 2; i++) {
        CHECK_STR(spine_see(&s.devices[i], h.person, ROLE, "").text, "директорка");
        CHECK_STR(spine_see(&s.devices[i], h.person, NOTE, "").text, "після обіду");
        CHECK_INT(spine_see(&s.devices[i], h.person, NOTE, "").conflicts, 0);
        CHECK_INT(spine_see(&s.devices[i], h.activity, OUTCOME, "").heads, 2);
        CHECK(spine_see(&s.devices[i], h.activity, OUTCOME, "").conflict);
    }
    CHECK_INT(spine_hide(&s.devices[1], h.purchase, true), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[0], h.activity, OUTCOME, "", "замовили"), KARTO_OK);
    spine_sync_all(&s);
    CHECK(spine_see(&s.devices[0], h.purchase, KARTO_F_NUMBER, "").hidden);
    CHECK_INT(spine_see(&s.devices[1], h.activity, OUTCOME, "").heads, 1);
    end(&s);
}

static void follows_a_client_that_moves(void)
{
    struct spine s;
    struct hanging h = begin(&s);
    spine_sync_all(&s);
    CHECK_INT(spine_territory(&s.hub, h.client, "02"), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[1], h.activity, NEXT, "", "written before the news"), KARTO_OK);
    struct karto_rid late = spine_child(&s.devices[1], KARTO_PERSON, h.client, KARTO_F_NAME, "Іван");
    spine_sync_all(&s);
    check_there(&s, 0, &h, false);
    check_there(&s, 1, &h, false);
    check_there(&s, 2, &h, true);
    CHECK_STR(spine_see(&s.devices[2], h.activity, NEXT, "").text, "written before the news");
    CHECK_STR(spine_see(&s.devices[2], late, KARTO_F_NAME, "").text, "Іван");
    CHECK(!spine_see(&s.devices[1], late, KARTO_F_NAME, "").exists);
    CHECK_INT(spine_territory(&s.hub, h.client, "01"), KARTO_OK);
    end(&s);
}

/* ---- lists ---- */

struct listing {
    uint32_t kind;
    struct karto_rid client; /* zero: of all */
    struct karto_rid seen[8];
    uint32_t count;
};

static enum karto_err visit(struct karto_tx *tx, const struct karto_entry *entry, void *context)
{
    struct listing *l = context;
    (void)tx;
    CHECK(l->count < 8 && entry->view.kind == l->kind);
    l->seen[l->count++] = entry->id;
    return KARTO_OK;
}

static enum karto_err do_list(struct karto_tx *tx, void *context)
{
    struct listing *l = context;
    return karto_rid_is_zero(l->client) ? karto_list(tx, l->kind, NULL, visit, l, NULL)
                                        : karto_each_child(tx, l->kind, l->client, visit, l);
}

static void check_list(struct spine_node *node, uint32_t kind, struct karto_rid client, const struct karto_rid *wanted,
                       uint32_t count)
{
    struct listing l = {.kind = kind, .client = client};
    CHECK_INT(karto_store_read(node->store, do_list, &l), KARTO_OK);
    CHECK_INT(l.count, count);
    for (uint32_t i = 0; i < count; i++)
        CHECK(karto_rid_equal(l.seen[i], wanted[i]));
}

/* Lists hold what has no name and no date too, and find it under its client. */
static void all_are_in_lists(void)
{
    static const struct karto_rid any = {{0}};
    struct spine s;
    struct hanging h = begin(&s);
    struct karto_rid nameless = spine_child(&s.devices[0], KARTO_PERSON, h.client, NOTE, "сторож");
    struct karto_rid later = spine_child(&s.devices[0], KARTO_ACTIVITY, h.client, TEXT, "ще раз");
    const struct karto_rid persons[] = {nameless, h.person}, children[] = {h.person, nameless},
                           activities[] = {later, h.activity};
    spine_sync_all(&s);
    for (int i = 0; i < 2; i++) {
        check_list(&s.devices[i], KARTO_PERSON, any, persons, 2);
        check_list(&s.devices[i], KARTO_PERSON, h.client, children, 2);
        check_list(&s.devices[i], KARTO_ACTIVITY, any, activities, 2);
        check_list(&s.devices[i], KARTO_PURCHASE, any, &h.purchase, 1);
    }
    check_list(&s.devices[2], KARTO_PURCHASE, any, NULL, 0);
    check_list(&s.devices[2], KARTO_PERSON, h.client, NULL, 0);
    end(&s);
}

int main(void)
{
    made_on_one_appears_on_the_other();
    merges_field_by_field();
    follows_a_client_that_moves();
    all_are_in_lists();
    return 0;
}
