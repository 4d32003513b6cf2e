/* field_show.h - fields and heads of a record as answers have them. */
#ifndef KARTO_CLIENT_FIELD_SHOW_H
#define KARTO_CLIENT_FIELD_SHOW_H

#include "client/out.h"
#include "core/store/store.h"

/* Prints "fields": those that hold something, the name first, then in the order of the schema; of a client also name,
 * edrpou and status when they are empty (null). A set is an array by normal form, a timeline [{"since","value"}]
 * ascending (since null: from the beginning), a map an object. Of several heads the winner. What this version has no
 * name for is left out, and in a table the id of the client, whose name is in the card. */
void karto_fields_show(struct karto_out *out, const struct karto_record *record);

/* Prints one field's value (no key): as above; null, or [] of a set or timeline, when it is empty. */
void karto_field_show(struct karto_out *out, const struct karto_field_def *def, const struct karto_record *record);

/* Prints a head: {"value","user","device","time","dot","winner"}; user null: a rule, device null: not known here. */
KARTO_CHECKED enum karto_err karto_head_show(struct karto_out *out, struct karto_tx *tx, const struct karto_head *head,
                                             bool winner);

/* Prints who wrote under a stamp and when, as keys of the object that is open: "user", "device", "time". */
KARTO_CHECKED enum karto_err karto_stamp_show(struct karto_out *out, struct karto_tx *tx,
                                              const struct karto_stamp *stamp);

/* Prints text, or null when it is empty. */
void karto_text_show(struct karto_out *out, struct karto_slice text);

/* Prints a key of a register as it is typed: null, an element, a key of a map, a date (null: from the beginning). */
void karto_key_show(struct karto_out *out, const struct karto_field_def *def, struct karto_slice key);

/* A day as text: "2026-12-01". */
void karto_day_show(struct karto_out *out, int64_t days);

#endif
