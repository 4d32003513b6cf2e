#include "core/base/heading.h"

#include <string.h>

#define ADDRESS(prefix, uk, en)                                                                                        \
    {prefix, {uk, en}}, {prefix ".index", {uk ": індекс", en ": postcode"}},                                           \
        {prefix ".region", {uk ": область", en ": region"}}, {prefix ".city", {uk ": місто", en ": city"}},            \
        {prefix ".street", {uk ": вулиця", en ": street"}}, {prefix ".house", {uk ": будинок", en ": house"}},         \
    {                                                                                                                  \
        prefix ".office",                                                                                              \
        {                                                                                                              \
            uk ": офіс", en ": office"                                                                                 \
        }                                                                                                              \
    }

static const struct {
    const char *name;
    const char *heading[KARTO_LANG_COUNT];
} table[] = {
    /* a client */
    {"name", {"Назва", "Name"}},
    {"full_name", {"Повна назва", "Full name"}},
    {"legal_form", {"Форма", "Legal form"}},
    {"edrpou", {"ЄДРПОУ", "EDRPOU"}},
    {"vat", {"ІПН платника ПДВ", "VAT number"}},
    {"external_id", {"Код в обліку", "External id"}},
    {"status", {"Стан", "Status"}},
    {"industry", {"Галузь", "Industry"}},
    {"site", {"Сайт", "Site"}},
    {"phone", {"Телефон", "Phone"}},
    {"email", {"Пошта", "E-mail"}},
    {"iban", {"IBAN", "IBAN"}},
    {"tag", {"Мітка", "Tag"}},
    ADDRESS("address", "Адреса", "Address"),
    ADDRESS("legal_address", "Юридична адреса", "Legal address"),
    ADDRESS("postal_address", "Поштова адреса", "Postal address"),
    {"territory", {"Територія", "Territory"}},
    {"manager", {"Менеджер", "Manager"}},
    {"credit_limit", {"Кредитний ліміт", "Credit limit"}},
    {"note", {"Примітка", "Note"}},
    {"since", {"З якого дня", "Since"}},
    /* a person, an activity, a purchase */
    {"client", {"Клієнт", "Client"}},
    {"client.name", {"Клієнт", "Client"}},
    {"client.id", {"Номер запису клієнта", "Client's record"}},
    {"client.short", {"Номер клієнта", "Client's id"}},
    {"role", {"Посада", "Role"}},
    {"left", {"Вже не працює", "Left"}},
    {"type", {"Вид", "Type"}},
    {"date", {"Дата", "Date"}},
    {"text", {"Текст", "Text"}},
    {"outcome", {"Підсумок", "Outcome"}},
    {"next", {"Далі", "Next"}},
    {"next_date", {"Коли далі", "Next date"}},
    {"number", {"Номер", "Number"}},
    {"lines", {"Рядки", "Lines"}},
    {"product", {"Товар", "Product"}},
    {"quantity", {"Кількість", "Quantity"}},
    {"price", {"Ціна", "Unit price"}},
    {"discount", {"Знижка", "Discount"}},
    {"total", {"Сума", "Total"}},
    /* choices, each behind the name of its field */
    {"type.visit", {"візит", "visit"}},
    {"type.call", {"дзвінок", "call"}},
    {"type.letter", {"лист", "letter"}},
    {"type.meeting", {"зустріч", "meeting"}},
    {"type.note", {"примітка", "note"}},
    {"status.market", {"ринок", "market"}},
    {"status.prospect", {"потенційний", "prospect"}},
    {"status.customer", {"покупець", "customer"}},
    {"status.archive", {"архів", "archive"}},
    {"status.new", {"нова", "new"}},
    {"status.confirmed", {"підтверджена", "confirmed"}},
    {"status.shipped", {"відвантажена", "shipped"}},
    {"status.paid", {"оплачена", "paid"}},
    {"status.cancelled", {"скасована", "cancelled"}},
    {"kind.client", {"клієнт", "client"}},
    {"kind.person", {"людина", "person"}},
    {"kind.activity", {"контакт", "activity"}},
    {"kind.purchase", {"покупка", "purchase"}},
    {"of.client", {"клієнта", "client"}},
    {"of.person", {"людини", "person"}},
    {"of.activity", {"контакту", "activity"}},
    {"of.purchase", {"покупки", "purchase"}},
    {"match.exact", {"точно", "exactly"}},
    {"match.prefix", {"початок", "beginning"}},
    {"match.word", {"слово", "word"}},
    {"match.substring", {"частина", "part"}},
    {"match.typo", {"з помилкою", "mistyped"}},
    {"match.layout", {"інша розкладка", "other layout"}},
    {"match.latin", {"інша абетка", "other alphabet"}},
    /* lists, logs, conflicts, status */
    {"id", {"Номер запису", "Id"}},
    {"short", {"Короткий номер", "Short id"}},
    {"city", {"Місто", "City"}},
    {"kind", {"Що це", "Kind"}},
    {"hidden", {"Сховано", "Hidden"}},
    {"merged", {"Об'єднано з", "Merged into"}},
    {"pending", {"Не надіслано", "Not sent"}},
    {"conflicts", {"Конфлікти", "Conflicts"}},
    {"match", {"Збіг", "Match"}},
    {"created", {"Внесено", "Created"}},
    {"changed", {"Змінено", "Changed"}},
    {"field", {"Поле", "Field"}},
    {"key", {"Ключ", "Key"}},
    {"base", {"Було", "Before"}},
    {"value", {"Значення", "Value"}},
    {"values", {"Значення", "Values"}},
    {"old", {"Було", "Old"}},
    {"new", {"Стало", "New"}},
    {"sets", {"Що змінено", "Changes"}},
    {"record", {"Запис", "Record"}},
    {"of", {"Чого", "Of"}},
    {"time", {"Час", "Time"}},
    {"user", {"Хто", "User"}},
    {"device", {"Пристрій", "Device"}},
    {"came", {"Коли прийшло", "Came"}},
    {"creates", {"Новий запис", "New record"}},
    {"accepted", {"Прийнято", "Accepted"}},
    {"rejected", {"Відхилено", "Rejected"}},
    {"proposals", {"Пропозиції", "Proposals"}},
    {"via", {"Як", "Via"}},
    {"reason", {"Чому", "Reason"}},
    {"undo", {"Скасувати", "Undo"}},
    {"state", {"Стан", "State"}},
    {"refusal", {"Чому відхилено", "Refusal"}},
    {"dot", {"Номер зміни", "Change"}},
    {"node", {"Вузол", "Node"}},
    {"records", {"Записи", "Records"}},
    {"changes", {"Зміни", "Changes"}},
    {"names", {"Назви", "Names"}},
    {"undone", {"Скасовано", "Undone"}},
    {"undone_by", {"Чим скасовано", "Undone by"}},
    {"undoes", {"Скасовує", "Undoes"}},
    {"now", {"Тепер", "Now"}},
    {"would", {"Було б", "Would be"}},
    {"why", {"Чому", "Why"}},
    {"complete", {"Усе тут", "Complete"}},
    {"refused", {"Відхилено", "Refused"}},
    {"waiting", {"Чекає", "Waiting"}},
    {"quarantined", {"Відкладено", "Quarantined"}},
    {"from", {"Звідки", "From"}},
    {"bytes", {"Байтів", "Bytes"}},
    {"readable", {"Читається", "Can be read"}},
    {"tried", {"Спробувано", "Tried"}},
    {"sync", {"Обмін", "Sync"}},
    {"hub", {"Головний офіс", "Head office"}},
    {"last", {"Останній раз", "Last"}},
    {"error", {"Помилка", "Error"}},
    {"as_of", {"Станом на", "As of"}},
    {"complete_since", {"Історія від", "History since"}},
    {"dir", {"Тека", "Directory"}},
    {"what", {"Що не так", "What is wrong"}},
    {"warnings", {"Увага", "Notes"}},
    /* a backup, and what was restored from it */
    {"files", {"Файлів", "Files"}},
    {"ms", {"Мілісекунд", "Milliseconds"}},
    {"restore", {"Як відновити", "To restore"}},
    {"made", {"Коли зроблено", "Made"}},
    {"position", {"Місце в журналі", "Place in the log"}},
    {"aside", {"Попереднє тепер тут", "What was there before"}},
    {"decision", {"Рішення", "Decision"}},
    {"decision.accepted", {"прийнято", "accepted"}},
    {"decision.dropped", {"відкинуто", "dropped"}},
    {"states", {"Записів", "Records"}},
    /* what became of something */
    {"file", {"Файл", "File"}},
    {"format", {"Формат", "Format"}},
    {"rows", {"Рядки", "Rows"}},
    {"invitation", {"Запрошення", "Invitation"}},
    {"user_role", {"Роль", "Role"}},
    {"where", {"Де", "Where"}},
    {"territories", {"Території", "Territories"}},
    {"gave", {"Віддав своє", "Gave back"}},
    {"roles", {"Ролі", "Roles"}},
    {"devices", {"Ноутбуки", "Laptops"}},
    {"revoked", {"Без доступу", "Turned out"}},
    {"invitations", {"Запрошення", "Invitations"}},
    {"seen", {"Востаннє був", "Last seen"}},
    {"unsent", {"Не надіслано", "Not sent"}},
    {"recovering", {"Відновлюється", "Being restored"}},
    {"lacking", {"Ще не віддали", "Still to give back"}},
    {"claimed", {"Чекають на допуск", "To be admitted"}},
    {"listen", {"Адреса для ноутбуків", "Address for laptops"}},
    {"fingerprint", {"Відбиток ключа", "Fingerprint"}},
    {"expires", {"Діє до", "Good until"}},
    {"sent", {"Надіслано змін", "Changes sent"}},
    {"received", {"Отримано змін", "Changes received"}},
    {"gone", {"Перейшло до інших", "Gone to others"}},
    {"requests", {"Запитів", "Requests"}},
    {"bytes_sent", {"Надіслано байтів", "Bytes sent"}},
    {"bytes_received", {"Отримано байтів", "Bytes received"}},
};

enum { ROWS = sizeof table / sizeof *table };

struct karto_slice karto_heading(enum karto_lang lang, struct karto_slice name)
{
    static const char attribute[] = "attr.";
    for (unsigned i = 0; i < ROWS; i++)
        if (karto_slice_is(name, table[i].name))
            return karto_slice_str(table[i].heading[lang]);
    size_t prefix = sizeof attribute - 1;
    if (name.size > prefix && memcmp(name.data, attribute, prefix) == 0)
        return karto_slice(name.data + prefix, name.size - prefix);
    return name;
}

bool karto_heading_row(unsigned row, const char **name, const char **uk, const char **en)
{
    if (row >= ROWS)
        return false;
    *name = table[row].name;
    *uk = table[row].heading[KARTO_LANG_UK];
    *en = table[row].heading[KARTO_LANG_EN];
    return true;
}
