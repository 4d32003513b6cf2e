/* Whether a thief of the disk could read the store. */
#include "client/doctor.h"
#include "core/base/os_volume.h"

static const char area[] = "store";
static const char how_to[] = "man karto-security";

/* The rule is one for laptops: they get lost. */
static void find_plain(struct karto_doctor *doctor)
{
    bool laptop = doctor->known && doctor->facts.ledger.role == KARTO_ON_DEVICE;
    KARTO_FIND(doctor, area, "D-VOLUME-PLAIN", laptop ? KARTO_DOUBTFUL : KARTO_FINE, laptop ? how_to : NULL,
               laptop ? KARTO_M_DOCTOR_VOLUME_PLAIN : KARTO_M_DOCTOR_VOLUME_PLAIN_ELSEWHERE,
               karto_arg_str("dir", doctor->dir));
}

void karto_doctor_volume(struct karto_doctor *doctor)
{
    const struct karto_arg dir = karto_arg_str("dir", doctor->dir);
    bool noted = doctor->known && doctor->facts.unencrypted_ms;
    switch (karto_os_volume(doctor->dir)) {
    case KARTO_VOLUME_ENCRYPTED:
        KARTO_FIND(doctor, area, "D-VOLUME", KARTO_FINE, NULL, KARTO_M_DOCTOR_VOLUME, dir);
        return;
    case KARTO_VOLUME_MEMORY:
        KARTO_FIND(doctor, area, "D-VOLUME", KARTO_FINE, NULL, KARTO_M_DOCTOR_VOLUME_MEMORY, dir);
        return;
    case KARTO_VOLUME_PLAIN: find_plain(doctor); return;
    case KARTO_VOLUME_UNKNOWN:
        KARTO_FIND(doctor, area, "D-VOLUME-UNKNOWN", noted ? KARTO_DOUBTFUL : KARTO_FINE, noted ? how_to : NULL,
                   noted ? KARTO_M_DOCTOR_VOLUME_NOTED : KARTO_M_DOCTOR_VOLUME_UNKNOWN, dir);
        return;
    }
}
