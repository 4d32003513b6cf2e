#include "client/field_edits.h"

#include "client/field_value.h"
#include "client/noun.h"
#include "client/purchase_line.h"
#include "client/suggest.h"
#include "client/value_check.h"
#include "client/synonym.h"
#include "core/base/codes.h"
#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/model/rights.h"

#include <string.h>

/* ---- which field ---- */

bool karto_field_is_frame(const struct karto_field_def *def)
{
    return def->number == KARTO_F_HIDDEN || def->number == KARTO_F_MERGED || def->number == KARTO_F_CLIENT ||
           def->number == KARTO_F_NODE || def->number == KARTO_F_USER;
}

/* "address.city" is also what "cty" is near to. */
static void try_field(struct karto_suggestion *whole, struct karto_suggestion *last, const char *name)
{
    const char *dot = strrchr(name, '.');
    karto_suggest_try(whole, name);
    if (!dot)
        return;
    size_t before = last->distance;
    karto_suggest_try(last, dot + 1);
    if (last->distance < before)
        last->best = name;
}

/* "address.місто" is told by its end. */
static struct karto_slice behind_dot(struct karto_slice name)
{
    size_t at = name.size;
    while (at > 0 && name.data[at - 1] != '.')
        at--;
    return karto_slice(name.data + at, name.size - at);
}

const char *karto_field_nearest(uint32_t kind, struct karto_slice name)
{
    struct karto_arena arena;
    struct karto_suggestion whole, last;
    const char *meant = karto_field_meant(behind_dot(name));
    if (meant && karto_field_named(kind, karto_slice_str(meant)))
        return meant;
    karto_arena_init(&arena);
    const char *typed = karto_arena_string(&arena, name);
    karto_suggest_init(&whole, typed);
    karto_suggest_init(&last, typed);
    for (const struct karto_field_def *field = karto_kind(kind)->fields; field->name; field++)
        if (!karto_field_is_frame(field))
            try_field(&whole, &last, field->name);
    karto_arena_fini(&arena);
    return whole.best ? whole.best : last.best;
}

/* A kind that has this field, where another has not; NULL: none. */
static const struct karto_kind_def *kind_with(struct karto_slice name)
{
    const uint8_t *dot = name.size ? memchr(name.data, '.', name.size) : NULL;
    struct karto_slice first = karto_slice(name.data, dot ? (size_t)(dot - name.data) : name.size);
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++) {
        const struct karto_field_def *def = karto_field_named((*kind)->number, name);
        def = def ? def : karto_field_named((*kind)->number, first);
        if (def && !karto_field_is_frame(def) && karto_noun((*kind)->number))
            return *kind;
    }
    return NULL;
}

/* "line.1" is "lines.1": what is taken for a map keeps its key. */
static const char *with_key(struct karto_arena *arena, uint32_t kind, const char *nearest, struct karto_slice name)
{
    const struct karto_field_def *def = karto_field_named(kind, karto_slice_str(nearest));
    const uint8_t *dot = name.size ? memchr(name.data, '.', name.size) : NULL;
    if (def->shape != KARTO_MAP || !dot)
        return nearest;
    return karto_arena_printf(arena, "%s%s", nearest,
                              karto_arena_string(arena, karto_slice(dot, (size_t)(name.data + name.size - dot))));
}

static enum karto_err no_field(uint32_t kind, struct karto_slice name, enum karto_lang lang,
                               struct karto_problem *problem)
{
    const struct karto_kind_def *other = kind_with(name);
    const char *nearest = other ? NULL : karto_field_nearest(kind, name);
    enum karto_err err = KARTO_PROBLEM(problem, lang, KARTO_E_USAGE, KARTO_M_E_FIELD, karto_arg_text("field", name));
    problem->id = "E-FIELD";
    /* What cannot be chosen, as what a record hangs on, is nothing to suggest in its own place. */
    if (nearest && !karto_slice_is(name, nearest))
        karto_problem_suggest(problem, lang, with_key(&problem->arena, kind, nearest, name));
    if (other) {
        karto_buf_add_byte(&problem->message, ' ');
        KARTO_SAY(&problem->message, lang, KARTO_M_FIELD_OF, karto_arg_str("noun", other->name));
    }
    karto_message(&problem->hint, lang, KARTO_M_E_FIELD_HINT, NULL, 0);
    return err;
}

