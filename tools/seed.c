#include "tools/seed.h"

#include "core/base/fatal.h"
#include "core/base/os_posix.h"
#include "core/model/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE_MAX = 1024 * 1024, STATUS = 27, INDUSTRY = 28, SITE = 29, NOTE = 31, INDEX = 40 };
enum { REGION = INDEX + 1, CITY, STREET, HOUSE, TAG = 23, ROLE = 34, TYPE = 36, DATE, TEXT, OUTCOME };
enum { NEXT = 70, NUMBER = 72, LINES = 73, PURCHASE_STATUS = 75 };

/* So that an activity draws other numbers than the client of the same number. */
enum { PERSONS = 5000, ACTIVITIES = 6000, PURCHASES = 7000 };

struct words {
    const char *const *all;
    uint32_t count;
    char *text;        /* owned; NULL: built in */
    const char **list; /* owned */
};

struct karto_seed {
    uint64_t seed;
    struct words cities, streets, people, first_names, patronymics;
};

/* ---- what is built in ---- */

#define WORDS(array) ((struct words){array, sizeof(array) / sizeof *(array), NULL, NULL})

static const char *const regions[] = {
    "Львівська",   "Київська",          "Одеська",     "Харківська", "Вінницька",     "Полтавська",      "Волинська",
    "Черкаська",   "Івано-Франківська", "Житомирська", "Рівненська", "Тернопільська", "Сумська",         "Чернігівська",
    "Хмельницька", "Закарпатська",      "Чернівецька", "Запорізька", "Миколаївська",  "Дніпропетровська"};
/* The first two digits of their postcodes. */
static const uint8_t postcodes[] = {80, 8, 66, 63, 22, 37, 44, 19, 77, 12, 34, 47, 41, 15, 30, 89, 59, 70, 56, 51};
static const char *const cities[] = {"Львів",     "Стрий",    "Дрогобич", "Київ",      "Бровари",  "Одеса",
                                     "Харків",    "Вінниця",  "Луцьк",    "Умань",     "Калуш",    "Коростень",
                                     "Дубно",     "Суми",     "Ніжин",    "Шепетівка", "Хуст",     "Чернівці",
                                     "Бердянськ", "Нікополь", "Коломия",  "Самбір",    "Жмеринка", "Лубни"};
static const char *const streets[] = {"вул. Шевченка",
                                      "вул. Лесі Українки",
                                      "просп. Свободи",
                                      "вул. Зелена",
                                      "вул. Івана Франка",
                                      "вул. Садова",
                                      "вул. Соборна",
                                      "пл. Ринок",
                                      "вул. Гоголя",
                                      "вул. Миру",
                                      "вул. Київська",
                                      "вул. Грушевського",
                                      "вул. Січових Стрільців",
                                      "бульв. Тараса Шевченка",
                                      "вул. Польова",
                                      "вул. Незалежності"};
static const char *const people[] = {"Шевченко", "Коваленко", "Бондаренко", "Ткаченко", "Кравченко",
                                     "Олійник",  "Шевчук",    "Коваль",     "Поліщук",  "Бондар",
                                     "Мельник",  "Марченко",  "Лисенко",    "Руденко",  "Савченко",
                                     "Петренко", "Мороз",     "Клименко",   "Павленко", "В’юник"};
static const char *const first_names[] = {"Олександр", "Сергій", "Юрій",   "Володимир", "Андрій", "Наталія",
                                          "Оксана",    "Ірина",  "Тетяна", "Людмила",   "Микола", "Дарʼя"};
static const char *const patronymics[] = {"Іванович", "Петрович",  "Миколайович", "Степанович",
                                          "Ігорівна", "Василівна", "Андріївна",   "Богданівна"};
