/* codes.h - the normal forms of what identifies or reaches a client: by them values are compared, keyed and looked up.
 * Pure functions of the text (valid UTF-8), the same on every machine; results live in the arena. A normal form is its
 * own normal form. Nothing is ever refused: *check says what a person should be warned of. check may be NULL.
 *
 * Text that does not have the shape of the code comes back as karto_text_normal (text.h) gives it; *check, where there
 * is one, is KARTO_CODE_SHAPE. */
#ifndef KARTO_BASE_CODES_H
#define KARTO_BASE_CODES_H

#include "core/base/arena.h"

enum karto_code_check {
    KARTO_CODE_FINE,
    KARTO_CODE_PADDED,      /* leading zeros were missing and are there now */
    KARTO_CODE_LETTERS,     /* letters stood for digits, which are there now, and fit */
    KARTO_CODE_CHECK_DIGIT, /* the right shape, but mistyped: its check digits do not fit (padded or not) */
    KARTO_CODE_SHAPE,       /* not such a code at all */
};

enum {
    KARTO_RNOKPP_SIZE = 10, /* digits of a sole trader's number, which stands where a firm has its code */
    KARTO_VAT_SIZE = 12,    /* digits under which a firm pays VAT: 7 of its code, 4 of its place, 1 more */
};

/* By what the tax office knows somebody. Its kind shows in its shape:
 *   14360570     8 digits, the last a check digit: a legal entity (EDRPOU)
 *   2530414071   10, the last a check digit: a person, so a sole trader too (RNOKPP)
 *   770000001    9, beginning with 77 or 88: given by an authority; its check digit nobody has published
 *   КС123456     two letters and 6 digits: the passport of who has declined a number
 * Spaces go; 5 to 7 digits get the leading zeros that spreadsheets take away; О, З and І (in either alphabet) become 0,
 * 3 and 1 where the check digit then fits. */
struct karto_slice karto_edrpou_normal(struct karto_arena *arena, struct karto_slice text,
                                       enum karto_code_check *check);

/* IBAN of any country: no spaces, capitals, Cyrillic look-alikes as Latin letters. One of Ukraine has 29. */
struct karto_slice karto_iban_normal(struct karto_arena *arena, struct karto_slice text, enum karto_code_check *check);

/* Place in the register of settlements (KATOTTG): UA and 17 digits, written as an IBAN may be. It has no check digit.
 */
struct karto_slice karto_katottg_normal(struct karto_arena *arena, struct karto_slice text,
                                        enum karto_code_check *check);

/* Phone. Each number gets one key, in whichever of the usual ways it is written:
 *   380671234567      E.164 digits: Ukrainian in any form with its area code; foreign with + or 00, or 11 to 15 digits
 *   380671234567x12   with an extension
 *   +4712345678       foreign and so short, or such, that its digits alone would be read as something else
 *   ~1234567          without a country: only the digits, all of them, as they stand
 * Words before and behind the number (a label, a name) are not part of it. KARTO_CODE_SHAPE when there is no digit. */
struct karto_slice karto_phone_normal(struct karto_arena *arena, struct karto_slice text, enum karto_code_check *check);

/* Whether a text of which nobody has said what it is may be a phone: nothing but digits, spaces, + ( ) - and points,
 * and at least five digits. "Shop 24" is a name, and EXT-1 somebody's code, although both have digits. */
bool karto_phone_plain(struct karto_slice text);

/* E-mail address: ASCII letters small. */
struct karto_slice karto_email_normal(struct karto_arena *arena, struct karto_slice text);

/* Web site: without http:// or https://, "www.", ports 80 and 443 and slashes at the end; the host in small letters
 * (ASCII and Cyrillic), the path as it is. */
struct karto_slice karto_site_normal(struct karto_arena *arena, struct karto_slice text);

#endif
