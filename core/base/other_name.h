/* other_name.h - cities and people that have another name, which no ear and no typing mistake leads to: Киев for Київ,
 * Николай for Микола, and what a city was called before. */
#ifndef KARTO_BASE_OTHER_NAME_H
#define KARTO_BASE_OTHER_NAME_H

#include "core/base/arena.h"

enum { KARTO_OTHER_NAMES_MAX = 4 };

/* The other names of what has a name with this key (karto_roman_key), as keys too: so "Kiev" leads to "Київ" and to
 * "Kyiv". How many there are; they live in the arena. */
unsigned karto_other_names(struct karto_arena *arena, struct karto_slice roman_key,
                           struct karto_slice names[KARTO_OTHER_NAMES_MAX]);

#endif
