/* A change says what was set, what its author had seen and what stood there before, and nothing else. */
#include "core/model/change.h"

#include "core/base/limits.h"
#include "tests/model.h"

static struct karto_arena arena;
static struct writer oksana;

static void begin(void)
{
    karto_arena_reset(&arena);
    oksana = writer_make(1, "oksana");
}

static void the_last_edit_of_a_register_counts(void)
{
    begin();
    struct karto_edit edits[] = {
        edit(&arena, SITE, "", "a.ua"), edit(&arena, KARTO_F_PHONE, "380671112233", "067 111 22 33"),
        edit(&arena, SITE, "", "b.ua"), edit(&arena, KARTO_F_PHONE, "380501112233", "050 111 22 33"),
        edit(&arena, SITE, "", "c.ua"),
    };
    struct karto_change change = writes(&arena, &oksana, 9, edits, 5);
    CHECK_INT(change.count, 2);
    CHECK_INT(change.touches[0].field, KARTO_F_PHONE);
    CHECK_INT(change.touches[0].count, 2);
    CHECK(karto_slice_is(change.touches[0].sets[0].key, "380501112233"));
    CHECK_INT(change.touches[1].count, 1);
    CHECK(karto_slice_equal(change.touches[1].sets[0].value, text(&arena, "c.ua")));
    CHECK_INT(karto_change_check(&change), KARTO_OK);
}

static void contexts_are_the_fields_vectors(void)
{
    begin();
    struct karto_change first = sets(&arena, &oksana, 9, SITE, "", "a.ua");
    CHECK_INT(first.touches[0].context.count, 0);
    sets(&arena, &oksana, 10, NOTE, "", "дзвонити зранку");
    struct karto_change third = sets(&arena, &oksana, 11, SITE, "", "b.ua");
    CHECK_INT(third.touches[0].context.count, 1);
    CHECK_INT(karto_vv_seq(third.touches[0].context, oksana.node),
              1); /* the note's change is not the site's business */
    CHECK(karto_change_touch(&third, SITE) == &third.touches[0]);
    CHECK(karto_change_touch(&third, NOTE) == NULL);
}

static void old_values_are_what_was_shown(void)
{
    begin();
    struct karto_change first = sets(&arena, &oksana, 9, SITE, "", "a.ua");
    CHECK(karto_value_is_nil(first.touches[0].sets[0].old));
    CHECK_INT(first.touches[0].sets[0].old.size, 1);
    struct karto_change second = sets(&arena, &oksana, 10, SITE, "", "b.ua");
    CHECK(karto_slice_equal(second.touches[0].sets[0].old, text(&arena, "a.ua")));
}

static void old_values_are_found_again(void)
{
    begin();
    sets(&arena, &oksana, 9, SITE, "", "a.ua");
    struct karto_record before = oksana.copy;
    struct karto_change change = sets(&arena, &oksana, 10, SITE, "", "b.ua");
    struct karto_change bare = change;
    karto_change_forget_old(&arena, &bare);
    CHECK_INT(bare.touches[0].sets[0].old.size, 0);
    karto_change_fill_old(&arena, &before, &bare);
    CHECK(karto_slice_equal(change_bytes(&arena, &bare, true), change_bytes(&arena, &change, true)));
}

/* Two heads of the same instant: what was shown is the greater node's, and so it must be found. */
static void old_values_of_a_conflict_are_the_winners(void)
{
    begin();
    struct writer petro = writer_make(2, "petro"), office = writer_make(3, "office");
    struct karto_change a = sets(&arena, &oksana, 9, SITE, "", "a.ua"), b = sets(&arena, &petro, 9, SITE, "", "b.ua");
    CHECK_INT(hears(&arena, &office, &a), KARTO_APPLIED);
    CHECK_INT(hears(&arena, &office, &b), KARTO_APPLIED);
    struct karto_record before = office.copy;
    struct karto_change choice = sets(&arena, &office, 10, SITE, "", "c.ua"), bare = choice;
    CHECK(karto_slice_equal(choice.touches[0].sets[0].old, text(&arena, "b.ua")));
    karto_change_forget_old(&arena, &bare);
    karto_change_fill_old(&arena, &before, &bare);
    CHECK(karto_slice_equal(bare.touches[0].sets[0].old, text(&arena, "b.ua")));
}

