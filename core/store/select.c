#include "core/store/select.h"

#include "core/base/codes.h"
#include "core/base/text.h"
#include "core/store/index.h"
#include "core/store/client_sum.h"

#include <string.h>

/* One record being asked. */
struct asking {
    const struct karto_select *select;
    struct karto_tx *tx;
    const struct karto_entry *entry;
    struct karto_entry client; /* of what hangs on one, once it was asked for */
    bool has_client;
    struct karto_why *hit; /* NULL: of no interest */
};

/* ---- words ---- */

/* Whether a word may begin at a byte of a text: behind a space, a hyphen, a point. */
static bool is_edge(struct karto_slice text, size_t at)
{
    uint8_t before = at ? text.data[at - 1] : ' ';
    bool letter = before >= 0x80 || (before >= '0' && before <= '9') || (before >= 'a' && before <= 'z');
    return !letter;
}

/* The first place where it stands; better ones, at the beginning of a word, count before others. */
static bool find_folded(struct karto_slice text, struct karto_slice word, const char **how)
{
    bool found = false;
    for (size_t at = 0; at + word.size <= text.size; at++) {
        if (memcmp(text.data + at, word.data, word.size) != 0)
            continue;
        *how = at == 0 ? word.size == text.size ? "exact" : "prefix" : is_edge(text, at) ? "word" : "substring";
        found = true;
        if (is_edge(text, at))
            break;
    }
    return found;
}

/* A word that is looked for: folded, and the digits of it if it has nothing else but what stands in phones and codes.
 */
struct needle {
    struct karto_slice folded, digits, typed;
};

enum { DIGITS_MIN = 3 };

static struct karto_slice digits_of(struct karto_arena *arena, struct karto_slice text, bool only)
{
    uint8_t *digits = karto_arena_alloc(arena, text.size);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte >= '0' && byte <= '9')
            digits[size++] = byte;
        else if (only && !strchr(" ()-+./", byte))
            return karto_slice(NULL, 0);
    }
    return karto_slice(digits, size);
}

static struct needle needle_of(struct karto_arena *arena, struct karto_slice word)
{
    struct needle needle = {karto_text_fold(arena, word), digits_of(arena, word, true), word};
    if (needle.digits.size < DIGITS_MIN)
        needle.digits = karto_slice(NULL, 0);
    return needle;
}

static bool is_in(struct karto_slice text, struct karto_slice part)
{
    const char *how;
    return part.size > 0 && find_folded(text, part, &how);
}

static bool holds_digits(struct karto_arena *arena, const struct needle *needle, struct karto_slice text,
                         const char **how)
{
    struct karto_slice digits = needle->digits.size ? digits_of(arena, text, false) : karto_slice(NULL, 0);
    *how = "substring";
    if (!needle->digits.size || !is_in(digits, needle->digits)) {
        enum karto_code_check check;
        if (needle->digits.size < 9)
            return false;
        struct karto_slice phone = karto_phone_normal(arena, needle->typed, &check);
        *how = "exact";
        return check != KARTO_CODE_SHAPE && karto_slice_equal(phone, karto_phone_normal(arena, text, &check));
    }
    if (digits.size == needle->digits.size)
        *how = "exact";
    return true;
}

static bool has_digits(const struct karto_field_def *def)
{
    return def->normal == KARTO_N_PHONE || def->normal == KARTO_N_EDRPOU || def->normal == KARTO_N_IBAN ||
           strcmp(def->name, "vat") == 0;
}

static bool value_holds(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice bytes,
                        const struct needle *needle, const char **how)
{
    struct karto_value value;
    if (karto_value_decode(bytes, &value) != KARTO_OK || (value.type != KARTO_TEXT && value.type != KARTO_ENUM))
        return false;
    if (has_digits(def) && holds_digits(arena, needle, value.text, how))
        return true;
    return needle->folded.size > 0 && find_folded(karto_text_fold(arena, value.text), needle->folded, how);
}

