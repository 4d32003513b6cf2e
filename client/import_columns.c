#include "client/import_columns.h"

#include "client/fieldexpr.h"
#include "client/line_part.h"
#include "client/suggest.h"
#include "client/synonym.h"
#include "client/typed_word.h"
#include "core/base/heading.h"
#include "core/base/text.h"

#include <string.h>

static const char line_prefix[] = "lines.", since_suffix[] = ".since";

/* ---- what can be filled ---- */

/* The frame of a record is no business of tables; lines come part by part, a map by its keys. */
static bool is_target(const struct karto_field_def *def)
{
    return def->number != KARTO_F_HIDDEN && def->number != KARTO_F_MERGED && def->shape != KARTO_MAP;
}

static bool begins(struct karto_slice text, const char *prefix)
{
    return text.size > strlen(prefix) && memcmp(text.data, prefix, strlen(prefix)) == 0;
}

static bool ends(struct karto_slice text, const char *suffix)
{
    size_t size = strlen(suffix);
    return text.size > size && memcmp(text.data + text.size - size, suffix, size) == 0;
}

static struct karto_slice without(struct karto_slice text, size_t before, size_t behind)
{
    return karto_slice(text.data + before, text.size - before - behind);
}

/* ---- one name ---- */

/* The day of a column; the first of all, as names of registers have it, is no day of anybody's life but the beginning.
 */
static bool read_day(struct karto_slice text, int64_t *day)
{
    *day = KARTO_DATE_MIN;
    return karto_slice_is(text, "0001-01-01") || karto_day_parse(text, day);
}

/* A name, as is typed, with or without a date. False: there is no such field. */
static bool field_named(uint32_t kind, struct karto_slice name, struct karto_import_column *column)
{
    const uint8_t *at = memchr(name.data, '@', name.size);
    struct karto_slice field = karto_slice(name.data, at ? (size_t)(at - name.data) : name.size);
    if (kind == KARTO_CLIENT && karto_slice_is(name, "city"))
        field = karto_slice_str("address.city"); /* as in lists */
    column->target = KARTO_TO_FIELD;
    column->def = karto_field_named(kind, field);
    if (column->def && is_target(column->def)) {
        column->has_date = at != NULL;
        return !at ||
               (column->def->shape == KARTO_TIMELINE && read_day(without(name, field.size + 1, 0), &column->date));
    }
    column->def = karto_field_named(kind, karto_slice_str("attr"));
    if (!column->def || at || !begins(name, "attr."))
        return false;
    column->key = without(name, 5, 0);
    return true;
}

static bool line_named(uint32_t kind, struct karto_slice name, struct karto_import_column *column)
{
    if (kind != KARTO_PURCHASE || !begins(name, line_prefix))
        return false;
    name = without(name, sizeof line_prefix - 1, 0);
    column->target = KARTO_TO_LINE_KEY;
    if (karto_slice_is(name, "key"))
        return true;
    column->target = KARTO_TO_LINE_PART;
    column->def = karto_line_parts();
    for (column->part = 0; column->part < KARTO_LINE_PARTS; column->part++, column->def++)
        if (karto_slice_is(name, column->def->name))
            return true;
    return false;
}

static bool since_named(uint32_t kind, struct karto_slice name, struct karto_import_column *column)
{
    if (!ends(name, since_suffix))
        return false;
    column->target = KARTO_TO_SINCE;
    column->def = karto_field_named(kind, without(name, 0, sizeof since_suffix - 1));
    return column->def && column->def->shape == KARTO_TIMELINE;
}

/* What English names mean; false: nothing. column keeps its name. */
static bool named(uint32_t kind, struct karto_slice name, struct karto_import_column *column)
{
    struct karto_slice own = column->name;
    if (karto_slice_is(name, "-") || karto_slice_is(name, "error")) {
        *column = (struct karto_import_column){.name = own, .target = KARTO_TO_NOTHING};
        return true;
    }
    bool (*const ways[])(uint32_t, struct karto_slice, struct karto_import_column *) = {field_named, line_named,
                                                                                        since_named};
    *column = (struct karto_import_column){.name = own, .target = KARTO_TO_ID};
    if (karto_slice_is(name, "id"))
        return true;
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
        *column = (struct karto_import_column){.name = own};
        if (name.size && ways[i](kind, name, column))
            return true;
    }
    *column = (struct karto_import_column){.name = own};
    return false;
}

/* ---- headings ---- */

/* Calls visit with every English name that there is for a kind, and its heading. */
struct naming {
    uint32_t kind;
    void (*visit)(void *context, const char *name, struct karto_slice heading);
    void *context;
};

