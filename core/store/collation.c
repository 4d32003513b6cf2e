#include "core/store/collation.h"

#include "core/base/text.h"

struct karto_collation karto_collation_icu(void)
{
    return (struct karto_collation){karto_text_collation_version(), karto_text_sort_key};
}
