#include "core/model/role_text.h"

#include "core/base/limits.h"

#include <string.h>

enum { KINDS_MAX = 8, FIELDS_MAX = 256, TYPE = 36 };

static const char OTHER[] = "other";

/* What must be read of a record of which anything is: where it lies, and whether it is shown. */
static const uint32_t places[] = {KARTO_F_HIDDEN, KARTO_F_TERRITORY, KARTO_F_CLIENT, KARTO_F_MERGED};

/* ---- fields and their names ---- */

static const struct karto_field_def *def_of(uint32_t kind, uint32_t number)
{
    const struct karto_field_def *def = NULL;
    if (kind)
        return karto_field_def(kind, number);
    for (const struct karto_kind_def *const *each = karto_kinds(); *each && !def; each++) /* means the same in all */
        def = karto_field_def((*each)->number, number);
    return def;
}

/* "address" of "address.city"; else nothing. */
static struct karto_slice group_of(const char *name)
{
    const char *dot = strchr(name, '.');
    return karto_slice((const uint8_t *)name, dot ? (size_t)(dot - name) : 0);
}

static bool is_group(const char *name, struct karto_slice group)
{
    return group.size > 0 && karto_slice_equal(group_of(name), group);
}

static bool is_listed(const struct karto_fields *fields, uint32_t number)
{
    for (const uint32_t *at = fields->numbers; at && *at; at++)
        if (*at == number)
            return true;
    return false;
}

static bool whole_group_is_listed(uint32_t kind, const struct karto_fields *fields, struct karto_slice group)
{
    const struct karto_kind_def *def = karto_kind(kind);
    for (const struct karto_field_def *field = def ? def->fields : NULL; field && field->name; field++)
        if (is_group(field->name, group) && !is_listed(fields, field->number))
            return false;
    return def != NULL;
}

/* ---- print ---- */

static void print_numbers(uint32_t kind, const struct karto_fields *fields, struct karto_buf *out)
{
    struct karto_slice last = karto_slice(NULL, 0);
    const char *name = ""; /* of other, one may stand for several fields, one behind the other */
    for (const uint32_t *at = fields->numbers; at && *at; at++) {
        const struct karto_field_def *def = def_of(kind, *at);
        struct karto_slice group = def ? group_of(def->name) : last;
        if (!def || is_group(def->name, last) || strcmp(def->name, name) == 0)
            continue;
        name = def->name;
        last = whole_group_is_listed(kind, fields, group) ? group : karto_slice(NULL, 0);
        karto_buf_add_byte(out, ' ');
        if (last.size)
            karto_buf_add_slice(out, last), karto_buf_add_str(out, ".*");
        else
            karto_buf_add_str(out, def->name);
    }
}

static void print_fields(const char *kind, const char *verb, uint32_t number, const struct karto_fields *fields,
                         struct karto_buf *out)
{
    bool some = fields->all_but || fields->numbers;
    karto_buf_printf(out, "%s %s%s", kind, verb, !some ? " nothing" : !fields->all_but ? "" : " all");
    if (fields->all_but && fields->numbers)
        karto_buf_add_str(out, " but");
    print_numbers(number, fields, out);
    karto_buf_add_byte(out, '\n');
}

void karto_role_print(const struct karto_role *role, struct karto_buf *out)
{
    karto_buf_printf(out, "role %s\nwhere %s\n", role->name, role->everywhere ? "everywhere" : "territories");
    for (uint32_t i = 0; i < role->grant_count; i++) {
        const struct karto_grant *grant = &role->grants[i];
        const struct karto_kind_def *def = karto_kind(grant->kind);
        const char *kind = def ? def->name : OTHER;
        if (grant->kind == KARTO_DEVICE)
            continue; /* the same in every role */
        print_fields(kind, "read", grant->kind, &grant->read, out);
        print_fields(kind, "write", grant->kind, &grant->write, out);
        if (grant->makes)
            karto_buf_printf(out, "%s make\n", kind);
    }
}

/* ---- parse ---- */

struct parsing {
    struct karto_arena *arena;
    struct karto_slice rest, line;
    uint32_t number;
    struct karto_role *role;
    struct karto_grant grants[KINDS_MAX + 2];
    bool said[KINDS_MAX + 2][3];
    uint32_t count;
    struct karto_role_problem *problem;
    bool lenient; /* what is not known here is left out */
};

