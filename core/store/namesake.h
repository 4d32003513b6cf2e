/* namesake.h - records that have the same name, whatever stands around it: "Ромашка", ТОВ «Ромашка» and "РОМАШКА, ПП".
 */
#ifndef KARTO_STORE_NAMESAKE_H
#define KARTO_STORE_NAMESAKE_H

#include "core/store/entry.h"

/* Records of kind, the hidden ones too, whose name is this one by karto_name_same. At most max ids; *count says how
 * many of these there are. None: KARTO_OK. */
KARTO_CHECKED enum karto_err karto_namesakes(struct karto_tx *tx, uint32_t kind, struct karto_slice name,
                                             struct karto_rid *ids, uint32_t max, uint32_t *count);

#endif