/* Half of all persons have a name of these: a vocabulary as large as that of a real card index. */
static const char *const syllables[] = {"ва", "ре", "ко", "ми",  "ста", "дро", "ле",  "за",  "гри", "пе",
                                        "то", "ма", "ку", "бо",  "сло", "ни",  "тка", "шев", "мар", "жу",
                                        "ли", "хо", "ба", "кра", "ве",  "лу",  "сі",  "чу",  "па",  "ша"};
static const char *const surname_endings[] = {"нко", "чук", "ський", "ць", "вич", "лін"};
static const char *const roles[] = {"директор", "головний бухгалтер", "комірник", "закупівельник", "менеджер",
                                    "власник",  "завідувач складу",   "секретар"};
static const char *const products[] = {
    "Шампунь трав'яний", "Мило господарське",     "Порошок пральний",  "Цвяхи будівельні", "Фарба фасадна",
    "Клей для плитки",   "Кава мелена",           "Чай чорний",        "Цукор білий",      "Борошно пшеничне",
    "Олія соняшникова",  "Папір офісний",         "Скотч пакувальний", "Рукавички робочі", "Лампа світлодіодна",
    "Кабель мідний",     "Труба поліпропіленова", "Змішувач кухонний", "Добриво азотне",   "Насіння соняшнику",
    "Сітка затіняюча",   "Шини зимові",           "Акумулятор",        "Мастило моторне",  "Фільтр повітряний",
    "Вода мінеральна",   "Печиво вівсяне",        "Консерви рибні",    "Крупа гречана",    "Засіб для посуду"};
static const char *const doings[] = {"Показав каталог", "Домовились про зустріч", "Обговорили ціни",
                                     "Привіз зразки",   "Перевірив залишки",      "Узгодили графік поставок",
                                     "Прийняв скаргу",  "Підписали договір",      "Нагадав про борг",
                                     "Надіслав прайс",  "Провів навчання",        "Зустрівся з керівництвом"};
static const char *const outcomes[] = {
    "просять знижку", "чекають рішення директора", "замовлять наступного тижня", "відмовились", "потрібна відстрочка",
    "усе влаштовує",  "хочуть інше пакування",     "порівнюють з конкурентом"};
static const char *const nexts[] = {"передзвонити", "привезти договір", "надіслати рахунок", "уточнити кількість",
                                    "зустрітись",   "звірити оплату",   "показати новинки",  "забрати підписане"};
static const char *const activity_types[] = {"visit", "call", "letter", "meeting", "note"};
static const char *const purchase_statuses[] = {"new", "confirmed", "shipped", "paid", "paid", "cancelled"};
static const char *const beginnings[] = {"Агро",    "Буд",  "Еко",  "Захід",  "Карпат", "Тех",  "Мед",
                                         "Транс",   "Укр",  "Нова", "Дніпро", "Галич",  "Прод", "Енерго",
                                         "Полісся", "Фарм", "Сад",  "Метал",  "Ліс",    "Світ"};
static const char *const endings[] = {"трейд", "сервіс", "маркет", "груп",   "пром",    "постач", "інвест", "експо",
                                      "лайн",  "центр",  "союз",   "альянс", "холдинг", "плюс",   "опт",    "логістик"};
static const char *const latin[] = {"agro",     "bud",  "eco",  "zahid",  "karpat", "teh",  "med",
                                    "trans",    "ukr",  "nova", "dnipro", "halych", "prod", "energo",
                                    "polissia", "farm", "sad",  "metal",  "lis",    "svit"};
static const char *const industries[] = {
    "Роздрібна торгівля",    "Оптова торгівля", "Будівництво", "Сільське господарство",
    "Громадське харчування", "Медицина",        "Транспорт",   "Виробництво"};
static const char *const tags[] = {"опт", "роздріб", "готівка", "VIP", "мережа", "боржник", "новий"};
static const char *const statuses[] = {"market", "prospect", "customer", "customer", "customer", "archive"};
static const char *const managers[KARTO_SEED_TERRITORIES] = {"oksana", "taras", "iryna",   "andrii",
                                                             "olena",  "petro", "natalia", "ivan"};
