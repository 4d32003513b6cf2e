/* The tables of kinds and fields. A number is given once and never again: what leaves a table leaves a gap. */
#include "core/model/schema.h"

#include <stddef.h>

#define PLAIN(number, name, type)                                                                                      \
    {                                                                                                                  \
        number, name, KARTO_SCALAR, type, KARTO_AS_IS, NULL, NULL                                                      \
    }
#define TEXT(number, name)                                                                                             \
    {                                                                                                                  \
        number, name, KARTO_SCALAR, KARTO_TEXT, KARTO_N_TEXT, NULL, NULL                                               \
    }
#define TEXT_AS(number, name, normal)                                                                                  \
    {                                                                                                                  \
        number, name, KARTO_SCALAR, KARTO_TEXT, normal, NULL, NULL                                                     \
    }
#define SET_OF(number, name, normal)                                                                                   \
    {                                                                                                                  \
        number, name, KARTO_SET, KARTO_TEXT, normal, NULL, NULL                                                        \
    }
#define MAP_OF(number, name, type, parts)                                                                              \
    {                                                                                                                  \
        number, name, KARTO_MAP, type, KARTO_AS_IS, NULL, parts                                                        \
    }
#define TIMELINE_OF(number, name, normal)                                                                              \
    {                                                                                                                  \
        number, name, KARTO_TIMELINE, KARTO_TEXT, normal, NULL, NULL                                                   \
    }
#define CHOICE(number, name, choices)                                                                                  \
    {                                                                                                                  \
        number, name, KARTO_SCALAR, KARTO_ENUM, KARTO_AS_IS, choices, NULL                                             \
    }
#define PART(name, type)                                                                                               \
    {                                                                                                                  \
        0, name, KARTO_SCALAR, type, KARTO_AS_IS, NULL, NULL                                                           \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        0, NULL, KARTO_SCALAR, KARTO_NIL, KARTO_AS_IS, NULL, NULL                                                      \
    }

static const struct karto_field_def hidden_parts[] = {PART("hidden", KARTO_BOOL), PART("reason", KARTO_TEXT), END};

/* A line of a purchase: quantity in thousandths, unit price, discount in hundredths of a per cent. */
static const struct karto_field_def line_parts[] = {PART("product", KARTO_TEXT), PART("quantity", KARTO_INTEGER),
                                                    PART("price", KARTO_MONEY), PART("discount", KARTO_INTEGER), END};

static const char *const client_status[] = {"market", "prospect", "customer", "archive", NULL};
static const char *const activity_type[] = {"visit", "call", "letter", "meeting", "note", NULL};
static const char *const purchase_status[] = {"new", "confirmed", "shipped", "paid", "cancelled", NULL};

#define HIDDEN                                                                                                         \
    {                                                                                                                  \
        KARTO_F_HIDDEN, "hidden", KARTO_SCALAR, KARTO_TUPLE, KARTO_N_FIRST, NULL, hidden_parts                         \
    }
#define OF_CLIENT PLAIN(KARTO_F_CLIENT, "client", KARTO_REFERENCE)

