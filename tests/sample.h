/* sample.h - changes, records and messages from a seed, for tests, corpora and measurements. The same seed gives the
 * same bytes for ever on every machine. Everything lives in the arena given. */
#ifndef KARTO_TESTS_SAMPLE_H
#define KARTO_TESTS_SAMPLE_H

#include "core/base/limits.h"
#include "core/model/merge.h"
#include "proto/messages.h"

#include <stdlib.h>
#include <string.h>

struct sample {
    uint64_t state;
    struct karto_arena *arena;
};

/* splitmix64 (Vigna) */
static inline uint64_t sample_u64(struct sample *s)
{
    uint64_t z = s->state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static inline uint32_t sample_below(struct sample *s, uint32_t end)
{
    return (uint32_t)(sample_u64(s) % end);
}

static inline bool sample_one_in(struct sample *s, uint32_t n)
{
    return sample_below(s, n) == 0;
}

/* A number of any length: small ones as often as large ones. */
static inline uint64_t sample_any_u64(struct sample *s)
{
    return sample_u64(s) >> sample_below(s, 64);
}

#define SAMPLE_PICK(s, list) ((list)[sample_below((s), (uint32_t)(sizeof(list) / sizeof *(list)))])

/* ---- what is in the files of a company that sells ---- */

static inline const char *sample_street(struct sample *s)
{
    static const char *const kinds[] = {"вул.", "вул.", "вул.", "вул.", "просп.", "пров.", "бул."};
    static const char *const names[] = {"Тараса Шевченка",
                                        "Івана Франка",
                                        "Лесі Українки",
                                        "Богдана Хмельницького",
                                        "Михайла Грушевського",
                                        "Степана Бандери",
                                        "Соборна",
                                        "Незалежності",
                                        "Героїв України",
                                        "Садова",
                                        "Київська",
                                        "Центральна",
                                        "Миру",
                                        "Набережна",
                                        "Лісова",
                                        "Польова",
                                        "Шкільна",
                                        "Молодіжна",
                                        "Князя Володимира",
                                        "Пилипа Орлика",
                                        "Сагайдачного",
                                        "Січових Стрільців",
                                        "Євгена Коновальця",
                                        "Городоцька",
                                        "Зелена",
                                        "Личаківська",
                                        "Проскурівська",
                                        "Кам'янецька",
                                        "Сумська",
                                        "Пушкінська",
                                        "Дерибасівська",
                                        "Велика Арнаутська",
                                        "Академіка Корольова",
                                        "Василя Стуса",
                                        "Олени Теліги",
                                        "Володимира Великого",
                                        "Чорновола",
                                        "Липинського",
                                        "Стрийська",
                                        "Наукова"};
    return karto_arena_printf(s->arena, "%s %s", SAMPLE_PICK(s, kinds), SAMPLE_PICK(s, names));
}

static inline const char *sample_phone_digits(struct sample *s)
{
    static const char *const codes[] = {"67", "68", "96", "97", "98", "50", "66",
                                        "95", "99", "63", "73", "93", "44", "32"};
    return karto_arena_printf(s->arena, "+380%s%07u", SAMPLE_PICK(s, codes), sample_below(s, 10000000));
}

/* As somebody types it: +380 67 123-45-67 */
static inline const char *sample_phone_typed(struct sample *s, const char *digits)
{
    return karto_arena_printf(s->arena, "+380 %.2s %.3s-%.2s-%.2s", digits + 4, digits + 6, digits + 9, digits + 11);
}

static inline const char *sample_company(struct sample *s)
{
    static const char *const forms[] = {"ТОВ", "ТОВ", "ТОВ", "ПП", "ФГ", "АТ", "КНП"};
    static const char *const first[] = {"Агро",  "Буд",   "Транс", "Мед",   "Еко",  "Пром",   "Авто",
                                        "Техно", "Євро",  "Укр",   "Захід", "Схід", "Карпат", "Дніпро",
                                        "Галич", "Поліс", "Степ",  "Сонце", "Нова", "Альфа"};
    static const char *const second[] = {"сервіс", "груп",   "плюс", "трейд",  "буд",    "центр",   "пром",
                                         "тех",    "інвест", "лайн", "маркет", "постач", "продукт", "логістик",
                                         "стиль",  "дім",    "світ", "ком",    "союз",   "експорт"};
    return karto_arena_printf(s->arena, "%s \"%s%s %u\"", SAMPLE_PICK(s, forms), SAMPLE_PICK(s, first),
                              SAMPLE_PICK(s, second), sample_below(s, 1000));
}

static inline const char *sample_domain(struct sample *s)
{
    static const char *const first[] = {"agro", "bud", "trans", "med", "eko", "prom", "avto", "tehno", "euro", "ukr"};
    static const char *const second[] = {"service", "group",  "plus",  "trade", "centre",
                                         "line",    "market", "style", "dim",   "com"};
    static const char *const ends[] = {"com.ua", "ua", "com.ua", "in.ua", "lviv.ua", "kiev.ua"};
    return karto_arena_printf(s->arena, "%s%s%u.%s", SAMPLE_PICK(s, first), SAMPLE_PICK(s, second),
                              sample_below(s, 1000), SAMPLE_PICK(s, ends));
}

static inline const char *sample_note(struct sample *s)
{
    static const char *const notes[] = {"Переговори з директором",        "Телефонував, просив передзвонити",
                                        "Цікавиться новим каталогом",     "Замовлення підтверджено",
                                        "Зустріч з головним бухгалтером", "Надіслати пропозицію на пошту",
                                        "Немає на місці, у відпустці",    "Працюють з конкурентом, просять знижку"};
    return karto_arena_printf(s->arena, "%s. %u.%02u", SAMPLE_PICK(s, notes), 1 + sample_below(s, 28),
                              1 + sample_below(s, 12));
}

static inline struct karto_slice sample_text(struct sample *s, const char *text)
{
    return karto_value_bytes(s->arena, karto_value_text(karto_slice_str(text)));
}

static inline const char *sample_address(struct sample *s)
{
    return karto_arena_printf(s->arena, "%s, %u%s", sample_street(s), 1 + sample_below(s, 200),
                              sample_one_in(s, 5) ? "а" : "");
}

/* ---- ids ---- */

static inline struct karto_rid sample_rid(struct sample *s, int64_t ms)
{
    struct karto_rid id;
    uint64_t high = sample_u64(s), low = sample_u64(s);
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    for (int i = 6; i < 8; i++)
        id.b[i] = (uint8_t)(high >> (8 * i));
    for (int i = 8; i < 16; i++)
        id.b[i] = (uint8_t)(low >> (8 * (i - 8)));
    id.b[6] = (uint8_t)(0x70 | (id.b[6] & 0x0f));
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
    return id;
}

static inline struct karto_rid sample_any_rid(struct sample *s)
{
    return sample_rid(s, (int64_t)(sample_u64(s) >> 16 >> sample_below(s, 40)));
}

/* One of a few, so that nodes come again. */
static inline struct karto_node sample_node(struct sample *s)
{
    struct sample few = {sample_below(s, 6), NULL};
    return (struct karto_node){sample_u64(&few) | 1};
}

static inline struct karto_slice sample_author(struct sample *s)
{
    static const char *const names[] = {"olena", "andriy", "імпорт", "i.kovalenko", "hub", "наталія"};
    return karto_slice_str(SAMPLE_PICK(s, names));
}

/* ---- anything that is legal ---- */

static inline struct karto_slice sample_bytes(struct sample *s, uint32_t size)
{
    uint8_t *bytes = karto_arena_alloc(s->arena, size);
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)sample_u64(s);
    return karto_slice(bytes, size);
}

