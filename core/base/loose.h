/* loose.h - words that are taken for one another: by ear, and by the habit of another language. */
#ifndef KARTO_BASE_LOOSE_H
#define KARTO_BASE_LOOSE_H

#include "core/base/arena.h"

/* A word (folded: karto_text_fold) with г for ґ; и for і, ї, ы, and for й at the end; е for є, э, ё; without ь and ъ;
 * with one consonant for two of the same. Its own form: doing it twice is doing it once. Only for finding what was
 * mistyped, and only where nothing else was found. Lives in the arena. */
struct karto_slice karto_loose(struct karto_arena *arena, struct karto_slice word);

/* How many edits make one word of the other, counted in letters: one put in, left out, or mistaken for another, or two
 * neighbours exchanged. Counts up to most; most + 1 stands for all that are more. Longer words than
 * KARTO_EDITS_SIZE_MAX bytes are equal or too far apart. */
enum { KARTO_EDITS_SIZE_MAX = 128 };
unsigned karto_edits(struct karto_slice a, struct karto_slice b, unsigned most);

#endif
