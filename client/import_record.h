/* import_record.h - one record of an import; for import.c only. */
#ifndef KARTO_CLIENT_IMPORT_RECORD_H
#define KARTO_CLIENT_IMPORT_RECORD_H

#include "client/import.h"

/* Finds or makes the record that count rows are about, and writes what they say of it. What is wrong with a row is in
 * it, not an error. KARTO_E_INTERRUPTED, with import->again: a row that only the store could find wrong is now
 * excluded; all of the transaction has to be done again. */
KARTO_CHECKED enum karto_err karto_import_record(struct karto_import *import, struct karto_tx *tx,
                                                 struct karto_import_row *rows, size_t count);

#endif