static bool fail(struct parsing *p, enum karto_role_flaw flaw, struct karto_slice word, uint32_t kind)
{
    const struct karto_kind_def *def = karto_kind(kind);
    *p->problem = (struct karto_role_problem){flaw, p->number, word, karto_slice_str(def ? def->name : OTHER)};
    return false;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line; empty at its end. */
static struct karto_slice next_word(struct parsing *p)
{
    struct karto_slice *line = &p->line;
    size_t size = 0;
    while (line->size && is_blank(line->data[0]))
        *line = karto_slice(line->data + 1, line->size - 1);
    while (size < line->size && !is_blank(line->data[size]) && line->data[size] != '#')
        size++;
    struct karto_slice word = karto_slice(line->data, size);
    *line = karto_slice(line->data + size, line->size - size);
    return word;
}

/* The next line that says something; false: there is none. word: its first. */
static bool next_line(struct parsing *p, struct karto_slice *word)
{
    while (p->rest.size) {
        const uint8_t *end = memchr(p->rest.data, '\n', p->rest.size);
        size_t size = end ? (size_t)(end - p->rest.data) : p->rest.size;
        p->line = karto_slice(p->rest.data, size);
        p->rest = karto_slice(p->rest.data + size + (end != NULL), p->rest.size - size - (end != NULL));
        p->number++;
        *word = next_word(p);
        if (word->size)
            return true;
    }
    *word = karto_slice(NULL, 0);
    return false;
}

static bool is_name(struct karto_slice name)
{
    bool fine = name.size > 0 && name.size <= KARTO_ROLE_NAME_MAX && name.data[0] != '-';
    for (size_t i = 0; i < name.size; i++)
        fine = fine && ((name.data[i] >= 'a' && name.data[i] <= 'z') || name.data[i] == '-');
    return fine;
}

/* What some editors put before everything else. */
static void skip_mark(struct karto_slice *text)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    if (text->size >= sizeof mark && memcmp(text->data, mark, sizeof mark) == 0)
        *text = karto_slice(text->data + sizeof mark, text->size - sizeof mark);
}

static bool read_head(struct parsing *p)
{
    struct karto_slice word;
    skip_mark(&p->rest);
    next_line(p, &word);
    if (!karto_slice_is(word, "role"))
        return fail(p, KARTO_ROLE_NO_NAME, word, 0);
    word = next_word(p);
    if (!is_name(word) || next_word(p).size)
        return fail(p, KARTO_ROLE_BAD_NAME, word, 0);
    p->role->name = karto_arena_printf(p->arena, "%.*s", (int)word.size, (const char *)word.data);
    bool some = next_line(p, &word) && karto_slice_is(word, "where");
    word = some ? next_word(p) : word;
    p->role->everywhere = karto_slice_is(word, "everywhere");
    if (!some || (!p->role->everywhere && !karto_slice_is(word, "territories")))
        return fail(p, KARTO_ROLE_NO_WHERE, word, 0);
    return true;
}

/* The grant of a kind, a new one if need be; other stands last, with room left for the end. */
static struct karto_grant *grant_for(struct parsing *p, uint32_t kind)
{
    uint32_t at = 0;
    while (at < p->count && p->grants[at].kind != kind)
        at++;
    if (at < p->count)
        return &p->grants[at];
    at = p->count > 0 && p->grants[p->count - 1].kind == 0 ? p->count - 1 : p->count;
    p->grants[p->count] = p->grants[at];
    memcpy(p->said[p->count], p->said[at], sizeof *p->said);
    p->count++;
    memset(p->said[at], 0, sizeof *p->said);
    p->grants[at] = (struct karto_grant){.kind = kind};
    return &p->grants[at];
}

/* Fields of one line, each once. */
struct listing {
    uint32_t *numbers, count;
};

static void add_number(struct listing *listing, uint32_t number)
{
    bool listed = false;
    for (uint32_t i = 0; i < listing->count && !listed; i++)
        listed = listing->numbers[i] == number;
    if (!listed && listing->count < FIELDS_MAX) /* more than there are */
        listing->numbers[listing->count++] = number;
}

static bool add_group(const struct karto_kind_def *kind, struct karto_slice group, struct listing *listing)
{
    bool some = false;
    for (const struct karto_field_def *field = kind->fields; field->name; field++)
        if (is_group(field->name, group)) {
            add_number(listing, field->number);
            some = true;
        }
    return some;
}

/* All that a word means in one kind. */
static bool add_of_kind(const struct karto_kind_def *kind, struct karto_slice word, struct listing *listing)
{
    if (word.size > 2 && memcmp(word.data + word.size - 2, ".*", 2) == 0)
        return add_group(kind, karto_slice(word.data, word.size - 2), listing);
    const struct karto_field_def *def = karto_field_named(kind->number, word);
    if (def)
        add_number(listing, def->number);
    return def != NULL;
}

