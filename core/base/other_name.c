#include "core/base/other_name.h"

#include "core/base/fatal.h"
#include "core/base/roman.h"

/* Folded. What sounds alike in both languages (Полтава, Суми) needs no row. */
static const char *const pairs[][2] = {
    /* cities, in Ukrainian and in Russian */
    {"київ", "киев"},
    {"харків", "харьков"},
    {"львів", "львов"},
    {"миколаїв", "николаев"},
    {"чернігів", "чернигов"},
    {"запоріжжя", "запорожье"},
    {"дніпро", "днепр"},
    {"рівне", "ровно"},
    {"чернівці", "черновцы"},
    {"тернопіль", "тернополь"},
    /* … and as they were called before */
    {"дніпро", "дніпропетровськ"},
    {"дніпро", "днепропетровск"},
    {"кропивницький", "кіровоград"},
    {"кропивницький", "кировоград"},
    /* people */
    {"олександр", "александр"},
    {"олексій", "алексей"},
    {"андрій", "андрей"},
    {"володимир", "владимир"},
    {"дмитро", "дмитрий"},
    {"євген", "евгений"},
    {"катерина", "екатерина"},
    {"олена", "елена"},
    {"михайло", "михаил"},
    {"микола", "николай"},
    {"павло", "павел"},
    {"петро", "петр"},
    {"петро", "пётр"},
    {"світлана", "светлана"},
    {"сергій", "сергей"},
    {"тетяна", "татьяна"},
};

unsigned karto_other_names(struct karto_arena *arena, struct karto_slice roman_key,
                           struct karto_slice names[KARTO_OTHER_NAMES_MAX])
{
    unsigned count = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct karto_slice keys[2];
        for (unsigned side = 0; side < 2; side++)
            keys[side] = karto_roman_key(arena, karto_slice_str(pairs[i][side]));
        for (unsigned side = 0; side < 2; side++)
            if (karto_slice_equal(keys[side], roman_key) && !karto_slice_equal(keys[1 - side], roman_key)) {
                KARTO_ASSERT(count < KARTO_OTHER_NAMES_MAX);
                names[count++] = keys[1 - side];
            }
    }
    return count;
}