static inline struct karto_slice sample_ascii(struct sample *s, uint32_t size)
{
    uint8_t *bytes = karto_arena_alloc(s->arena, size);
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)('a' + sample_below(s, 26));
    return karto_slice(bytes, size);
}

static inline struct karto_slice sample_value(struct sample *s)
{
    struct karto_slice parts[2];
    switch (sample_below(s, 10)) {
    case 0: return karto_value_bytes(s->arena, karto_value_nil());
    case 1: return karto_value_bytes(s->arena, karto_value_integer((int64_t)sample_any_u64(s)));
    case 2: return karto_value_bytes(s->arena, karto_value_bool(sample_one_in(s, 2)));
    case 3: return karto_value_bytes(s->arena, karto_value_money((int64_t)sample_any_u64(s), "UAH"));
    case 4: return karto_value_bytes(s->arena, karto_value_date(sample_below(s, 40000)));
    case 5: return karto_value_bytes(s->arena, karto_value_instant(sample_below(s, 4000000) * 1000LL));
    case 6: return karto_value_bytes(s->arena, karto_value_reference(sample_any_rid(s)));
    case 7: return karto_value_bytes(s->arena, karto_value_enum(karto_slice_str("customer")));
    case 8:
        parts[0] = karto_value_bytes(s->arena, karto_value_bool(true));
        parts[1] = sample_text(s, sample_note(s));
        return karto_tuple_bytes(s->arena, parts, 2);
    default: return karto_value_bytes(s->arena, karto_value_text(sample_ascii(s, sample_below(s, 60))));
    }
}

