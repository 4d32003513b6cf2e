/* office.h - the head office that fuzz_serve asks, the same for every input and for the seeds: a laptop of territory 01
 * (0) and one of head office's own (1), clients in two territories, one with a person and a conflict, one that is
 * hidden; and on the laptops edits that the hub has not had. */
#ifndef KARTO_TESTS_FUZZ_OFFICE_H
#define KARTO_TESTS_FUZZ_OFFICE_H

#include "core/store/hub_recovery.h"
#include "tests/spine.h"

enum { OFFICE_PUT_BACK = 0x7f }; /* at the beginning of an input: this head office, put back */

static inline enum karto_err office_put_back(struct karto_tx *tx, void *context)
{
    const struct karto_hub_journal nothing = {.epochs = NULL};
    (void)context;
    return karto_hub_restored(tx, &nothing);
}

static inline void office_open(struct spine *office)
{
    enum { PERSON_NAME = 64, CITY = 42 };
    static const char *const north[] = {"01", NULL};
    spine_open(office);
    spine_device(office, "oksana", north);
    spine_device(office, "petro", NULL);
    struct karto_rid shared = spine_client(&office->hub, "Нова Пошта", "01");
    struct karto_rid hidden = spine_client(&office->hub, "Стара Пошта", "01");
    spine_client(&office->hub, "Південь", "02");
    spine_sync_all(office);
    spine_child(&office->devices[0], KARTO_PERSON, shared, PERSON_NAME, "Олена");
    CHECK_INT(spine_set(&office->devices[0], shared, CITY, NULL, "Київ"), KARTO_OK);
    CHECK_INT(spine_set(&office->devices[1], shared, CITY, NULL, "Львів"), KARTO_OK);
    CHECK_INT(spine_hide(&office->hub, hidden, true), KARTO_OK);
    spine_sync_all(office);
    CHECK_INT(spine_territory(&office->hub, hidden, "02"), KARTO_OK);
    for (int device = 0; device < 2; device++) {
        spine_client(&office->devices[device], "Ромашка", "01");
        CHECK_INT(spine_set(&office->devices[device], shared, CITY, NULL, "Одеса"), KARTO_OK);
    }
}

#endif
