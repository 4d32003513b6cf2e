/* os_port.h - whether a daemon could listen at an address of this machine. */
#ifndef KARTO_BASE_OS_PORT_H
#define KARTO_BASE_OS_PORT_H

#include "core/base/err.h"

#include <stdint.h>

/* Tries the first address that host stands for, as a daemon would, and lets go of it. KARTO_E_BUSY: some program
 * listens there; KARTO_E_NOT_FOUND: there is no such address, or it is none of this machine; KARTO_E_NOT_PERMITTED:
 * this user may not listen there; KARTO_E_IO. */
KARTO_CHECKED enum karto_err karto_os_port(const char *host, uint16_t port);

#endif