static inline struct karto_vv sample_vv(struct sample *s, uint32_t most)
{
    struct karto_vv vv = KARTO_VV_EMPTY;
    for (uint32_t i = sample_below(s, most + 1); i > 0; i--)
        vv = karto_vv_with(s->arena, vv, (struct karto_dot){sample_node(s), sample_any_u64(s) | 1});
    return vv;
}

static inline struct karto_stamp sample_stamp(struct sample *s)
{
    return (struct karto_stamp){
        {sample_node(s), sample_any_u64(s) | 1}, {sample_u64(s) >> sample_below(s, 20)}, sample_author(s)};
}

/* Keys: ascending, the first perhaps empty. */
static inline struct karto_slice sample_key(struct sample *s, uint32_t at)
{
    if (at == 0 && sample_one_in(s, 2))
        return karto_slice(NULL, 0);
    struct karto_slice end = sample_bytes(s, sample_below(s, 12));
    uint8_t *key = karto_arena_alloc(s->arena, end.size + 1);
    key[0] = (uint8_t)(at + 1);
    memcpy(key + 1, end.data, end.size);
    return karto_slice(key, end.size + 1);
}

static inline struct karto_touch sample_touch(struct sample *s, uint32_t field)
{
    uint32_t count = sample_one_in(s, 8) ? 0 : 1 + (sample_one_in(s, 2) ? 0 : sample_below(s, 4));
    struct karto_set *sets = karto_arena_array(s->arena, count, sizeof *sets);
    for (uint32_t i = 0; i < count; i++) {
        sets[i].key = sample_key(s, i);
        if (!sample_one_in(s, 6))
            sets[i].value = sample_value(s);
        if (sample_one_in(s, 3))
            sets[i].old = sample_value(s);
    }
    return (struct karto_touch){field, sample_vv(s, 3), sets, count};
}

static inline struct karto_change sample_change(struct sample *s)
{
    struct karto_change change = {.stamp = sample_stamp(s), .record = sample_any_rid(s)};
    uint32_t field = 0;
    change.kind = 1 + sample_below(s, KARTO_KIND_MAX);
    change.count = 1 + (sample_one_in(s, 2) ? 0 : sample_below(s, 5));
    struct karto_touch *touches = karto_arena_array(s->arena, change.count, sizeof *touches);
    for (uint32_t i = 0; i < change.count; i++)
        touches[i] = sample_touch(s, field += 1 + sample_below(s, 100));
    change.touches = touches;
    change.batch = sample_any_u64(s) | 1;
    change.via = (enum karto_via)(1 + sample_below(s, 5));
    if (sample_one_in(s, 3))
        change.reason = karto_slice_str(sample_note(s));
    change.seen_count = sample_one_in(s, 3) ? sample_below(s, 4) : 0;
    struct karto_seen *seen = karto_arena_array(s->arena, change.seen_count, sizeof *seen);
    for (uint32_t i = 0; i < change.seen_count; i++)
        seen[i] = (struct karto_seen){i + 1, sample_vv(s, 4)};
    change.seen = seen;
    return change;
}

/* A record that grew by a few changes, some of them concurrent. */
static inline struct karto_record sample_record(struct sample *s)
{
    struct karto_record record = {.id = sample_any_rid(s), .kind = 1 + sample_below(s, 4)};
    for (uint32_t i = 1 + sample_below(s, 6); i > 0; i--) {
        struct karto_change change = sample_change(s);
        struct karto_touch *touches = karto_arena_array(s->arena, change.count, sizeof *touches);
        for (uint32_t j = 0; j < change.count; j++) {
            const struct karto_field *field = karto_record_field(&record, change.touches[j].field);
            touches[j] = change.touches[j];
            touches[j].context = field && sample_one_in(s, 2) ? field->vv : KARTO_VV_EMPTY;
        }
        change.touches = touches;
        change.stamp.dot.seq = 1000 - i;
        struct karto_record next;
        if (karto_apply(s->arena, &record, &change, &next) == KARTO_APPLIED)
            record = next;
    }
    return record;
}

