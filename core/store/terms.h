/* terms.h - by what a record is found: the values of it that are looked at, and the terms that they come to. Pure
 * functions of the record.
 *
 * A term is a word (token.h), or three digits in a row: behind KARTO_TERM_DIGITS those anywhere in a code, behind
 * KARTO_TERM_TAIL those that it ends with. A run of digits is a code in fields of codes, and where it has five digits
 * or more; one of up to four is a word as well, but never a phone's.
 *
 * Of fields that have few values, by which lists are filtered, a term is also each value as a whole, folded, behind
 * KARTO_TERM_VALUE, the kind and the field; and of a hidden record that it is, as an empty value of that field. */
#ifndef KARTO_STORE_TERMS_H
#define KARTO_STORE_TERMS_H

#include "core/base/legal_form.h"
#include "core/model/record.h"

/* The first byte; no word begins with these. */
enum { KARTO_TERM_DIGITS = 1, KARTO_TERM_TAIL = 2, KARTO_TERM_VALUE = 3, KARTO_TERM_WORD = 4 /* or more */ };
enum { KARTO_CODE_DIGITS_MIN = 5, KARTO_GRAM_DIGITS = 3 };

/* Where in a record, the best first. */
enum karto_place {
    KARTO_PLACE_WHOLE, /* the only word of a name, its legal form apart */
    KARTO_PLACE_FIRST, /* the first */
    KARTO_PLACE_NAME,  /* any other */
    KARTO_PLACE_CODE,  /* codes, numbers, phones, e-mail, site */
    KARTO_PLACE_SHORT, /* address, tag, role, product, attribute */
    KARTO_PLACE_TEXT,  /* what somebody wrote */
    KARTO_PLACES
};

struct karto_searched {
    uint32_t field;
    enum karto_place place; /* of a name NAME */
    struct karto_slice text;
    bool code;  /* its digits are a code, however few */
    bool phone; /* text is a normal form: no words */
};

/* The values of a record that are looked at, in the order of its fields; in the arena, texts pointing into the record.
 * None: this kind is not looked for. */
uint32_t karto_searched_of(struct karto_arena *arena, const struct karto_record *record,
                           const struct karto_searched **all);
bool karto_is_searched(uint32_t kind);

/* Whether the values of a field are terms. */
bool karto_is_valued(uint32_t kind, uint32_t field);

/* The beginning of the terms of values of such a field; and the value of one of these terms. false: it may be longer,
 * and only its beginning is known. */
enum { KARTO_VALUE_HEAD = 3 };
void karto_value_head(uint32_t kind, uint32_t field, uint8_t head[KARTO_VALUE_HEAD]);
bool karto_value_of_term(struct karto_slice term, struct karto_slice *folded);

/* Whether the fields of both that make terms are the very same: made from one another without touching these. */
bool karto_searched_same(const struct karto_record *a, const struct karto_record *b);

/* The words of a value that count as its first and its only one: of a name, those without its legal form. */
struct karto_name_core karto_core_of(const struct karto_searched *value, struct karto_tokens tokens);

/* Where a word of a value stands that has this core. */
enum karto_place karto_place_in(const struct karto_searched *value, uint32_t word, struct karto_name_core core);

struct karto_term {
    struct karto_slice text;
    enum karto_place place;
};

struct karto_terms {
    struct karto_term *all; /* in no order; the same may be there more than once */
    uint32_t count, room;
};

/* In the arena. */
struct karto_terms karto_terms_of(struct karto_arena *arena, const struct karto_record *record);

/* By text, then place; each once. */
void karto_terms_sort(struct karto_terms *terms);

/* As rows keep them: for each u8 place, u8 size, text. Decoded texts point into bytes. */
void karto_terms_encode(const struct karto_terms *terms, struct karto_buf *out);
KARTO_CHECKED enum karto_err karto_terms_decode(struct karto_arena *arena, struct karto_slice bytes,
                                                struct karto_terms *terms);

#endif