static void what_was_not_seen_is_no_old_value(void)
{
    begin();
    struct writer petro = writer_make(2, "petro");
    struct karto_change a = sets(&arena, &oksana, 9, SITE, "", "a.ua"), b = sets(&arena, &petro, 10, SITE, "", "b.ua");
    CHECK_INT(a.count, 1);
    karto_change_forget_old(&arena, &b);
    karto_change_fill_old(&arena, &oksana.copy, &b);
    CHECK(karto_value_is_nil(b.touches[0].sets[0].old));
}

static void hides_say_what_was_seen(void)
{
    begin();
    sets(&arena, &oksana, 9, SITE, "", "a.ua");
    struct karto_change note = sets(&arena, &oksana, 10, NOTE, "", "є борг");
    CHECK_INT(note.seen_count, 0);
    struct karto_edit hide = {KARTO_F_HIDDEN, str(""), hidden(&arena, true, "закрились")};
    struct karto_change change = writes(&arena, &oksana, 11, &hide, 1);
    CHECK_INT(change.seen_count, 2);
    CHECK_INT(change.seen[0].field, SITE);
    CHECK_INT(change.seen[1].field, NOTE);
    CHECK_INT(karto_vv_seq(change.seen[1].vv, oksana.node), 2);
    CHECK(karto_record_hidden(&oksana.copy));
    change = sets(&arena, &oksana, 12, NOTE, "", "борг сплачено");
    CHECK_INT(change.seen_count, 1);
    CHECK_INT(change.seen[0].field, KARTO_F_HIDDEN);
    CHECK_INT(karto_vv_seq(change.seen[0].vv, oksana.node), 3);
}

static void a_refused_change_has_no_values(void)
{
    begin();
    sets(&arena, &oksana, 9, SITE, "", "a.ua");
    struct karto_change change = sets(&arena, &oksana, 10, SITE, "", "b.ua");
    struct karto_change refused = karto_change_void(&arena, &change);
    CHECK(!karto_change_is_void(&change));
    CHECK(karto_change_is_void(&refused));
    CHECK_INT(refused.count, 1);
    CHECK_INT(refused.touches[0].count, 0);
    CHECK(karto_vv_equal(refused.touches[0].context, change.touches[0].context));
}

static void check_limits(void)
{
    begin();
    struct karto_change change = sets(&arena, &oksana, 9, SITE, "", "a.ua"), wrong = change;
    struct karto_touch touch = change.touches[0];
    touch.context = (struct karto_vv){&change.stamp.dot, 1};
    wrong.touches = &touch;
    CHECK_INT(karto_change_check(&wrong), KARTO_E_INVALID); /* it claims to have seen itself */
    wrong = change;
    wrong.count = 0;
    CHECK_INT(karto_change_check(&wrong), KARTO_E_INVALID);
    wrong = change;
    wrong.record = (struct karto_rid){{0}}; /* no record has this id: who reconciles would ask for it for ever */
    CHECK_INT(karto_change_check(&wrong), KARTO_E_INVALID);
    wrong.record.b[15] = 1;
    CHECK_INT(karto_change_check(&wrong), KARTO_OK);
    char *letters = karto_arena_alloc(&arena, KARTO_REASON_SIZE_MAX + 1);
    memset(letters, 'a', KARTO_REASON_SIZE_MAX + 1);
    wrong = change;
    wrong.reason = karto_slice(letters, KARTO_REASON_SIZE_MAX);
    CHECK_INT(karto_change_check(&wrong), KARTO_OK);
    wrong.reason.size++;
    CHECK_INT(karto_change_check(&wrong), KARTO_E_INVALID);
    wrong = change;
    wrong.stamp.author = karto_slice(letters, KARTO_AUTHOR_SIZE_MAX + 1);
    CHECK_INT(karto_change_check(&wrong), KARTO_E_INVALID);
    struct karto_edit number = {SITE, str(""), karto_value_bytes(&arena, karto_value_integer(1))};
    wrong = writes(&arena, &oksana, 10, &number, 1);
    CHECK_INT(karto_change_check(&wrong), KARTO_E_INVALID);
}

int main(void)
{
    karto_arena_init(&arena);
    the_last_edit_of_a_register_counts();
    contexts_are_the_fields_vectors();
    old_values_are_what_was_shown();
    old_values_are_found_again();
    old_values_of_a_conflict_are_the_winners();
    what_was_not_seen_is_no_old_value();
    hides_say_what_was_seen();
    a_refused_change_has_no_values();
    check_limits();
    karto_arena_fini(&arena);
    return 0;
}
