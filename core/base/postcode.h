/* postcode.h - of which part of Ukraine a postcode is: a hint, for post offices move and regions are renamed. */
#ifndef KARTO_BASE_POSTCODE_H
#define KARTO_BASE_POSTCODE_H

#include "core/base/arena.h"

/* The city from which a postcode's part of the country is served, in Ukrainian: "Львів" for 79000, "Київ" for 01001 and
 * for 08300, which is near it. NULL: no postcode of Ukraine (five digits, not from 00). It lives for ever. */
const char *karto_postcode_centre(struct karto_slice index);

/* Whether an address is certainly in another part of the country than its postcode: by its region, in whichever way
 * people write it ("Львівська обл.", "Волинь"), or where that is empty, by a city that is the centre of a part. */
bool karto_postcode_is_elsewhere(struct karto_arena *arena, struct karto_slice index, struct karto_slice region,
                                 struct karto_slice city);

#endif
