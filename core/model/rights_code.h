/* rights_code.h - rights in rows and messages: the role, one that everybody has by its number and one that an
 * enterprise has made by its text, so that what somebody was given stays what it was; then the territories. */
#ifndef KARTO_MODEL_RIGHTS_CODE_H
#define KARTO_MODEL_RIGHTS_CODE_H

#include "core/base/reader.h"
#include "core/model/rights.h"

void karto_rights_pack(struct karto_buf *out, const struct karto_rights *rights);

/* In the arena, each territory once; what it names points into the bytes. Fails for a role that is none. */
void karto_rights_read(struct karto_reader *reader, struct karto_arena *arena, struct karto_rights *rights);

/* The same of a role as one string: its name, or its text. NULL: it is none. */
struct karto_slice karto_role_say(const struct karto_role *role);
const struct karto_role *karto_role_hear(struct karto_arena *arena, struct karto_slice said);

#endif
