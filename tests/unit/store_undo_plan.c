/* What taking back means for one register, case by case, from a history made up by hand. */
#include "core/store/undo_plan.h"

#include "core/model/batch.h"
#include "core/model/merge.h"
#include "tests/check.h"

enum { SITE = 29, NEWER = 4000, TARGET = 7, OTHER = 8, BACK = 9, EVENTS = 8, NODE = 3 };

static struct karto_arena arena;
static struct karto_record record;
static struct karto_change changes[EVENTS];
static struct karto_undo_event events[EVENTS]; /* oldest first; turned round for the plan */
static uint32_t count;
static const char phone[] = "380671234567";

static struct karto_slice text(const char *value)
{
    return value ? karto_value_bytes(&arena, karto_value_text(karto_slice_str(value))) : karto_slice(NULL, 0);
}

static void begin(void)
{
    karto_arena_reset(&arena);
    record = (struct karto_record){.kind = KARTO_CLIENT};
    count = 0;
}

enum { REFUSED = 1, UNSEEN = 2 /* of nothing that stands there */, NO_OLD = 4 };

/* One change of one register; value NULL removes an element. */
static struct karto_change *write(uint64_t batch, uint32_t field, const char *key, const char *value, unsigned how)
{
    struct karto_record after, nothing = {.kind = KARTO_CLIENT};
    struct karto_edit edit = {field, karto_slice_str(key), text(value)};
    struct karto_change *change = &changes[count];
    *change = (struct karto_change){.kind = KARTO_CLIENT, .batch = batch, .via = KARTO_VIA_CLI};
    change->stamp.dot = (struct karto_dot){{how & UNSEEN ? NODE + count + 1 : NODE}, how & UNSEEN ? 1 : count + 1};
    change->stamp.hlc.v = (count + 1) << 16;
    change->stamp.author = karto_slice_str(batch == OTHER ? "petro" : "oksana");
    karto_change_make(&arena, how & UNSEEN ? &nothing : &record, &edit, 1, change);
    if (how & NO_OLD)
        karto_change_forget_old(&arena, change);
    struct karto_change effect = how & REFUSED ? karto_change_void(&arena, change) : *change;
    CHECK_INT(karto_apply(&arena, &record, &effect, &after), KARTO_APPLIED);
    record = after;
    events[count++] =
        (struct karto_undo_event){.change = change, .is_target = batch == TARGET, .refused = (how & REFUSED) != 0};
    return change;
}

static struct karto_undo_plan plan(void)
{
    struct karto_undo_event newest_first[EVENTS];
    struct karto_undo_plan plan;
    for (uint32_t i = 0; i < count; i++)
        newest_first[i] = events[count - 1 - i];
    karto_undo_plan_make(&arena, &record, newest_first, count, karto_slice_str("why"), &plan);
    return plan;
}

/* The only step: its fate, and what would stand there. */
static void check(enum karto_undo_fate fate, const char *would)
{
    struct karto_undo_plan made = plan();
    CHECK_INT(made.count, 1);
    CHECK_INT(made.steps[0].fate, fate);
    if (would && !*would)
        CHECK(karto_value_is_nil(made.steps[0].would));
    else if (would)
        CHECK(karto_slice_equal(made.steps[0].would, text(would)));
}

static void plain_fields(void)
{
    begin();
    write(TARGET, SITE, "", "a.ua", 0);
    check(KARTO_UNDO_REVERT, "");

    begin();
    write(OTHER, SITE, "", "a.ua", 0);
    write(TARGET, SITE, "", "b.ua", 0);
    write(TARGET, SITE, "", "c.ua", 0);
    check(KARTO_UNDO_REVERT, "a.ua");
    write(OTHER, SITE, "", "d.ua", 0);
    check(KARTO_UNDO_CHANGED, "a.ua");
    write(OTHER, SITE, "", "https://www.a.ua/", 0); /* the same site */
    check(KARTO_UNDO_DONE, "a.ua");
}

/* What was refused is no effect, but what came after it was made on top of it. */
static void refused(void)
{
    begin();
    write(OTHER, SITE, "", "a.ua", 0);
    write(TARGET, SITE, "", "b.ua", REFUSED);
    CHECK_INT(plan().count, 0);
    write(TARGET, SITE, "", "c.ua", 0);
    check(KARTO_UNDO_REVERT, "a.ua");
    write(OTHER, SITE, "", "d.ua", REFUSED);
    check(KARTO_UNDO_REVERT, "a.ua");
}

/* Undone and put back, by the batch's number; and another's change that was undone leaves the batch's value. */
static void undone(void)
{
    uint64_t back = karto_batch_make(BACK, TARGET), again = karto_batch_make(BACK + 1, BACK);
    begin();
    write(OTHER, SITE, "", "a.ua", 0);
    write(TARGET, SITE, "", "b.ua", 0);
    write(back, SITE, "", "a.ua", 0);
    check(KARTO_UNDO_DONE, "a.ua");
    write(again, SITE, "", "b.ua", 0);
    check(KARTO_UNDO_REVERT, "a.ua");
    write(OTHER + 100, SITE, "", "c.ua", 0);
    check(KARTO_UNDO_CHANGED, "a.ua");
    write(karto_batch_make(77, OTHER + 100), SITE, "", "b.ua", 0);
    check(KARTO_UNDO_REVERT, "a.ua");
}

