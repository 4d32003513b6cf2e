/* query.h - finding records and paging through them. */
#ifndef KARTO_STORE_QUERY_H
#define KARTO_STORE_QUERY_H

#include "core/store/entry.h"
#include "core/store/index.h"

/* Records of kind that text names: by an id; or by a short id, an EDRPOU, a phone (karto_phone_plain), an external id,
 * a purchase's number or an exact name (case, apostrophes and quotes apart), all of these at once, for none of them is
 * surer than the others. A whole id names one record whatever else it is. At most max ids, ascending; *count says how
 * many there are. None: KARTO_E_NOT_FOUND. */
KARTO_CHECKED enum karto_err karto_find(struct karto_tx *tx, uint32_t kind, struct karto_slice text,
                                        struct karto_rid *ids, uint32_t max, uint32_t *count);

/* The first way in which text names this record: "id", "short", "edrpou", "phone", "external_id", "number", "name"; it
 * lives for ever. KARTO_E_NOT_FOUND: in none. */
KARTO_CHECKED enum karto_err karto_find_how(struct karto_tx *tx, uint32_t kind, struct karto_slice text,
                                            struct karto_rid id, const char **how);

/* Records of kind in the order of their names, activities and purchases by day and the youngest first, each loaded.
 * from: behind this place of an earlier page, or NULL. An error of visit ends the walk and comes back,
 * KARTO_E_INTERRUPTED as KARTO_OK. *at is where the walk stands, for the next page. What visit gets is gone after it.
 */
typedef enum karto_err karto_list_visit(struct karto_tx *tx, const struct karto_entry *entry, void *context);
KARTO_CHECKED enum karto_err karto_list(struct karto_tx *tx, uint32_t kind, const struct karto_index_place *from,
                                        karto_list_visit *visit, void *context, struct karto_index_place *at);

/* Records of kind that hang on a client, in the order of their ids. */
KARTO_CHECKED enum karto_err karto_each_child(struct karto_tx *tx, uint32_t kind, struct karto_rid client,
                                              karto_list_visit *visit, void *context);

/* All records of kind in the order of their ids: for export, and for kinds without a name. */
KARTO_CHECKED enum karto_err karto_each(struct karto_tx *tx, uint32_t kind, struct karto_rid after,
                                        karto_list_visit *visit, void *context);

/* Records of kind with conflicts, in the order of their ids. */
KARTO_CHECKED enum karto_err karto_each_conflict(struct karto_tx *tx, uint32_t kind, karto_list_visit *visit,
                                                 void *context);

/* Who wrote under a node id: the device's name and its user's, in the arena. Both empty where that is not known (yet).
 */
struct karto_writer {
    struct karto_slice device, user;
};
KARTO_CHECKED enum karto_err karto_writer_of(struct karto_tx *tx, struct karto_node node, struct karto_writer *writer);

/* The text of a record's plain text field, or of its timeline on day; empty where there is none. */
struct karto_slice karto_text_of(const struct karto_record *record, uint32_t field);
struct karto_slice karto_text_at(const struct karto_record *record, uint32_t field, int64_t day);

#endif