static inline struct karto_slice sample_state(struct sample *s)
{
    struct karto_record record = sample_record(s);
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    karto_record_encode(&record, &bytes);
    struct karto_slice state = karto_arena_copy(s->arena, karto_buf_slice(&bytes));
    karto_buf_fini(&bytes);
    return state;
}

static inline struct karto_slice sample_home(struct sample *s)
{
    static const char *const homes[] = {"UA-46-1", "UA-46-2", "Львів", "", "Київ/лівий берег"};
    return karto_slice_str(SAMPLE_PICK(s, homes));
}

static inline int sample_compare_rids(const void *a, const void *b)
{
    return karto_rid_compare(*(const struct karto_rid *)a, *(const struct karto_rid *)b);
}

static inline struct karto_rid *sample_rids(struct sample *s, uint32_t count)
{
    struct karto_rid *ids = karto_arena_array(s->arena, count, sizeof *ids);
    for (uint32_t i = 0; i < count; i++)
        ids[i] = sample_any_rid(s);
    if (count > 1)
        qsort(ids, count, sizeof *ids, sample_compare_rids);
    return ids;
}

/* ---- messages: each of any legal content, with at most most of everything ---- */

static inline struct karto_token sample_token(struct sample *s)
{
    return (struct karto_token){{(int64_t)sample_any_u64(s) >> 1, sample_node(s)}, sample_any_u64(s)};
}

static inline const struct karto_slice *sample_homes(struct sample *s, uint32_t count)
{
    struct karto_slice *homes = karto_arena_array(s->arena, count, sizeof *homes);
    for (uint32_t i = 0; i < count; i++)
        homes[i] = sample_home(s);
    return homes;
}

static inline const struct karto_change *sample_changes(struct sample *s, uint32_t count)
{
    struct karto_change *changes = karto_arena_array(s->arena, count, sizeof *changes);
    for (uint32_t i = 0; i < count; i++)
        changes[i] = sample_change(s);
    return changes;
}

static inline const struct karto_digest_entry *sample_entries(struct sample *s, uint32_t count)
{
    struct karto_digest_entry *entries = karto_arena_array(s->arena, count, sizeof *entries);
    const struct karto_rid *ids = sample_rids(s, count);
    for (uint32_t i = 0; i < count; i++)
        entries[i] = (struct karto_digest_entry){ids[i], sample_u64(s)};
    return entries;
}

static inline const struct karto_state *sample_states(struct sample *s, uint32_t count)
{
    struct karto_state *states = karto_arena_array(s->arena, count, sizeof *states);
    const struct karto_rid *ids = sample_rids(s, count);
    for (uint32_t i = 0; i < count; i++)
        states[i] = (struct karto_state){ids[i], sample_home(s), sample_state(s)};
    return states;
}

static inline void sample_hello(struct sample *s, uint32_t most, struct karto_hello *hello)
{
    hello->version_least = sample_below(s, 3);
    hello->version_most = hello->version_least + sample_below(s, 3);
    hello->node_count = 1 + sample_below(s, most < KARTO_NODES_MAX ? most : KARTO_NODES_MAX);
    struct karto_hello_node *nodes = karto_arena_array(s->arena, hello->node_count, sizeof *nodes);
    for (uint32_t i = 0; i < hello->node_count; i++)
        nodes[i] = (struct karto_hello_node){sample_node(s), sample_u64(s)};
    hello->nodes = nodes;
    hello->heard = sample_token(s).epoch;
    hello->cursor = sample_any_u64(s);
    hello->digest = (struct karto_sum){sample_u64(s), sample_u64(s)};
    hello->pending = sample_any_u64(s);
    hello->clock_ms = (int64_t)sample_any_u64(s);
    hello->name = karto_slice_str("Ноутбук Олени");
    hello->program = karto_slice_str("kartoteka 0.1.0");
    hello->user = karto_slice_str("olena");
    hello->told = sample_any_u64(s);
    hello->rights.role = karto_role((uint32_t)sample_below(s, KARTO_ROLE_REPRESENTATIVE + 1));
    uint32_t count = sample_below(s, most + 1);
    struct karto_slice *territories = karto_arena_array(s->arena, count, sizeof *territories);
    for (uint32_t i = 0; i < count; i++)
        territories[i] = sample_home(s);
    hello->rights.territory_count = karto_territories_once(territories, count);
    hello->rights.territories = territories;
}

