#include "client/synonym.h"

#include "core/base/heading.h"
#include "core/base/layout.h"
#include "core/base/reader.h"
#include "core/base/text.h"
#include "core/model/schema.h"

#include <string.h>

/* word ends with * where all that begins so is meant: Ukrainian words have many endings. */
struct synonym {
    const char *word, *meant;
};

/* Ends with a word of NULL. */
static const struct synonym verbs[] = {
    {"edit", "set"},         {"update", "set"},     {"change", "set"},    {"modify", "set"},
    {"put", "set"},          {"delete", "hide"},    {"del", "hide"},      {"remove", "hide"},
    {"rm", "hide"},          {"archive", "hide"},   {"find", "list"},     {"search", "list"},
    {"ls", "list"},          {"grep", "list"},      {"all", "list"},      {"new", "add"},
    {"create", "add"},       {"insert", "add"},     {"get", "show"},      {"view", "show"},
    {"cat", "show"},         {"info", "show"},      {"open", "show"},     {"unhide", "restore"},
    {"undelete", "restore"}, {"solve", "resolve"},  {"fix", "resolve"},   {"take", "resolve"},
    {"дода*", "add"},        {"створ*", "add"},     {"новий", "add"},     {"внести", "add"},
    {"змін*", "set"},        {"редаг*", "set"},     {"випр*", "set"},     {"запис*", "set"},
    {"пока*", "show"},       {"відкри*", "show"},   {"картк*", "show"},   {"список", "list"},
    {"перелік", "list"},     {"знай*", "list"},     {"шука*", "list"},    {"пошук", "list"},
    {"усі", "list"},         {"всі", "list"},       {"видал*", "hide"},   {"вилуч*", "hide"},
    {"прибра*", "hide"},     {"схова*", "hide"},    {"прихов*", "hide"},  {"повернути", "restore"},
    {"віднов*", "restore"},  {"виріш*", "resolve"}, {"вибр*", "resolve"}, {"обра*", "resolve"},
    {"запро*", "invite"},    {NULL, NULL},
};

static const struct synonym commands[] = {
    {"clients", "client"},
    {"customer", "client"},
    {"customers", "client"},
    {"company", "client"},
    {"persons", "person"},
    {"people", "person"},
    {"contact", "person"},
    {"contacts", "person"},
    {"activities", "activity"},
    {"visit", "activity"},
    {"call", "activity"},
    {"meeting", "activity"},
    {"purchases", "purchase"},
    {"order", "purchase"},
    {"orders", "purchase"},
    {"sale", "purchase"},
    {"conflicts", "conflict"},
    {"proposals", "proposal"},
    {"suggestion", "proposal"},
    {"rejected", "refused"},
    {"dismiss", "refused dismiss"},
    {"resolve", "conflict resolve"},
    {"history", "log"},
    {"journal", "log"},
    {"invite", "hub invite"},
    {"push", "sync"},
    {"pull", "sync"},
    {"synchronize", "sync"},
    {"info", "status"},
    {"verify", "check"},
    {"fsck", "check"},
    {"diagnose", "doctor"},
    {"лікар", "doctor"},
    {"пропоз*", "proposal"},
    {"відхил*", "refused"},
    {"діагно*", "doctor"},
    {"dump", "export"},
    {"load", "import"},
    {"add", "client add"},
    {"new", "client add"},
    {"create", "client add"},
    {"set", "client set"},
    {"edit", "client set"},
    {"update", "client set"},
    {"show", "client show"},
    {"get", "client show"},
    {"list", "client list"},
    {"ls", "client list"},
    {"search", "find"},
    {"hide", "client hide"},
    {"delete", "client hide"},
    {"del", "client hide"},
    {"remove", "client hide"},
    {"rm", "client hide"},
    {"restore", "client restore"},
    {"клієнт*", "client"},
    {"контраг*", "client"},
    {"фірм*", "client"},
    {"людин*", "person"},
    {"люди", "person"},
    {"особ*", "person"},
    {"контакт*", "activity"},
    {"візит*", "activity"},
    {"дзвін*", "activity"},
    {"зустріч*", "activity"},
    {"покуп*", "purchase"},
    {"замовл*", "purchase"},
    {"продаж*", "purchase"},
    {"конфл*", "conflict"},
    {"розбіж*", "conflict"},
    {"журнал*", "log"},
    {"істор*", "log"},
    {"скас*", "undo"},
    {"відмін*", "undo"},
    {"назад", "undo"},
    {"handover", "assign"},
    {"transfer", "assign"},
    {"reassign", "assign"},
    {"переда*", "assign"},
    {"признач*", "assign"},
    {"синх*", "sync"},
    {"обмін*", "sync"},
    {"знай*", "find"},
    {"шука*", "find"},
    {"пошук", "find"},
    {"стан", "status"},
    {"статус", "status"},
    {"імпорт*", "import"},
    {"завантаж*", "import"},
    {"експорт*", "export"},
    {"вивантаж*", "export"},
    {"приєд*", "join"},
    {"запро*", "hub invite"},
    {"перевір*", "check"},
    {"допомо*", "help"},
    {"довід*", "help"},
    {"?", "help"},
    {"верс*", "version"},
    {"дода*", "client add"},
    {"створ*", "client add"},
    {"новий", "client add"},
    {"змін*", "client set"},
    {"пока*", "client show"},
    {"список", "client list"},
    {"видал*", "client hide"},
    {"схова*", "client hide"},
    {"повернути", "client restore"},
    {NULL, NULL},
};