enum karto_err karto_field_choose(uint32_t kind, struct karto_slice name, enum karto_lang lang,
                                  const struct karto_field_def **def, struct karto_slice *key,
                                  struct karto_problem *problem)
{
    *key = karto_slice(NULL, 0);
    *def = karto_field_named(kind, name);
    const uint8_t *dot = name.size ? memchr(name.data, '.', name.size) : NULL;
    if (!*def && dot) {
        struct karto_slice first = karto_slice(name.data, (size_t)(dot - name.data));
        *def = karto_field_named(kind, first);
        *key = karto_slice(dot + 1, name.size - first.size - 1);
    }
    bool keyed = *def && (*def)->shape == KARTO_MAP;
    if (*def && !karto_field_is_frame(*def) && keyed == (key->size > 0))
        return KARTO_OK;
    if (keyed)
        return karto_problem_set(problem, lang, KARTO_E_USAGE, (*def)->parts ? KARTO_M_LINE_KEY : KARTO_M_FIELD_NO_KEY,
                                 NULL, 0);
    return no_field(kind, name, lang, problem);
}

/* ---- edits ---- */

/* One expression on its way. */
struct adding {
    struct karto_field_edits *edits;
    const struct karto_field_def *def;
    const struct karto_fieldexpr *expr;
    struct karto_slice key;   /* of a map */
    struct karto_slice value; /* encoded; nil when empty */
    struct karto_problem *problem;
};

const struct karto_edit *karto_field_edits_last(const struct karto_field_edits *edits, uint32_t field)
{
    for (uint32_t i = edits->count; i-- > 0;)
        if (edits->edits[i].field == field)
            return &edits->edits[i];
    return NULL;
}

void karto_field_edits_put(struct karto_field_edits *edits, struct karto_edit edit)
{
    for (uint32_t i = 0; i < edits->count; i++)
        if (edits->edits[i].field == edit.field && karto_slice_equal(edits->edits[i].key, edit.key)) {
            edits->edits[i] = edit;
            return;
        }
    if (edits->count == edits->capacity) {
        uint32_t capacity = edits->capacity ? 2 * edits->capacity : 16;
        struct karto_edit *grown = karto_arena_array(edits->arena, capacity, sizeof *grown);
        if (edits->count)
            memcpy(grown, edits->edits, edits->count * sizeof *grown);
        edits->edits = grown;
        edits->capacity = capacity;
    }
    edits->edits[edits->count++] = edit;
}

/* Where one value fits, this line has given another already. */
static enum karto_err given_twice(const struct adding *a, struct karto_slice key)
{
    const struct karto_field_edits *edits = a->edits;
    for (uint32_t i = 0; edits->each_once && i < edits->count; i++) {
        const struct karto_edit *edit = &edits->edits[i];
        if (edit->field != a->def->number || !karto_slice_equal(edit->key, key) ||
            karto_slice_equal(edit->value, a->value))
            continue;
        enum karto_err err = KARTO_PROBLEM(a->problem, edits->lang, KARTO_E_USAGE, KARTO_M_VALUE_TWICE,
                                           karto_arg_text("field", a->expr->name),
                                           karto_arg_text("first", karto_field_value_text(edits->arena, edit->value)),
                                           karto_arg_text("value", a->expr->value));
        karto_message(&a->problem->hint, edits->lang, KARTO_M_FIELD_HINT, NULL, 0);
        return err;
    }
    return KARTO_OK;
}

static void put(struct adding *a, struct karto_slice key, struct karto_slice value)
{
    karto_field_edits_put(a->edits, (struct karto_edit){a->def->number, key, value});
}

static const struct karto_field *field_of(const struct adding *a)
{
    return a->edits->view ? karto_record_field(a->edits->view, a->def->number) : NULL;
}

static bool is_removal(struct karto_slice value)
{
    return value.size == 0;
}

/* What this line has made of a register so far; NULL: nothing. */
static const struct karto_edit *edit_so_far(const struct adding *a, struct karto_slice key)
{
    for (uint32_t i = a->edits->count; i-- > 0;)
        if (a->edits->edits[i].field == a->def->number && karto_slice_equal(a->edits->edits[i].key, key))
            return &a->edits->edits[i];
    return NULL;
}

static bool has_element(const struct adding *a, struct karto_slice key)
{
    const struct karto_edit *edit = edit_so_far(a, key);
    return edit ? !is_removal(edit->value) : karto_field_register(field_of(a), key) != NULL;
}