static inline void sample_hello_answer(struct sample *s, uint32_t most, struct karto_hello_answer *answer)
{
    answer->version = 1;
    answer->epoch = sample_token(s).epoch;
    answer->rights = sample_any_u64(s);
    answer->known_count = sample_below(s, (most < KARTO_NODES_MAX ? most : KARTO_NODES_MAX) + 1);
    struct karto_hello_known *known = karto_arena_array(s->arena, answer->known_count, sizeof *known);
    for (uint32_t i = 0; i < answer->known_count; i++)
        known[i] = (struct karto_hello_known){sample_any_u64(s), sample_u64(s), sample_any_u64(s)};
    answer->known = known;
    answer->position = sample_any_u64(s);
    answer->digest = (struct karto_sum){sample_u64(s), sample_u64(s)};
    answer->clock_ms = -(int64_t)(sample_any_u64(s) >> 1);
    answer->everything = sample_one_in(s, 2);
    answer->territory_count = sample_below(s, most + 1);
    answer->territories = sample_homes(s, answer->territory_count);
    answer->role = karto_slice_str("representative");
    answer->hub = karto_slice_str("Головний офіс");
    answer->recovering = sample_one_in(s, 2);
    answer->wanted = sample_one_in(s, 2);
    answer->log_position = sample_any_u64(s);
}

static inline void sample_push(struct sample *s, uint32_t most, struct karto_push *push)
{
    push->count = sample_below(s, most + 1);
    push->changes = sample_changes(s, push->count);
    push->earlier = sample_below(s, push->count + 1);
}

static inline void sample_push_answer(struct sample *s, uint32_t most, struct karto_push_answer *answer)
{
    answer->count = sample_below(s, most + 1);
    struct karto_push_result *results = karto_arena_array(s->arena, answer->count, sizeof *results);
    for (uint32_t i = 0; i < answer->count; i++) {
        results[i].verdict = (enum karto_verdict)sample_below(s, KARTO_V_COUNT);
        results[i].inside = sample_one_in(s, 2);
        if (results[i].verdict == KARTO_V_REFUSED)
            results[i].reason = karto_slice_str(sample_one_in(s, 2) ? "E-NOT-PERMITTED" : "E-INVALID");
        results[i].receipt = sample_one_in(s, 2) ? sample_u64(s) : 0;
    }
    answer->results = results;
}

static inline void sample_event(struct sample *s, struct karto_event *event)
{
    event->type = (enum karto_event_type)(1 + sample_below(s, 4));
    switch (event->type) {
    case KARTO_EVENT_CHANGE:
        event->change = sample_change(s);
        event->record = event->change.record;
        break;
    case KARTO_EVENT_STATE:
        event->record = sample_any_rid(s);
        event->home = sample_home(s);
        event->state = sample_state(s);
        break;
    case KARTO_EVENT_LEAVE:
    case KARTO_EVENT_ERASE: event->record = sample_any_rid(s); break;
    }
}

static inline void sample_pull_answer(struct sample *s, uint32_t most, struct karto_pull_answer *answer)
{
    answer->count = sample_below(s, most + 1);
    struct karto_event *events = karto_arena_array(s->arena, answer->count, sizeof *events);
    for (uint32_t i = 0; i < answer->count; i++)
        sample_event(s, &events[i]);
    answer->events = events;
    answer->cursor = sample_any_u64(s);
    answer->more = sample_one_in(s, 2);
}

static inline void sample_digests_answer(struct sample *s, uint32_t most, struct karto_digests_answer *answer)
{
    answer->position = sample_any_u64(s);
    answer->more = sample_one_in(s, 2);
    answer->count = sample_below(s, most + 1);
    answer->entries = sample_entries(s, answer->count);
    answer->erased_count = sample_below(s, most + 1);
    answer->erased = sample_rids(s, answer->erased_count);
}

static inline void sample_states_answer(struct sample *s, uint32_t most, struct karto_states_answer *answer)
{
    answer->position = sample_any_u64(s);
    answer->more = sample_one_in(s, 2);
    answer->count = sample_below(s, most + 1);
    answer->states = sample_states(s, answer->count);
}