/* What kinds have under one name need not be one field: of other, the word means it in each. */
static bool add_field(struct parsing *p, uint32_t kind, struct karto_slice word, struct listing *listing)
{
    bool some = false;
    for (const struct karto_kind_def *const *each = karto_kinds(); *each; each++)
        if ((kind == 0 && (*each)->number != KARTO_DEVICE) || (*each)->number == kind)
            some = add_of_kind(*each, word, listing) || some;
    return some || p->lenient || fail(p, KARTO_ROLE_UNKNOWN_FIELD, word, kind);
}

/* "nothing", "all", "all but" fields, or fields. */
static bool read_fields(struct parsing *p, uint32_t kind, struct karto_fields *fields)
{
    struct listing listing = {karto_arena_array(p->arena, FIELDS_MAX + 1, sizeof *listing.numbers), 0};
    struct karto_slice word = next_word(p);
    *fields = (struct karto_fields){.all_but = karto_slice_is(word, "all")};
    bool none = karto_slice_is(word, "nothing");
    if (fields->all_but || none)
        word = next_word(p);
    bool but = fields->all_but && karto_slice_is(word, "but");
    if (but)
        word = next_word(p);
    if ((none || (fields->all_but && !but)) && word.size)
        return fail(p, KARTO_ROLE_UNKNOWN_FIELD, word, kind);
    if (!none && (!fields->all_but || but) && !word.size)
        return fail(p, KARTO_ROLE_NO_FIELDS, word, kind);
    for (; word.size; word = next_word(p))
        if (!add_field(p, kind, word, &listing))
            return false;
    listing.numbers[listing.count] = 0;
    fields->numbers = listing.count ? listing.numbers : NULL;
    return true;
}

static bool read_grant(struct parsing *p, struct karto_slice name)
{
    static const char *const verbs[] = {"read", "write", "make"};
    const struct karto_kind_def *def = karto_kind_named(name);
    if ((!def && !karto_slice_is(name, OTHER)) || (def && def->number == KARTO_DEVICE) || p->count == KINDS_MAX)
        return p->lenient || fail(p, KARTO_ROLE_UNKNOWN_KIND, name, 0);
    struct karto_grant *grant = grant_for(p, def ? def->number : 0);
    struct karto_slice verb = next_word(p);
    unsigned which = 0;
    while (which < 3 && !karto_slice_is(verb, verbs[which]))
        which++;
    if (which == 3)
        return p->lenient || fail(p, KARTO_ROLE_UNKNOWN_VERB, verb, grant->kind);
    bool *said = &p->said[grant - p->grants][which];
    if (*said)
        return fail(p, KARTO_ROLE_TWICE, verb, grant->kind);
    *said = true;
    if (which < 2)
        return read_fields(p, grant->kind, which ? &grant->write : &grant->read);
    struct karto_slice more = next_word(p);
    grant->makes = true;
    return more.size == 0 || fail(p, KARTO_ROLE_UNKNOWN_FIELD, more, grant->kind);
}

/* ---- check ---- */

static bool has(const struct karto_fields *fields, uint32_t number)
{
    return is_listed(fields, number) != fields->all_but;
}

/* Whether every record of the grant has this field of a kind from the beginning, because whoever makes it says so. */
static bool is_needed(const struct parsing *p, const struct karto_grant *grant, uint32_t kind, uint32_t number)
{
    bool named = kind == KARTO_CLIENT || kind == KARTO_PERSON, dated = kind == KARTO_ACTIVITY || kind == KARTO_PURCHASE;
    for (uint32_t i = 0; i < p->count && grant->kind == 0; i++)
        if (p->grants[i].kind == kind)
            return false; /* which has a grant of its own */
    return number == KARTO_F_CLIENT || (named && number == KARTO_F_NAME) || (dated && number == KARTO_F_DATE) ||
           (kind == KARTO_ACTIVITY && number == TYPE);
}

