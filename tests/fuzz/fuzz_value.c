/* Any bytes as a value: there is one encoding of each, so those that decode are encoded to the same bytes. */
#include "core/model/value.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct karto_value value;
    struct karto_buf out = KARTO_BUF_EMPTY;
    if (karto_value_decode(karto_slice(data, size), &value) != KARTO_OK)
        return 0;
    karto_value_encode(value, &out);
    KARTO_ASSERT(karto_slice_equal(karto_buf_slice(&out), karto_slice(data, size)));
    karto_buf_fini(&out);
    return 0;
}
