/* What devices wanted and may not: each proposal is the change that the log has as refused, and all are counted. */
#include "core/store/check_walk.h"
#include "core/store/databases.h"
#include "core/store/dots.h"
#include "core/store/hub_proposal.h"

/* The change that stands in the log at the proposal's number, as refused. */
static enum karto_err find_refused(struct karto_tx *tx, const struct karto_proposal *proposal,
                                   struct karto_change *change)
{
    struct karto_log_entry row;
    enum karto_err err = karto_log_read(tx, proposal->number, &row);
    if (err == KARTO_OK)
        err = karto_log_change(tx, &row, change);
    bool same = err == KARTO_OK && row.verdict == KARTO_V_REFUSED && karto_rid_equal(row.record, proposal->record);
    return err == KARTO_OK && !same ? KARTO_E_NOT_FOUND : err;
}

/* An open one has its values, and is byte for byte what was refused. */
static enum karto_err is_that(struct karto_tx *tx, const struct karto_proposal *proposal, struct karto_dot dot)
{
    struct karto_change change;
    struct karto_known known;
    uint64_t hash;
    if (proposal->change.size == 0)
        return KARTO_OK;
    enum karto_err err = karto_change_decode(&tx->arena, proposal->change, &change);
    if (err == KARTO_OK)
        err = karto_dot_find(tx, dot, &known);
    if (err == KARTO_OK)
        err = karto_dot_hash(tx, &change, &hash);
    bool same = err == KARTO_OK && karto_dot_equal(change.stamp.dot, dot) && known.hash == hash;
    return err == KARTO_OK && !same ? KARTO_E_NOT_FOUND : err;
}

static enum karto_err check_tally(struct karto_walk *walk, struct karto_rid device)
{
    struct karto_proposal_tally tally;
    enum karto_err err = karto_hub_proposal_tally(walk->tx, device, &tally);
    if (!karto_walk_has(walk, &err, "how much a device has proposed cannot be read", NULL))
        return err;
    bool all = karto_rid_is_zero(device);
    walk->proposals.told_count += all ? 0 : tally.count;
    walk->proposals.told_size += all ? 0 : tally.size;
    walk->proposals.all_count += all ? tally.count : 0;
    walk->proposals.all_size += all ? tally.size : 0;
    return KARTO_OK;
}

static enum karto_err check_row(struct karto_walk *walk, struct karto_slice key, struct karto_slice row)
{
    struct karto_proposal proposal;
    struct karto_proposal_tally tally = {.count = 0};
    struct karto_change change;
    if (key.size == 16)
        return check_tally(walk, karto_rid_read(key.data));
    enum karto_err err = karto_hub_proposal_decode(key, row, &proposal);
    if (!karto_walk_has(walk, &err, "a proposal cannot be read", NULL))
        return err;
    walk->proposals.count += proposal.change.size > 0;
    walk->proposals.size += proposal.change.size;
    err = find_refused(walk->tx, &proposal, &change);
    if (!karto_walk_has(walk, &err, "a proposal is not of a change that the log has as refused", &proposal.record))
        return err;
    err = is_that(walk->tx, &proposal, change.stamp.dot);
    if (!karto_walk_has(walk, &err, "a proposal is not the change that was refused", &proposal.record))
        return err;
    err = karto_hub_proposal_tally(walk->tx, proposal.device, &tally);
    if (err == KARTO_OK && tally.count == 0 && proposal.change.size > 0)
        karto_walk_problem(walk, "a proposal is of a device that has none", &proposal.record);
    return err == KARTO_E_CORRUPT ? KARTO_OK : err; /* said with the tally */
}

enum karto_err karto_check_proposals(struct karto_walk *walk)
{
    enum karto_err err = karto_walk_rows(walk, KARTO_DB_PROPOSALS, check_row);
    bool fine = walk->proposals.count == walk->proposals.told_count &&
                walk->proposals.size == walk->proposals.told_size &&
                walk->proposals.count == walk->proposals.all_count && walk->proposals.size == walk->proposals.all_size;
    if (err == KARTO_OK && !fine)
        karto_walk_problem(walk, "the proposals are not counted right", NULL);
    return err;
}
