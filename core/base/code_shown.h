/* code_shown.h - phones and accounts as people read them, in groups. What is shown can be typed: it is the same code
 * (codes.h). */
#ifndef KARTO_BASE_CODE_SHOWN_H
#define KARTO_BASE_CODE_SHOWN_H

#include "core/base/arena.h"

/* A Ukrainian number as "+380 67 123-45-67", one free of charge as "+380 800 123 456"; what stands behind it, as an
 * extension does, stays. Any other as it was typed. Both (valid UTF-8) may share their bytes. */
struct karto_slice karto_phone_shown(struct karto_arena *arena, struct karto_slice typed);

/* "UA21 3223 1300 …" in groups of four; what is no IBAN as it was typed. */
struct karto_slice karto_iban_shown(struct karto_arena *arena, struct karto_slice typed);

#endif
