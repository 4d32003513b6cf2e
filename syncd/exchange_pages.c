/* The pages of a reconcile: hashes that are compared, states that are fetched, by range or by name. */
#include "core/base/broken.h"
#include "core/base/fatal.h"
#include "core/base/limits.h"
#include "core/store/device.h"
#include "core/store/digest.h"
#include "core/store/refused.h"
#include "core/store/repaired.h"
#include "syncd/exchange_course.h"

#include <stdlib.h>
#include <string.h>

void karto_exchange_begin_reconcile(struct karto_tx *tx, const struct karto_token *token)
{
    if (tx->ledger.reconciling && karto_epoch_equal(tx->ledger.reconcile_epoch, token->epoch) &&
        tx->ledger.reconcile_rights == token->rights)
        return; /* goes on where it was cut */
    tx->ledger.reconciling = true;
    tx->ledger.reconcile_epoch = token->epoch;
    tx->ledger.reconcile_rights = token->rights;
    tx->ledger.reconcile_cursor = 0;
    tx->ledger.reconcile_after = (struct karto_rid){{0}};
}

/* All was compared and nothing came of it, not even what cannot be read, though the digests differ: then they are not
 * those of the records, here or at the hub. Ours are made anew from ours; hello will say whether that was it. */
static enum karto_err doubt_sums(struct karto_tx *tx, struct karto_exchange *x)
{
    struct karto_sum digest;
    enum karto_err err = karto_device_digest(tx, &digest);
    if (err != KARTO_OK || !x->differs || !karto_sum_equal(digest, x->digest) || x->stats.unreadable)
        return err;
    x->news.doubt = true;
    err = karto_digest_rebuild(tx, &x->stats.sums_wrong);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* a record that cannot be read is what check is for */
}

static enum karto_err end_reconcile(struct karto_tx *tx, struct karto_exchange *x)
{
    tx->ledger.epoch = tx->ledger.reconcile_epoch;
    tx->ledger.rights = tx->ledger.reconcile_rights;
    tx->ledger.cursor = tx->ledger.reconcile_cursor;
    tx->ledger.reconciling = false;
    x->stats.reconciled = true;
    enum karto_err err = karto_exchange_compared(tx, x);
    return err == KARTO_OK ? doubt_sums(tx, x) : err;
}

/* A page is through: the next begins behind it, or it was the last. */
static enum karto_err end_page(struct karto_tx *tx, struct karto_exchange *x)
{
    tx->ledger.reconcile_after = x->page_last;
    x->news.more = x->page_more;
    x->news.pending = tx->ledger.pending > 0;
    if (!x->page_more)
        return end_reconcile(tx, x);
    return karto_device_keeps(tx, x->page_last, &x->news.kept);
}

static void note_position(struct karto_tx *tx, uint64_t position)
{
    if (tx->ledger.reconcile_cursor == 0 || KARTO_BROKEN("resume"))
        tx->ledger.reconcile_cursor = position;
}

/* What differs in a page is damage where nothing but the digests could be why, and nothing has happened at the hub
 * since. */
static void note_repairs(const struct karto_tx *tx, struct karto_exchange *x, uint64_t position)
{
    x->repairs = x->differs && position <= tx->ledger.cursor;
}

static enum karto_err repaired(struct karto_tx *tx, struct karto_exchange *x, uint64_t records)
{
    if (!x->repairs || x->session.in_pull)
        return KARTO_OK;
    x->stats.repaired += records;
    return karto_repaired_add(tx, records);
}

