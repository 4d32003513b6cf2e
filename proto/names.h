/* names.h - numbers for what repeats. The first use of a name takes the next number, 0, 1, 2, ..., and writes the name
 * out behind it; later uses are the number alone. Encoder and decoder count alike, so that no table travels. */
#ifndef KARTO_PROTO_NAMES_H
#define KARTO_PROTO_NAMES_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/reader.h"

struct karto_names {
    struct karto_arena arena;
    struct karto_slice *items; /* by number; what they point to is the caller's, and must stay until fini */
    uint32_t count, room;
    uint32_t *slots; /* encoding only: a hash table of number + 1 */
    uint32_t slot_count;
};

void karto_names_init(struct karto_names *names);
void karto_names_fini(struct karto_names *names);

/* The number of name; *is_new: it was just given. */
uint32_t karto_names_number(struct karto_names *names, struct karto_slice name, bool *is_new);

void karto_names_pack(struct karto_names *names, struct karto_buf *out, struct karto_slice name); /* UTF-8 */
struct karto_slice karto_names_read(struct karto_names *names, struct karto_reader *reader, size_t size_max);

#endif
