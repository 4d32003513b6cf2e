/* columns.h - columns that sets of changes and sets of states have in common: what varies little stands side by side,
 * as differences, where deflate finds it; what is random stands apart from it. */
#ifndef KARTO_PROTO_COLUMNS_H
#define KARTO_PROTO_COLUMNS_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/reader.h"
#include "core/model/hlc.h"
#include "core/model/id.h"

/* Record ids: for each its first 48 bits, the time, as the difference from the one before (the first: from 0); then the
 * other 10 bytes of all as one bin. */
void karto_columns_pack_ids(struct karto_buf *out, const struct karto_rid *ids, uint32_t count);
void karto_columns_read_ids(struct karto_reader *reader, struct karto_rid *ids, uint32_t count);

/* Clocks: for each its milliseconds as the difference from the one before (the first: from 0); then for each its
 * counter. */
void karto_columns_pack_clocks(struct karto_buf *out, const struct karto_hlc *clocks, uint32_t count);
void karto_columns_read_clocks(struct karto_reader *reader, struct karto_hlc *clocks, uint32_t count);

/* How many of what follows: fails when that is over most, or more than there are bytes left, so that it can be
 * allocated for. */
uint32_t karto_columns_read_count(struct karto_reader *reader, uint32_t most);
void karto_columns_check_count(struct karto_reader *reader, uint64_t count);

#endif