static const enum karto_request_type sample_types[] = {KARTO_HELLO,   KARTO_PUSH,     KARTO_PULL,     KARTO_DIGESTS,
                                                       KARTO_STATES,  KARTO_WAIT,     KARTO_GIVEBACK, KARTO_HEAL,
                                                       KARTO_HISTORY, KARTO_FAREWELL, KARTO_MEASURE};
enum { SAMPLE_TYPES = sizeof sample_types / sizeof *sample_types };

static inline void sample_giveback(struct sample *s, uint32_t most, struct karto_giveback *giveback)
{
    giveback->count = sample_below(s, most + 1);
    giveback->changes = sample_changes(s, giveback->count);
    struct karto_given *given = karto_arena_array(s->arena, giveback->count, sizeof *given);
    for (uint32_t i = 0; i < giveback->count; i++) {
        bool refused = sample_one_in(s, 3);
        given[i].verdict = refused ? KARTO_V_REFUSED : KARTO_V_APPLIED;
        if (refused)
            given[i].reason = karto_slice_str(sample_one_in(s, 2) ? "E-NOT-PERMITTED" : "E-INVALID");
        given[i].receipt = sample_one_in(s, 2) ? sample_u64(s) : 0;
    }
    giveback->given = given;
}

static inline enum karto_heal_form sample_heal_form(struct sample *s)
{
    return (enum karto_heal_form)(KARTO_HEAL_HASHES + (int)sample_below(s, KARTO_HEAL_DONE));
}

static inline void sample_heal(struct sample *s, uint32_t most, struct karto_heal *heal)
{
    heal->form = sample_heal_form(s);
    heal->count = heal->form == KARTO_HEAL_DONE ? 0 : sample_below(s, most + 1);
    if (heal->form == KARTO_HEAL_HASHES)
        heal->entries = sample_entries(s, heal->count);
    if (heal->form == KARTO_HEAL_STATES)
        heal->states = sample_states(s, heal->count);
    if (heal->form == KARTO_HEAL_HASHES && heal->count && sample_one_in(s, 2))
        heal->last = heal->entries[heal->count - 1].record;
}

static inline void sample_heal_answer(struct sample *s, uint32_t most, struct karto_heal_answer *answer)
{
    answer->form = sample_heal_form(s);
    answer->count = answer->form == KARTO_HEAL_DONE ? 0 : sample_below(s, most + 1);
    enum karto_heal_outcome *outcomes = karto_arena_array(s->arena, answer->count, sizeof *outcomes);
    for (uint32_t i = 0; i < answer->count; i++)
        outcomes[i] = (enum karto_heal_outcome)(KARTO_HEAL_TAKEN + (int)sample_below(s, KARTO_HEAL_NO_ROOM));
    answer->outcomes = answer->form == KARTO_HEAL_STATES ? outcomes : NULL;
    answer->wanted = answer->form == KARTO_HEAL_HASHES ? sample_rids(s, answer->count) : NULL;
}

static inline struct karto_past_place *sample_places(struct sample *s, uint32_t count, bool timed)
{
    struct karto_past_place *places = karto_arena_array(s->arena, count, sizeof *places);
    for (uint32_t i = 0; i < count; i++)
        places[i] =
            (struct karto_past_place){sample_any_rid(s), sample_any_u64(s), timed ? (int64_t)sample_any_u64(s) : 0};
    return places;
}

static inline void sample_history(struct sample *s, uint32_t most, struct karto_past_ask *ask)
{
    *ask = (struct karto_past_ask){.cursor = sample_any_u64(s),
                                   .before = sample_any_u64(s),
                                   .since_ms = (int64_t)sample_any_u64(s),
                                   .budget = sample_any_u64(s),
                                   .place_count = sample_below(s, most + 1)};
    ask->places = sample_places(s, ask->place_count, false);
}

static inline void sample_history_answer(struct sample *s, uint32_t most, struct karto_past_page *page)
{
    *page = (struct karto_past_page){.below = sample_any_u64(s),
                                     .at_ms = (int64_t)sample_any_u64(s),
                                     .done = sample_below(s, KARTO_HISTORY_RECORDS_MAX + 1),
                                     .more = sample_one_in(s, 2),
                                     .count = sample_below(s, most + 1),
                                     .place_count = sample_below(s, most + 1)};
    struct karto_past_change *changes = karto_arena_array(s->arena, page->count, sizeof *changes);
    for (uint32_t i = 0; i < page->count; i++) {
        changes[i].position = sample_any_u64(s) | 1;
        changes[i].previous = sample_one_in(s, 3) ? 0 : changes[i].position - 1;
        changes[i].at_ms = (int64_t)sample_any_u64(s);
        changes[i].change = sample_change(s);
    }
    page->changes = changes;
    page->places = sample_places(s, page->place_count, true);
}

