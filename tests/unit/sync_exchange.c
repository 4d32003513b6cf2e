/* An exchange frame by frame: what may become of a request that was sent ahead of its turn, and what happens at the hub
 * between two requests. */
#include "proto/messages.h"
#include "tests/spine.h"

enum { CLIENTS = 40, PAGE = 600 };

static const char *const both[] = {"01", "02", NULL};

/* An exchange, frame by frame, and what it has asked for ahead. */
struct course {
    struct spine spine;
    struct karto_rid client; /* the last one, of territory 01 */
    struct karto_exchange *exchange;
    struct karto_buf frame, answer;        /* of the request whose turn it is */
    struct karto_buf guess, early;         /* the last that was asked for ahead, and its answer */
    unsigned guesses, turns;               /* turns: of requests that had been guessed */
    void (*before)(struct course *course); /* the hub gets a request that was sent ahead; NULL: nothing happens */
};

static void ask_ahead(void *context, struct karto_slice frame)
{
    struct course *course = context;
    course->guesses++;
    karto_buf_clear(&course->guess);
    karto_buf_add_slice(&course->guess, frame);
    if (course->before)
        course->before(course);
    spine_ask(&course->spine, 0, frame, &course->early);
}

static void begin_exchange(struct course *course)
{
    struct karto_exchange_options options = {
        .page_size = PAGE, .program = karto_slice_str("test"), .ahead = ask_ahead, .context = course};
    karto_exchange_new(course->spine.devices[0].store, &options, &course->exchange);
}

/* Head office has clients in two territories; the device of both has nothing. */
static void begin(struct course *course)
{
    memset(course, 0, sizeof *course);
    spine_open(&course->spine);
    spine_device(&course->spine, "oksana", both);
    for (int i = 0; i < CLIENTS; i++)
        course->client = spine_client(&course->spine.hub, "Клієнт з назвою середньої довжини", i % 2 ? "01" : "02");
    begin_exchange(course);
}

static void end(struct course *course)
{
    karto_exchange_free(course->exchange);
    spine_sync(&course->spine, 0);
    spine_same(&course->spine, "01");
    spine_same(&course->spine, "*");
    spine_close(&course->spine);
    karto_buf_fini(&course->frame);
    karto_buf_fini(&course->answer);
    karto_buf_fini(&course->guess);
    karto_buf_fini(&course->early);
}

/* The next request, and what it is answered: what was answered early, or, in turn, now. False: the exchange is done. */
static bool ask(struct course *course, bool in_turn)
{
    bool done;
    karto_buf_clear(&course->frame);
    CHECK_INT(karto_exchange_next(course->exchange, &course->frame, &done), KARTO_OK);
    if (done)
        return false;
    bool ahead = karto_exchange_is_ahead(course->exchange);
    course->turns += ahead;
    if (ahead)
        CHECK(karto_slice_equal(karto_buf_slice(&course->frame), karto_buf_slice(&course->guess)));
    karto_buf_clear(&course->answer);
    if (ahead && !in_turn)
        karto_buf_add_slice(&course->answer, karto_buf_slice(&course->early));
    else
        spine_ask(&course->spine, 0, karto_buf_slice(&course->frame), &course->answer);
    return true;
}

static void hear(struct course *course)
{
    CHECK_INT(karto_exchange_answer(course->exchange, karto_buf_slice(&course->answer)), KARTO_OK);
}

static void until_ahead(struct course *course)
{
    while (course->guesses < 3) {
        CHECK(ask(course, false));
        hear(course);
    }
}

/* Nothing could be sent ahead, or its answer did not come. */
static void what_was_not_sent_ahead_is_sent_in_its_turn(void)
{
    struct course course;
    unsigned asked = 0;
    begin(&course);
    for (; ask(&course, true); asked++)
        hear(&course);
    CHECK(course.guesses > 5);
    CHECK_INT(course.turns, course.guesses);
    CHECK_INT(karto_exchange_stats(course.exchange).requests, asked); /* each once */
    end(&course);
}

static void asked_again_a_request_is_not_ahead(void)
{
    struct course course;
    begin(&course);
    until_ahead(&course);
    CHECK(ask(&course, false));
    CHECK(karto_exchange_is_ahead(course.exchange));
    CHECK(ask(&course, false));
    CHECK(!karto_exchange_is_ahead(course.exchange));
    CHECK(karto_slice_equal(karto_buf_slice(&course.frame), karto_buf_slice(&course.guess)));
    hear(&course);
    while (ask(&course, false))
        hear(&course);
    end(&course);
}

struct scope {
    struct course *course;
    uint32_t territories;
};

/* Gives the device the first of its territories, or both anew. */
static enum karto_err do_scope(struct karto_tx *tx, void *context)
{
    struct scope *job = context;
    struct course *course = job->course;
    struct karto_slice names[] = {karto_slice_str("01"), karto_slice_str("02")};
    struct karto_rights scope = {
        .role = karto_role(KARTO_ROLE_REPRESENTATIVE), .territories = names, .territory_count = job->territories};
    struct karto_device device;
    enum karto_err err = karto_hub_device(tx, course->spine.devices[0].device, &device);
    return err == KARTO_OK ? karto_hub_set_scope(tx, &device, &scope) : err;
}

