/* set_cell.h - several elements of a set in one cell of a table: apart by ; or a line break, blanks around them do not
 * count. An element that has one of these in it, or begins with a quotation mark, stands in quotation marks, and those
 * in it are doubled: the rule of CSV once more. */
#ifndef KARTO_CLIENT_SET_CELL_H
#define KARTO_CLIENT_SET_CELL_H

#include "core/base/arena.h"
#include "core/base/buf.h"

/* Takes the next element off *rest; empty ones are passed over. False: there is none. element points into rest, or into
 * the arena. A quote that is opened and not closed is a letter like others. */
bool karto_set_cell_next(struct karto_arena *arena, struct karto_slice *rest, struct karto_slice *element);

/* The same, but an empty element counts: "a;;b" has three of them, and nothing at all one. rest->data is NULL behind
 * the last. */
bool karto_set_cell_take(struct karto_arena *arena, struct karto_slice *rest, struct karto_slice *element);

/* Appends an element to a cell that began at begin in out. */
void karto_set_cell_add(struct karto_buf *out, size_t begin, struct karto_slice element);

#endif