static const char *const territories[KARTO_SEED_TERRITORIES] = {"11", "12", "13", "14", "15", "16", "17", "18"};
static const char *const remarks[] = {"Передзвонити у вівторок після обіду",
                                      "Просять знижку на великий обсяг",
                                      "Директор у відпустці до кінця місяця",
                                      "Оплата тільки після отримання товару",
                                      "Цікавляться новим каталогом",
                                      "Заїхати на склад, вхід із двору",
                                      "Новий бухгалтер, рахунки надсилати поштою",
                                      "Працюють з конкурентом, умови невідомі"};

/* ---- numbers ---- */

static uint64_t mix(uint64_t v)
{
    v += 0x9e3779b97f4a7c15u;
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
    v = (v ^ v >> 27) * 0x94d049bb133111ebu;
    return v ^ v >> 31;
}

uint64_t karto_seed_random(const struct karto_seed *seed, uint32_t number, uint32_t purpose)
{
    return mix(mix(seed->seed) ^ ((uint64_t)purpose << 32 | number));
}

/* One client in the making: its random numbers come one after the other. */
struct making {
    const struct karto_seed *seed;
    uint32_t number, drawn;
    struct karto_arena *arena;
    struct karto_seed_client *client;
};

static uint32_t draw(struct making *m, uint32_t below)
{
    return (uint32_t)(karto_seed_random(m->seed, m->number, ++m->drawn) % below);
}

/* ---- names from files ---- */

static bool load_words(const char *data_dir, const char *name, struct words *words)
{
    struct karto_buf path = KARTO_BUF_EMPTY, text = KARTO_BUF_EMPTY;
    karto_buf_printf(&path, "%s/ua-names/%s", data_dir, name);
    enum karto_err err = karto_os_read_file((const char *)path.data, FILE_SIZE_MAX, &text);
    karto_buf_fini(&path);
    if (err != KARTO_OK) {
        karto_buf_fini(&text);
        return false;
    }
    karto_buf_add_byte(&text, 0);
    const char **list = karto_must(calloc(text.size, sizeof *list));
    uint32_t count = 0;
    char *rest = (char *)text.data;
    strtok_r(rest, "\n", &rest); /* the heading */
    for (char *line; (line = strtok_r(NULL, "\r\n", &rest));)
        if (!strchr(line, '"') && !strchr(line, ','))
            list[count++] = line;
    *words = (struct words){list, count, (char *)text.data, list};
    return count > 0;
}

static void load_or(const char *data_dir, const char *name, struct words *words, struct words otherwise)
{
    if (!data_dir || !load_words(data_dir, name, words))
        *words = otherwise;
}

struct karto_seed *karto_seed_new(uint64_t number, const char *data_dir)
{
    struct karto_seed *seed = karto_must(calloc(1, sizeof *seed));
    seed->seed = number;
    load_or(data_dir, "city_names.csv", &seed->cities, WORDS(cities));
    load_or(data_dir, "street_titles.csv", &seed->streets, WORDS(streets));
    load_or(data_dir, "last_names_common.csv", &seed->people, WORDS(people));
    load_or(data_dir, "first_names_male.csv", &seed->first_names, WORDS(first_names));
    load_or(data_dir, "patronymics_male.csv", &seed->patronymics, WORDS(patronymics));
    return seed;
}

static void free_words(struct words *words)
{
    free(words->text);
    free(words->list);
}

void karto_seed_free(struct karto_seed *seed)
{
    if (!seed)
        return;
    free_words(&seed->cities);
    free_words(&seed->streets);
    free_words(&seed->people);
    free_words(&seed->first_names);
    free_words(&seed->patronymics);
    free(seed);
}

/* ---- a client ---- */

#define PICK(m, array) ((array)[draw(m, sizeof(array) / sizeof *(array))])