enum karto_err karto_exchange_hear_digests(struct karto_tx *tx, struct karto_exchange *x,
                                           const struct karto_digests_answer *digests)
{
    struct karto_rid *wanted, last = {{0}};
    struct karto_hash *hashes = karto_arena_array(&tx->arena, digests->count, sizeof *hashes);
    for (uint32_t i = 0; i < digests->count; i++)
        hashes[i] = (struct karto_hash){digests->entries[i].record, digests->entries[i].hash};
    if (digests->count)
        last = digests->entries[digests->count - 1].record;
    if (digests->more && digests->count == 0)
        return KARTO_E_PROTOCOL;
    note_position(tx, digests->position);
    note_repairs(tx, x, digests->position);
    uint32_t wanted_count;
    uint64_t before = karto_exchange_records_here(tx);
    enum karto_err err =
        karto_device_compare(tx, tx->ledger.reconcile_after, digests->more ? last : (struct karto_rid){{0}}, hashes,
                             digests->count, &wanted, &wanted_count);
    uint64_t gone = before - karto_exchange_records_here(tx);
    x->stats.gone += gone;
    x->stats.unlisted += gone;
    if (err == KARTO_OK)
        err = repaired(tx, x, gone);
    if (err != KARTO_OK)
        return err;
    x->wanted = karto_must(realloc(x->wanted, (wanted_count + 1) * sizeof *x->wanted));
    memcpy(x->wanted, wanted, wanted_count * sizeof *wanted);
    x->wanted_count = wanted_count;
    x->page_more = digests->more;
    x->page_last = last;
    x->news.wanted = wanted_count > 0;
    return x->news.wanted ? KARTO_OK : end_page(tx, x);
}

static enum karto_err store_states(struct karto_tx *tx, struct karto_exchange *x,
                                   const struct karto_states_answer *states)
{
    enum karto_err err = KARTO_OK;
    for (uint32_t i = 0; i < states->count && err == KARTO_OK; i++)
        err =
            karto_exchange_take_state(tx, x, states->states[i].record, states->states[i].home, states->states[i].state);
    x->stats.pulled += states->count;
    return err;
}

enum karto_err karto_exchange_hear_range(struct karto_tx *tx, struct karto_exchange *x,
                                         const struct karto_states_answer *states)
{
    if (states->more && states->count == 0)
        return KARTO_E_PROTOCOL;
    note_position(tx, states->position);
    note_repairs(tx, x, states->position);
    enum karto_err err = store_states(tx, x, states);
    if (err == KARTO_OK)
        err = repaired(tx, x, states->count);
    x->page_more = states->more;
    if (states->count)
        x->page_last = states->states[states->count - 1].record;
    return err == KARTO_OK ? end_page(tx, x) : err;
}

/* Of the wanted records up to the end of the answer, those that are not in it are no longer in scope. */
enum karto_err karto_exchange_hear_states(struct karto_tx *tx, struct karto_exchange *x,
                                          const struct karto_states_answer *states)
{
    uint32_t asked = x->wanted_count < KARTO_STATES_MAX ? x->wanted_count : KARTO_STATES_MAX, done = 0, at = 0;
    if (states->more && states->count == 0)
        return KARTO_E_PROTOCOL;
    enum karto_err err = store_states(tx, x, states);
    for (; done < asked && err == KARTO_OK; done++) {
        if (at < states->count && karto_rid_equal(states->states[at].record, x->wanted[done]))
            at++;
        else if (at == states->count && states->more)
            break;
        else
            err = karto_exchange_leave(tx, x, x->wanted[done]);
    }
    if (err == KARTO_OK)
        err = repaired(tx, x, done);
    if (err != KARTO_OK)
        return err;
    if (at != states->count)
        return KARTO_E_PROTOCOL; /* a record that was not asked for */
    x->wanted_done = done;       /* taken off the list once this is on disk: the work may be done twice */
    x->news.wanted = x->wanted_count > done;
    x->news.more = x->page_more;
    if (x->news.wanted)
        return KARTO_OK;
    if (!x->session.in_pull)
        return end_page(tx, x);
    if (x->page_more)
        return KARTO_OK;
    tx->ledger.synced_ms = karto_now_ms(tx);
    return karto_refused_settle(tx);
}