static const struct synonym fields[] = {
    {"city", "address.city"},
    {"street", "address.street"},
    {"region", "address.region"},
    {"index", "address.index"},
    {"postcode", "address.index"},
    {"zip", "address.index"},
    {"house", "address.house"},
    {"office", "address.office"},
    {"address", "address.street"},
    {"tel", "phone"},
    {"telephone", "phone"},
    {"phones", "phone"},
    {"mobile", "phone"},
    {"mob", "phone"},
    {"mail", "email"},
    {"e-mail", "email"},
    {"e_mail", "email"},
    {"emails", "email"},
    {"web", "site"},
    {"website", "site"},
    {"url", "site"},
    {"www", "site"},
    {"title", "name"},
    {"code", "edrpou"},
    {"okpo", "edrpou"},
    {"ipn", "vat"},
    {"inn", "vat"},
    {"tags", "tag"},
    {"label", "tag"},
    {"notes", "note"},
    {"comment", "note"},
    {"limit", "credit_limit"},
    {"credit", "credit_limit"},
    {"account", "iban"},
    {"bank", "iban"},
    {"owner", "manager"},
    {"area", "territory"},
    {"state", "status"},
    {"position", "role"},
    {"sum", "total"},
    {"amount", "total"},
    {"day", "date"},
    {"description", "text"},
    {"product", "lines"},
    {"item", "lines"},
    {"місто", "address.city"},
    {"вул*", "address.street"},
    {"область", "address.region"},
    {"індекс", "address.index"},
    {"будин*", "address.house"},
    {"офіс", "address.office"},
    {"адреса", "address.street"},
    {"імя", "name"},
    {"фірма", "name"},
    {"піб", "name"},
    {"тел*", "phone"},
    {"моб*", "phone"},
    {"мейл", "email"},
    {"імейл", "email"},
    {"ел. пошта", "email"},
    {"ел.пошта", "email"},
    {"електронна*", "email"},
    {"найменув*", "name"},
    {"прізвищ*", "name"},
    {"код", "edrpou"},
    {"окпо", "edrpou"},
    {"іпн", "vat"},
    {"рахунок", "iban"},
    {"тег*", "tag"},
    {"мітк*", "tag"},
    {"комент*", "note"},
    {"нотатк*", "note"},
    {"ліміт", "credit_limit"},
    {"статус", "status"},
    {"тип", "type"},
    {"день", "date"},
    {"опис", "text"},
    {"товар*", "lines"},
    {"рядок", "lines"},
    {NULL, NULL},
};

static const struct synonym topics[] = {
    {"field", "fields"},    {"поля", "fields"},   {"поле", "fields"},          {"дат*", "query"}, {"запит*", "query"},
    {"код*", "exit-codes"}, {"налаш*", "config"}, {"параметр*", "everywhere"}, {NULL, NULL},
};

static const struct synonym parts[] = {
    {"qty", "quantity"}, {"count", "quantity"}, {"кільк*", "quantity"}, {"шт", "quantity"},   {"cost", "price"},
    {"ціна", "price"},   {"зниж*", "discount"}, {"товар*", "product"},  {"назва", "product"}, {NULL, NULL},
};

static bool fits(struct karto_slice word, const char *pattern)
{
    size_t size = strlen(pattern);
    if (pattern[size - 1] != '*')
        return karto_slice_is(word, pattern);
    return word.size >= size - 1 && memcmp(word.data, pattern, size - 1) == 0;
}

static const char *find(const struct synonym *synonyms, struct karto_slice folded)
{
    for (; synonyms->word; synonyms++)
        if (fits(folded, synonyms->word))
            return synonyms->meant;
    return NULL;
}

static const char *find_folded(const struct synonym *synonyms, struct karto_slice word)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    const char *meant = find(synonyms, karto_text_fold(&arena, word));
    karto_arena_fini(&arena);
    return meant;
}

const char *karto_verb_meant(const char *word)
{
    return find_folded(verbs, karto_slice_str(word));
}

const char *karto_command_meant(const char *word)
{
    return find_folded(commands, karto_slice_str(word));
}

const char *karto_topic_meant(const char *word)
{
    return find_folded(topics, karto_slice_str(word));
}

static const char *field_named(struct karto_slice name)
{
    for (const struct karto_kind_def *const *kind = karto_kinds(); *kind; kind++) {
        const struct karto_field_def *def = karto_field_named((*kind)->number, name);
        if (def)
            return def->name;
    }
    return NULL;
}

const char *karto_line_part_meant(struct karto_slice word)
{
    return find_folded(parts, word);
}

/* What stands over the column of a field, in either language. */
static const char *field_headed(struct karto_arena *arena, struct karto_slice folded)
{
    const char *name, *uk, *en;
    for (unsigned row = 0; karto_heading_row(row, &name, &uk, &en); row++)
        if (field_named(karto_slice_str(name)) &&
            (karto_slice_equal(folded, karto_text_fold(arena, karto_slice_str(uk))) ||
             karto_slice_equal(folded, karto_text_fold(arena, karto_slice_str(en)))))
            return name;
    return NULL;
}

static const char *field_called(struct karto_arena *arena, struct karto_slice word)
{
    struct karto_slice folded = karto_text_fold(arena, word);
    const char *meant = find(fields, folded);
    if (!meant)
        meant = field_named(folded);
    return meant ? meant : field_headed(arena, folded);
}

const char *karto_field_meant(struct karto_slice word)
{
    struct karto_arena arena;
    karto_arena_init(&arena);
    const char *meant = field_called(&arena, word);
    if (!meant && karto_utf8_valid(word))
        meant = field_called(&arena, karto_layout_other(&arena, word));
    karto_arena_fini(&arena);
    return meant;
}