static const char *pick_word(struct making *m, const struct words *words)
{
    return words->all[draw(m, words->count)];
}

static void add(struct making *m, uint32_t field, const char *text)
{
    KARTO_ASSERT(m->client->count < KARTO_SEED_FIELDS_MAX);
    m->client->fields[m->client->count++] = (struct karto_seed_field){field, karto_slice_str(text)};
}

/* The 8th digit of a code of a legal entity (EDRPOU). */
static uint32_t check_digit(uint32_t seven)
{
    uint32_t sum = 0, again = 0, shift = seven >= 3000000 && seven < 6000000 ? 6 : 0;
    for (uint32_t i = 7, rest = seven; i-- > 0; rest /= 10) {
        uint32_t weight = (i + shift) % 7 + 1;
        sum += rest % 10 * weight;
        again += rest % 10 * (weight + 2);
    }
    return sum % 11 < 10 ? sum % 11 : again % 11 % 10;
}

static void add_names(struct making *m)
{
    uint32_t word = draw(m, sizeof beginnings / sizeof *beginnings), end = draw(m, sizeof endings / sizeof *endings);
    const char *form = draw(m, 4) ? "ТОВ" : "ПП";
    uint32_t seven = 2000000 + m->number % KARTO_SEED_CLIENTS_MAX * 7919u % KARTO_SEED_CLIENTS_MAX;
    if (draw(m, 5) == 0)
        add(m, KARTO_F_NAME,
            karto_arena_printf(m->arena, "ФОП %s %s", pick_word(m, &m->seed->people), beginnings[word]));
    else
        add(m, KARTO_F_NAME,
            karto_arena_printf(m->arena, "%s «%s-%s %u»", form, beginnings[word], endings[end], 1 + draw(m, 500)));
    add(m, KARTO_F_EDRPOU, karto_arena_printf(m->arena, "%07u%u", seven, check_digit(seven)));
    add(m, KARTO_F_EMAIL, karto_arena_printf(m->arena, "office@%s%u.com.ua", latin[word], draw(m, 10000)));
    add(m, SITE, karto_arena_printf(m->arena, "https://www.%s%u.com.ua/", latin[word], draw(m, 10000)));
}

static void add_phones(struct making *m)
{
    static const char *const codes[] = {"67", "50", "63", "97", "95", "32", "44"};
    uint32_t count = 1 + draw(m, 2);
    for (uint32_t i = 0; i < count; i++)
        add(m, KARTO_F_PHONE,
            karto_arena_printf(m->arena, "+380 %s %03u-%02u-%02u", PICK(m, codes), draw(m, 1000), draw(m, 100),
                               draw(m, 100)));
}

static void add_address(struct making *m)
{
    uint32_t region = draw(m, sizeof regions / sizeof *regions);
    add(m, INDEX, karto_arena_printf(m->arena, "%02u%03u", (unsigned)postcodes[region], draw(m, 1000)));
    add(m, REGION, karto_arena_printf(m->arena, "%s обл.", regions[region]));
    add(m, CITY, pick_word(m, &m->seed->cities));
    add(m, STREET, pick_word(m, &m->seed->streets));
    add(m, HOUSE, karto_arena_printf(m->arena, "%u%s", 1 + draw(m, 150), draw(m, 6) ? "" : "а"));
}

void karto_seed_client(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                       struct karto_seed_client *client)
{
    struct making m = {seed, number, 0, arena, client};
    uint32_t territory = draw(&m, KARTO_SEED_TERRITORIES);
    client->count = 0;
    add_names(&m);
    add_phones(&m);
    add_address(&m);
    add(&m, KARTO_F_TERRITORY, territories[territory]);
    add(&m, KARTO_F_MANAGER, managers[territory]);
    add(&m, STATUS, PICK(&m, statuses));
    add(&m, TAG, PICK(&m, tags));
    add(&m, INDUSTRY, PICK(&m, industries));
    m.client->fields[m.client->count++] =
        (struct karto_seed_field){NOTE, karto_seed_remark(seed, number, m.drawn, arena)};
}