static const struct karto_field_def client_fields[] = {
    HIDDEN,
    TIMELINE_OF(KARTO_F_TERRITORY, "territory", KARTO_N_TEXT),
    PLAIN(KARTO_F_MERGED, "merged", KARTO_REFERENCE),
    TEXT(KARTO_F_NAME, "name"),
    TIMELINE_OF(KARTO_F_MANAGER, "manager", KARTO_N_TEXT),
    TEXT_AS(KARTO_F_EDRPOU, "edrpou", KARTO_N_EDRPOU),
    TEXT(KARTO_F_EXTERNAL_ID, "external_id"),
    SET_OF(KARTO_F_PHONE, "phone", KARTO_N_PHONE),
    SET_OF(KARTO_F_EMAIL, "email", KARTO_N_EMAIL),
    SET_OF(22, "iban", KARTO_N_IBAN),
    SET_OF(23, "tag", KARTO_N_TEXT),
    TEXT(24, "full_name"),
    TEXT(25, "legal_form"),
    TEXT(26, "vat"),
    CHOICE(27, "status", client_status),
    TEXT(28, "industry"),
    TEXT_AS(29, "site", KARTO_N_SITE),
    PLAIN(30, "credit_limit", KARTO_MONEY),
    TEXT(31, "note"),
    PLAIN(32, "since", KARTO_DATE),
    MAP_OF(33, "attr", KARTO_TEXT, NULL),
    TEXT(40, "address.index"),
    TEXT(41, "address.region"),
    TEXT(42, "address.city"),
    TEXT(43, "address.street"),
    TEXT(44, "address.house"),
    TEXT(45, "address.office"),
    TEXT(50, "legal_address.index"),
    TEXT(51, "legal_address.region"),
    TEXT(52, "legal_address.city"),
    TEXT(53, "legal_address.street"),
    TEXT(54, "legal_address.house"),
    TEXT(55, "legal_address.office"),
    TEXT(60, "postal_address.index"),
    TEXT(61, "postal_address.region"),
    TEXT(62, "postal_address.city"),
    TEXT(63, "postal_address.street"),
    TEXT(64, "postal_address.house"),
    TEXT(65, "postal_address.office"),
    END,
};

static const struct karto_field_def person_fields[] = {
    HIDDEN,
    OF_CLIENT,
    PLAIN(KARTO_F_MERGED, "merged", KARTO_REFERENCE),
    TEXT(KARTO_F_NAME, "name"),
    TEXT(KARTO_F_EXTERNAL_ID, "external_id"),
    SET_OF(KARTO_F_PHONE, "phone", KARTO_N_PHONE),
    SET_OF(KARTO_F_EMAIL, "email", KARTO_N_EMAIL),
    TEXT(31, "note"),
    PLAIN(32, "since", KARTO_DATE),
    TEXT(34, "role"),
    PLAIN(35, "left", KARTO_DATE),
    END,
};

static const struct karto_field_def activity_fields[] = {
    HIDDEN,
    OF_CLIENT,
    TEXT(KARTO_F_EXTERNAL_ID, "external_id"),
    CHOICE(36, "type", activity_type),
    PLAIN(KARTO_F_DATE, "date", KARTO_DATE),
    TEXT(38, "text"),
    TEXT(39, "outcome"),
    TEXT(70, "next"),
    PLAIN(71, "next_date", KARTO_DATE),
    END,
};

static const struct karto_field_def purchase_fields[] = {
    HIDDEN,
    OF_CLIENT,
    TEXT(KARTO_F_EXTERNAL_ID, "external_id"),
    TEXT(KARTO_F_NUMBER, "number"),
    PLAIN(KARTO_F_DATE, "date", KARTO_DATE),
    MAP_OF(KARTO_F_LINES, "lines", KARTO_TUPLE, line_parts),
    PLAIN(KARTO_F_TOTAL, "total", KARTO_MONEY),
    CHOICE(KARTO_F_STATUS, "status", purchase_status),
    END,
};

static const struct karto_field_def device_fields[] = {
    HIDDEN,
    TEXT(KARTO_F_NAME, "name"),
    SET_OF(KARTO_F_NODE, "node", KARTO_AS_IS),
    TEXT_AS(KARTO_F_USER, "user", KARTO_AS_IS),
    END,
};

static const struct karto_kind_def client_kind = {KARTO_CLIENT, "client", client_fields};
static const struct karto_kind_def person_kind = {KARTO_PERSON, "person", person_fields};
static const struct karto_kind_def activity_kind = {KARTO_ACTIVITY, "activity", activity_fields};
static const struct karto_kind_def purchase_kind = {KARTO_PURCHASE, "purchase", purchase_fields};
static const struct karto_kind_def device_kind = {KARTO_DEVICE, "device", device_fields};

const struct karto_kind_def *const *karto_kinds(void)
{
    static const struct karto_kind_def *const kinds[] = {&client_kind,   &person_kind, &activity_kind,
                                                         &purchase_kind, &device_kind, NULL};
    return kinds;
}