/* Of a batch that undoes: what it wrote is its own, whatever it undid. */
static void an_undo_itself(void)
{
    begin();
    write(OTHER, SITE, "", "a.ua", 0);
    write(karto_batch_make(TARGET, OTHER), SITE, "", "z.ua", 0);
    events[1].is_target = true;
    check(KARTO_UNDO_REVERT, "a.ua");
}

static void several_heads(void)
{
    begin();
    write(TARGET, SITE, "", "a.ua", 0);
    write(OTHER, SITE, "", "b.ua", UNSEEN);
    struct karto_undo_plan made = plan();
    check(KARTO_UNDO_CHANGED, "");
    CHECK(made.steps[0].wins && karto_slice_is(made.steps[0].now->stamp.author, "petro"));

    begin();
    write(OTHER, SITE, "", "b.ua", 0);
    write(TARGET, SITE, "", "a.ua", UNSEEN);
    made = plan();
    check(KARTO_UNDO_CHANGED, "");
    CHECK(!made.steps[0].wins && karto_slice_is(made.steps[0].now->stamp.author, "petro"));
}

static void sets(void)
{
    begin();
    write(TARGET, KARTO_F_PHONE, phone, "0671234567", 0);
    check(KARTO_UNDO_REVERT, "");
    CHECK_INT(plan().steps[0].would.size, 0); /* removed, not emptied */
    write(OTHER, KARTO_F_PHONE, phone, NULL, 0);
    check(KARTO_UNDO_DONE, "");

    begin();
    write(OTHER, KARTO_F_PHONE, phone, "067 123-45-67", 0);
    write(TARGET, KARTO_F_PHONE, phone, NULL, 0);
    check(KARTO_UNDO_REVERT, "067 123-45-67");
    write(OTHER, KARTO_F_PHONE, phone, "0671234567", 0);
    check(KARTO_UNDO_DONE, "067 123-45-67");
    write(OTHER, KARTO_F_PHONE, phone, NULL, 0);
    check(KARTO_UNDO_CHANGED, "067 123-45-67");
    CHECK(plan().steps[0].now && plan().steps[0].now->value.size == 0);
}

static void not_known_here(void)
{
    begin();
    write(OTHER, SITE, "", "a.ua", 0);
    write(TARGET, SITE, "", "b.ua", NO_OLD);
    check(KARTO_UNDO_UNKNOWN, NULL);

    begin(); /* a field of a newer version: nobody here knows whether it is a set */
    write(TARGET, NEWER, "key", "b", 0);
    check(KARTO_UNDO_UNKNOWN, NULL);
    begin();
    write(TARGET, NEWER, "", "b", 0);
    check(KARTO_UNDO_REVERT, "");
}

static void new_records(void)
{
    begin();
    write(TARGET, KARTO_F_NAME, "", "Мак", 0);
    write(TARGET, SITE, "", "b.ua", 0);
    struct karto_undo_plan made = plan();
    CHECK(made.makes && made.count == 1 && made.steps[0].field == KARTO_F_HIDDEN);
    CHECK_INT(made.steps[0].fate, KARTO_UNDO_REVERT);
    write(OTHER, SITE, "", "c.ua", 0);
    made = plan();
    CHECK(made.makes && made.count == 1 && made.steps[0].field == SITE);
    CHECK_INT(made.steps[0].fate, KARTO_UNDO_CHANGED);
    write(karto_batch_make(BACK, OTHER), SITE, "", "b.ua", 0);
    CHECK_INT(plan().steps[0].fate, KARTO_UNDO_REVERT);

    begin(); /* one that was refused made nothing */
    write(TARGET, KARTO_F_NAME, "", "Мак", REFUSED);
    made = plan();
    CHECK(!made.makes && made.count == 0);
}

static void numbers(void)
{
    char out[KARTO_BATCH_TEXT];
    uint32_t number;
    karto_batch_print(karto_batch_make(0x12, 0xffffffff), out);
    CHECK_STR(out, "00000012");
    CHECK_INT(karto_batch_undoes(karto_batch_make(0x12, 0xffffffff)), 0xffffffff);
    CHECK_INT(karto_batch_parse(karto_slice_str("7F3a0012"), &number), KARTO_OK);
    CHECK_INT(number, 0x7f3a0012);
    CHECK_INT(karto_batch_parse(karto_slice_str("12"), &number), KARTO_OK);
    CHECK_INT(number, 0x12);
    static const char *const wrong[] = {"", "0", "00000000", "123456789", "12g", "0x12", " 12", "-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_INT(karto_batch_parse(karto_slice_str(wrong[i]), &number), KARTO_E_INVALID);
}

int main(void)
{
    karto_arena_init(&arena);
    plain_fields();
    refused();
    undone();
    an_undo_itself();
    several_heads();
    sets();
    not_known_here();
    new_records();
    numbers();
    karto_arena_fini(&arena);
    return 0;
}
