#include "tests/crash/clerk.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "core/model/value.h"
#include "core/store/databases.h"
#include "core/store/entry.h"
#include "tests/check.h"

#include <signal.h>

#define OURS "clerk-" /* how all that is looked for begins */

enum {
    TAG = 23,
    ROWS = 150,   /* of a table */
    NOTE = 100,   /* words in each row */
    TABLE_IN = 3, /* every how manieth command enters a table */
};

void clerk_init(struct clerk *clerk, const struct place *place)
{
    *clerk = (struct clerk){.place = place};
    snprintf(clerk->table, sizeof clerk->table, "%.300s.csv", place->dir);
}

void clerk_fini(struct clerk *clerk)
{
    free(clerk->done);
}

/* ---- what is done ---- */

static void remember(struct clerk *clerk, const char *what)
{
    if (clerk->done_count == clerk->done_room) {
        clerk->done_room = clerk->done_room ? 2 * clerk->done_room : 256;
        clerk->done = karto_must(realloc(clerk->done, clerk->done_room * sizeof *clerk->done));
    }
    snprintf(clerk->done[clerk->done_count++].text, CLERK_TEXT, "%s", what);
}

static void row_name(const struct clerk *clerk, unsigned row, char name[CLERK_TEXT])
{
    snprintf(name, CLERK_TEXT, OURS "%.20s-row-%u", clerk->place->name, row);
}

static void take_done(struct clerk *clerk)
{
    char name[CLERK_TEXT];
    remember(clerk, clerk->at.text);
    if (!clerk->entering) {
        clerk->edits++;
        return;
    }
    for (; clerk->rows < ROWS; clerk->rows++) {
        row_name(clerk, clerk->rows, name);
        remember(clerk, name);
    }
    clerk->entering = false;
    clerk->tables++;
}

static void take_end(struct clerk *clerk)
{
    if (clerk->command.code == 0) {
        take_done(clerk);
    } else if (clerk->command.code != 128 + SIGKILL) {
        fprintf(stderr, "a command at %s ended with %d\n", clerk->place->name, clerk->command.code);
        program_show(clerk->place->log);
        exit(1);
    }
}

/* ---- commands ---- */

static void write_table(const struct clerk *clerk, struct dice *dice)
{
    unsigned marked = dice_below(dice, ROWS);
    char name[CLERK_TEXT];
    FILE *file = karto_must(fopen(clerk->table, "w"));
    fprintf(file, "external_id,name,territory,tag,note\n");
    for (unsigned row = 0; row < ROWS; row++) {
        row_name(clerk, row, name);
        fprintf(file, "%s,Фірма %s,%s,%s,%s", name, name, clerk->place->territories[0],
                row == marked ? clerk->at.text : "", clerk->at.text);
        for (int i = 0; i < NOTE; i++)
            fprintf(file, " %u", dice_below(dice, 100));
        fputc('\n', file);
    }
    CHECK_INT(fclose(file), 0);
}

static void start_table(struct clerk *clerk)
{
    const char *const words[] = {program_named("KARTO"), "import", clerk->table, "--kind",          "client", "--match",
                                 "external_id",          "-q",     "--db",       clerk->place->dir, NULL};
    program_start(&clerk->command, clerk->place->log, words);
}

static void start_add(struct clerk *clerk)
{
    char name[CLERK_TEXT + 20], id[CLERK_TEXT + 20], territory[40];
    const char *const words[] = {program_named("KARTO"), "client", "add", name, id, territory, "-q", "--db",
                                 clerk->place->dir,      NULL};
    snprintf(name, sizeof name, "name=Фірма %s", clerk->at.text);
    snprintf(id, sizeof id, "external_id=%s", clerk->at.text);
    snprintf(territory, sizeof territory, "territory=%.20s", clerk->place->territories[0]);
    program_start(&clerk->command, clerk->place->log, words);
}

static void start_mark(struct clerk *clerk, struct dice *dice)
{
    char row[CLERK_TEXT], tag[CLERK_TEXT + 20];
    const char *const words[] = {program_named("KARTO"), "client", "set", row, tag, "-q", "--db",
                                 clerk->place->dir,      NULL};
    row_name(clerk, dice_below(dice, clerk->rows), row);
    snprintf(tag, sizeof tag, "tag+=%s", clerk->at.text);
    program_start(&clerk->command, clerk->place->log, words);
}