static enum karto_err not_there(const struct adding *a)
{
    const struct karto_field *field = field_of(a);
    enum karto_err err = KARTO_PROBLEM(a->problem, a->edits->lang, KARTO_E_NOT_FOUND, KARTO_M_VALUE_NOT_THERE,
                                       karto_arg_str("field", a->def->name), karto_arg_text("value", a->expr->value));
    bool empty = !field || field->count == 0;
    karto_message(&a->problem->hint, a->edits->lang, empty ? KARTO_M_VALUE_NONE_HINT : KARTO_M_VALUE_NOT_THERE_HINT,
                  NULL, 0);
    for (uint32_t i = 0; field && i < field->count; i++)
        karto_problem_candidate(a->problem,
                                karto_field_value_text(a->edits->arena, karto_winner(&field->registers[i])->value),
                                karto_slice(NULL, 0));
    return err;
}

/* Takes away all that was seen, once a line: the second = adds to what the first began. */
static void empty_set(struct adding *a)
{
    const struct karto_field *field = field_of(a);
    for (uint32_t i = 0; field && i < field->count; i++)
        if (!edit_so_far(a, field->registers[i].key))
            put(a, field->registers[i].key, karto_slice(NULL, 0));
}

static enum karto_err add_set(struct adding *a)
{
    bool empty = karto_value_is_nil(a->value);
    struct karto_slice key = empty ? a->value : karto_set_key(a->edits->arena, a->def, a->value);
    if (a->expr->op == KARTO_FIELD_SET)
        empty_set(a);
    if (empty)
        return KARTO_OK;
    if (a->expr->op == KARTO_FIELD_REMOVE) {
        if (!has_element(a, key))
            return not_there(a);
        put(a, key, karto_slice(NULL, 0));
        return KARTO_OK;
    }
    put(a, key, a->value);
    return KARTO_OK;
}

/* From a day on; one that already is in effect is no change. */
static enum karto_err add_timeline(struct adding *a)
{
    int64_t day = a->expr->has_date ? a->expr->date : a->edits->view ? a->edits->today : KARTO_DATE_MIN;
    const struct karto_head *now = karto_timeline_at(field_of(a), day);
    struct karto_slice key = karto_date_key(a->edits->arena, day);
    enum karto_err err = given_twice(a, key);
    if (err != KARTO_OK || (!a->expr->has_date && now && karto_slice_equal(now->value, a->value)))
        return err;
    put(a, key, a->value);
    return KARTO_OK;
}

/* Parts of a purchase's line come one by one. */
static enum karto_err add_one(struct adding *a, struct karto_slice key)
{
    enum karto_err err = a->def->parts ? KARTO_OK : given_twice(a, key);
    if (err == KARTO_OK)
        put(a, key, a->value);
    return err;
}

static enum karto_err add_value(struct adding *a)
{
    switch (a->def->shape) {
    case KARTO_SCALAR: return add_one(a, karto_slice(NULL, 0));
    case KARTO_SET: return add_set(a);
    case KARTO_MAP: return add_one(a, a->key);
    case KARTO_TIMELINE: return add_timeline(a);
    }
    return KARTO_E_USAGE;
}

static enum karto_err wrong_sign(const struct adding *a, enum karto_message message)
{
    enum karto_err err = KARTO_PROBLEM(a->problem, a->edits->lang, KARTO_E_USAGE, message,
                                       karto_arg_text("field", a->expr->name), karto_arg_text("value", a->expr->value));
    karto_message(&a->problem->hint, a->edits->lang, KARTO_M_FIELD_HINT, NULL, 0);
    return err;
}

static enum karto_err take_value(struct adding *a)
{
    struct karto_field_edits *edits = a->edits;
    enum karto_err err =
        karto_field_value_parse(edits->arena, a->def, a->expr->value, edits->lang, &a->value, a->problem);
    if (err != KARTO_OK)
        return err;
    struct karto_warnings *warnings = a->expr->op == KARTO_FIELD_REMOVE ? NULL : edits->warnings;
    return karto_value_check(edits->arena, a->def, edits->lang, edits->today, &a->value, warnings, a->problem);
}

/* What this line has made of a register so far, or else what is there. */
static struct karto_slice value_so_far(const struct adding *a, struct karto_slice key)
{
    const struct karto_edit *edit = edit_so_far(a, key);
    if (edit)
        return edit->value;
    const struct karto_head *head = karto_winner(karto_field_register(field_of(a), key));
    return head ? head->value : karto_slice(NULL, 0);
}