/* Of a timeline what holds on a day, of others each register's winner. */
static bool field_holds(const struct asking *a, const struct karto_field_def *def, const struct karto_field *field,
                        const struct needle *needle, const char **how)
{
    struct karto_arena *arena = &a->tx->arena;
    if (def->shape == KARTO_TIMELINE) {
        const struct karto_head *head = karto_timeline_at(field, a->select->today);
        return head && value_holds(arena, def, head->value, needle, how);
    }
    for (uint32_t i = 0; i < field->count; i++)
        if (value_holds(arena, def, karto_winner(&field->registers[i])->value, needle, how))
            return true;
    return false;
}

static bool record_holds(const struct asking *a, const struct karto_record *record, const struct needle *needle,
                         struct karto_why *hit)
{
    char id[KARTO_SHORT_TEXT];
    for (const struct karto_field_def *def = karto_kind(record->kind)->fields; def->name; def++) {
        const struct karto_field *field = karto_record_field(record, def->number);
        hit->field = def->name;
        if (field && def->number != KARTO_F_HIDDEN && field_holds(a, def, field, needle, &hit->how))
            return true;
    }
    karto_rid_print_short(record->id, id);
    *hit = (struct karto_why){"short", "exact"};
    return karto_slice_is(needle->typed, id);
}

/* ---- the client of what hangs on one ---- */

static enum karto_err load_client(struct asking *a)
{
    struct karto_rid client = karto_client_of(&a->entry->view);
    if (a->has_client || a->entry->view.kind == KARTO_CLIENT)
        return KARTO_OK;
    a->has_client = true;
    a->client = (struct karto_entry){.view.kind = KARTO_CLIENT};
    return karto_rid_is_zero(client) ? KARTO_OK : karto_entry_load(a->tx, client, &a->client);
}

static const struct karto_entry *of_kind(const struct asking *a, uint32_t kind)
{
    return a->entry->view.kind == kind || kind != KARTO_CLIENT ? a->entry : &a->client;
}

static enum karto_err ask_word(struct asking *a, const struct karto_query *query, bool *fits)
{
    struct needle needle = needle_of(&a->tx->arena, query->word);
    struct karto_why hit = {NULL, NULL};
    *fits = record_holds(a, &a->entry->view, &needle, &hit);
    if (!*fits && a->entry->view.kind != KARTO_CLIENT) {
        enum karto_err err = load_client(a);
        if (err != KARTO_OK)
            return err;
        *fits = a->client.exists && record_holds(a, &a->client.view, &needle, &hit);
    }
    if (*fits && a->hit && !a->hit->field)
        *a->hit = hit;
    return KARTO_OK;
}

/* ---- texts ---- */

/* Each word of the value begins a word of the text; both folded. */
static bool words_begin(struct karto_slice text, struct karto_slice value)
{
    struct karto_slice rest = value;
    const char *how;
    while (rest.size) {
        const uint8_t *blank = memchr(rest.data, ' ', rest.size);
        struct karto_slice word = karto_slice(rest.data, blank ? (size_t)(blank - rest.data) : rest.size);
        if (word.size && (!find_folded(text, word, &how) || strcmp(how, "substring") == 0))
            return false;
        size_t behind = word.size + (blank != NULL);
        rest = karto_slice(rest.data + behind, rest.size - behind);
    }
    return true;
}

static bool folded_has(const struct karto_field_def *def, struct karto_slice text, struct karto_slice value)
{
    if (def->shape == KARTO_TIMELINE || (def->shape == KARTO_SET && def->normal == KARTO_N_TEXT))
        return karto_slice_equal(text, value);
    if (def->normal == KARTO_N_EMAIL || def->normal == KARTO_N_SITE)
        return is_in(text, value);
    if (def->type == KARTO_ENUM)
        return karto_slice_begins(text, value);
    return words_begin(text, value);
}

static bool is_compared_folded(const struct karto_field_def *def)
{
    return def->normal == KARTO_N_TEXT || def->normal == KARTO_AS_IS;
}

static struct karto_slice normal_text(struct karto_arena *arena, const struct karto_field_def *def,
                                      struct karto_slice text)
{
    if (is_compared_folded(def))
        return karto_text_fold(arena, text);
    return karto_normal(arena, def, karto_value_bytes(arena, karto_value_text(text)));
}

