/* text.h - text as people write it in Ukraine: the form that is stored, the form that is compared, the form that is
 * looked up, the order in lists, the columns on a terminal.
 *
 * Text is UTF-8 that karto_utf8_valid accepts, at most KARTO_TEXT_SIZE_MAX bytes. Bytes that are not valid UTF-8 give
 * some result, not a crash. Results live in the arena given, unless it says otherwise; they never point into the
 * argument. Every form is its own form: doing it twice is doing it once. All functions may be called by several
 * threads at once. A missing or broken ICU ends the process. */
#ifndef KARTO_BASE_TEXT_H
#define KARTO_BASE_TEXT_H

#include "core/base/arena.h"
#include "core/base/buf.h"

/* Far above the limit of any value; what ICU's 32-bit lengths bear. More is a broken promise of the caller. */
#define KARTO_TEXT_SIZE_MAX ((size_t)256 * 1024 * 1024)

/* Whether no letter has more than KARTO_TEXT_MARKS_MAX combining marks: bringing them into order takes time that grows
 * with the square of their number. */
enum { KARTO_TEXT_MARKS_MAX = 128 };
bool karto_text_marks_fit(struct karto_slice text);

/* As it is stored: NFC, without outer white space (Unicode White_Space), with line breaks LF instead of CR LF. */
struct karto_slice karto_text_clean(struct karto_arena *arena, struct karto_slice text);

/* Whether two values are the same: clean, each run of white space as one space, each apostrophe (' U+2019 U+02BC
 * U+2018 ` U+00B4 U+2032) as ', each quotation mark (" and U+00AB U+00BB U+201E U+201C U+201D) as ". Case stays. */
struct karto_slice karto_text_normal(struct karto_arena *arena, struct karto_slice text);

/* Whether the " or * at text.data[at] is an apostrophe, as DOS programs had them: between two Cyrillic letters, of
 * which the second is я, ю, є or ї. A " that the next one closes opens a quotation all the same: Магазин"Ялинка". */
bool karto_text_is_old_apostrophe(struct karto_slice text, size_t at);

/* For look-up by exact name: normal, repaired (below), NFKC case folding, without apostrophes (of old too) and
 * quotation marks. */
struct karto_slice karto_text_fold(struct karto_arena *arena, struct karto_slice text);

/* Latin letters that look like Cyrillic ones become these, in words that already have Cyrillic letters and whose Latin
 * letters all are such: a Latin K in "Київ". A word of Latin letters alone stays. Nothing else changes. */
struct karto_slice karto_text_repair(struct karto_arena *arena, struct karto_slice text);

/* The opposite, for a query that found nothing: each word that is written in look-alikes alone, in the other alphabet.
 * The Latin "TOB" becomes Cyrillic, "АВС" Latin. Other words stay. */
struct karto_slice karto_text_lookalike(struct karto_arena *arena, struct karto_slice text);

/* Appends to buf the key by which text stands in Ukrainian lists: keys in byte order are texts in order. Cyrillic comes
 * before Latin, numbers by value (2 before 10), apostrophes and quotation marks count for nothing. Cut to size_max
 * bytes, where texts with the same beginning become equal. Keys depend on the version below and never travel. */
void karto_text_sort_key(struct karto_buf *buf, struct karto_slice text, size_t size_max);

/* Changes whenever sort keys, folded or normal forms of the same text may have: keys stored under another are to be
 * made anew. */
uint64_t karto_text_collation_version(void);

/* What the character at *at is, which moves behind it. A MARK belongs to the letter before it. */
enum karto_text_class { KARTO_TEXT_OTHER, KARTO_TEXT_LETTER, KARTO_TEXT_DIGIT, KARTO_TEXT_MARK };
enum karto_text_class karto_text_class(struct karto_slice text, size_t *at);

/* Of the tables that fold and tell letters from other characters: major, minor, two more numbers, a byte each. */
uint32_t karto_text_unicode_version(void);

/* Columns on a terminal: East Asian wide characters take 2, combining and control characters 0, all others 1. */
size_t karto_text_width(struct karto_slice text);

/* The longest beginning of text, pointing into it, that fits into so many columns, together with the combining
 * characters of its last letter. */
struct karto_slice karto_text_cut(struct karto_slice text, size_t columns);

/* The characters that the bytes 0x80 to 0xFF mean in an encoding of one byte a character, by a name that ICU knows
 * ("windows-1251", "ibm-866", "KOI8-U"); U+FFFD where a byte means none. One that ICU does not have is as good as a
 * missing ICU. */
void karto_text_code_page(const char *name, uint16_t page[128]);

#endif