static inline struct karto_request sample_request(struct sample *s, enum karto_request_type type, uint32_t most)
{
    struct karto_request request = {.type = type, .token = sample_token(s)};
    switch (type) {
    case KARTO_HELLO: sample_hello(s, most, &request.of.hello); break;
    case KARTO_PUSH: sample_push(s, most, &request.of.push); break;
    case KARTO_PULL:
        request.of.pull =
            (struct karto_pull){sample_any_u64(s), sample_any_u64(s), {sample_node(s), sample_any_u64(s)}};
        break;
    case KARTO_DIGESTS:
        request.of.digests = (struct karto_digests){sample_any_rid(s), sample_below(s, KARTO_DIGESTS_MAX)};
        break;
    case KARTO_STATES:
        request.of.states.count = sample_below(s, most + 1);
        request.of.states.records = sample_rids(s, request.of.states.count);
        request.of.states.after = sample_any_rid(s);
        request.of.states.budget = sample_any_u64(s);
        break;
    case KARTO_WAIT:
        request.of.wait = (struct karto_wait){sample_any_u64(s), sample_below(s, KARTO_WAIT_SECONDS_MAX + 1)};
        break;
    case KARTO_GIVEBACK: sample_giveback(s, most, &request.of.giveback); break;
    case KARTO_HEAL: sample_heal(s, most, &request.of.heal); break;
    case KARTO_HISTORY: sample_history(s, most, &request.of.history); break;
    case KARTO_FAREWELL:
        request.of.farewell = (struct karto_farewell){sample_one_in(s, 2) ? KARTO_FAREWELL_ASK : KARTO_FAREWELL_WIPED,
                                                      (int64_t)sample_any_u64(s)};
        break;
    case KARTO_MEASURE:
        request.of.measure = (struct karto_measure){sample_one_in(s, 2) ? KARTO_MEASURE_NEWS : KARTO_MEASURE_SCOPE,
                                                    sample_any_u64(s),
                                                    {sample_node(s), sample_any_u64(s)},
                                                    sample_any_rid(s)};
        break;
    }
    return request;
}

static inline struct karto_answer sample_answer(struct sample *s, enum karto_request_type type, uint32_t most)
{
    struct karto_answer answer = {.type = type, .token = sample_token(s)};
    switch (type) {
    case KARTO_HELLO: sample_hello_answer(s, most, &answer.of.hello); break;
    case KARTO_PUSH: sample_push_answer(s, most, &answer.of.push); break;
    case KARTO_PULL: sample_pull_answer(s, most, &answer.of.pull); break;
    case KARTO_DIGESTS: sample_digests_answer(s, most, &answer.of.digests); break;
    case KARTO_STATES: sample_states_answer(s, most, &answer.of.states); break;
    case KARTO_WAIT: answer.of.wait.position = sample_any_u64(s); break;
    case KARTO_GIVEBACK: sample_push_answer(s, most, &answer.of.giveback); break;
    case KARTO_HEAL: sample_heal_answer(s, most, &answer.of.heal); break;
    case KARTO_HISTORY: sample_history_answer(s, most, &answer.of.history); break;
    case KARTO_FAREWELL:
        answer.of.farewell =
            (struct karto_farewell_answer){sample_any_rid(s), sample_one_in(s, 2), (int64_t)sample_any_u64(s)};
        break;
    case KARTO_MEASURE:
        answer.of.measure = (struct karto_measure_answer){sample_any_u64(s), sample_any_u64(s), sample_any_u64(s),
                                                          sample_any_u64(s), sample_any_rid(s), sample_one_in(s, 2)};
        break;
    }
    return answer;
}

static inline struct karto_answer sample_error(struct sample *s, enum karto_request_type type)
{
    struct karto_answer answer = {.type = type, .token = sample_token(s)};
    answer.error = (enum karto_err)(1 + sample_below(s, KARTO_ERR_COUNT - 1));
    if (sample_one_in(s, 2))
        answer.detail = karto_slice_str(sample_note(s));
    return answer;
}

#endif
