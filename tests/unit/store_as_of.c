/* That a record can be seen as it was at the end of any day: by what was written until then, or what later changes
 * replaced. */
#include "core/store/as_of.h"
#include "core/store/edit.h"
#include "core/store/query.h"
#include "tests/check.h"
#include "tests/temp_dir.h"

#define DAY_MS (24 * 60 * 60 * 1000LL)

enum { FIRST_DAY = 20000, NOTE = 31 };

static int64_t now_ms;

static int64_t sys_now(void *context)
{
    (void)context;
    return now_ms += 1;
}

static void sys_random(void *context, void *out, size_t size)
{
    (void)context;
    memset(out, 7, size);
}

static int64_t sys_day(void *context, int64_t ms)
{
    (void)context;
    return ms / DAY_MS;
}

static const struct karto_sys sys = {NULL, sys_now, sys_random, sys_day};
static const struct karto_rid id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16}};
static struct karto_store *store;

/* ---- writing ---- */

struct writing {
    int64_t day;
    uint32_t field;
    const char *value; /* NULL: an element goes */
};

static enum karto_err do_write(struct karto_tx *tx, void *context)
{
    const struct writing *w = context;
    struct karto_slice text = karto_value_bytes(&tx->arena, karto_value_text(karto_slice_str(w->value)));
    struct karto_edit edit = {w->field, karto_slice(NULL, 0), text};
    if (w->field == KARTO_F_PHONE)
        edit = (struct karto_edit){w->field, karto_slice_str("380501234567"), w->value ? text : karto_slice(NULL, 0)};
    struct karto_save save = {.kind = KARTO_CLIENT,
                              .record = id,
                              .create = w->field == KARTO_F_NAME && w->day == 1,
                              .edits = &edit,
                              .count = 1,
                              .via = KARTO_VIA_CLI};
    return karto_save(tx, &save, NULL);
}

static void write_on(int64_t day, uint32_t field, const char *value)
{
    struct writing w = {day, field, value};
    now_ms = (FIRST_DAY + day) * DAY_MS + 12 * 60 * 60 * 1000;
    CHECK_INT(karto_store_write(store, do_write, &w), KARTO_OK);
}

/* ---- looking ---- */

struct looking {
    int64_t day;
    const char *name, *note; /* wanted; NULL: nothing */
    bool phone;
};

static void check_text(const struct karto_record *record, uint32_t field, const char *wanted)
{
    struct karto_slice text = karto_text_of(record, field);
    CHECK(karto_slice_is(text, wanted ? wanted : ""));
}

static enum karto_err do_look(struct karto_tx *tx, void *context)
{
    const struct looking *l = context;
    struct karto_arena arena;
    struct karto_entry entry;
    struct karto_record then;
    struct karto_past past;
    karto_arena_init(&arena);
    CHECK_INT(karto_entry_load(tx, id, &entry), KARTO_OK);
    CHECK_INT(karto_record_as_of(tx, &entry, FIRST_DAY + l->day, &arena, &then), KARTO_OK);
    CHECK_INT(karto_past_of(tx, &entry, &arena, &past), KARTO_OK);
    CHECK(past.complete && karto_slice_is(past.first.author, "oksana"));
    CHECK_INT(karto_hlc_ms(past.first.hlc) / DAY_MS, FIRST_DAY + 1);
    check_text(&then, KARTO_F_NAME, l->name);
    check_text(&then, NOTE, l->note);
    CHECK_INT(karto_record_field(&then, KARTO_F_PHONE) != NULL, l->phone);
    karto_arena_fini(&arena);
    return KARTO_OK;
}

int main(void)
{
    static const struct looking days[] = {
        {0, NULL, NULL, false},      {1, "first", NULL, false},     {2, "first", "note", true},
        {3, "third", "note", true},  {4, "third", NULL, false},     {5, "third", NULL, true},
        {6, "third", "again", true}, {900, "third", "again", true},
    };
    struct temp_dir dir = temp_dir_make();
    struct karto_store_options options = {.dir = dir.path, .sys = &sys, .no_sync = true, .map_size = 4 << 20};
    struct karto_store_identity identity = {
        KARTO_LOCAL, karto_slice_str("oksana"), karto_slice_str("laptop"), karto_slice_str("key"), NULL, NULL};
    CHECK_INT(karto_store_create(&options, &identity, &store), KARTO_OK);
    write_on(1, KARTO_F_NAME, "first");
    write_on(2, NOTE, "draft");
    write_on(2, NOTE, "note");
    write_on(2, KARTO_F_PHONE, "050 123-45-67");
    write_on(3, KARTO_F_NAME, "third");
    write_on(4, NOTE, "");
    write_on(4, KARTO_F_PHONE, NULL);
    write_on(5, KARTO_F_PHONE, "0501234567");
    write_on(6, NOTE, "again");
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        CHECK_INT(karto_store_read(store, do_look, (void *)(uintptr_t)&days[i]), KARTO_OK);
    karto_store_close(store);
    temp_dir_remove(&dir);
    return 0;
}
