/* Two accidents at once: head office was put back to a backup of before a client was made, and so was the laptop that
 * made it, to an image of before it had sent that. What others have written on the client comes first. */
#include "tests/spine.h"

enum { NOTE = 31, TEXT = 38, OUTCOME = 39 };

struct made {
    struct karto_rid client, activity;
};

static void begin(struct spine *s, struct made *made)
{
    spine_open_pair(s);
    spine_sync_all(s);
    spine_keep(s, &s->hub, "backup");
    made->client = spine_client(&s->devices[0], "Client", "01");
    made->activity = spine_child(&s->devices[0], KARTO_ACTIVITY, made->client, TEXT, "first visit");
    spine_keep(s, &s->devices[0], "image");
    spine_sync(s, 0);
    spine_sync(s, 1);
    CHECK_INT(spine_set(&s->devices[1], made->client, NOTE, "", "petro's"), KARTO_OK);
    CHECK_INT(spine_set(&s->devices[1], made->activity, OUTCOME, "", "petro's outcome"), KARTO_OK);
    spine_sync(s, 1);
    spine_put_back(s, &s->hub, "backup");
    spine_restored(&s->hub);
    spine_put_back(s, &s->devices[0], "image");
}

static void check_there(struct spine_node *node, const struct made *made)
{
    CHECK_STR(spine_see(node, made->client, KARTO_F_NAME, "").text, "Client");
    CHECK_STR(spine_see(node, made->client, NOTE, "").text, "petro's");
    CHECK_STR(spine_see(node, made->activity, TEXT, "").text, "first visit");
    CHECK_STR(spine_see(node, made->activity, OUTCOME, "").text, "petro's outcome");
}

static void who_made_it_may_come_last(void)
{
    struct spine s;
    struct made made;
    begin(&s, &made);
    (void)spine_try_sync(&s, 1); /* gives back: the hub gives nothing yet */
    spine_recovered(&s.hub);
    spine_sync_all(&s);
    spine_sync_all(&s);
    check_there(&s.hub, &made);
    check_there(&s.devices[0], &made);
    check_there(&s.devices[1], &made);
    spine_same(&s, "01");
    spine_close(&s);
}

int main(void)
{
    who_made_it_may_come_last();
    return 0;
}
