#include "core/model/query.h"

#include "core/base/heading.h"
#include "core/base/text.h"

#include <string.h>

/* ---- reading ---- */

struct parser {
    struct karto_arena *arena;
    struct karto_slice text;
    size_t at;
    uint32_t kind;
    int64_t today;
    uint32_t terms, depth;
    struct karto_query_error *error;
};

static const struct karto_query *fail(struct parser *p, enum karto_query_problem problem, size_t at, size_t size)
{
    if (p->error->problem == KARTO_QP_NONE)
        *p->error = (struct karto_query_error){problem, at, size, NULL};
    return NULL;
}

static bool ends(const struct parser *p)
{
    return p->at == p->text.size;
}

static uint8_t peek(const struct parser *p)
{
    return ends(p) ? 0 : p->text.data[p->at];
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void skip_blanks(struct parser *p)
{
    while (!ends(p) && is_blank(peek(p)))
        p->at++;
}

/* "Увага!" is a word. */
static bool op_begins(const struct parser *p)
{
    uint8_t byte = peek(p);
    return byte == ':' || byte == '=' || byte == '<' || byte == '>' ||
           (byte == '!' && p->at + 1 < p->text.size && p->text.data[p->at + 1] == '=');
}

/* A keyword, or one of its signs, that stands alone here. */
static bool take_keyword(struct parser *p, const char *word, char sign)
{
    size_t size = strlen(word), end = p->at + size;
    if (sign && peek(p) == (uint8_t)sign) {
        p->at++;
        return true;
    }
    bool same = end <= p->text.size && memcmp(p->text.data + p->at, word, size) == 0;
    if (!same || (end < p->text.size && !is_blank(p->text.data[end]) && p->text.data[end] != '('))
        return false;
    p->at = end;
    return true;
}

/* What stands between quotation marks, which have begun; false: nothing closes them. */
static bool take_quoted(struct parser *p, struct karto_slice *out)
{
    size_t begin = p->at++, size = 0;
    uint8_t *bytes = karto_arena_alloc(p->arena, p->text.size - begin);
    for (; !ends(p) && peek(p) != '"'; p->at++) {
        bool escaped = peek(p) == '\\' && p->at + 1 < p->text.size;
        p->at += escaped;
        bytes[size++] = peek(p);
    }
    *out = karto_slice(bytes, size);
    if (ends(p)) {
        fail(p, KARTO_QP_QUOTE, begin, 1);
        return false;
    }
    p->at++;
    return true;
}

static struct karto_slice take_bare(struct parser *p, bool stops_at_op)
{
    size_t begin = p->at;
    while (!ends(p) && !is_blank(peek(p)) && peek(p) != '(' && peek(p) != ')' && !(stops_at_op && op_begins(p)))
        p->at++;
    return karto_slice(p->text.data + begin, p->at - begin);
}

/* ---- phones ---- */

enum { PHONE_DIGITS_MIN = 7, PHONE_DIGITS_MAX = 15 };

static bool in_phone(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || byte == ' ' || byte == '(' || byte == ')' || byte == '-' || byte == '+' ||
           byte == '.';
}

/* A phone as people write it, with its spaces and parentheses, is one word: (067) 123-45-67. It begins with +, with
 * ( or with 0, so that two codes beside each other are not taken for one. */
static bool take_phone(struct parser *p, struct karto_slice *out)
{
    size_t end = p->at;
    unsigned digits = 0, open = 0, closed = 0;
    if (peek(p) != '+' && peek(p) != '(' && peek(p) != '0')
        return false;
    for (; end < p->text.size && in_phone(p->text.data[end]); end++) {
        uint8_t byte = p->text.data[end];
        if (byte == ')' && open == closed)
            break;
        digits += byte >= '0' && byte <= '9';
        open += byte == '(';
        closed += byte == ')';
    }
    bool whole = end == p->text.size || p->text.data[end] == ')' || is_blank(p->text.data[end - 1]);
    if (!whole || open != closed || digits < PHONE_DIGITS_MIN || digits > PHONE_DIGITS_MAX)
        return false;
    *out = karto_slice(p->text.data + p->at, end - p->at);
    while (out->size && is_blank(out->data[out->size - 1]))
        out->size--;
    p->at = end;
    return true;
}

/* ---- fields ---- */

struct subject_name {
    const char *name;
    enum karto_subject subject;
};

static const struct subject_name counted[] = {
    {"last_contact", KARTO_S_LAST_CONTACT},
    {"last_purchase", KARTO_S_LAST_PURCHASE},
    {"contacts", KARTO_S_CONTACTS},
    {"purchases", KARTO_S_PURCHASES},
    {"bought", KARTO_S_BOUGHT},
    {"persons", KARTO_S_PERSONS},
};

static const struct subject_name stamped[] = {
    {"created", KARTO_S_CREATED},
    {"changed", KARTO_S_CHANGED},
    {"changed_by", KARTO_S_CHANGED_BY},
};

static bool find_subject(const struct subject_name *names, size_t count, struct karto_slice name,
                         struct karto_condition *condition)
{
    for (size_t i = 0; i < count; i++)
        if (karto_slice_is(name, names[i].name)) {
            condition->subject = names[i].subject;
            return true;
        }
    return false;
}

/* "Повна назва" as повна_назва. */
static bool is_heading(struct parser *p, struct karto_slice heading, struct karto_slice name)
{
    uint8_t *joined = karto_arena_alloc(p->arena, heading.size);
    for (size_t i = 0; i < heading.size; i++)
        joined[i] = heading.data[i] == ' ' ? '_' : heading.data[i];
    return karto_slice_equal(karto_text_fold(p->arena, karto_slice(joined, heading.size)),
                             karto_text_fold(p->arena, name));
}

static const struct karto_field_def *field_by_heading(struct parser *p, uint32_t kind, struct karto_slice name)
{
    for (const struct karto_field_def *def = karto_kind(kind)->fields; def->name; def++)
        for (int lang = 0; lang < KARTO_LANG_COUNT; lang++)
            if (is_heading(p, karto_heading((enum karto_lang)lang, karto_slice_str(def->name)), name))
                return def;
    return NULL;
}

/* Parts of an address go without "address." */
static const struct karto_field_def *field_of_address(struct parser *p, uint32_t kind, struct karto_slice name)
{
    static const char *const parts[] = {"index", "region", "city", "street", "house", "office"};
    static const char *const own[] = {"індекс", "область", "місто", "вулиця", "будинок", "офіс"};
    for (int i = 0; i < 6; i++)
        if (karto_slice_is(name, parts[i]) || karto_slice_is(karto_text_fold(p->arena, name), own[i])) {
            struct karto_buf full = KARTO_BUF_EMPTY;
            karto_buf_printf(&full, "address.%s", parts[i]);
            const struct karto_field_def *def = karto_field_named(kind, karto_buf_slice(&full));
            karto_buf_fini(&full);
            return def;
        }
    return NULL;
}

static bool find_in_kind(struct parser *p, uint32_t kind, struct karto_slice name, struct karto_condition *condition)
{
    const uint8_t *dot = name.size ? memchr(name.data, '.', name.size) : NULL;
    condition->kind = kind;
    condition->def = karto_field_named(kind, name);
    if (!condition->def && dot) {
        struct karto_slice map = karto_slice(name.data, (size_t)(dot - name.data));
        condition->def = karto_field_named(kind, map);
        condition->key = karto_slice(dot + 1, name.size - map.size - 1);
        if (condition->def && (condition->def->shape != KARTO_MAP || condition->key.size == 0))
            condition->def = NULL;
    }
    if (!condition->def)
        condition->def = field_of_address(p, kind, name);
    if (!condition->def)
        condition->def = field_by_heading(p, kind, name);
    bool frame =
        condition->def && (condition->def->number == KARTO_F_HIDDEN || condition->def->number == KARTO_F_MERGED);
    return condition->def && !frame;
}

static bool find_field(struct parser *p, struct karto_slice name, struct karto_condition *condition)
{
    condition->key = karto_slice(NULL, 0);
    return find_in_kind(p, p->kind, name, condition) ||
           (p->kind != KARTO_CLIENT && find_in_kind(p, KARTO_CLIENT, name, condition));
}

static bool find_name(struct parser *p, struct karto_slice name, struct karto_condition *condition)
{
    condition->subject = KARTO_S_FIELD;
    condition->kind = p->kind;
    if (find_subject(stamped, sizeof stamped / sizeof *stamped, name, condition) || find_field(p, name, condition))
        return true;
    condition->kind = KARTO_CLIENT;
    condition->def = NULL;
    return find_subject(counted, sizeof counted / sizeof *counted, name, condition);
}

/* ---- values ---- */

static int64_t hundredths(struct karto_slice text, size_t *at, bool *good)
{
    int64_t number = 0;
    unsigned digits = 0, behind = 0;
    bool point = false, negative = *at < text.size && text.data[*at] == '-';
    *at += negative;
    for (; *at < text.size; ++*at) {
        uint8_t byte = text.data[*at];
        if ((byte == '.' || byte == ',') && !point && *at + 1 < text.size && text.data[*at + 1] != byte) {
            point = true;
            continue;
        }
        if (byte < '0' || byte > '9' || behind == 2 || digits == 15)
            break;
        number = 10 * number + (byte - '0');
        digits++;
        behind += point;
    }
    for (; behind < 2; behind++)
        number *= 10;
    *good = *good && digits > 0;
    return negative ? -number : number;
}

static bool take_currency(struct karto_slice rest, char currency[4])
{
    if (rest.size == 0)
        return true;
    if (rest.size != 3)
        return false;
    for (int i = 0; i < 3; i++) {
        uint8_t byte = rest.data[i];
        if (byte >= 'a' && byte <= 'z')
            byte = (uint8_t)(byte - 'a' + 'A');
        if (byte < 'A' || byte > 'Z')
            return false;
        currency[i] = (char)byte;
    }
    return true;
}

static struct karto_slice behind(struct karto_slice text, size_t at)
{
    return karto_slice(text.data + at, text.size - at);
}

/* NUMBER, FROM..TO, with a currency behind it where there is one: in hundredths. */
static bool read_number(struct karto_slice text, struct karto_operand *operand)
{
    size_t at = 0;
    bool good = true, open = text.size >= 2 && text.data[0] == '.' && text.data[1] == '.';
    operand->type = KARTO_O_NUMBER;
    operand->from = open ? INT64_MIN : hundredths(text, &at, &good);
    operand->to = operand->from;
    if (good && at + 2 <= text.size && text.data[at] == '.' && text.data[at + 1] == '.') {
        at += 2;
        bool digits = at < text.size && (text.data[at] == '-' || (text.data[at] >= '0' && text.data[at] <= '9'));
        operand->to = digits ? hundredths(text, &at, &good) : INT64_MAX;
        good = good && (digits || !open);
    }
    return good && take_currency(behind(text, at), operand->currency);
}

/* The word of a choice in a language; empty: it has none but its own. */
static struct karto_slice choice_word(struct karto_arena *arena, enum karto_lang lang,
                                      const struct karto_field_def *def, const char *choice)
{
    const char *name = karto_arena_printf(arena, "%s.%s", def->name, choice);
    struct karto_slice word = karto_heading(lang, karto_slice_str(name));
    return karto_slice_is(word, name) ? karto_slice(NULL, 0) : word;
}

/* By its own name, or, if one alone is meant, by what it is called for people; then the text becomes its name. */
static bool read_choice(const struct parser *p, const struct karto_condition *condition, struct karto_slice *text)
{
    const char *meant = NULL;
    unsigned count = 0;
    for (const char *const *choice = condition->def->choices; *choice; choice++)
        if (karto_slice_begins(karto_slice_str(*choice), *text))
            return true;
    struct karto_slice folded = karto_text_fold(p->arena, *text);
    for (const char *const *choice = condition->def->choices; *choice; choice++)
        for (int lang = 0; lang < KARTO_LANG_COUNT; lang++) {
            struct karto_slice word =
                karto_text_fold(p->arena, choice_word(p->arena, (enum karto_lang)lang, condition->def, *choice));
            bool whole = condition->op != KARTO_OP_HAS;
            if (whole ? !karto_slice_equal(word, folded) : !karto_slice_begins(word, folded))
                continue;
            count += meant != *choice;
            meant = *choice;
        }
    if (count == 1)
        *text = karto_slice_str(meant);
    return count == 1;
}

static enum karto_query_problem read_days(const struct parser *p, enum karto_query_op op, struct karto_slice text,
                                          struct karto_operand *operand)
{
    bool compares = op != KARTO_OP_HAS && op != KARTO_OP_EQUAL && op != KARTO_OP_NOT_EQUAL;
    operand->type = KARTO_O_AGE;
    if (karto_age_parse(text, p->today, &operand->days.from))
        return compares ? KARTO_QP_NONE : KARTO_QP_SIGN;
    operand->type = KARTO_O_DAYS;
    return karto_days_parse(text, p->today, &operand->days) ? KARTO_QP_NONE : KARTO_QP_DAY;
}

enum measure { MEASURE_TEXT, MEASURE_NUMBER, MEASURE_DAYS, MEASURE_CHOICE };

static enum measure measure_of_field(const struct karto_field_def *def)
{
    switch (def->type) {
    case KARTO_INTEGER:
    case KARTO_MONEY: return MEASURE_NUMBER;
    case KARTO_DATE:
    case KARTO_INSTANT: return MEASURE_DAYS;
    case KARTO_ENUM: return MEASURE_CHOICE;
    case KARTO_NIL:
    case KARTO_TEXT:
    case KARTO_BOOL:
    case KARTO_REFERENCE:
    case KARTO_TUPLE:
    case KARTO_UNKNOWN: break;
    }
    return MEASURE_TEXT;
}

static enum measure measure_of(const struct karto_condition *condition)
{
    switch (condition->subject) {
    case KARTO_S_FIELD: return measure_of_field(condition->def);
    case KARTO_S_LAST_CONTACT:
    case KARTO_S_LAST_PURCHASE:
    case KARTO_S_CREATED:
    case KARTO_S_CHANGED: return MEASURE_DAYS;
    case KARTO_S_CONTACTS:
    case KARTO_S_PURCHASES:
    case KARTO_S_BOUGHT:
    case KARTO_S_PERSONS: return MEASURE_NUMBER;
    case KARTO_S_HAS:
    case KARTO_S_HAS_KIND:
    case KARTO_S_HAS_CONFLICT:
    case KARTO_S_IS_HIDDEN:
    case KARTO_S_IS_PENDING:
    case KARTO_S_CHANGED_BY: break;
    }
    return MEASURE_TEXT;
}

static enum karto_query_problem read_operand(const struct parser *p, struct karto_slice text,
                                             struct karto_condition *condition)
{
    struct karto_operand *operand = &condition->operand;
    bool compares = condition->op >= KARTO_OP_LESS;
    *operand = (struct karto_operand){.type = KARTO_O_TEXT, .text = text};
    if (condition->subject == KARTO_S_FIELD &&
        (condition->def->type == KARTO_REFERENCE || condition->def->type == KARTO_TUPLE))
        return KARTO_QP_UNASKED;
    switch (measure_of(condition)) {
    case MEASURE_TEXT: return compares ? KARTO_QP_SIGN : KARTO_QP_NONE;
    case MEASURE_CHOICE:
        return compares ? KARTO_QP_SIGN : read_choice(p, condition, &operand->text) ? KARTO_QP_NONE : KARTO_QP_CHOICE;
    case MEASURE_NUMBER: return read_number(text, operand) ? KARTO_QP_NONE : KARTO_QP_NUMBER;
    case MEASURE_DAYS: return read_days(p, condition->op, text, operand);
    }
    return KARTO_QP_SIGN;
}

/* ---- conditions ---- */

static bool take_op(struct parser *p, enum karto_query_op *op)
{
    static const struct {
        const char *sign;
        enum karto_query_op op;
    } signs[] = {{"!=", KARTO_OP_NOT_EQUAL}, {"<=", KARTO_OP_LESS_EQUAL}, {">=", KARTO_OP_MORE_EQUAL},
                 {":", KARTO_OP_HAS},        {"=", KARTO_OP_EQUAL},       {"<", KARTO_OP_LESS},
                 {">", KARTO_OP_MORE}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t size = strlen(signs[i].sign);
        if (p->at + size <= p->text.size && memcmp(p->text.data + p->at, signs[i].sign, size) == 0) {
            p->at += size;
            *op = signs[i].op;
            return true;
        }
    }
    return false;
}

/* has:FIELD, has:KIND, is:STATE */
static enum karto_query_problem read_state(struct parser *p, bool has, struct karto_slice text,
                                           struct karto_condition *condition)
{
    static const struct subject_name states[] = {{"hidden", KARTO_S_IS_HIDDEN}, {"pending", KARTO_S_IS_PENDING}};
    const struct karto_kind_def *kind = karto_kind_named(text);
    condition->operand.type = KARTO_O_NONE;
    if (condition->op != KARTO_OP_HAS)
        return KARTO_QP_SIGN;
    if (!has)
        return find_subject(states, 2, text, condition) ? KARTO_QP_NONE : KARTO_QP_STATE;
    if (karto_slice_is(text, "conflict")) {
        condition->subject = KARTO_S_HAS_CONFLICT;
        return KARTO_QP_NONE;
    }
    condition->subject = KARTO_S_HAS;
    if (find_field(p, text, condition))
        return KARTO_QP_NONE;
    condition->subject = KARTO_S_HAS_KIND;
    condition->kind = kind ? kind->number : 0;
    return kind && karto_field_def(kind->number, KARTO_F_CLIENT) ? KARTO_QP_NONE : KARTO_QP_STATE;
}

/* (DAYS) behind what is counted, @DAY behind a timeline. */
static bool take_period(struct parser *p, struct karto_condition *condition)
{
    bool counts = condition->subject >= KARTO_S_LAST_CONTACT && condition->subject <= KARTO_S_BOUGHT;
    bool timeline = condition->subject == KARTO_S_FIELD && condition->def->shape == KARTO_TIMELINE;
    size_t begin = p->at + 1, end = begin;
    condition->period = timeline ? (struct karto_days){p->today, p->today} : KARTO_DAYS_ALL;
    if (!(counts && peek(p) == '('))
        return true;
    while (end < p->text.size && p->text.data[end] != ')')
        end++;
    if (end == p->text.size) {
        fail(p, KARTO_QP_PARENTHESIS, begin - 1, 1);
        return false;
    }
    p->at = end + 1;
    if (!karto_days_parse(karto_slice(p->text.data + begin, end - begin), p->today, &condition->period)) {
        fail(p, KARTO_QP_DAY, begin, end - begin);
        return false;
    }
    return true;
}

static bool split_day(struct parser *p, struct karto_slice *name, struct karto_days *day, size_t at)
{
    const uint8_t *sign = memchr(name->data, '@', name->size);
    if (!sign)
        return true;
    size_t size = (size_t)(sign - name->data);
    if (!karto_days_parse(behind(*name, size + 1), p->today, day) || day->from != day->to) {
        fail(p, KARTO_QP_DAY, at + size + 1, name->size - size - 1);
        return false;
    }
    *name = karto_slice(name->data, size);
    return true;
}

/* What follows a name and is no value of it is a mistake of the sign, not of the name. */
static const struct karto_query *condition_of(struct parser *p, struct karto_slice name, size_t begin)
{
    struct karto_query *query = karto_arena_alloc(p->arena, sizeof *query);
    struct karto_condition *condition = &query->condition;
    struct karto_days day = {p->today, p->today};
    struct karto_slice value;
    *query = (struct karto_query){.type = KARTO_Q_CONDITION};
    bool has = karto_slice_is(name, "has"), is = karto_slice_is(name, "is");
    if (!has && !is && (!split_day(p, &name, &day, begin) || !find_name(p, name, condition)))
        return fail(p, KARTO_QP_FIELD, begin, name.size);
    if (!has && !is && !take_period(p, condition))
        return NULL;
    if (condition->def && condition->def->shape == KARTO_TIMELINE)
        condition->period = day;
    size_t sign = p->at;
    if (!take_op(p, &condition->op))
        return fail(p, KARTO_QP_SIGN, sign, !ends(p));
    size_t at = p->at;
    if (peek(p) == '"' && !take_quoted(p, &value))
        return NULL;
    if (p->at == at)
        value = take_bare(p, false);
    if (value.size == 0)
        return fail(p, KARTO_QP_VALUE, sign, at - sign);
    enum karto_query_problem problem =
        has || is ? read_state(p, has, value, condition) : read_operand(p, value, condition);
    if (problem == KARTO_QP_NONE)
        return query;
    fail(p, problem, problem == KARTO_QP_SIGN ? sign : at, problem == KARTO_QP_SIGN ? at - sign : p->at - at);
    p->error->def = condition->def;
    return NULL;
}

/* ---- terms ---- */

static const struct karto_query *any(struct parser *p);

static const struct karto_query *node(struct parser *p, enum karto_query_type type,
                                      const struct karto_query *const *children, uint32_t count)
{
    struct karto_query *query = karto_arena_alloc(p->arena, sizeof *query);
    *query = (struct karto_query){.type = type, .children = children, .count = count};
    return query;
}

static const struct karto_query *word_of(struct parser *p, struct karto_slice word, bool phrase)
{
    struct karto_query *query = karto_arena_alloc(p->arena, sizeof *query);
    *query = (struct karto_query){.type = KARTO_Q_WORD, .word = word, .phrase = phrase};
    return query;
}

static const struct karto_query *together(struct parser *p)
{
    size_t begin = p->at++;
    if (++p->depth > KARTO_QUERY_DEPTH_MAX)
        return fail(p, KARTO_QP_LIMIT, begin, 1);
    const struct karto_query *query = any(p);
    if (!query)
        return NULL;
    skip_blanks(p);
    if (peek(p) != ')')
        return fail(p, KARTO_QP_PARENTHESIS, begin, 1);
    p->at++;
    p->depth--;
    return query;
}

static const struct karto_query *plain_term(struct parser *p)
{
    size_t begin = p->at;
    struct karto_slice word;
    if (ends(p) || peek(p) == ')')
        return fail(p, KARTO_QP_TERM, begin, !ends(p));
    if (++p->terms > KARTO_QUERY_TERMS_MAX)
        return fail(p, KARTO_QP_LIMIT, begin, p->text.size - begin);
    if (take_phone(p, &word))
        return word_of(p, word, false);
    if (peek(p) == '(')
        return together(p);
    if (peek(p) == '"')
        return take_quoted(p, &word) ? word_of(p, word, true) : NULL;
    word = take_bare(p, true);
    bool counts = peek(p) == '(' && word.size > 0;
    if (op_begins(p) || counts)
        return condition_of(p, word, begin);
    return word_of(p, word, false);
}

static const struct karto_query *term(struct parser *p)
{
    skip_blanks(p);
    bool not = peek(p) == '-' || peek(p) == '!' || take_keyword(p, "NOT", 0);
    if (not &&(peek(p) == '-' || peek(p) == '!'))
        p->at++;
    skip_blanks(p);
    const struct karto_query *query = plain_term(p);
    if (!query || !not )
        return query;
    const struct karto_query **children = karto_arena_array(p->arena, 1, sizeof(struct karto_query *));
    children[0] = query;
    return node(p, KARTO_Q_NOT, children, 1);
}

/* Terms until ) or OR or the end; join says whether another one follows. */
static const struct karto_query *series(struct parser *p, enum karto_query_type type,
                                        const struct karto_query *(*one)(struct parser *),
                                        bool (*more)(struct parser *))
{
    const struct karto_query **children =
        karto_arena_array(p->arena, KARTO_QUERY_TERMS_MAX + 1, sizeof(struct karto_query *));
    uint32_t count = 0;
    do {
        if (count > KARTO_QUERY_TERMS_MAX)
            return fail(p, KARTO_QP_LIMIT, p->at, 0);
        children[count] = one(p);
        if (!children[count++])
            return NULL;
    } while (more(p));
    return count == 1 ? children[0] : node(p, type, children, count);
}

static bool or_follows(struct parser *p)
{
    skip_blanks(p);
    return take_keyword(p, "OR", '|');
}

static bool term_follows(struct parser *p)
{
    skip_blanks(p);
    if (take_keyword(p, "AND", '&'))
        return true;
    size_t at = p->at;
    bool or = take_keyword(p, "OR", '|');
    p->at = at;
    return !ends(p) && peek(p) != ')' && ! or ;
}

static const struct karto_query *all(struct parser *p)
{
    return series(p, KARTO_Q_AND, term, term_follows);
}

static const struct karto_query *any(struct parser *p)
{
    return series(p, KARTO_Q_OR, all, or_follows);
}

enum karto_err karto_query_parse(struct karto_arena *arena, struct karto_slice text, uint32_t kind, int64_t today,
                                 const struct karto_query **query, struct karto_query_error *error)
{
    struct parser p = {.arena = arena, .text = text, .kind = kind, .today = today, .error = error};
    *error = (struct karto_query_error){KARTO_QP_NONE, 0, 0, NULL};
    *query = NULL;
    if (text.size > KARTO_QUERY_SIZE_MAX) {
        fail(&p, KARTO_QP_LIMIT, KARTO_QUERY_SIZE_MAX, 0);
        return KARTO_E_USAGE;
    }
    skip_blanks(&p);
    *query = ends(&p) ? node(&p, KARTO_Q_ALL, NULL, 0) : any(&p);
    if (*query && !ends(&p))
        *query = fail(&p, KARTO_QP_PARENTHESIS, p.at, 1);
    return *query ? KARTO_OK : KARTO_E_USAGE;
}

/* ---- words ---- */

static const struct karto_query all_records = {.type = KARTO_Q_ALL};

static void add_word(struct karto_buf *words, struct karto_slice word)
{
    karto_buf_add_str(words, words->size ? " " : "");
    karto_buf_add_slice(words, word);
}

struct karto_slice karto_query_words(struct karto_arena *arena, const struct karto_query *query,
                                     const struct karto_query **rest)
{
    const struct karto_query *const *terms = query->type == KARTO_Q_AND ? query->children : &query;
    uint32_t count = query->type == KARTO_Q_AND ? query->count : 1, kept = 0;
    const struct karto_query **others = karto_arena_array(arena, count, sizeof(struct karto_query *));
    struct karto_buf words = KARTO_BUF_EMPTY;
    for (uint32_t i = 0; i < count; i++) {
        if (terms[i]->type == KARTO_Q_WORD)
            add_word(&words, terms[i]->word);
        if (terms[i]->type != KARTO_Q_WORD || terms[i]->phrase)
            others[kept++] = terms[i];
    }
    struct karto_query *both = karto_arena_alloc(arena, sizeof *both);
    *both = (struct karto_query){.type = KARTO_Q_AND, .children = others, .count = kept};
    *rest = kept == 0 ? &all_records : kept == 1 ? others[0] : both;
    struct karto_slice text = karto_arena_copy(arena, karto_buf_slice(&words));
    karto_buf_fini(&words);
    return text;
}