static void visit_name(const struct naming *naming, const char *name, const char *word)
{
    for (int lang = 0; lang < KARTO_LANG_COUNT; lang++)
        naming->visit(naming->context, name, karto_heading((enum karto_lang)lang, karto_slice_str(word)));
}

static void each_name(const struct naming *naming)
{
    static const char *const lines[] = {"lines.product", "lines.quantity", "lines.price", "lines.discount"};
    for (const struct karto_field_def *def = karto_kind(naming->kind)->fields; def->name; def++)
        if (is_target(def))
            visit_name(naming, def->name, def->name);
    for (unsigned i = 0; i < KARTO_LINE_PARTS && naming->kind == KARTO_PURCHASE; i++)
        visit_name(naming, lines[i], lines[i] + sizeof line_prefix - 1);
    visit_name(naming, "id", "id");
    if (naming->kind == KARTO_CLIENT)
        visit_name(naming, "address.city", "city");
}

struct matching {
    struct karto_arena *arena;
    struct karto_slice folded;
    const char *found;
};

static void visit_heading(void *context, const char *name, struct karto_slice heading)
{
    struct matching *m = context;
    if (!m->found && karto_slice_equal(karto_text_fold(m->arena, heading), m->folded))
        m->found = name;
}

static void visit_suggestion(void *context, const char *name, struct karto_slice heading)
{
    struct karto_suggestion *best = context;
    struct karto_arena arena;
    karto_arena_init(&arena);
    size_t before = best->distance;
    bool had = best->best != NULL;
    karto_suggest_try(best, name);
    karto_suggest_try(best, karto_arena_string(&arena, karto_text_fold(&arena, heading)));
    if (best->best && (!had || best->distance < before))
        best->best = name; /* which lives for ever, unlike a heading that was folded */
    karto_arena_fini(&arena);
}

/* By its heading; false: it is nobody's. */
static bool headed(struct karto_arena *arena, uint32_t kind, struct karto_import_column *column)
{
    struct matching m = {.arena = arena, .folded = karto_text_fold(arena, column->name)};
    struct naming naming = {kind, visit_heading, &m};
    each_name(&naming);
    return m.found && named(kind, karto_slice_str(m.found), column);
}

/* ---- all of them ---- */

/* What is wrong with the heading, item by item. */
struct complaints {
    struct karto_cli *cli;
    struct karto_import_columns *columns;
    struct karto_buf unknown, twice;
    struct karto_buf maps;  /* options that make no sense, a line each */
    struct karto_buf meant; /* options that may be meant */
};

static void add_item(struct karto_buf *list, struct karto_slice item)
{
    karto_buf_add_str(list, list->size ? ", «" : "«");
    karto_buf_add_slice(list, item);
    karto_buf_add_str(list, "»");
}

/* The nearest name of a field; NULL: nothing is like it. */
static const char *nearest(const struct complaints *c, struct karto_slice name)
{
    struct karto_arena *arena = &c->columns->arena;
    struct karto_suggestion best;
    karto_suggest_init(&best, karto_arena_string(arena, karto_text_fold(arena, name)));
    struct naming naming = {c->columns->kind, visit_suggestion, &best};
    each_name(&naming);
    return best.best;
}

static void add_meant(const struct complaints *c, struct karto_buf *out, const char *meant)
{
    if (!meant)
        return;
    karto_buf_add_str(out, " (");
    KARTO_SAY(out, c->cli->lang, KARTO_M_DID_YOU_MEAN, karto_arg_str("what", meant));
    karto_buf_add_byte(out, ')');
}

static struct karto_slice joined(struct complaints *c, struct karto_slice column, struct karto_slice field)
{
    return karto_slice_str(karto_arena_printf(&c->columns->arena, "%.*s=%.*s", (int)column.size,
                                              (const char *)column.data, (int)field.size, (const char *)field.data));
}

/* The field that people call so, if this kind has it. */
static const char *called(const struct complaints *c, struct karto_slice name)
{
    struct karto_import_column column = {.name = name};
    const char *meant = karto_field_meant(name);
    return meant && named(c->columns->kind, karto_slice_str(meant), &column) ? meant : NULL;
}

/* A column that is no field. */
static void complain(struct complaints *c, struct karto_slice column)
{
    const char *near = nearest(c, column), *meant = near ? near : called(c, column);
    add_item(&c->unknown, column);
    add_meant(c, &c->unknown, near);
    if (!meant)
        return;
    karto_buf_add_str(&c->meant, " --map ");
    karto_typed_word(&c->meant, joined(c, column, karto_slice_str(meant)));
}