static void take_a_territory_away(struct course *course)
{
    struct scope scope = {course, 1};
    if (course->guesses == 3)
        CHECK_INT(karto_store_write(course->spine.hub.store, do_scope, &scope), KARTO_OK);
}

static void rights_that_change_before_it_begin_anew(void)
{
    struct course course;
    begin(&course);
    course.before = take_a_territory_away;
    unsigned guesses = 0;
    while (ask(&course, false)) {
        hear(&course);
        if (course.guesses == 3 && guesses == 0) {
            guesses = 3;
            CHECK(ask(&course, false)); /* E-STALE */
            hear(&course);
            CHECK(ask(&course, false));
            CHECK(!karto_exchange_is_ahead(course.exchange)); /* hello */
            hear(&course);
        }
    }
    CHECK_INT(guesses, 3);
    CHECK_INT(karto_exchange_stats(course.exchange).rotations, 0);
    end(&course);
}

/* One hello, and what the hub says of the device's rights. */
static struct karto_hello_answer greeted(struct course *course, struct karto_arena *arena)
{
    struct karto_answer answer;
    karto_exchange_free(course->exchange);
    begin_exchange(course);
    CHECK(ask(course, false));
    CHECK_INT(karto_answer_decode(arena, karto_buf_slice(&course->answer), &answer), KARTO_OK);
    CHECK_INT(answer.type, KARTO_HELLO);
    CHECK(karto_epoch_equal(answer.token.epoch, answer.of.hello.epoch));
    CHECK_INT(answer.token.rights, answer.of.hello.rights);
    return answer.of.hello;
}

static void rights_are_told_until_they_have_arrived(void)
{
    struct course course;
    struct karto_arena arena;
    struct scope one = {&course, 1};
    karto_arena_init(&arena);
    begin(&course);
    for (int i = 0; i < 2; i++) { /* asked once more before the first copy has come */
        struct karto_hello_answer first = greeted(&course, &arena);
        CHECK(karto_slice_is(first.role, "representative") && first.territory_count == 2 && first.hub.size > 0);
    }
    spine_sync(&course.spine, 0);
    struct karto_hello_answer again = greeted(&course, &arena);
    CHECK(again.role.size == 0 && again.hub.size == 0 && again.territory_count == 0 && again.rights > 0);
    hear(&course);
    CHECK_INT(karto_store_write(course.spine.hub.store, do_scope, &one), KARTO_OK);
    struct karto_hello_answer changed = greeted(&course, &arena);
    CHECK(karto_slice_is(changed.role, "representative") && changed.territory_count == 1);
    CHECK(changed.rights > again.rights);
    end(&course);
    karto_arena_fini(&arena);
}

/* Its answer comes when nobody waits for it any more; another exchange goes on from the last page. */
static void an_exchange_ends_while_it_is_under_way(void)
{
    struct course course;
    begin(&course);
    until_ahead(&course);
    CHECK(ask(&course, true));
    CHECK(karto_exchange_answer(course.exchange, karto_slice(course.answer.data, course.answer.size / 2)) != KARTO_OK);
    CHECK_INT(course.guesses, 3); /* behind what cannot be read nothing is asked for */
    karto_exchange_free(course.exchange);
    begin_exchange(&course);
    course.guesses = course.turns = 0;
    while (ask(&course, false)) {
        CHECK(course.turns <= course.guesses);
        hear(&course);
    }
    CHECK_INT(course.turns, course.guesses);
    CHECK(course.guesses > 2);
    end(&course);
}

/* Between the page of hashes that named it and its state. */
static void what_leaves_while_it_is_fetched_is_gone(void)
{
    struct course course;
    struct scope again = {&course, 2};
    begin(&course);
    while (ask(&course, true))
        hear(&course);
    karto_exchange_free(course.exchange);
    begin_exchange(&course);
    CHECK_INT(spine_set(&course.spine.hub, course.client, KARTO_F_NAME, "", "Інша назва"), KARTO_OK);
    CHECK_INT(karto_store_write(course.spine.hub.store, do_scope, &again), KARTO_OK);
    for (int i = 0; i < 2; i++) { /* hello, hashes */
        CHECK(ask(&course, true));
        hear(&course);
    }
    CHECK_INT(spine_territory(&course.spine.hub, course.client, "03"), KARTO_OK);
    while (ask(&course, true))
        hear(&course);
    CHECK(!spine_see(&course.spine.devices[0], course.client, KARTO_F_NAME, "").exists);
    CHECK_INT(karto_exchange_stats(course.exchange).gone, 1);
    end(&course);
}

int main(void)
{
    what_was_not_sent_ahead_is_sent_in_its_turn();
    asked_again_a_request_is_not_ahead();
    rights_that_change_before_it_begin_anew();
    rights_are_told_until_they_have_arrived();
    an_exchange_ends_while_it_is_under_way();
    what_leaves_while_it_is_fetched_is_gone();
    return 0;
}
