/* changes.h - many changes as columns: all nodes, then all seqs, all clocks, ... What is the same in each then costs
 * nothing once deflated, and what is random stands together. PROTOCOL.md, "A set of changes". */
#ifndef KARTO_PROTO_CHANGES_H
#define KARTO_PROTO_CHANGES_H

#include "core/base/reader.h"
#include "core/model/change.h"

/* Adds them to out. Their number is the message's to write. KARTO_E_LIMIT: one of them is over a limit. That they are
 * well-formed (a kind, a seq, fields and keys in order, values that are values) is the caller's promise. */
KARTO_CHECKED enum karto_err karto_changes_pack(struct karto_buf *out, const struct karto_change *changes,
                                                uint32_t count);

/* count changes, which the caller holds against a limit. Everything that karto_change_decode would refuse fails here
 * too. With flaws, one for each change, what is wrong with one alone (text that is not UTF-8, what is no value, fields
 * out of order, an unknown kind, more than a change may have) is said there, and the change has its parts as they came;
 * NULL where nothing is. Then only what leaves unclear where the next part begins fails: reader's error. */
void karto_changes_read(struct karto_reader *reader, struct karto_arena *arena, struct karto_change *changes,
                        const char **flaws, uint32_t count);

#endif
