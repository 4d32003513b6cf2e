/* config.h - files of lines "name = value", as karto and its daemon read them: # begins a comment line, and blanks
 * around both do not count. */
#ifndef KARTO_BASE_CONFIG_H
#define KARTO_BASE_CONFIG_H

#include "core/base/slice.h"

enum { KARTO_CONFIG_SIZE_MAX = 64 * 1024 }; /* bytes of such a file */

struct karto_config {
    struct karto_slice rest; /* the text; what is still to be read */
    unsigned line;           /* number of the last line read, from 1; 0: none yet */
};

enum karto_config_line {
    KARTO_CONFIG_END,
    KARTO_CONFIG_PAIR,
    KARTO_CONFIG_WRONG, /* no name and value */
};

/* The next line that says anything; name and value point into the text. */
enum karto_config_line karto_config_next(struct karto_config *config, struct karto_slice *name,
                                         struct karto_slice *value);

#endif