static bool text_has(struct karto_arena *arena, const struct karto_field_def *def, struct karto_slice text,
                     struct karto_slice value)
{
    const char *how;
    struct needle needle = needle_of(arena, value);
    if (has_digits(def) && karto_slice_equal(normal_text(arena, def, value), normal_text(arena, def, text)))
        return true; /* the whole code, in another writing */
    if (has_digits(def) && needle.digits.size)
        return holds_digits(arena, &needle, text, &how);
    return folded_has(def, karto_text_fold(arena, text), needle.folded);
}

bool karto_select_is_folded(const struct karto_condition *condition)
{
    return condition->subject == KARTO_S_FIELD && condition->operand.type == KARTO_O_TEXT &&
           is_compared_folded(condition->def) && !has_digits(condition->def) &&
           (condition->op == KARTO_OP_HAS || condition->op == KARTO_OP_EQUAL);
}

bool karto_select_folded(const struct karto_condition *condition, struct karto_slice operand, struct karto_slice value)
{
    return condition->op == KARTO_OP_EQUAL ? karto_slice_equal(value, operand)
                                           : folded_has(condition->def, value, operand);
}

/* ---- comparing ---- */

static bool compare_numbers(enum karto_query_op op, int64_t number, const struct karto_operand *operand)
{
    switch (op) {
    case KARTO_OP_HAS:
    case KARTO_OP_EQUAL: return number >= operand->from && number <= operand->to;
    case KARTO_OP_NOT_EQUAL: return number < operand->from || number > operand->to;
    case KARTO_OP_LESS: return number < operand->from;
    case KARTO_OP_LESS_EQUAL: return number <= operand->to;
    case KARTO_OP_MORE: return number > operand->to;
    case KARTO_OP_MORE_EQUAL: return number >= operand->from;
    }
    return false;
}

/* Of an age, more is longer ago: an earlier day. */
static bool compare_days(enum karto_query_op op, int64_t day, const struct karto_operand *operand)
{
    bool age = operand->type == KARTO_O_AGE;
    const struct karto_operand days = {.from = age ? -operand->days.from : operand->days.from,
                                       .to = age ? -operand->days.from : operand->days.to};
    return compare_numbers(op, age ? -day : day, &days);
}

static bool in_hundredths(int64_t number, int64_t *out)
{
    return !__builtin_mul_overflow(number, 100, out);
}

static bool compare_value(const struct asking *a, const struct karto_condition *condition, struct karto_slice bytes)
{
    const struct karto_operand *operand = &condition->operand;
    struct karto_arena *arena = &a->tx->arena;
    struct karto_value value;
    int64_t number;
    if (karto_value_decode(bytes, &value) != KARTO_OK)
        return false;
    switch (value.type) {
    case KARTO_TEXT:
    case KARTO_ENUM:
        if (operand->type != KARTO_O_TEXT)
            return false;
        if (condition->op == KARTO_OP_HAS)
            return text_has(arena, condition->def, value.text, operand->text);
        return karto_slice_equal(normal_text(arena, condition->def, value.text),
                                 normal_text(arena, condition->def, operand->text));
    case KARTO_MONEY:
        return operand->type == KARTO_O_NUMBER &&
               (!operand->currency[0] || memcmp(value.currency, operand->currency, 3) == 0) &&
               compare_numbers(condition->op, value.integer, operand);
    case KARTO_INTEGER:
        return operand->type == KARTO_O_NUMBER && in_hundredths(value.integer, &number) &&
               compare_numbers(condition->op, number, operand);
    case KARTO_DATE: return operand->type != KARTO_O_TEXT && compare_days(condition->op, value.integer, operand);
    case KARTO_INSTANT:
        return operand->type != KARTO_O_TEXT &&
               compare_days(condition->op, a->tx->sys->day(a->tx->sys->context, value.integer), operand);
    case KARTO_NIL:
    case KARTO_BOOL:
    case KARTO_REFERENCE:
    case KARTO_TUPLE:
    case KARTO_UNKNOWN: break;
    }
    return false;
}

/* ---- fields ---- */

static const struct karto_head *timeline_head(const struct karto_condition *condition, const struct karto_field *field)
{
    return karto_timeline_at(field, condition->period.from);
}

