/* register_name.h - one register of a record as a text that names it everywhere: "<record id>/<field>[/<key>]"; and
 * what people call the record and the register. */
#ifndef KARTO_CLIENT_REGISTER_NAME_H
#define KARTO_CLIENT_REGISTER_NAME_H

#include "core/base/message.h"
#include "core/store/entry.h"

/* Appends the name. A key is text, a date of a timeline as ISO writes it (0001-01-01: from the beginning); what is no
 * text, in hexadecimal digits. A field of a newer version is its number. */
void karto_register_name(struct karto_buf *out, const struct karto_record *record, uint32_t field,
                         struct karto_slice key);

/* The record id at the beginning of a name, and what is behind it. KARTO_E_INVALID. */
KARTO_CHECKED enum karto_err karto_register_name_split(struct karto_slice name, struct karto_rid *id,
                                                       struct karto_slice *rest);

/* Appends only the field and the key, as people read it: "site", "attr.area", "manager@2026-12-01". */
void karto_register_label(struct karto_buf *out, uint32_t kind, uint32_t field, struct karto_slice key);

/* Appends the same in a language: "Сайт", an attribute by its own name, "Менеджер 2026-12-01". */
void karto_register_heading(struct karto_buf *out, enum karto_lang lang, uint32_t kind, uint32_t field,
                            struct karto_slice key);

/* What people call a record: its name, its number, or its client's name; in the arena of tx. Empty: nothing is known.
 */
KARTO_CHECKED enum karto_err karto_record_title(struct karto_tx *tx, const struct karto_record *record,
                                                struct karto_slice *title);

#endif
