/* message.h - what is said to people, in each language: one table (message_table.inc), a row for each message. A text
 * is a template of our own, never a printf format:
 *
 *     {name}                        the argument of that name
 *     {name|one|few|many|other}     in Ukrainian, the form that goes with the number of that name; in English
 *     {name|one|other}
 *     {{                            a brace
 *
 * What comes from users is only ever an argument, and is put in as it is. No state; safe in any thread. */
#ifndef KARTO_BASE_MESSAGE_H
#define KARTO_BASE_MESSAGE_H

#include "core/base/buf.h"
#include "core/base/err.h"

enum karto_lang { KARTO_LANG_UK, KARTO_LANG_EN, KARTO_LANG_COUNT };

/* Reads "uk" or "en" into *lang, and nothing else: false, *lang as it was. */
bool karto_lang_parse(const char *text, enum karto_lang *lang);

/* The language of a locale's name: Ukrainian for uk, uk_UA.UTF-8, ...; else English. */
enum karto_lang karto_lang_of_locale(const char *locale);

/* From what the environment says, each NULL or empty if it is not set; the first that is set decides: karto_lang (where
 * it is neither "uk" nor "en" it does not count), then the locale's LC_ALL, LC_MESSAGES, LANG. */
enum karto_lang karto_lang_choose(const char *karto_lang, const char *lc_all, const char *lc_messages,
                                  const char *lang);

enum karto_message {
#define KARTO_MESSAGE(id, uk, en) KARTO_M_##id,
#include "core/base/message_table.inc"
#undef KARTO_MESSAGE
    KARTO_MESSAGE_COUNT
};

/* The form of a noun or verb that a number asks for. */
enum karto_plural { KARTO_PLURAL_ONE, KARTO_PLURAL_FEW, KARTO_PLURAL_MANY, KARTO_PLURAL_OTHER };

/* number / 10^digits; with digits it is a decimal fraction (1,5), however round. English knows one and other. */
enum karto_plural karto_plural(enum karto_lang lang, int64_t number, unsigned digits);

/* Appends number / 10^digits as that language writes it: 1 234 567,89 with no-break spaces, or 1,234,567.89. */
void karto_number_print(struct karto_buf *out, enum karto_lang lang, int64_t number, unsigned digits);

struct karto_arg {
    const char *name;
    bool is_number;
    struct karto_slice text; /* borrowed for the call */
    int64_t number;
    unsigned digits; /* of number, behind the decimal point; at most 18 */
};

struct karto_arg karto_arg_text(const char *name, struct karto_slice text);
struct karto_arg karto_arg_str(const char *name, const char *text); /* NULL is empty */
struct karto_arg karto_arg_int(const char *name, int64_t number);
struct karto_arg karto_arg_decimal(const char *name, int64_t number, unsigned digits);

/* Appends the message. A placeholder without an argument stays as it is written in the table: a sentence with a hole is
 * better than none. */
void karto_message(struct karto_buf *out, enum karto_lang lang, enum karto_message id, const struct karto_arg *args,
                   size_t count);

/* The same, arguments listed: KARTO_SAY(&out, lang, KARTO_M_PENDING, karto_arg_int("n", 3)). At least one. */
#define KARTO_SAY(out, lang, id, ...)                                                                                  \
    karto_message((out), (lang), (id), (const struct karto_arg[]){__VA_ARGS__},                                        \
                  sizeof((const struct karto_arg[]){__VA_ARGS__}) / sizeof(struct karto_arg))

/* The template itself; the whole text where a message has no placeholders. Never NULL. */
const char *karto_message_text(enum karto_lang lang, enum karto_message id);

/* The row of this name, with '-' for '_': "E-EDRPOU-CHECK" is KARTO_M_E_EDRPOU_CHECK. False when there is none. */
bool karto_message_find(const char *id, enum karto_message *message);

/* What went wrong and why, and what to do about it: rows karto_err_id(err) and the same with "-HINT". */
const char *karto_err_text(enum karto_lang lang, enum karto_err err);
const char *karto_err_hint(enum karto_lang lang, enum karto_err err);

#endif