/* Whether any of its values is as the condition says. */
static bool any_value(const struct asking *a, const struct karto_condition *condition, const struct karto_field *field)
{
    if (condition->def->shape == KARTO_TIMELINE) {
        const struct karto_head *head = timeline_head(condition, field);
        return head && compare_value(a, condition, head->value);
    }
    for (uint32_t i = 0; i < field->count; i++) {
        const struct karto_register *reg = &field->registers[i];
        if (condition->def->shape == KARTO_MAP && !karto_slice_equal(reg->key, condition->key))
            continue;
        if (compare_value(a, condition, karto_winner(reg)->value))
            return true;
    }
    return false;
}

static bool ask_field(const struct asking *a, const struct karto_condition *condition)
{
    const struct karto_record *record = &of_kind(a, condition->kind)->view;
    const struct karto_field *field = karto_record_field(record, condition->def->number);
    if (condition->op != KARTO_OP_NOT_EQUAL || condition->operand.type != KARTO_O_TEXT)
        return field && any_value(a, condition, field);
    struct karto_condition equal = *condition;
    equal.op = KARTO_OP_EQUAL;
    return !field || !any_value(a, &equal, field);
}

static bool ask_has(const struct asking *a, const struct karto_condition *condition)
{
    const struct karto_record *record = &of_kind(a, condition->kind)->view;
    const struct karto_field *field = karto_record_field(record, condition->def->number);
    for (uint32_t i = 0; field && i < field->count; i++) {
        const struct karto_register *reg = &field->registers[i];
        bool mine = condition->def->shape != KARTO_MAP || karto_slice_equal(reg->key, condition->key);
        if (mine && !karto_value_is_nil(karto_winner(reg)->value))
            return true;
    }
    return false;
}

/* ---- what is counted ---- */

static bool compare_last(const struct karto_condition *condition, int64_t day)
{
    bool never = day == INT64_MIN;
    if (never) /* longer ago than anything, and on no day */
        return condition->operand.type == KARTO_O_AGE
                   ? condition->op == KARTO_OP_MORE || condition->op == KARTO_OP_MORE_EQUAL
                   : condition->op == KARTO_OP_LESS || condition->op == KARTO_OP_LESS_EQUAL ||
                         condition->op == KARTO_OP_NOT_EQUAL;
    return compare_days(condition->op, day, &condition->operand);
}

static bool compare_count(const struct karto_condition *condition, uint64_t count)
{
    int64_t number;
    return count <= INT64_MAX && in_hundredths((int64_t)count, &number) &&
           compare_numbers(condition->op, number, &condition->operand);
}

static uint32_t counted_kind(const struct karto_condition *condition)
{
    switch (condition->subject) {
    case KARTO_S_LAST_PURCHASE:
    case KARTO_S_PURCHASES:
    case KARTO_S_BOUGHT: return KARTO_PURCHASE;
    case KARTO_S_PERSONS: return KARTO_PERSON;
    case KARTO_S_LAST_CONTACT:
    case KARTO_S_CONTACTS: return KARTO_ACTIVITY;
    case KARTO_S_HAS_KIND: return condition->kind;
    case KARTO_S_FIELD:
    case KARTO_S_HAS:
    case KARTO_S_HAS_CONFLICT:
    case KARTO_S_IS_HIDDEN:
    case KARTO_S_IS_PENDING:
    case KARTO_S_CREATED:
    case KARTO_S_CHANGED:
    case KARTO_S_CHANGED_BY: break;
    }
    return 0;
}

bool karto_select_counts(const struct karto_select *select, const struct karto_condition *condition,
                         struct karto_sum_of *of)
{
    const char *currency = condition->operand.currency[0] ? condition->operand.currency : "UAH";
    bool has = condition->subject == KARTO_S_HAS_KIND;
    *of = (struct karto_sum_of){counted_kind(condition), has ? KARTO_DAYS_ALL : condition->period, select->today,
                                currency};
    return of->kind != 0;
}

bool karto_select_sum(const struct karto_condition *condition, const struct karto_client_sum *sum)
{
    if (condition->subject == KARTO_S_HAS_KIND)
        return sum->count > 0;
    if (condition->subject == KARTO_S_BOUGHT)
        return compare_numbers(condition->op, sum->total, &condition->operand);
    if (condition->subject == KARTO_S_LAST_CONTACT || condition->subject == KARTO_S_LAST_PURCHASE)
        return compare_last(condition, sum->last);
    return compare_count(condition, sum->count);
}

