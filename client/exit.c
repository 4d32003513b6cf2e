#include "client/exit.h"

enum karto_exit karto_exit_of(enum karto_err err)
{
    switch (err) {
    case KARTO_OK: return KARTO_EXIT_DONE;
    case KARTO_E_USAGE:
    case KARTO_E_ROLE: return KARTO_EXIT_USAGE;
    case KARTO_E_NOT_FOUND:
    case KARTO_E_AMBIGUOUS: return KARTO_EXIT_NOT_FOUND;
    case KARTO_E_UNENCRYPTED:
    case KARTO_E_NOT_PERMITTED:
    case KARTO_E_REVOKED:
    case KARTO_E_NOT_ADMITTED: return KARTO_EXIT_NOT_PERMITTED;
    case KARTO_E_INVALID:
    case KARTO_E_LIMIT: return KARTO_EXIT_INVALID;
    case KARTO_E_NO_STORE:
    case KARTO_E_FOREIGN: return KARTO_EXIT_NO_STORE;
    case KARTO_E_BUSY: return KARTO_EXIT_BUSY;
    case KARTO_E_CERTIFICATE:
    case KARTO_E_INVITATION: return KARTO_EXIT_WRONG_KEY;
    case KARTO_E_OFFLINE:
    case KARTO_E_RECOVERING:
    case KARTO_E_HELD:
    case KARTO_E_TIMEOUT: return KARTO_EXIT_OFFLINE;
    case KARTO_E_INTERRUPTED: return KARTO_EXIT_INTERRUPTED;
    case KARTO_E_NOMEM:
    case KARTO_E_IO:
    case KARTO_E_FULL:
    case KARTO_E_READONLY:
    case KARTO_E_EXISTS:
    case KARTO_E_CHANGED:
    case KARTO_E_NEWER:
    case KARTO_E_CORRUPT:
    case KARTO_E_EXPOSED:
    case KARTO_E_NETWORK_FS:
    case KARTO_E_NOT_YET:
    case KARTO_E_ADDRESS:
    case KARTO_E_PROTOCOL:
    case KARTO_E_VERSION:
    case KARTO_E_STALE:
    case KARTO_E_OLD_HUB:
    case KARTO_E_HUB_BEHIND:
    case KARTO_E_HUB_FULL:
    case KARTO_E_HUB_FAILS:
    case KARTO_E_UNREADABLE:
    case KARTO_E_QUARANTINE:
    case KARTO_ERR_COUNT: break;
    }
    return KARTO_EXIT_FAILURE;
}