/* "lines.1.ціна" would be a line of that name. */
static enum karto_err check_part(const struct adding *a)
{
    struct karto_slice last = behind_dot(a->key);
    const char *part = last.size < a->key.size ? karto_line_part_meant(last) : NULL;
    if (!part)
        return KARTO_OK;
    struct karto_slice line = karto_slice(a->key.data, a->key.size - last.size);
    enum karto_err err = KARTO_PROBLEM(a->problem, a->edits->lang, KARTO_E_USAGE, KARTO_M_E_FIELD,
                                       karto_arg_text("field", a->expr->name));
    a->problem->id = "E-FIELD";
    const char *name = karto_arena_printf(&a->problem->arena, "%s.%.*s%s", a->def->name, (int)line.size,
                                          (const char *)line.data, part);
    karto_problem_suggest(a->problem, a->edits->lang, name);
    karto_message(&a->problem->hint, a->edits->lang, KARTO_M_E_FIELD_HINT, NULL, 0);
    return err;
}

/* A line of a purchase, or one part of it. */
static enum karto_err take_line(struct adding *a)
{
    struct karto_field_edits *edits = a->edits;
    const struct karto_field_def *part = karto_line_key_part(&a->key);
    uint32_t parts;
    if (part)
        return karto_line_set_part(edits->arena, value_so_far(a, a->key), part, a->expr->value, edits->lang, &a->value,
                                   a->problem);
    enum karto_err err = check_part(a);
    if (err != KARTO_OK)
        return err;
    err = karto_line_parse(edits->arena, a->expr->value, edits->lang, &a->value, &parts, a->problem);
    if (err == KARTO_OK && parts == 1 && edits->warnings)
        karto_warnings_add(edits->warnings, "E-LINE-SHORT", a->def->name, a->expr->value);
    return err;
}

static bool parts_phones(uint8_t byte)
{
    return byte == ',' || byte == ';' || byte == '\n';
}

/* Several phones in one value, as people write them; false: it is one value. */
static bool is_list(const struct karto_field_def *def, struct karto_slice text)
{
    size_t begin = 0, count = 0;
    if (def->normal != KARTO_N_PHONE || def->shape != KARTO_SET)
        return false;
    for (size_t at = 0; at <= text.size; at++) {
        if (at < text.size && !parts_phones(text.data[at]))
            continue;
        if (!karto_phone_plain(karto_slice(text.data + begin, at - begin)))
            return false;
        begin = at + 1;
        count++;
    }
    return count > 1;
}

static enum karto_err add_list(struct karto_field_edits *edits, const struct karto_fieldexpr *expr,
                               struct karto_problem *problem)
{
    struct karto_slice rest = expr->value;
    enum karto_err err = KARTO_OK;
    while (rest.size && err == KARTO_OK) {
        struct karto_fieldexpr one = *expr;
        one.value.size = 0;
        one.value.data = rest.data;
        while (one.value.size < rest.size && !parts_phones(rest.data[one.value.size]))
            one.value.size++;
        size_t behind = one.value.size + (one.value.size < rest.size);
        rest = karto_slice(rest.data + behind, rest.size - behind);
        err = karto_field_edits_add(edits, &one, problem);
    }
    return err;
}

enum karto_err karto_field_edits_add(struct karto_field_edits *edits, const struct karto_fieldexpr *expr,
                                     struct karto_problem *problem)
{
    struct adding a = {.edits = edits, .expr = expr, .problem = problem};
    enum karto_err err = karto_field_choose(edits->kind, expr->name, edits->lang, &a.def, &a.key, problem);
    if (err != KARTO_OK)
        return err;
    if (is_list(a.def, expr->value))
        return add_list(edits, expr, problem);
    if (a.def->shape == KARTO_MAP)
        a.key = karto_text_clean(edits->arena, expr->key);
    if (expr->has_date && a.def->shape != KARTO_TIMELINE)
        return wrong_sign(&a, KARTO_M_FIELD_NO_TIMELINE);
    if (expr->op != KARTO_FIELD_SET && a.def->shape != KARTO_SET)
        return wrong_sign(&a, KARTO_M_FIELD_NO_SET);
    err = a.def->parts ? take_line(&a) : take_value(&a);
    return err == KARTO_OK ? add_value(&a) : err;
}
