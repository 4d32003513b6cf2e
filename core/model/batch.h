/* batch.h - what the changes of one import, bulk edit or undo have in common: a number, by which people name it when
 * they want to take it back, and, of an undo, the number of what it takes back. */
#ifndef KARTO_MODEL_BATCH_H
#define KARTO_MODEL_BATCH_H

#include "core/base/err.h"
#include "core/base/slice.h"

enum { KARTO_BATCH_TEXT = 9 }; /* 8 hexadecimal digits and a 0 */

/* Both halves of a change's batch; karto_batch_undoes is 0 where it takes nothing back. */
uint32_t karto_batch_number(uint64_t batch);
uint32_t karto_batch_undoes(uint64_t batch);
uint64_t karto_batch_make(uint32_t number, uint32_t undoes);

/* Its number as people see it: 7f3a0012. And as they type it, with zeros before it or without: KARTO_E_INVALID. */
void karto_batch_print(uint64_t batch, char out[KARTO_BATCH_TEXT]);
KARTO_CHECKED enum karto_err karto_batch_parse(struct karto_slice text, uint32_t *number);

#endif