/* One field of a kind, known here or (def NULL) a newer version's. */
static bool check_field(struct parsing *p, const struct karto_grant *grant, uint32_t kind,
                        const struct karto_field_def *def)
{
    uint32_t number = def ? def->number : UINT32_MAX;
    struct karto_slice name = karto_slice_str(def ? def->name : "all");
    if (has(&grant->write, number) && !has(&grant->read, number))
        return fail(p, KARTO_ROLE_WRITES_UNREAD, name, grant->kind);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (number == places[i] && (grant->read.all_but || grant->read.numbers) && !has(&grant->read, number))
            return fail(p, KARTO_ROLE_UNPLACED, name, grant->kind);
    if (grant->makes && !has(&grant->write, number) && is_needed(p, grant, kind, number))
        return fail(p, KARTO_ROLE_MAKES_NAMELESS, name, grant->kind);
    return true;
}

/* Whoever hid what he has not whole would hide others' work unseen: his hides count for nothing where it is judged. */
static bool check_hiding(struct parsing *p, const struct karto_grant *grant)
{
    bool whole = grant->read.all_but && !grant->read.numbers;
    return whole || !has(&grant->write, KARTO_F_HIDDEN) ||
           fail(p, KARTO_ROLE_HIDES_UNSEEN, karto_slice_str(""), grant->kind);
}

static bool reads_clients(const struct parsing *p)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (p->grants[i].kind == KARTO_CLIENT || p->grants[i].kind == 0)
            return p->grants[i].read.all_but || p->grants[i].read.numbers;
    return false;
}

/* A text that was cut off would take everything from everybody who has the role. */
static bool check_some(struct parsing *p)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (p->grants[i].read.all_but || p->grants[i].read.numbers)
            return true;
    return fail(p, KARTO_ROLE_EMPTY, karto_slice_str(""), KARTO_CLIENT);
}

static bool check_grant(struct parsing *p, const struct karto_grant *grant)
{
    const struct karto_kind_def *const *kinds = karto_kinds();
    bool some = grant->read.all_but || grant->read.numbers;
    bool fine = check_field(p, grant, 0, NULL);
    if (fine && some && !reads_clients(p))
        fine = fail(p, KARTO_ROLE_NO_CLIENTS, karto_slice_str(""), grant->kind);
    for (; *kinds && fine; kinds++) {
        const struct karto_field_def *def = (*kinds)->fields;
        bool its = (grant->kind == 0 && (*kinds)->number != KARTO_DEVICE) || grant->kind == (*kinds)->number;
        for (; its && def->name && fine; def++)
            fine = check_field(p, grant, (*kinds)->number, def);
    }
    return fine && check_hiding(p, grant);
}

static void finish(struct parsing *p)
{
    static const struct karto_grant devices = {KARTO_DEVICE, {true, NULL}, {false, NULL}, false};
    struct karto_grant *grants = karto_arena_array(p->arena, p->count + 1, sizeof *grants);
    grants[0] = devices;
    memcpy(grants + 1, p->grants, p->count * sizeof *grants);
    p->role->grants = grants;
    p->role->grant_count = p->count + 1;
}

static bool read_lines(struct parsing *p)
{
    struct karto_slice word;
    *p->role = (struct karto_role){.name = ""};
    *p->problem = (struct karto_role_problem){.flaw = KARTO_ROLE_FINE};
    bool fine = read_head(p);
    while (fine && next_line(p, &word))
        fine = read_grant(p, word);
    p->number = 0;
    return fine;
}

/* As it will be kept. */
static bool set_text(struct parsing *p)
{
    struct karto_buf text = KARTO_BUF_EMPTY;
    karto_role_print(p->role, &text);
    bool fits = text.size <= KARTO_ROLE_TEXT_MAX;
    p->role->text = karto_arena_copy(p->arena, karto_buf_slice(&text));
    karto_buf_fini(&text);
    return fits || fail(p, KARTO_ROLE_TOO_LONG, karto_slice_str(""), 0);
}

enum karto_err karto_role_parse(struct karto_arena *arena, struct karto_slice text, struct karto_role *role,
                                struct karto_role_problem *problem)
{
    struct parsing p = {.arena = arena, .rest = text, .role = role, .problem = problem};
    bool fine = read_lines(&p);
    for (uint32_t i = 0; i < p.count && fine; i++)
        fine = check_grant(&p, &p.grants[i]);
    fine = fine && check_some(&p);
    finish(&p);
    return fine && set_text(&p) ? KARTO_OK : KARTO_E_INVALID;
}

enum karto_err karto_role_read(struct karto_arena *arena, struct karto_slice text, struct karto_role *role)
{
    struct karto_role_problem problem;
    struct parsing p = {.arena = arena, .rest = text, .role = role, .problem = &problem, .lenient = true};
    bool fine = read_lines(&p);
    finish(&p);
    role->text = text;
    return fine ? KARTO_OK : KARTO_E_INVALID;
}
