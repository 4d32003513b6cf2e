/* Every error has an id of its own, that scripts can rely on. */
#include "core/base/err.h"

#include "tests/check.h"

int main(void)
{
    CHECK_STR(karto_err_id(KARTO_OK), "OK");
    for (int a = 1; a < KARTO_ERR_COUNT; a++) {
        const char *id = karto_err_id((enum karto_err)a);
        CHECK(strncmp(id, "E-", 2) == 0);
        CHECK_INT(strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"), strlen(id));
        for (int b = 0; b < a; b++)
            CHECK(strcmp(id, karto_err_id((enum karto_err)b)) != 0);
    }
    CHECK_STR(karto_err_id(KARTO_ERR_COUNT), "E-UNKNOWN");
    CHECK(karto_err_retry(KARTO_E_OFFLINE) && karto_err_retry(KARTO_E_BUSY) && karto_err_retry(KARTO_E_STALE));
    CHECK(!karto_err_retry(KARTO_OK) && !karto_err_retry(KARTO_E_CORRUPT) && !karto_err_retry(KARTO_E_REVOKED));
    CHECK(!karto_err_retry(KARTO_ERR_COUNT));
    return 0;
}