/* An option --map that makes no sense: for what reason, about which part of it, and what was meant perhaps. */
static void complain_of_map(struct complaints *c, struct karto_slice map, enum karto_message message,
                            struct karto_slice part, const char *meant)
{
    karto_buf_add_str(&c->maps, c->maps.size ? "\n" : "");
    KARTO_SAY(&c->maps, c->cli->lang, message, karto_arg_text("map", map), karto_arg_text("text", part));
    add_meant(c, &c->maps, meant);
}

/* The field that --map gives to a column; empty: none. *used counts what was found. */
static struct karto_slice mapped(const struct complaints *c, struct karto_slice column)
{
    struct karto_slice field = {NULL, 0};
    size_t at = 0;
    for (const char *map; (map = karto_args_each(&c->cli->args, "map", &at)) != NULL;) {
        const char *equals = strrchr(map, '=');
        if (equals && karto_slice_equal(karto_slice(map, (size_t)(equals - map)), column))
            field = karto_slice_str(equals + 1);
    }
    return field;
}

static void read_column(struct complaints *c, struct karto_import_column *column)
{
    uint32_t kind = c->columns->kind;
    if (column->name.size == 0)
        return;
    struct karto_slice field = mapped(c, column->name);
    if (field.size) {
        if (!named(kind, field, column))
            complain_of_map(c, joined(c, column->name, field), KARTO_M_IMPORT_MAP_FIELD, field, nearest(c, field));
        return;
    }
    if (!named(kind, column->name, column) && !headed(&c->columns->arena, kind, column))
        complain(c, column->name);
}

static bool same_target(const struct karto_import_column *a, const struct karto_import_column *b)
{
    return a->target == b->target && a->def == b->def && karto_slice_equal(a->key, b->key) &&
           a->has_date == b->has_date && a->date == b->date;
}

/* ---- the same once more ---- */

struct renaming {
    struct karto_import_columns *columns;
    struct karto_import_column *column;
};

static void add_also(struct renaming *r, struct karto_slice name)
{
    r->column->also[r->column->also_count++] = karto_text_fold(&r->columns->arena, name);
}

static void visit_also(void *context, const char *name, struct karto_slice heading)
{
    struct renaming *r = context;
    struct karto_import_column meant;
    if (!named(r->columns->kind, karto_slice_str(name), &meant) || !same_target(&meant, r->column))
        return;
    add_also(r, karto_slice_str(name));
    add_also(r, heading);
}

static void count_name(void *context, const char *name, struct karto_slice heading)
{
    (void)name;
    (void)heading;
    *(size_t *)context += 2;
}

static void find_also(struct karto_import_columns *columns)
{
    size_t most = 1;
    struct naming counting = {columns->kind, count_name, &most};
    each_name(&counting);
    for (size_t i = 0; i < columns->count; i++) {
        struct renaming r = {columns, &columns->all[i]};
        struct naming naming = {columns->kind, visit_also, &r};
        r.column->also = karto_arena_array(&columns->arena, most, sizeof *r.column->also);
        add_also(&r, r.column->name);
        if (r.column->target != KARTO_TO_NOTHING)
            each_name(&naming);
    }
}

/* Most cells are told by their size alone, which matters for every row of a long table. */
static bool is_also(const struct karto_import_column *column, struct karto_slice cell)
{
    bool fits = false, found = false;
    for (size_t i = 0; i < column->also_count && !fits; i++)
        fits = column->also[i].size == cell.size;
    if (!fits)
        return false;
    struct karto_arena arena;
    karto_arena_init(&arena);
    struct karto_slice folded = karto_text_fold(&arena, cell);
    for (size_t i = 0; i < column->also_count && !found; i++)
        found = karto_slice_equal(column->also[i], folded);
    karto_arena_fini(&arena);
    return found;
}

static bool is_heading(size_t known, size_t filled)
{
    return known * 2 >= filled && (known >= 2 || (known == 1 && filled == 1));
}

bool karto_import_columns_again(const struct karto_import_columns *columns, const struct karto_slice *cells,
                                size_t count)
{
    size_t known = 0, filled = 0;
    for (size_t i = 0; i < count && i < columns->count; i++) {
        filled += cells[i].size > 0;
        known += cells[i].size > 0 && is_also(&columns->all[i], cells[i]);
        if (filled >= 2 && known == 0)
            return false;
    }
    return is_heading(known, filled) && (known >= 2 || columns->count == 1);
}

bool karto_import_columns_likely(struct karto_cli *cli, uint32_t kind, const struct karto_slice *cells, size_t count,
                                 size_t *known)
{
    struct karto_arena arena;
    const struct complaints c = {.cli = cli};
    size_t filled = 0;
    *known = 0;
    karto_arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        struct karto_import_column column = {.name = karto_text_clean(&arena, cells[i])};
        filled += column.name.size > 0;
        *known += column.name.size > 0 &&
                  (mapped(&c, column.name).size || named(kind, column.name, &column) || headed(&arena, kind, &column));
    }
    karto_arena_fini(&arena);
    return is_heading(*known, filled);
}

