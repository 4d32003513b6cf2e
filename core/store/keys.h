/* keys.h - keys of docs/FORMAT.md that several databases share. What a key is written into must live as long as it. */
#ifndef KARTO_STORE_KEYS_H
#define KARTO_STORE_KEYS_H

#include "core/base/slice.h"
#include "core/model/id.h"

struct karto_slice karto_key_dot(struct karto_dot dot, uint8_t out[16]);
struct karto_slice karto_key_node(struct karto_node node, uint8_t out[8]);
struct karto_slice karto_key_position(uint64_t position, uint8_t out[8]);

#endif
