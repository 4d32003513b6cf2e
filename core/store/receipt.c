#include "core/store/receipt.h"

#include "core/base/broken.h"
#include "core/base/hash.h"

enum { APART = 0x80 }; /* in the byte of the verdict */

enum karto_err karto_receipt_make(struct karto_tx *tx, const struct karto_judged *judged, uint64_t *receipt)
{
    uint8_t sum[32];
    const uint8_t *secret;
    struct karto_buf bytes = KARTO_BUF_EMPTY;
    enum karto_err err = karto_secret(tx, &secret);
    if (err != KARTO_OK)
        return err;
    karto_buf_add(&bytes, secret, sizeof tx->secret);
    karto_buf_add_be64(&bytes, judged->dot.node.v);
    karto_buf_add_be64(&bytes, judged->dot.seq);
    karto_buf_add_be64(&bytes, judged->hash);
    karto_buf_add_byte(&bytes, (uint8_t)((unsigned)judged->verdict | (judged->apart ? APART : 0u)));
    karto_sha256(karto_slice_str("kartoteka receipt"), karto_buf_slice(&bytes), sum);
    karto_buf_fini(&bytes);
    *receipt = karto_be64(sum);
    *receipt += *receipt == 0;
    return KARTO_OK;
}

enum karto_err karto_receipt_check(struct karto_tx *tx, struct karto_judged *judged, uint64_t receipt, bool *valid)
{
    bool refused = judged->verdict == KARTO_V_REFUSED;
    enum karto_err err = KARTO_OK;
    *valid = false;
    if (receipt == 0 || (!refused && judged->verdict != KARTO_V_APPLIED))
        return KARTO_OK;
    for (int apart = 0; apart <= refused && !*valid && err == KARTO_OK; apart++) {
        uint64_t made;
        judged->apart = apart;
        err = karto_receipt_make(tx, judged, &made);
        *valid = err == KARTO_OK && (made == receipt || KARTO_BROKEN("receipt"));
    }
    return err;
}
