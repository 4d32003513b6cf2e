/* device_row.h - the devices of head office as answers have them: whose each is, what it may, and whether it has given
 * back what a backup lacked. */
#ifndef KARTO_CLIENT_DEVICE_ROW_H
#define KARTO_CLIENT_DEVICE_ROW_H

#include "client/cli.h"
#include "core/store/hub_recovery.h"

struct karto_device_row {
    struct karto_device device;
    struct karto_slice name;
    struct karto_rights says; /* what it may; of one that nobody has admitted yet, what it says that it may */
    bool restored;            /* head office was put back at some time: the next counts */
    bool gave;                /* it has given back all that it had */
    bool held;                /* it has not, and cannot before the administrator has decided on what is held of it */
    bool some_held;           /* it has not said that it has, but brought what waits for the administrator */
};

/* Visits all devices, in the order in which they were enrolled. */
typedef enum karto_err karto_device_row_visit(struct karto_tx *tx, const struct karto_device_row *row, void *context);
KARTO_CHECKED enum karto_err karto_device_rows(struct karto_tx *tx, karto_device_row_visit *visit, void *context);

/* One of them, in the transaction's arena. */
KARTO_CHECKED enum karto_err karto_device_row_of(struct karto_tx *tx, struct karto_rid id,
                                                 struct karto_device_row *row);

/* What can be a column of it. */
enum { KARTO_DEVICE_COLUMNS = 12 };
extern const struct karto_column karto_device_columns[KARTO_DEVICE_COLUMNS];

/* Prints its keys into the object that is open. */
void karto_device_row_show(struct karto_cli *cli, const struct karto_device_row *row);

/* Prints "seen": when somebody was here last, 0: never. */
void karto_seen_show(struct karto_out *out, int64_t ms);

/* Appends it as a line for people: "Ноутбук (oksana, торговий представник: 14): віддав своє, був 27.11.2026 18:09". */
void karto_device_row_say(struct karto_cli *cli, const struct karto_device_row *row, struct karto_buf *out);

/* The one device that text names: by its name, its user, or the end of its id. KARTO_E_NOT_FOUND, KARTO_E_AMBIGUOUS
 * with those it could be: both in cli->problem. *row lives in the transaction's arena. */
KARTO_CHECKED enum karto_err karto_device_pick(struct karto_cli *cli, struct karto_tx *tx, const char *text,
                                               struct karto_device_row *row);

#endif
