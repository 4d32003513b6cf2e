/* formula.h - cells of a table that a spreadsheet would take for a formula, and carry out: those that begin with = + -
 * @.
 *
 * An apostrophe in front makes them text, as it does where people type it. Reading takes one apostrophe off a cell that
 * only apostrophes part from such a beginning; so that nobody's own gets lost, writing puts one more in front of these,
 * in every form of a table. Whatever is written comes back as it was. */
#ifndef KARTO_CLIENT_FORMULA_H
#define KARTO_CLIENT_FORMULA_H

#include "core/base/arena.h"

/* The cell as it is written: for a spreadsheet, or for programs, which take no text for a formula. Itself, or in the
 * arena. */
struct karto_slice karto_formula_guard(struct karto_arena *arena, struct karto_slice cell, bool for_spreadsheet);

/* The cell that was meant; points into it. */
struct karto_slice karto_formula_read(struct karto_slice cell);

#endif
