/* layout.h - what somebody meant who typed with the keyboard switched to the other language: "Yjdf" is "Нова". */
#ifndef KARTO_BASE_LAYOUT_H
#define KARTO_BASE_LAYOUT_H

#include "core/base/arena.h"

/* text (valid UTF-8) as the same keys give it in the other of the two layouts, Ukrainian (enhanced) and US English: to
 * English where it holds a Cyrillic letter, else to Ukrainian. What is on no key of the layout stays. Take the text as
 * typed: ; ' [ ] , . and their capitals are letters here. The result lives in arena. */
struct karto_slice karto_layout_other(struct karto_arena *arena, struct karto_slice text);

#endif