void clerk_go_on(struct clerk *clerk, struct dice *dice)
{
    bool began = clerk->command.pid != 0;
    if (program_runs(&clerk->command))
        return;
    if (began)
        take_end(clerk);
    if (!clerk->entering) {
        snprintf(clerk->at.text, CLERK_TEXT, OURS "%.20s-%u", clerk->place->name, ++clerk->number);
        clerk->entering = clerk->number % TABLE_IN == 1;
        if (clerk->entering)
            write_table(clerk, dice);
    }
    if (clerk->entering)
        start_table(clerk);
    else if (clerk->rows && dice_one_in(dice, 2))
        start_mark(clerk, dice);
    else
        start_add(clerk);
}

bool clerk_kill(struct clerk *clerk)
{
    bool began = clerk->command.pid != 0, killed = program_kill(&clerk->command);
    if (began)
        take_end(clerk);
    return killed;
}

void clerk_finish(struct clerk *clerk, struct dice *dice)
{
    if (!clerk->command.pid && clerk->entering)
        clerk_go_on(clerk, dice);
    if (!clerk->command.pid)
        return;
    program_wait(&clerk->command, RUN_MS);
    take_end(clerk);
    if (clerk->entering)
        clerk_finish(clerk, dice);
}

/* ---- the proof ---- */

struct marks {
    struct clerk_mark *list;
    size_t count, room;
};

static void note_mark(struct marks *marks, struct karto_slice bytes)
{
    struct karto_slice text = karto_value_text_of(bytes);
    if (!karto_slice_begins(text, karto_slice_str(OURS)))
        return;
    if (marks->count == marks->room) {
        marks->room = marks->room ? 2 * marks->room : 1024;
        marks->list = karto_must(realloc(marks->list, marks->room * sizeof *marks->list));
    }
    snprintf(marks->list[marks->count++].text, CLERK_TEXT, "%.*s", (int)text.size, (const char *)text.data);
}

static enum karto_err read_marks(struct karto_tx *tx, void *context)
{
    struct marks *marks = context;
    struct karto_kv_cursor *cursor;
    struct karto_slice key, row;
    struct karto_entry entry;
    enum karto_err err = karto_kv_cursor_open(tx->kv, KARTO_DB_RECORDS, &cursor);
    while (err == KARTO_OK && (err = karto_kv_next(cursor, &key, &row)) == KARTO_OK) {
        struct karto_arena_mark before = karto_arena_mark(&tx->arena);
        CHECK_INT(karto_entry_decode(&tx->arena, karto_rid_read(key.data), row, &entry), KARTO_OK);
        if (entry.view.kind == KARTO_CLIENT) {
            const struct karto_field *tags = karto_record_field(&entry.view, TAG);
            note_mark(marks, karto_record_value(&entry.view, KARTO_F_EXTERNAL_ID));
            for (uint32_t i = 0; tags && i < tags->count; i++)
                note_mark(marks, karto_winner(&tags->registers[i])->value);
        }
        karto_arena_release(&tx->arena, before);
    }
    karto_kv_cursor_close(cursor);
    return err == KARTO_E_NOT_FOUND ? KARTO_OK : err;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct clerk_mark *)a)->text, ((const struct clerk_mark *)b)->text);
}

void clerk_prove(const struct clerk *clerk, const char *dir)
{
    struct karto_store_options options = {.dir = dir, .sys = karto_os_sys(), .read_only = true};
    struct karto_store *store;
    struct marks marks = {NULL, 0, 0};
    size_t wrong = 0;
    CHECK_INT(karto_store_open(&options, &store), KARTO_OK);
    CHECK_INT(karto_store_read(store, read_marks, &marks), KARTO_OK);
    karto_store_close(store);
    if (marks.count)
        qsort(marks.list, marks.count, sizeof *marks.list, by_text);
    for (size_t i = 1; i < marks.count; i++)
        if (by_text(&marks.list[i - 1], &marks.list[i]) == 0) {
            fprintf(stderr, "%s: twice in %s\n", marks.list[i].text, dir);
            wrong++;
        }
    for (size_t i = 0; i < clerk->done_count; i++)
        if (!marks.count || !bsearch(&clerk->done[i], marks.list, marks.count, sizeof *marks.list, by_text)) {
            fprintf(stderr, "%s: done at %s, and not in %s\n", clerk->done[i].text, clerk->place->name, dir);
            wrong++;
        }
    free(marks.list);
    CHECK_INT(wrong, 0);
}