/* ---- what hangs on a client ---- */

static struct making begin(const struct karto_seed *seed, uint32_t number, uint32_t purpose, struct karto_arena *arena,
                           struct karto_seed_client *out)
{
    out->count = 0;
    return (struct making){seed, number, purpose, arena, out};
}

static void add_date(struct making *m, uint32_t field)
{
    add(m, field, karto_arena_printf(m->arena, "%u-%02u-%02u", 2024 + draw(m, 3), 1 + draw(m, 12), 1 + draw(m, 28)));
}

static const char *make_surname(struct making *m)
{
    const char *first = PICK(m, syllables), *second = PICK(m, syllables), *third = PICK(m, syllables);
    return karto_arena_printf(m->arena, "%s%s%s%s", first, second, third, PICK(m, surname_endings));
}

void karto_seed_person(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                       struct karto_seed_client *person)
{
    struct making m = begin(seed, number, PERSONS, arena, person);
    const char *last = draw(&m, 2) ? pick_word(&m, &seed->people) : make_surname(&m);
    const char *first = pick_word(&m, &seed->first_names);
    add(&m, KARTO_F_NAME, karto_arena_printf(arena, "%s %s %s", last, first, pick_word(&m, &seed->patronymics)));
    add(&m, ROLE, PICK(&m, roles));
    add_phones(&m);
    if (draw(&m, 2))
        add(&m, KARTO_F_EMAIL, karto_arena_printf(arena, "%s%u@ukr.net", PICK(&m, latin), draw(&m, 10000)));
    if (draw(&m, 4) == 0)
        add(&m, NOTE, karto_arena_printf(arena, "з міста %s", pick_word(&m, &seed->cities)));
}

void karto_seed_activity(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                         struct karto_seed_client *activity)
{
    struct making m = begin(seed, number, ACTIVITIES, arena, activity);
    const char *doing = PICK(&m, doings), *product = PICK(&m, products), *who = pick_word(&m, &seed->people);
    add(&m, TYPE, PICK(&m, activity_types));
    add_date(&m, DATE);
    add(&m, TEXT, karto_arena_printf(arena, "%s: %s, %u шт., говорив %s", doing, product, 1 + draw(&m, 400), who));
    add(&m, OUTCOME, PICK(&m, outcomes));
    if (draw(&m, 2))
        add(&m, NEXT,
            karto_arena_printf(arena, "%s до %02u.%02u", PICK(&m, nexts), 1 + draw(&m, 28), 1 + draw(&m, 12)));
}

void karto_seed_purchase(const struct karto_seed *seed, uint32_t number, struct karto_arena *arena,
                         struct karto_seed_client *purchase)
{
    struct making m = begin(seed, number, PURCHASES, arena, purchase);
    add(&m, NUMBER, karto_arena_printf(arena, "ЗМ-%07u", number + 1));
    add_date(&m, DATE);
    for (uint32_t lines = 1 + draw(&m, 4); lines > 0; lines--)
        add(&m, LINES, PICK(&m, products));
    add(&m, PURCHASE_STATUS, PICK(&m, purchase_statuses));
}

const char *karto_seed_territory(uint32_t number)
{
    return territories[number % KARTO_SEED_TERRITORIES];
}

struct karto_slice karto_seed_remark(const struct karto_seed *seed, uint32_t number, uint32_t purpose,
                                     struct karto_arena *arena)
{
    uint64_t random = karto_seed_random(seed, number, purpose);
    const char *text = remarks[random % (sizeof remarks / sizeof *remarks)];
    uint32_t day = (uint32_t)(random >> 20) % 28 + 1, month = (uint32_t)(random >> 40) % 12 + 1;
    return karto_slice_str(karto_arena_printf(arena, "%s, %02u.%02u", text, day, month));
}