static enum karto_err ask_sum(const struct asking *a, const struct karto_condition *condition, struct karto_rid client,
                              bool *fits)
{
    struct karto_client_sum sum;
    struct karto_sum_of of;
    *fits = false;
    if (!karto_select_counts(a->select, condition, &of))
        return KARTO_OK;
    enum karto_err err = karto_client_sum(a->tx, client, &of, &sum);
    *fits = err == KARTO_OK && karto_select_sum(condition, &sum);
    return err;
}

static enum karto_err ask_counted(const struct asking *a, const struct karto_condition *condition, bool *fits)
{
    const struct karto_entry *client = of_kind(a, KARTO_CLIENT);
    *fits = false;
    if (!client->exists || client->view.kind != KARTO_CLIENT)
        return KARTO_OK;
    return ask_sum(a, condition, client->id, fits);
}

/* ---- stamps ---- */

static int64_t day_of(const struct asking *a, int64_t ms)
{
    return a->tx->sys->day(a->tx->sys->context, ms);
}

static bool ask_created(const struct asking *a, const struct karto_condition *condition, struct karto_rid id)
{
    return compare_days(condition->op, day_of(a, karto_rid_ms(id)), &condition->operand);
}

static bool ask_changed(const struct asking *a, const struct karto_condition *condition)
{
    const struct karto_stamp *stamp = karto_record_youngest(&a->entry->view);
    if (!stamp)
        return false;
    if (condition->subject == KARTO_S_CHANGED)
        return compare_days(condition->op, day_of(a, karto_hlc_ms(stamp->hlc)), &condition->operand);
    bool same = karto_slice_equal(karto_text_fold(&a->tx->arena, stamp->author),
                                  karto_text_fold(&a->tx->arena, condition->operand.text));
    return same == (condition->op != KARTO_OP_NOT_EQUAL);
}

/* ---- the tree ---- */

static enum karto_err ask_condition(struct asking *a, const struct karto_condition *condition, bool *fits)
{
    *fits = false;
    bool of_client = condition->kind == KARTO_CLIENT || condition->subject == KARTO_S_HAS_KIND;
    enum karto_err err = of_client ? load_client(a) : KARTO_OK;
    if (err != KARTO_OK)
        return err;
    switch (condition->subject) {
    case KARTO_S_FIELD: *fits = ask_field(a, condition); return KARTO_OK;
    case KARTO_S_HAS: *fits = ask_has(a, condition); return KARTO_OK;
    case KARTO_S_HAS_CONFLICT: *fits = karto_record_conflicts(&a->entry->view) > 0; return KARTO_OK;
    case KARTO_S_IS_HIDDEN: *fits = karto_record_hidden(&a->entry->view); return KARTO_OK;
    case KARTO_S_IS_PENDING: *fits = a->entry->pending > 0; return KARTO_OK;
    case KARTO_S_HAS_KIND:
    case KARTO_S_LAST_CONTACT:
    case KARTO_S_LAST_PURCHASE:
    case KARTO_S_CONTACTS:
    case KARTO_S_PURCHASES:
    case KARTO_S_BOUGHT:
    case KARTO_S_PERSONS: return ask_counted(a, condition, fits);
    case KARTO_S_CREATED: *fits = ask_created(a, condition, a->entry->id); return KARTO_OK;
    case KARTO_S_CHANGED:
    case KARTO_S_CHANGED_BY: *fits = ask_changed(a, condition); return KARTO_OK;
    }
    return KARTO_OK;
}

static enum karto_err ask(struct asking *a, const struct karto_query *query, bool *fits);

static enum karto_err ask_all(struct asking *a, const struct karto_query *query, bool *fits)
{
    bool wanted = query->type == KARTO_Q_AND; /* what must go on for the answer to stay open */
    *fits = wanted;
    for (uint32_t i = 0; i < query->count && *fits == wanted; i++) {
        enum karto_err err = ask(a, query->children[i], fits);
        if (err != KARTO_OK)
            return err;
    }
    return KARTO_OK;
}

