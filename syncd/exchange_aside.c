/* What of an answer cannot be decoded or applied: set aside, in the transaction of what is heard, and the rest goes on.
 */
#include "core/store/quarantine.h"
#include "syncd/exchange_course.h"

static enum karto_err set_aside(struct karto_tx *tx, struct karto_exchange *x, struct karto_quarantined *entry,
                                const char *why, bool *added)
{
    entry->position = tx->ledger.cursor;
    entry->error = karto_slice_str(karto_err_id(KARTO_E_UNREADABLE));
    entry->detail = karto_slice_str(why);
    enum karto_err err = karto_quarantine_put(tx, entry, added);
    x->stats.quarantined += err == KARTO_OK && *added;
    return err;
}

enum karto_err karto_exchange_aside_change(struct karto_tx *tx, struct karto_exchange *x,
                                           const struct karto_change *change, const char *why)
{
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    bool added;
    karto_change_encode(change, true, &bytes);
    struct karto_quarantined entry = {.form = KARTO_QUARANTINE_CHANGE,
                                      .record = change->record,
                                      .dot = change->stamp.dot,
                                      .author = change->stamp.author,
                                      .bytes = karto_buf_slice(&bytes)};
    enum karto_err err = set_aside(tx, x, &entry, why, &added);
    karto_buf_fini(&bytes);
    return err;
}

enum karto_err karto_exchange_aside_state(struct karto_tx *tx, struct karto_exchange *x, struct karto_rid id,
                                          struct karto_slice bytes)
{
    struct karto_quarantined entry = {.form = KARTO_QUARANTINE_STATE, .record = id, .bytes = bytes};
    bool added;
    enum karto_err err = set_aside(tx, x, &entry, "not the bytes of a record", &added);
    x->stats.unreadable++;
    x->stats.again += err == KARTO_OK && !added;
    return err;
}

/* What came damaged once may come whole the next time: so it is asked for again. */
enum karto_err karto_exchange_compared(struct karto_tx *tx, struct karto_exchange *x)
{
    return karto_quarantine_compared(tx, x->stats.again > 0 && x->stats.again == x->stats.unreadable);
}

enum karto_err karto_exchange_same(struct karto_tx *tx, struct karto_sum hubs, struct karto_sum ours, bool learn,
                                   bool *same)
{
    *same = karto_sum_equal(hubs, ours);
    if (*same) /* what could not be read is here in a good copy: the next difference is another */
        return learn ? karto_quarantine_compared(tx, false) : KARTO_OK;
    return karto_quarantine_explains(tx, karto_sum_sub(hubs, ours), learn, same);
}
