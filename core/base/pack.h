/* pack.h - writing MessagePack, always in the shortest form, so that equal content is equal bytes. What the project's
 * own extension types mean stands in core/model/value.h. Bytes go behind what the buffer already holds. */
#ifndef KARTO_BASE_PACK_H
#define KARTO_BASE_PACK_H

#include "core/base/buf.h"

void karto_pack_nil(struct karto_buf *buf);
void karto_pack_bool(struct karto_buf *buf, bool v);
void karto_pack_uint(struct karto_buf *buf, uint64_t v);
void karto_pack_int(struct karto_buf *buf, int64_t v);
void karto_pack_str(struct karto_buf *buf, struct karto_slice text); /* UTF-8, size < 2^32 */
void karto_pack_bin(struct karto_buf *buf, struct karto_slice bytes);
void karto_pack_ext(struct karto_buf *buf, int8_t type, struct karto_slice bytes);
void karto_pack_array(struct karto_buf *buf, uint32_t count); /* count elements follow */

#endif
