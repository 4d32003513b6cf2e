#include "core/base/message.h"

#include "core/base/fatal.h"

#include <string.h>

static const struct {
    const char *id;
    const char *text[KARTO_LANG_COUNT];
} table[KARTO_MESSAGE_COUNT] = {
#define KARTO_MESSAGE(id, uk, en) [KARTO_M_##id] = {#id, {uk, en}},
#include "core/base/message_table.inc"
#undef KARTO_MESSAGE
};

bool karto_lang_parse(const char *text, enum karto_lang *lang)
{
    if (strcmp(text, "uk") == 0)
        *lang = KARTO_LANG_UK;
    else if (strcmp(text, "en") == 0)
        *lang = KARTO_LANG_EN;
    else
        return false;
    return true;
}

enum karto_lang karto_lang_of_locale(const char *locale)
{
    /* "ukr" is no locale that anybody has, and "uk" ends at the country, the code page or the variant. */
    bool uk = strncmp(locale, "uk", 2) == 0 && strchr("_-.@", locale[2]) != NULL;
    return uk ? KARTO_LANG_UK : KARTO_LANG_EN;
}

static bool is_set(const char *text)
{
    return text && *text;
}

enum karto_lang karto_lang_choose(const char *karto_lang, const char *lc_all, const char *lc_messages, const char *lang)
{
    enum karto_lang said;
    if (is_set(karto_lang) && karto_lang_parse(karto_lang, &said))
        return said;
    const char *locales[] = {lc_all, lc_messages, lang};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
        if (is_set(locales[i]))
            return karto_lang_of_locale(locales[i]);
    return KARTO_LANG_EN;
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

enum karto_plural karto_plural(enum karto_lang lang, int64_t number, unsigned digits)
{
    if (digits > 0)
        return KARTO_PLURAL_OTHER;
    uint64_t n = magnitude(number), last = n % 10, last_two = n % 100;
    if (lang == KARTO_LANG_EN)
        return n == 1 ? KARTO_PLURAL_ONE : KARTO_PLURAL_OTHER;
    if (last_two >= 11 && last_two <= 14)
        return KARTO_PLURAL_MANY;
    if (last == 1)
        return KARTO_PLURAL_ONE;
    return last >= 2 && last <= 4 ? KARTO_PLURAL_FEW : KARTO_PLURAL_MANY;
}

void karto_number_print(struct karto_buf *out, enum karto_lang lang, int64_t number, unsigned digits)
{
    static const char *const point[] = {",", "."}, *const group[] = {"\u00a0", ","};
    KARTO_ASSERT(digits <= 18);
    char text[32]; /* the digits from the last to the first, and at least one before the point */
    unsigned size = 0;
    for (uint64_t n = magnitude(number); n > 0 || size <= digits; n /= 10)
        text[size++] = (char)('0' + n % 10);
    if (number < 0)
        karto_buf_add_str(out, "-");
    while (size-- > 0) {
        karto_buf_add_byte(out, (uint8_t)text[size]);
        if (size == digits && size > 0)
            karto_buf_add_str(out, point[lang]);
        else if (size > digits && (size - digits) % 3 == 0)
            karto_buf_add_str(out, group[lang]);
    }
}

struct karto_arg karto_arg_text(const char *name, struct karto_slice text)
{
    return (struct karto_arg){.name = name, .text = text};
}

struct karto_arg karto_arg_str(const char *name, const char *text)
{
    return karto_arg_text(name, karto_slice_str(text));
}

struct karto_arg karto_arg_int(const char *name, int64_t number)
{
    return (struct karto_arg){.name = name, .is_number = true, .number = number};
}

struct karto_arg karto_arg_decimal(const char *name, int64_t number, unsigned digits)
{
    return (struct karto_arg){.name = name, .is_number = true, .number = number, .digits = digits};
}

static const struct karto_arg *find_arg(const struct karto_arg *args, size_t count, struct karto_slice name)
{
    for (size_t i = 0; i < count; i++)
        if (karto_slice_is(name, args[i].name))
            return &args[i];
    return NULL;
}

/* The nth of the forms between begin and end, which bars separate; English writes the first and the last only. */
static struct karto_slice form_of(const char *begin, const char *end, enum karto_lang lang, enum karto_plural plural)
{
    unsigned skip = lang == KARTO_LANG_EN ? plural != KARTO_PLURAL_ONE : (unsigned)plural;
    for (;;) {
        const char *bar = memchr(begin, '|', (size_t)(end - begin));
        if (skip-- == 0 || !bar)
            return karto_slice(begin, (size_t)((bar ? bar : end) - begin));
        begin = bar + 1;
    }
}

/* What stands between braces; false when there is no argument for it. */
static bool substitute(struct karto_buf *out, enum karto_lang lang, const char *begin, const char *end,
                       const struct karto_arg *args, size_t count)
{
    const char *bar = memchr(begin, '|', (size_t)(end - begin));
    const struct karto_arg *arg = find_arg(args, count, karto_slice(begin, (size_t)((bar ? bar : end) - begin)));
    if (!arg || (bar && !arg->is_number))
        return false;
    if (bar)
        karto_buf_add_slice(out, form_of(bar + 1, end, lang, karto_plural(lang, arg->number, arg->digits)));
    else if (arg->is_number)
        karto_number_print(out, lang, arg->number, arg->digits);
    else
        karto_buf_add_slice(out, arg->text);
    return true;
}

void karto_message(struct karto_buf *out, enum karto_lang lang, enum karto_message id, const struct karto_arg *args,
                   size_t count)
{
    const char *at = karto_message_text(lang, id);
    for (;;) {
        size_t plain = strcspn(at, "{");
        karto_buf_add(out, at, plain);
        at += plain;
        if (*at == 0)
            return;
        const char *end = strchr(at, '}');
        if (at[1] == '{') {
            karto_buf_add_byte(out, '{');
            at += 2;
        } else if (end && substitute(out, lang, at + 1, end, args, count)) {
            at = end + 1;
        } else {
            karto_buf_add_byte(out, (uint8_t)*at++);
        }
    }
}

const char *karto_message_text(enum karto_lang lang, enum karto_message id)
{
    KARTO_ASSERT((unsigned)id < KARTO_MESSAGE_COUNT && (unsigned)lang < KARTO_LANG_COUNT);
    return table[id].text[lang];
}

static bool same_id(const char *row, const char *id)
{
    for (; *row && *id; row++, id++)
        if (*row != (*id == '-' ? '_' : *id))
            return false;
    return *row == *id;
}

bool karto_message_find(const char *id, enum karto_message *message)
{
    for (unsigned i = 0; i < KARTO_MESSAGE_COUNT; i++) {
        if (same_id(table[i].id, id)) {
            *message = (enum karto_message)i;
            return true;
        }
    }
    return false;
}

static const char *err_row(enum karto_lang lang, enum karto_err err, const char *suffix)
{
    char id[64];
    const char *name = karto_err_id(err);
    KARTO_ASSERT(strlen(name) + strlen(suffix) < sizeof id);
    strcpy(id, name);
    strcat(id, suffix);
    enum karto_message message = KARTO_M_E_UNKNOWN;
    if (!karto_message_find(id, &message) && *suffix)
        message = KARTO_M_E_UNKNOWN_HINT;
    return karto_message_text(lang, message);
}

const char *karto_err_text(enum karto_lang lang, enum karto_err err)
{
    return err_row(lang, err, "");
}

const char *karto_err_hint(enum karto_lang lang, enum karto_err err)
{
    return err_row(lang, err, "-HINT");
}
