/* oracle.h - what must come out of a schedule, by definition: it keeps every change ever made and, for each, what its
 * author had on his screen or had written himself. No version vectors, no merging, no store: it shares nothing with the
 * program but the numbers of fields.
 *
 * Changes are numbered 1, 2, 3, ... (uid). A change is made by a person (or by a rule of the hub), then perhaps taken
 * into the hub's log, once, as applied or as refused; only applied ones have an effect. Records and nodes are numbers
 * too. */
#ifndef KARTO_TESTS_SIM_H
#define KARTO_TESTS_SIM_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ORACLE_TEXT = 64,  /* bytes of a key or value, with its 0 */
    ORACLE_SETS = 4,   /* registers that one change sets */
    ORACLE_HEADS = 64, /* values that one register can have at once */
};

/* The fields whose meaning matters here; all others are only numbers below 128. */
enum { ORACLE_HIDDEN = 1, ORACLE_TERRITORY = 2, ORACLE_CLIENT = 3, ORACLE_MERGED = 4 };

struct oracle_set {
    unsigned field;
    char key[ORACLE_TEXT];
    bool removed;             /* takes the element away */
    char normal[ORACLE_TEXT]; /* equal for writings of the same value; empty: cleared. Of `hidden`: "yes" or "no". Of a
                                 territory: its name */
    unsigned record;          /* of `client`: the client's number */
    int64_t day;              /* of a timeline: from when on */
};

struct oracle_change {
    unsigned record;
    bool rule; /* the hub's own */
    struct oracle_set sets[ORACLE_SETS];
    unsigned count;
};

enum oracle_fate { ORACLE_NOT_SEEN, ORACLE_APPLIED, ORACLE_REFUSED };

/* A hub that is put back forgets what it took since: the changes are not seen again (oracle_go_back), and come back in
 * one of two ways. Their authors give them back: that is taking them, as ever. Or somebody's copy of a record has them
 * in it: then they are in effect in the fields that he had, and stand in no log (oracle_take_state). What nobody has
 * any more is lost, and that is no error.
 *
 * What such a run weakens, and nothing else; world.h has a mark on each record that one of these has met:
 *
 * - Lost: a change whose author does not remember it (he was head office, or was put back himself) and that no device
 *   brings back in a state. Held: a state that its device may not write itself waits for the administrator. What is
 *   neither must be in effect as soon as a device has said that it has given everything (proof_gave), and every change
 *   that its author has must be in the log at the end, once, with the verdict that he was given.
 * - Refused without another cause: what builds on something lost.
 * - Twice: what was sent to the lost hub and would be refused now is made anew under another dot, while others may
 *   have it under its first; and what a device that was put back, too, has forgotten to have sent, or to have replaced.
 *   Such a record is doubled: all values must be there, and there may be more.
 * - Shortened: a change that has seen something lost is taken as if it had not. Should that come back after all, it
 *   stands beside the change: the record counts as doubled.
 * - Two verdicts: a change that the lost hub has refused without its author ever hearing of it, and that the new one
 *   applies. Whoever has heard of the refusal has a vector that covers it, so that its values may be gone: nothing is
 *   asked of the values of such a record but that all copies are equal.
 * - Later: what is held may come in by itself, when others have given back what it builds on; it then stands beside
 * what was done meanwhile, and the record counts as doubled.
 * - Two changes under one dot: as above. A hub that was put back cannot tell that a device was.
 * - Hides: a state that is joined has no authors whose screens could be asked. Where one came in, a hide may be taken
 *   back without a cause, or stand although somebody did not see it. */

struct oracle;

struct oracle *oracle_new(void);
void oracle_free(struct oracle *oracle);

/* ---- what happened ---- */

unsigned oracle_make(struct oracle *oracle, const struct oracle_change *change);
void oracle_add_set(struct oracle *oracle, unsigned uid, const struct oracle_set *set);

/* The author of uid had the value of seen, in this field of the record, before him; and with it all that its author had
 * there. */
void oracle_saw(struct oracle *oracle, unsigned uid, unsigned seen, unsigned field);

/* The same, of all fields that seen sets: the author's own earlier change. */
void oracle_saw_own(struct oracle *oracle, unsigned uid, unsigned own);

/* The same, of all changes of the record that are in effect: what is made at the hub itself. */
void oracle_saw_all(struct oracle *oracle, unsigned uid);

/* The record was shown as hidden to the author of uid. */
void oracle_saw_hidden(struct oracle *oracle, unsigned uid);

/* uid came into the hub's log, with this stamp. False: it had been there already; it counts as applied if it once was.
 */
bool oracle_take(struct oracle *oracle, unsigned uid, enum oracle_fate fate, uint64_t clock, uint64_t node);

/* A state that came into the hub has uid in it: it is in effect in this field from now on. */
void oracle_take_state(struct oracle *oracle, unsigned uid, unsigned field);

/* What the hub has now, to be put back to it later. */
struct oracle_past;

struct oracle_past *oracle_keep(const struct oracle *oracle);
void oracle_go_back(struct oracle *oracle, const struct oracle_past *past);
void oracle_past_free(struct oracle_past *past); /* NULL is fine */

/* ---- what must be ---- */

/* Whether it is in effect, in this field, or in any. */
bool oracle_has_effect(const struct oracle *oracle, unsigned uid, unsigned field);
bool oracle_has_any_effect(const struct oracle *oracle, unsigned uid);

/* Some hub has taken it, be it a lost one. */
bool oracle_was_taken(const struct oracle *oracle, unsigned uid);
bool oracle_was_applied(const struct oracle *oracle, unsigned uid); /* by one of them */

/* A hub took it that was put back, and this one lacks something of it. */
bool oracle_is_lost(const struct oracle *oracle, unsigned uid);

const struct oracle_change *oracle_change(const struct oracle *oracle, unsigned uid);
enum oracle_fate oracle_fate(const struct oracle *oracle, unsigned uid);
uint64_t oracle_clock(const struct oracle *oracle, unsigned uid);
unsigned oracle_count(const struct oracle *oracle); /* of changes: the last uid */

/* The values that a register has: of all writes in effect those that nobody saw who wrote there later. uids, ascending;
 * how many. */
unsigned oracle_heads(const struct oracle *oracle, unsigned record, unsigned field, const char *key,
                      unsigned uids[ORACLE_HEADS]);

/* The one that is shown: of the greatest (clock, node). 0: none. */
unsigned oracle_winner(const struct oracle *oracle, unsigned record, unsigned field, const char *key);

/* Whether they differ in more than how they are written. */
bool oracle_is_conflict(const struct oracle *oracle, unsigned record, unsigned field, const char *key);

/* The territory of a record on a day: a client's own, what hangs on one: the client's. NULL: nobody's. */
const char *oracle_home(const struct oracle *oracle, unsigned record, int64_t day);

bool oracle_is_hidden(const struct oracle *oracle, unsigned record);

/* A value in a hidden record that no hide in force has seen, and whose author did not see the record hidden: it must be
 * brought back. 0: none. Removals of an element, and merging, are no reason. strictly: the author must have seen a hide
 * that is in force now, and not only an earlier one whose place it took; without even such a value the record must stay
 * hidden. */
unsigned oracle_swallowed(const struct oracle *oracle, unsigned record, bool strictly);

#endif
