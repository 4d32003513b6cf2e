/* record_values.h - what a record says, without who said it when, in one piece of memory: for another thread that reads
 * values only, and is given many. A fifth of what a copy takes.
 *
 * Within one process: the bytes are trusted when they are read, and are nobody's format. */
#ifndef KARTO_MODEL_RECORD_VALUES_H
#define KARTO_MODEL_RECORD_VALUES_H

#include "core/model/record.h"

/* Whether each register has one head, so that there is nothing to be told but values: as in every new record. */
bool karto_values_are_all(const struct karto_record *record);

/* In the arena. The record must be one of which values_are_all. */
struct karto_slice karto_values_write(struct karto_arena *arena, const struct karto_record *record);

/* A record with empty vectors and stamps; keys and values point into bytes. */
struct karto_record karto_values_read(struct karto_arena *arena, struct karto_slice bytes);

#endif
