/* field_show.h - fields and heads of a record as answers have them. */
#ifndef KARTO_CLIENT_FIELD_SHOW_H
#define KARTO_CLIENT_FIELD_SHOW_H

#include "client/out.h"
#include "core/store/store.h"

/* Prints "fields", the name first, then in the order of the schema: for programs (JSON) each field that the kind has,
 * by the name with which it is typed; elsewhere those that hold something. What is empty is null, a set or timeline [].
 * A set is an array by normal form, a timeline [{"since","value"}] ascending (since null: from the beginning), a map an
 * object by key. Of several heads the winner. What this version has no name for is left out. */
void karto_fields_show(struct karto_out *out, const struct karto_record *record);

/* The same of a day: where it is for reading, of a timeline only what held then. */
void karto_fields_show_on(struct karto_out *out, const struct karto_record *record, int64_t day);

/* Prints one field's value (no key): as above; null, or [] of a set or timeline, when it is empty. */
void karto_field_show(struct karto_out *out, const struct karto_field_def *def, const struct karto_record *record);

/* Prints an encoded value of a field: as karto_field_value_show, but with names for what is a tuple: {"product",
 * "quantity","price","discount"} of a purchase's line, quantity and discount (per cent) as decimal fractions in text;
 * {"hidden","reason"}. def NULL: of a newer version. */
void karto_value_show(struct karto_out *out, const struct karto_field_def *def, struct karto_slice bytes);

/* The parts of such a tuple (def->parts), as keys of the object that is open. */
void karto_parts_show(struct karto_out *out, const struct karto_field_def *def, struct karto_slice bytes);

/* Prints a head: {"value","user","device","time","dot","winner"}; user "rule": a rule of head office; device null: not
 * known here. */
KARTO_CHECKED enum karto_err karto_head_show(struct karto_out *out, struct karto_tx *tx,
                                             const struct karto_field_def *def, const struct karto_head *head,
                                             bool winner);

/* Prints who wrote under a stamp and when, as keys of the object that is open: "user" (null: not known; "rule"),
 * "device", "time". */
KARTO_CHECKED enum karto_err karto_stamp_show(struct karto_out *out, struct karto_tx *tx,
                                              const struct karto_stamp *stamp);

/* Prints text, or null when it is empty. */
void karto_text_show(struct karto_out *out, struct karto_slice text);
void karto_text_show_as(struct karto_out *out, const char *key, struct karto_slice text); /* its key first */

/* Prints a key of a register as it is typed: null, an element, a key of a map, a date (null: from the beginning). */
void karto_key_show(struct karto_out *out, const struct karto_field_def *def, struct karto_slice key);

/* A day as text: "2026-12-01"; in a table "01.12.2026". */
void karto_day_show(struct karto_out *out, int64_t days);

#endif
