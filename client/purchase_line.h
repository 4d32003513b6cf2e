/* purchase_line.h - a line of a purchase as people type it: "молоко; 20; 35.50 UAH; 5%", which is product, quantity,
 * unit price and discount. What is missing, at the end or between two ;, is empty. A product with a ; in it stands in
 * quotation marks, as an element of a set does (set_cell.h). */
#ifndef KARTO_CLIENT_PURCHASE_LINE_H
#define KARTO_CLIENT_PURCHASE_LINE_H

#include "client/line_part.h"
#include "core/model/record.h"

/* Reads a whole line into the encoded tuple, in the arena; empty text is nil. *parts says how many parts were written.
 * KARTO_E_INVALID, KARTO_E_LIMIT: in problem. */
KARTO_CHECKED enum karto_err karto_line_parse(struct karto_arena *arena, struct karto_slice text, enum karto_lang lang,
                                              struct karto_slice *bytes, uint32_t *parts,
                                              struct karto_problem *problem);

/* The line old (encoded, or empty) with one part of it read from text; the same errors. */
KARTO_CHECKED enum karto_err karto_line_set_part(struct karto_arena *arena, struct karto_slice old,
                                                 const struct karto_field_def *part, struct karto_slice text,
                                                 enum karto_lang lang, struct karto_slice *bytes,
                                                 struct karto_problem *problem);

/* Takes ".quantity" off the end of a key: the part that it names; NULL: none, and the key is as it was. */
const struct karto_field_def *karto_line_key_part(struct karto_slice *key);

/* An encoded line so that parse takes it again, in the arena; empty for nil. */
struct karto_slice karto_line_text(struct karto_arena *arena, struct karto_slice bytes);

#endif
