/* conflict_id.h - the name of a register in conflict, the same on every node: "<record id>/<field>", and behind another
 * slash the key: an element of a set in its normal form, a key of a map, a date ("0001-01-01": from the beginning). */
#ifndef KARTO_CLIENT_CONFLICT_ID_H
#define KARTO_CLIENT_CONFLICT_ID_H

#include "core/model/record.h"

/* Appends it. A field that this version does not know goes by its number. */
void karto_conflict_id(struct karto_buf *out, const struct karto_record *record, uint32_t field,
                       struct karto_slice key);

#endif
