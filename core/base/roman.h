/* roman.h - Ukrainian in Latin letters: as passports and road signs have it, and as people write it who do not know how
 * passports have it. */
#ifndef KARTO_BASE_ROMAN_H
#define KARTO_BASE_ROMAN_H

#include "core/base/arena.h"

/* text (valid UTF-8, NFC) with its Cyrillic letters as resolution 55 of the Cabinet of Ministers of 27.01.2010 writes
 * them: "Єнакієве" is "Yenakiieve", "ЩЕДРИК" is "SHCHEDRYK". Apostrophes between Cyrillic letters go. Russian letters,
 * of which the resolution knows nothing: ы y, э e, ё as є would be with o, ъ nothing. All else stays. The result lives
 * in arena. */
struct karto_slice karto_roman(struct karto_arena *arena, struct karto_slice text);

/* What a word (folded: karto_text_fold) has in common with its other writings, in whichever alphabet: "юрій", "yurii",
 * "iurij" and "yuriy" are one, and so are "запоріжжя" and "zaporizhia". Small Latin letters, romanised, with
 * kh = gh = g = h, c = k but in ch, y = j = i, no i before another vowel, w = v, ph = f, no double letters. For looking
 * up, not for reading. */
struct karto_slice karto_roman_key(struct karto_arena *arena, struct karto_slice word);

#endif