/* Only a set may come from several columns. */
static void find_twice(struct complaints *c)
{
    const struct karto_import_columns *columns = c->columns;
    for (size_t i = 0; i < columns->count; i++) {
        const struct karto_import_column *column = &columns->all[i];
        if (column->target == KARTO_TO_NOTHING || (column->target == KARTO_TO_FIELD && column->def->shape == KARTO_SET))
            continue;
        for (size_t j = 0; j < i; j++)
            if (same_target(column, &columns->all[j]))
                add_item(&c->twice, column->name);
    }
}

/* Options --map that name no column: mistyped, or for another file. */
static void find_unused(struct complaints *c)
{
    size_t at = 0;
    for (const char *map; (map = karto_args_each(&c->cli->args, "map", &at)) != NULL;) {
        const char *equals = strrchr(map, '=');
        if (!equals || equals == map || !equals[1]) {
            complain_of_map(c, karto_slice_str(map), KARTO_M_IMPORT_MAP_FORM, karto_slice_str(NULL), NULL);
            continue;
        }
        struct karto_slice name = karto_slice(map, (size_t)(equals - map));
        bool found = false;
        struct karto_suggestion best;
        karto_suggest_init(&best, karto_arena_string(&c->columns->arena, name));
        for (size_t i = 0; i < c->columns->count && !found; i++) {
            karto_suggest_try(&best, karto_arena_string(&c->columns->arena, c->columns->all[i].name));
            found = karto_slice_equal(c->columns->all[i].name, name);
        }
        if (!found)
            complain_of_map(c, karto_slice_str(map), KARTO_M_IMPORT_MAP_COLUMN, name, best.best);
    }
}

static enum karto_err say(struct complaints *c)
{
    struct karto_problem *problem = &c->cli->problem;
    enum karto_lang lang = c->cli->lang;
    if (c->unknown.size == 0 && c->twice.size == 0 && c->maps.size == 0)
        return KARTO_OK;
    karto_problem_begin(problem, KARTO_E_USAGE);
    karto_buf_add_slice(&problem->message, karto_buf_slice(&c->maps));
    if (c->maps.size && (c->unknown.size || c->twice.size))
        karto_buf_add_byte(&problem->message, '\n');
    if (c->unknown.size)
        KARTO_SAY(&problem->message, lang, KARTO_M_IMPORT_UNKNOWN,
                  karto_arg_text("columns", karto_buf_slice(&c->unknown)));
    if (c->unknown.size && c->twice.size)
        karto_buf_add_byte(&problem->message, '\n');
    if (c->twice.size)
        KARTO_SAY(&problem->message, lang, KARTO_M_IMPORT_TWICE, karto_arg_text("columns", karto_buf_slice(&c->twice)));
    karto_message(&problem->hint, lang, KARTO_M_IMPORT_MAP_HINT, NULL, 0);
    if (c->meant.size)
        KARTO_SAY(&problem->hint, lang, KARTO_M_IMPORT_MAP_MEANT, karto_arg_text("maps", karto_buf_slice(&c->meant)));
    return KARTO_E_USAGE;
}

enum karto_err karto_import_columns_read(struct karto_import_columns *columns, struct karto_cli *cli, uint32_t kind,
                                         const struct karto_slice *names, size_t count)
{
    struct complaints c = {.cli = cli, .columns = columns, .unknown = KARTO_BUF_EMPTY, .twice = KARTO_BUF_EMPTY};
    while (count > 1 && names[count - 1].size == 0)
        count--;
    *columns = (struct karto_import_columns){.kind = kind, .count = count};
    karto_arena_init(&columns->arena);
    columns->all = karto_arena_array(&columns->arena, count, sizeof *columns->all);
    for (size_t i = 0; i < count; i++) {
        columns->all[i].name = karto_text_clean(&columns->arena, names[i]);
        read_column(&c, &columns->all[i]);
    }
    find_unused(&c);
    find_twice(&c);
    find_also(columns);
    enum karto_err err = say(&c);
    karto_buf_fini(&c.maps);
    karto_buf_fini(&c.unknown);
    karto_buf_fini(&c.twice);
    karto_buf_fini(&c.meant);
    return err;
}

void karto_import_columns_fini(struct karto_import_columns *columns)
{
    karto_arena_fini(&columns->arena);
}

int karto_import_column_find(const struct karto_import_columns *columns, enum karto_target target,
                             const struct karto_field_def *def)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->all[i].target == target && (!def || columns->all[i].def == def))
            return (int)i;
    return KARTO_NO_COLUMN;
}
