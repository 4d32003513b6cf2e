/* That a visit to a client whom head office has hidden meanwhile is not swallowed with it: the client comes back, for
 * whoever wrote the visit did not know. Who knew, or hid the client himself, leaves it hidden. So also where head
 * office was put back from a backup in between. */
#include "core/base/os_posix.h"
#include "tests/spine.h"

enum { TEXT = 38, NOTE = 31 };

/* Whether everybody has the client so, and the visit on it. */
static void check(struct spine *s, struct karto_rid client, struct karto_rid visit, bool hidden)
{
    spine_sync_all(s);
    spine_same(s, "01");
    CHECK_INT(spine_see(&s->hub, client, NOTE, "").hidden, hidden);
    CHECK_INT(spine_see(&s->hub, client, NOTE, "").conflicts, 0);
    CHECK(spine_see(&s->hub, visit, TEXT, "").exists);
    for (int i = 0; i < s->device_count; i++) {
        CHECK_INT(spine_see(&s->devices[i], client, NOTE, "").hidden, hidden);
        CHECK_STR(spine_see(&s->devices[i], visit, TEXT, "").text, "замовлення");
    }
}

static struct karto_rid begin(struct spine *s)
{
    spine_open_pair(s);
    struct karto_rid client = spine_client(&s->hub, "Ромашка", "01");
    spine_sync_all(s);
    return client;
}

static struct karto_rid visit_of(struct spine *s, int device, struct karto_rid client)
{
    return spine_child(&s->devices[device], KARTO_ACTIVITY, client, TEXT, "замовлення");
}

static void who_did_not_know_brings_the_client_back(void)
{
    struct spine s;
    struct karto_rid client = begin(&s);
    CHECK_INT(spine_hide(&s.hub, client, true), KARTO_OK);
    struct karto_rid visit = visit_of(&s, 0, client);
    check(&s, client, visit, false);
    CHECK_INT(spine_hide(&s.hub, client, true), KARTO_OK); /* by who sees the visit now */
    check(&s, client, visit, true);
    spine_close(&s);
}

static void who_knew_leaves_it_hidden(void)
{
    struct spine s;
    struct karto_rid client = begin(&s);
    CHECK_INT(spine_hide(&s.hub, client, true), KARTO_OK);
    spine_sync_all(&s);
    check(&s, client, visit_of(&s, 0, client), true);
    CHECK_INT(spine_hide(&s.hub, client, false), KARTO_OK);
    spine_sync_all(&s);
    CHECK_INT(spine_hide(&s.devices[1], client, true), KARTO_OK); /* himself, and writes why */
    check(&s, client, visit_of(&s, 1, client), true);
    spine_close(&s);
}

/* Two hide, and the author of the visit has heard of one. */
static void one_hide_that_he_knew_is_enough(void)
{
    struct spine s;
    struct karto_rid client = begin(&s);
    CHECK_INT(spine_hide(&s.devices[1], client, true), KARTO_OK);
    CHECK_INT(spine_hide(&s.hub, client, true), KARTO_OK);
    spine_sync(&s, 0);
    struct karto_rid visit = visit_of(&s, 0, client);
    spine_sync(&s, 1);
    check(&s, client, visit, true);
    spine_close(&s);
}

/* Who changes a visit that head office saw when it hid the client has not hung anything on it. */
static void an_edit_of_what_hangs_there_is_no_reason(void)
{
    struct spine s;
    struct karto_rid client = begin(&s);
    struct karto_rid visit = visit_of(&s, 0, client);
    spine_sync_all(&s);
    CHECK_INT(spine_hide(&s.hub, client, true), KARTO_OK);
    CHECK_INT(spine_set(&s.devices[0], visit, 39, "", "подзвонити"), KARTO_OK);
    check(&s, client, visit, true);
    spine_close(&s);
}

static void put_back(struct spine *s, const char *name)
{
    spine_put_back(s, &s->hub, name);
    spine_restored(&s->hub);
    for (int i = 0; i < s->device_count; i++)
        CHECK_INT(spine_try_sync(s, i), KARTO_E_RECOVERING);
    spine_recovered(&s->hub);
}

/* The visit had arrived, and has to be given back: with what the lost hub made of it. */
static void it_comes_back_with_what_was_made_of_it(bool knew, bool backup_has_the_hide)
{
    struct spine s;
    struct karto_rid client = begin(&s);
    if (!backup_has_the_hide)
        spine_keep(&s, &s.hub, "backup");
    CHECK_INT(spine_hide(&s.hub, client, true), KARTO_OK);
    if (backup_has_the_hide)
        spine_keep(&s, &s.hub, "backup");
    if (knew)
        spine_sync_all(&s);
    struct karto_rid visit = visit_of(&s, 0, client);
    check(&s, client, visit, knew);
    put_back(&s, "backup");
    check(&s, client, visit, knew);
    spine_close(&s);
}

/* The visit was never sent before the hub was lost: what its author knew was another hub's. */
static void one_that_was_not_sent_before(bool knew)
{
    struct spine s;
    struct karto_rid client = begin(&s);
    spine_keep(&s, &s.hub, "backup");
    for (int i = 0; i < 30; i++)
        spine_client(&s.hub, "Інший", "01");
    spine_sync_all(&s);
    CHECK_INT(spine_hide(&s.hub, client, true), KARTO_OK);
    spine_sync(&s, 1);
    if (knew)
        spine_sync(&s, 0);
    struct karto_rid visit = visit_of(&s, 0, client);
    put_back(&s, "backup");
    check(&s, client, visit, false); /* that he knew is not known any more, and then nothing is swallowed */
    spine_close(&s);
}

int main(void)
{
    who_did_not_know_brings_the_client_back();
    who_knew_leaves_it_hidden();
    one_hide_that_he_knew_is_enough();
    an_edit_of_what_hangs_there_is_no_reason();
    for (int i = 0; i < 4; i++)
        it_comes_back_with_what_was_made_of_it(i % 2, i / 2);
    for (int i = 0; i < 2; i++)
        one_that_was_not_sent_before(i);
    return 0;
}