static enum karto_err ask_not(struct asking *a, const struct karto_query *query, bool *fits)
{
    struct karto_why *hit = a->hit;
    a->hit = NULL;
    enum karto_err err = ask(a, query->children[0], fits);
    a->hit = hit;
    *fits = !*fits;
    return err;
}

static enum karto_err ask(struct asking *a, const struct karto_query *query, bool *fits)
{
    switch (query->type) {
    case KARTO_Q_ALL: *fits = true; return KARTO_OK;
    case KARTO_Q_AND:
    case KARTO_Q_OR: return ask_all(a, query, fits);
    case KARTO_Q_NOT: return ask_not(a, query, fits);
    case KARTO_Q_WORD: return ask_word(a, query, fits);
    case KARTO_Q_CONDITION: return ask_condition(a, &query->condition, fits);
    }
    return KARTO_OK;
}

static bool asks_hidden(const struct karto_query *query)
{
    if (query->type == KARTO_Q_CONDITION)
        return query->condition.subject == KARTO_S_IS_HIDDEN;
    for (uint32_t i = 0; i < query->count; i++)
        if (asks_hidden(query->children[i]))
            return true;
    return false;
}

void karto_select_init(struct karto_select *select, const struct karto_query *query, int64_t today)
{
    *select = (struct karto_select){query, today, asks_hidden(query)};
}

enum karto_err karto_select_fits(const struct karto_select *select, struct karto_tx *tx,
                                 const struct karto_entry *entry, bool *fits, struct karto_why *hit)
{
    struct asking a = {.select = select, .tx = tx, .entry = entry, .hit = hit};
    if (hit)
        *hit = (struct karto_why){NULL, NULL};
    return ask(&a, select->query, fits);
}

/* ---- a record that is not read ---- */

/* What is known of the answer, so that of several, for AND the least counts, for OR the greatest. */
enum known { KNOWN_NOT, KNOWN_OPEN, KNOWN_YES };

static enum karto_err know_condition(const struct asking *a, const struct karto_condition *condition,
                                     struct karto_rid id, enum known *known)
{
    bool fits = false;
    enum karto_err err = KARTO_OK;
    *known = KNOWN_OPEN;
    if (condition->subject == KARTO_S_CREATED)
        fits = ask_created(a, condition, id);
    else if (counted_kind(condition))
        err = ask_sum(a, condition, id, &fits);
    else
        return KARTO_OK;
    *known = fits ? KNOWN_YES : KNOWN_NOT;
    return err;
}

static enum karto_err know(const struct asking *a, const struct karto_query *query, struct karto_rid id,
                           enum known *known)
{
    bool all = query->type == KARTO_Q_AND;
    enum known one = KNOWN_OPEN, settles = all ? KNOWN_NOT : KNOWN_YES;
    enum karto_err err = KARTO_OK;
    *known = KNOWN_OPEN;
    switch (query->type) {
    case KARTO_Q_ALL: *known = KNOWN_YES; return KARTO_OK;
    case KARTO_Q_WORD: return KARTO_OK;
    case KARTO_Q_CONDITION: return know_condition(a, &query->condition, id, known);
    case KARTO_Q_NOT:
        err = know(a, query->children[0], id, &one);
        *known = KNOWN_YES - one;
        return err;
    case KARTO_Q_AND:
    case KARTO_Q_OR: break;
    }
    *known = KNOWN_YES - settles;
    for (uint32_t i = 0; i < query->count && err == KARTO_OK && *known != settles; i++) {
        err = know(a, query->children[i], id, &one);
        *known = all == (one < *known) ? one : *known;
    }
    return err;
}

bool karto_select_asks_ids(const struct karto_query *query)
{
    if (query->type == KARTO_Q_CONDITION)
        return query->condition.subject == KARTO_S_CREATED || counted_kind(&query->condition);
    for (uint32_t i = 0; i < query->count; i++)
        if (karto_select_asks_ids(query->children[i]))
            return true;
    return false;
}

enum karto_err karto_select_may(const struct karto_select *select, struct karto_tx *tx, struct karto_rid client,
                                bool *may)
{
    const struct asking a = {.select = select, .tx = tx};
    enum known known = KNOWN_OPEN;
    enum karto_err err = know(&a, select->query, client, &known);
    *may = known != KNOWN_NOT;
    return err;
}
